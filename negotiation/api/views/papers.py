"""Votes on paper, by API: for officials."""

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from negotiation import paperprints, papers
from negotiation.api import acts
from negotiation.api import paper_shapes as shapes
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.api.views.attachments import Anything
from negotiation.api.views.printing import Paper
from negotiation.printing.papers import PDF
from negotiation.queries import papers as queries
from negotiation.queries.tallies import find_ballot
from negotiation.web.views.papers import OFFICIALS, print_response, scan_response

STATE = OpenApiParameter("state", str, description="Only papers in this state.")


class PaperRoll(RoomView):
    @operation(
        "The seats of a ballot with the codes of their papers",
        response=page_of("PaperRoll", shapes.RollRow),
        parameters=CURSOR,
    )
    def get(self, request: Request, code: str, ballot: int) -> Response:
        viewer, _mandate = self.acting(request, code, OFFICIALS)
        rows = find_ballot(viewer, ballot).roll.select_related("seat__party")
        return self.page(request, rows, shapes.RollRow, viewer, "pk")


class Papers(RoomView):
    parser_classes = [MultiPartParser]

    @operation(
        "Papers that were entered, newest first",
        response=page_of("Paper", shapes.PaperRow),
        parameters=[*CURSOR, STATE],
    )
    def get(self, request: Request, code: str, ballot: int) -> Response:
        viewer, _mandate = self.acting(request, code, OFFICIALS)
        rows = queries.entries(find_ballot(viewer, ballot), request.query_params.get("state", ""))
        return self.page(request, rows, shapes.PaperRow, viewer)

    @operation(
        "Enter what a paper says, as the first official",
        request={"multipart/form-data": shapes.PaperIn},
        response=shapes.PaperRow,
        status=201,
    )
    def post(self, request: Request, code: str, ballot: int) -> Response:
        viewer, mandate = self.acting(request, code, OFFICIALS)
        data = self.read(request, shapes.PaperIn)
        scan = data["file"].read(settings.ATTACHMENT_BYTES + 1)
        found, reason = find_ballot(viewer, ballot), data.get("reason", "")
        made = papers.enter_paper(mandate, found, data["code"], data["choice"], scan, reason=reason)
        return Response(shapes.PaperRow(made).data, status=201)


class OnePaper(RoomView):
    @operation("One entered paper", response=shapes.PaperRow)
    def get(self, request: Request, code: str, ballot: int, paper: int) -> Response:
        viewer, _mandate = self.acting(request, code, OFFICIALS)
        return Response(shapes.PaperRow(queries.find_entry(viewer, ballot, paper)).data)


class PaperScan(RoomView):
    renderer_classes = [JSONRenderer, Anything]

    @operation("The scan of an entered paper", response=OpenApiTypes.BINARY, content_type="*/*")
    def get(self, request: Request, code: str, ballot: int, paper: int) -> HttpResponseBase:
        viewer, _mandate = self.acting(request, code, OFFICIALS)
        return scan_response(queries.find_entry(viewer, ballot, paper))


class PaperConfirmation(RoomView):
    @operation(
        "Read a paper anew, as the second official: alike it is the vote",
        request=shapes.ReadingIn,
        response=shapes.PaperRow,
    )
    def post(self, request: Request, code: str, ballot: int, paper: int) -> Response:
        viewer, mandate = self.acting(request, code, OFFICIALS)
        data = self.read(request, shapes.ReadingIn)
        ended = papers.confirm_paper(mandate, queries.find_entry(viewer, ballot, paper), data["choice"])
        return Response(shapes.PaperRow(ended).data)


class PaperWithdrawal(RoomView):
    @operation("Withdraw an entry that is not confirmed", request=acts.Revocation, response=shapes.PaperRow)
    def post(self, request: Request, code: str, ballot: int, paper: int) -> Response:
        viewer, mandate = self.acting(request, code, OFFICIALS)
        data = self.read(request, acts.Revocation)
        ended = papers.withdraw_paper(mandate, queries.find_entry(viewer, ballot, paper), data["reason"])
        return Response(shapes.PaperRow(ended).data)


class PaperPrints(RoomView):
    @operation(
        "Papers that were asked for, newest first", response=page_of("PaperPrint", shapes.PrintRow), parameters=CURSOR
    )
    def get(self, request: Request, code: str, ballot: int) -> Response:
        viewer, _mandate = self.acting(request, code, OFFICIALS)
        return self.page(request, queries.batches(find_ballot(viewer, ballot)), shapes.PrintRow, viewer)

    @operation(
        "Have papers made for every seat, or for some", request=shapes.PrintIn, response=shapes.PrintRow, status=202
    )
    def post(self, request: Request, code: str, ballot: int) -> Response:
        viewer, mandate = self.acting(request, code, OFFICIALS)
        data = self.read(request, shapes.PrintIn)
        found = find_ballot(viewer, ballot)
        made = paperprints.print_papers(mandate, found, data["place"], data.get("parties", ()))
        return Response(shapes.PrintRow(made).data, status=202)


class OnePaperPrint(RoomView):
    @operation("How far papers are made, and their files", response=shapes.PrintDetail)
    def get(self, request: Request, code: str, ballot: int, prints: int) -> Response:
        viewer, _mandate = self.acting(request, code, OFFICIALS)
        found = queries.find_batch(viewer, ballot, prints)
        return Response(shapes.PrintDetail(found, context={"files": queries.files(found)}).data)


class PaperFile(RoomView):
    renderer_classes = [JSONRenderer, Paper]

    @operation("Ballot papers to print", response=OpenApiTypes.BINARY, content_type=PDF)
    def get(self, request: Request, code: str, ballot: int, prints: int, file: int) -> HttpResponseBase:
        viewer, _mandate = self.acting(request, code, OFFICIALS)
        return print_response(viewer, ballot, prints, file)
