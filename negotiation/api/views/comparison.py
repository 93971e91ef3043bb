"""Packages side by side, and the comparison between all of them."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from negotiation import comparisons
from negotiation.api import acts, reads
from negotiation.api.operations import RoomView, operation
from negotiation.permissions import Viewer
from negotiation.queries.bargaining import bargaining, between
from negotiation.queries.comparison import chosen_columns, comparison

CHOSEN = OpenApiParameter("p", str, many=True, description="Codes of up to four packages.")


class Compare(RoomView):
    @operation("Packages side by side", response=reads.Line(many=True), parameters=[CHOSEN])
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        columns = chosen_columns(viewer, request.query_params.getlist("p"))
        lines = [*comparison(viewer.room, columns), *bargaining(between(viewer.room), columns)]
        return Response(reads.Line(lines, many=True).data)


class Comparison(RoomView):
    @operation("How the packages on the table stand to each other", response=reads.ComparisonState)
    def get(self, request: Request, code: str) -> Response:
        return _state(self.viewer(request, code))


class ComparisonRetry(RoomView):
    @operation(
        "Compare again what failed, or what another engine compared",
        request=acts.Empty,
        response=reads.ComparisonState,
        status=202,
    )
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "read_room")
        comparisons.retry_comparison(mandate, viewer.room)
        return _state(viewer, 202)


def _state(viewer: Viewer, status: int = 200) -> Response:
    now = between(viewer.room)
    found = {
        "state": now.state,
        "error": now.under_way.error if now.under_way else "",
        "engine": now.found.engine if now.found else None,
        "todays_engine": now.todays_engine,
        "newer": now.newer.state if now.newer else None,
        "left_out": now.left_out,
        "comparison": now.found.document if now.found else None,
    }
    return Response(found, status=status)
