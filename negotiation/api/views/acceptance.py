"""Sealed acceptance: one's own marks, and how many have answered."""

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Mandate
from negotiation import acceptance as domain
from negotiation.api import acts, reads
from negotiation.api.operations import RoomView, operation
from negotiation.permissions import Viewer
from negotiation.queries.acceptance import answered
from negotiation.queries.packages import find_revision, latest


class Acceptance(RoomView):
    @operation("What one's own party marked in secret, and how many have answered", response=reads.AcceptanceDetail)
    def get(self, request: Request, code: str) -> Response:
        return _detail(*self.acting(request, code, "vote"))

    @operation("Mark in secret what one's party would accept", request=acts.Marks, response=reads.AcceptanceDetail)
    def put(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "vote")
        data = self.read(request, acts.Marks)
        chosen = [find_revision(viewer, row["package"], row["revision"]) for row in data["packages"]]
        domain.mark_acceptable(mandate, viewer.room, chosen)
        return _detail(viewer, mandate)


def _detail(viewer: Viewer, mandate: Mandate) -> Response:
    marks = domain.own_marks(mandate, viewer.room)
    rows = latest(viewer.room).filter(pk__in=marks or ())
    found = {"answered": marks is not None, "packages": list(rows), "sides": answered(viewer)}
    return Response(reads.AcceptanceDetail(found).data)
