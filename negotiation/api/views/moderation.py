"""Reporting, hiding, appealing."""

from collections.abc import Callable
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from negotiation import moderation
from negotiation.api import acts, reads
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.queries.comments import find_comment
from negotiation.queries.moderation import waiting


class ModerationView(RoomView):
    def do(self, request: Request, code: str, comment: int, permission: str, act: Callable[..., Any]) -> Response:
        """An act with a reason on one comment."""
        viewer, mandate = self.acting(request, code, permission)
        form = acts.AppealDecisionIn if act is moderation.decide_appeal else acts.ReasonIn
        data = self.read(request, form)
        act(mandate, find_comment(viewer, comment), **data)
        return Response(status=204)


class Moderation(RoomView):
    @operation(
        "Comments that were reported or are hidden", response=page_of("Waiting", reads.WaitingRow), parameters=CURSOR
    )
    def get(self, request: Request, code: str) -> Response:
        viewer, _mandate = self.acting(request, code, "read_names")
        return self.page(request, waiting(viewer), reads.WaitingRow, viewer)


class Reports(ModerationView):
    @operation("Tell the convener that a comment should not stand", request=acts.ReasonIn, status=204)
    def post(self, request: Request, code: str, comment: int) -> Response:
        return self.do(request, code, comment, "comment", moderation.report_comment)

    @operation("Let the comment stand in spite of its reports", request=acts.ReasonIn, status=204)
    def put(self, request: Request, code: str, comment: int) -> Response:
        return self.do(request, code, comment, "convene", moderation.dismiss_reports)


class Hiding(ModerationView):
    @operation("Hide a comment", request=acts.ReasonIn, status=204)
    def post(self, request: Request, code: str, comment: int) -> Response:
        return self.do(request, code, comment, "convene", moderation.hide_comment)


class Appeal(ModerationView):
    @operation("Appeal against the hiding of one's own comment", request=acts.ReasonIn, status=204)
    def post(self, request: Request, code: str, comment: int) -> Response:
        return self.do(request, code, comment, "comment", moderation.appeal_hiding)

    @operation("Decide the appeal", request=acts.AppealDecisionIn, status=204)
    def put(self, request: Request, code: str, comment: int) -> Response:
        return self.do(request, code, comment, "read_names", moderation.decide_appeal)
