"""Papers, by API."""

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from negotiation.api.operations import RoomView, operation
from negotiation.printing.office import XLSX
from negotiation.printing.papers import PDF, pdf_response
from negotiation.printing.scorecard import scorecard_paper
from negotiation.queries.packages import find_revision


class Paper(JSONRenderer):
    """So that a client may ask for the paper by its type; a refusal is still JSON."""

    media_type = PDF
    format = "pdf"


class Workbook(JSONRenderer):
    """The same for a workbook."""

    media_type = XLSX
    format = "xlsx"


class CardPdf(RoomView):
    renderer_classes = [JSONRenderer, Paper]

    @operation(
        "The scorecard, printed, as far as the reader may see it", response=OpenApiTypes.BINARY, content_type=PDF
    )
    def get(self, request: Request, code: str, package: str, number: int) -> HttpResponseBase:
        viewer = self.viewer(request, code)
        return pdf_response(request._request, scorecard_paper(viewer, find_revision(viewer, package, number)))
