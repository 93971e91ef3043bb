"""Private threads."""

from rest_framework.request import Request
from rest_framework.response import Response

from negotiation import caucuses
from negotiation.api import acts, reads
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.queries.caucuses import find_caucus, messages, own_caucuses


class Caucuses(RoomView):
    @operation(
        "The private threads of the reader's party", response=page_of("Caucus", reads.CaucusRow), parameters=CURSOR
    )
    def get(self, request: Request, code: str) -> Response:
        viewer, _mandate = self.acting(request, code, "comment")
        return self.page(request, own_caucuses(viewer), reads.CaucusRow, viewer)

    @operation("Begin a private thread", request=acts.CaucusIn, response=reads.CaucusMade, status=201)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "comment")
        data = self.read(request, acts.CaucusIn)
        return Response(reads.CaucusMade(caucuses.open_caucus(mandate, viewer.room, **data)).data, status=201)


class Messages(RoomView):
    @operation("What was said in it, newest first", response=page_of("Message", reads.MessageRow), parameters=CURSOR)
    def get(self, request: Request, code: str, caucus: int) -> Response:
        viewer, _mandate = self.acting(request, code, "comment")
        return self.page(request, messages(find_caucus(viewer, caucus)), reads.MessageRow, viewer)

    @operation("Say something to its members", request=acts.MessageIn, response=reads.MessageRow, status=201)
    def post(self, request: Request, code: str, caucus: int) -> Response:
        viewer, mandate = self.acting(request, code, "comment")
        found, data = find_caucus(viewer, caucus), self.read(request, acts.MessageIn)
        made = caucuses.say_in_caucus(mandate, found, data["body"])
        return Response(reads.MessageRow(made, context={"viewer": viewer}).data, status=201)


class Departure(RoomView):
    @operation("Leave it for good", request=acts.Empty, status=204)
    def post(self, request: Request, code: str, caucus: int) -> Response:
        viewer, mandate = self.acting(request, code, "comment")
        found = find_caucus(viewer, caucus)
        self.read(request, acts.Empty)
        caucuses.leave_caucus(mandate, found)
        return Response(status=204)
