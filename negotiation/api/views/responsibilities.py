"""Who must do what by when, and which parties have confirmed their part."""

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from negotiation.api import acts, reads
from negotiation.api.operations import RoomView, operation
from negotiation.api.views.printing import Workbook
from negotiation.printing.duties import duties_xlsx
from negotiation.printing.office import XLSX
from negotiation.printing.papers import file_response
from negotiation.queries.matrix import matrix
from negotiation.queries.packages import find_revision
from negotiation.responsibilities import confirm_responsibility


class Responsibilities(RoomView):
    @operation("Who must do what by when, and who has confirmed it", response=reads.ResponsibilityRow(many=True))
    def get(self, request: Request, code: str, package: str, number: int) -> Response:
        viewer = self.viewer(request, code)
        lines = [line for line in matrix(viewer, find_revision(viewer, package, number), None) if line.owes]
        return Response(reads.ResponsibilityRow(lines, many=True).data)


class ResponsibilitiesXlsx(RoomView):
    renderer_classes = [JSONRenderer, Workbook]

    @operation("The same as a workbook", response=OpenApiTypes.BINARY, content_type=XLSX)
    def get(self, request: Request, code: str, package: str, number: int) -> HttpResponseBase:
        viewer = self.viewer(request, code)
        return file_response(duties_xlsx(viewer, find_revision(viewer, package, number)))


class Confirmation(RoomView):
    @operation("Confirm one's own party's part", request=acts.Empty, response=reads.ConfirmationDone, status=201)
    def post(self, request: Request, code: str, package: str, number: int) -> Response:
        viewer, mandate = self.acting(request, code, "propose")
        made = confirm_responsibility(mandate, find_revision(viewer, package, number))
        return Response(reads.ConfirmationDone(made).data, status=201)
