"""The decision log, and its export."""

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.refusals import NotAllowed
from negotiation import logbook
from negotiation.api import reads
from negotiation.api.operations import CURSOR, RoomView, operation, page_of

NDJSON = "application/x-ndjson"
FILTERS = [
    OpenApiParameter("action", str, description="Acts that begin so."),
    OpenApiParameter("party", str, description="Code of the party that acted."),
]


class Entries(RoomView):
    @operation("Entries, newest first", response=page_of("Entry", reads.EntryRow), parameters=[*CURSOR, *FILTERS])
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        if not request.user.is_authenticated:
            raise NotAuthenticated
        if not viewer.may("read_log"):
            raise NotAllowed
        rows = logbook.entries(viewer.room).filter(action__startswith=request.query_params.get("action", ""))
        party = request.query_params.get("party")
        return self.page(request, rows.filter(party=party) if party else rows, reads.EntryRow, viewer, "-id")


class Lines(JSONRenderer):
    """So that a client may ask for the lines by their type; a refusal is still JSON."""

    media_type = NDJSON
    format = "jsonl"


class Export(RoomView):
    renderer_classes = [JSONRenderer, Lines]

    @operation("entries.jsonl: the canonical bytes of every entry", response=OpenApiTypes.BINARY, content_type=NDJSON)
    def get(self, request: Request, code: str) -> StreamingHttpResponse:
        viewer, mandate = self.acting(request, code, "read_log")
        response = StreamingHttpResponse(logbook.export_entries(mandate, viewer.room), content_type=NDJSON)
        response["Content-Disposition"] = f'attachment; filename="entries-{viewer.room.code}.jsonl"'
        return response
