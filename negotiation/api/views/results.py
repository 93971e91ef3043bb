"""Receipts and results."""

from django.http.response import HttpResponseBase
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from negotiation import receipts
from negotiation.api import result_shapes as shapes
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.api.views.printing import Paper
from negotiation.printing.certificate import certificate_paper
from negotiation.printing.papers import PDF, pdf_response
from negotiation.printing.receipt import receipt_paper
from negotiation.queries import results
from negotiation.queries.standing import ways
from negotiation.queries.tallies import find_ballot
from negotiation.voting import vote_rows


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


class Result(RoomView):
    @operation("The decision with its arithmetic, once there is one", response=shapes.ResultRow)
    def get(self, request: Request, code: str, ballot: int) -> Response:
        decision = results.find_decision(self.viewer(request, code), ballot)
        told = {
            "outcome": decision.outcome,
            "decided_at": decision.decided_at,
            "rule": decision.ballot.rule,
            "chambers": results.chambers(decision),
            "ways": ways(vote_rows(decision.ballot)),
            "sealed": results.find_seal(decision) is not None,
        }
        return Response(shapes.ResultRow(told).data)


class Roll(RoomView):
    @operation(
        "Who voted how: one's own seats; all by code for the government side, convener and auditor",
        response=page_of("Roll", shapes.RollRow),
        parameters=CURSOR,
    )
    def get(self, request: Request, code: str, ballot: int) -> Response:
        viewer = self.viewer(request, code)
        decision = results.find_decision(viewer, ballot)
        rows = results.roll(viewer, decision.ballot)
        return self.page(request, rows, shapes.RollRow, viewer, "pk", results.dress_roll)


class Certificate(RoomView):
    renderer_classes = [JSONRenderer, Paper]

    @operation("The certificate of the decision, once it is sealed", response=OpenApiTypes.BINARY, content_type=PDF)
    def get(self, request: Request, code: str, ballot: int) -> HttpResponseBase:
        decision = results.find_decision(self.viewer(request, code), ballot)
        return pdf_response(request._request, certificate_paper(decision))
