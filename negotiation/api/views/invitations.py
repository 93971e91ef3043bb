"""Invitations by API: lists of households, the second person's yes, the letters' states. Never a code or a letter."""

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Mandate
from negotiation import invitations
from negotiation.api import acts, reads
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.api.views.printing import Workbook
from negotiation.models import InvitationBatch
from negotiation.permissions import Viewer
from negotiation.printing.office import XLSX
from negotiation.printing.papers import file_response
from negotiation.queries import invitations as queries
from negotiation.sheets.guard import MOST_BYTES
from negotiation.sheets.households import template

ROWS = 200


class HouseholdsSheet(RoomView):
    renderer_classes = [JSONRenderer, Workbook]

    @operation("The list of households to fill in", response=OpenApiTypes.BINARY, content_type=XLSX)
    def get(self, request: Request, code: str) -> HttpResponseBase:
        viewer, _mandate = self.acting(request, code, "convene")
        return file_response(template(viewer.room))


class Invitations(RoomView):
    @operation(
        "Letters and their states, without codes",
        response=page_of("Invitation", reads.InvitationRow),
        parameters=[
            *CURSOR,
            OpenApiParameter("text", str, description="Part of a code, name or address."),
            OpenApiParameter("state", str),
        ],
    )
    def get(self, request: Request, code: str) -> Response:
        viewer, _mandate = self.acting(request, code, "convene")
        wanted = {key: request.query_params.get(key, "")[:100] for key in ("text", "state")}
        return self.page(request, queries.letters(viewer.room, **wanted), reads.InvitationRow, viewer, "-number")


class Arrivals(RoomView):
    @operation("How many households have come in", response=reads.Arrivals)
    def get(self, request: Request, code: str) -> Response:
        viewer, _mandate = self.acting(request, code, "convene")
        return Response(reads.Arrivals(queries.arrivals(viewer.room)).data)


class Replacement(RoomView):
    @operation("Replace a letter; its code dies now", request=acts.ReasonIn, response=reads.ListDetail, status=201)
    def post(self, request: Request, code: str, letter: int) -> Response:
        viewer, convener = self.acting(request, code, "convene")
        reason = self.read(request, acts.ReasonIn)["reason"]
        found = queries.find_letter(viewer, letter)
        return _list(invitations.replace_letter(convener, found, reason), 201)


class InvitationLists(RoomView):
    parser_classes = [MultiPartParser]

    @operation("Lists that were asked for", response=page_of("InvitationList", reads.ListRow), parameters=CURSOR)
    def get(self, request: Request, code: str) -> Response:
        viewer, _mandate = self.acting(request, code, "convene")
        return self.page(request, queries.batches(viewer.room), reads.ListRow, viewer)

    @operation(
        "See what is wrong with a list; nobody is invited yet",
        request={"multipart/form-data": acts.ListIn},
        response=reads.ListDetail,
        status=201,
    )
    def post(self, request: Request, code: str) -> Response:
        viewer, convener = self.acting(request, code, "convene")
        file = self.read(request, acts.ListIn)["file"]
        return _list(invitations.read_households(convener, viewer.room, file.read(MOST_BYTES + 1)), 201)


class ListView(RoomView):
    """A view below one list."""

    def found(self, request: Request, code: str, batch: int) -> tuple[Viewer, Mandate, InvitationBatch]:
        viewer, convener = self.acting(request, code, "convene")
        return viewer, convener, queries.find_batch(viewer, batch)


class OneInvitationList(ListView):
    @operation("A list: its faults, and how many letters are made", response=reads.ListDetail)
    def get(self, request: Request, code: str, batch: int) -> Response:
        return _list(self.found(request, code, batch)[2])


class InvitationListRows(ListView):
    @operation(
        "Who would be invited, 200 at a time",
        response=reads.HouseholdPage,
        parameters=[OpenApiParameter("start", int, description="Rows to pass over.")],
    )
    def get(self, request: Request, code: str, batch: int) -> Response:
        rows = invitations.batch_rows(self.found(request, code, batch)[2])
        start = request.query_params.get("start", "0")
        first = int(start) if start.isdecimal() and len(start) < 7 else 0
        following = first + ROWS if first + ROWS < len(rows) else None
        return Response(reads.HouseholdPage({"start": following, "rows": rows[first : first + ROWS]}).data)


class Asking(ListView):
    @operation("Ask for the letters of a list that was read", request=acts.Empty, response=reads.ListDetail)
    def post(self, request: Request, code: str, batch: int) -> Response:
        _viewer, convener, found = self.found(request, code, batch)
        return _list(invitations.invite_households(convener, found))


class InvitationConfirmation(ListView):
    @operation("Confirm a list as the second convener", request=acts.Empty, response=reads.ListDetail)
    def post(self, request: Request, code: str, batch: int) -> Response:
        _viewer, convener, found = self.found(request, code, batch)
        return _list(invitations.confirm_invitations(convener, found))


class InvitationWithdrawal(ListView):
    @operation("Withdraw a list, or refuse it", request=acts.Empty, response=reads.ListDetail)
    def post(self, request: Request, code: str, batch: int) -> Response:
        _viewer, convener, found = self.found(request, code, batch)
        return _list(invitations.withdraw_invitations(convener, found))


class Printing(RoomView):
    @operation("Confirm that a file of letters is printed; it is thrown away", request=acts.Empty)
    def post(self, request: Request, code: str, batch: int, file: int) -> Response:
        viewer, convener = self.acting(request, code, "convene")
        invitations.confirm_printed(convener, queries.find_file(viewer, batch, file))
        return Response(status=200)


def _list(batch: InvitationBatch, status: int = 200) -> Response:
    return Response(reads.ListDetail(batch).data, status=status)
