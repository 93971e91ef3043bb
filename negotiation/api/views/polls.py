"""Straw polls."""

from rest_framework.request import Request
from rest_framework.response import Response

from negotiation import polls
from negotiation.api import poll_shapes as shapes
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.models import Poll
from negotiation.permissions import Viewer
from negotiation.queries import polls as queries
from negotiation.queries.packages import find_revision


class Polls(RoomView):
    @operation("Straw polls, newest first; not binding", response=page_of("Poll", shapes.PollRow), parameters=CURSOR)
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        return self.page(request, queries.polls(viewer), shapes.PollRow, viewer)

    @operation("Open a straw poll", request=shapes.PollIn, response=shapes.PollDetail, status=201)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        data = self.read(request, shapes.PollIn)
        rows = [find_revision(viewer, row["package"], row["revision"]) for row in data["packages"]]
        made = polls.open_poll(mandate, viewer.room, data["title"], data["method"], rows, data["closes_at"])
        return Response(_detail(viewer, queries.find_poll(viewer, made.pk)), status=201)


class OnePoll(RoomView):
    @operation("One straw poll with one's own answer, and its result after the close", response=shapes.PollDetail)
    def get(self, request: Request, code: str, poll: int) -> Response:
        viewer = self.viewer(request, code)
        return Response(_detail(viewer, queries.find_poll(viewer, poll)))


class Closing(RoomView):
    @operation("Close a straw poll before its time", response=shapes.PollDetail)
    def post(self, request: Request, code: str, poll: int) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        polls.close_poll(mandate, queries.find_poll(viewer, poll))
        return Response(_detail(viewer, queries.find_poll(viewer, poll)))


class Answers(RoomView):
    @operation("Answer for one's seat", request=shapes.RanksIn, response=shapes.AnswerDone, status=201)
    def post(self, request: Request, code: str, poll: int) -> Response:
        viewer, mandate = self.acting(request, code, "vote")
        data = self.read(request, shapes.RanksIn)
        answer = polls.answer_poll(mandate, queries.find_poll(viewer, poll), data["ranks"])
        return Response(shapes.AnswerDone(answer).data, status=201)


def _detail(viewer: Viewer, poll: Poll) -> object:
    return shapes.PollDetail(poll, context={"ranks": queries.own_ranks(viewer, poll)}).data
