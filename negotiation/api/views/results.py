"""Receipts and results."""

from django.http.response import HttpResponseBase
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from negotiation import receipts
from negotiation.api import result_shapes as shapes
from negotiation.api.operations import RoomView, operation
from negotiation.api.views.printing import Paper
from negotiation.printing.papers import PDF, pdf_response
from negotiation.printing.receipt import receipt_paper
from negotiation.queries.tallies import find_ballot


class ReceiptPdf(RoomView):
    renderer_classes = [JSONRenderer, Paper]

    @operation("The voter's receipt on paper", response=OpenApiTypes.BINARY, content_type=PDF)
    def get(self, request: Request, code: str, ballot: int) -> HttpResponseBase:
        viewer, mandate = self.acting(request, code, "vote")
        vote = receipts.find_vote(mandate, find_ballot(viewer, ballot))
        address = request.build_absolute_uri(reverse("check-receipt", args=[viewer.room.code]))
        return pdf_response(request._request, receipt_paper(vote, address))


class ReceiptCheck(RoomView):
    @operation(
        "Whether the log holds what a receipt says", response=shapes.ReceiptFound, parameters=[shapes.ReceiptQuery]
    )
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        query = shapes.ReceiptQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        said = query.validated_data
        found = receipts.check_receipt(
            viewer.room, said["index"], said["entry"], said.get("size"), said.get("root", "")
        )
        return Response(shapes.ReceiptFound(found).data)
