"""The decision log: entries, their proofs, checkpoints, the bytes, and the export."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotAuthenticated
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.refusals import Invalid, NotFound
from audit import witnesses
from audit.log import room_scope
from audit.models import Checkpoint
from audit.sequencer import last_checkpoint
from negotiation import exports, logbook
from negotiation.anomalies import BY_CODE
from negotiation.api import log_shapes, reads
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.permissions import Viewer
from negotiation.queries import anomalies, checkpoints, entries
from negotiation.web.log_forms import LogForm
from negotiation.web.views.bundles import ZIP, bundle_response
from negotiation.web.views.log import NDJSON, leaf_response, reading


class Lines(JSONRenderer):
    """So that a client may ask for the lines by their type; a refusal is still JSON."""

    media_type = NDJSON
    format = "jsonl"


class Zipped(JSONRenderer):
    """The same for a bundle."""

    media_type = ZIP
    format = "zip"


class Plain(JSONRenderer):
    """The same for a signed note."""

    media_type = "text/plain"
    format = "txt"


class PlainParser(BaseParser):
    """The body as its bytes, one more at most than a note may have."""

    media_type = "text/plain"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return bytes(stream.read(witnesses.MOST_NOTE + 1))


TEXT = "text/plain; charset=utf-8"
RENDERERS = [JSONRenderer, Lines]
NOTE: dict[str, Any] = {"response": OpenApiTypes.STR, "content_type": "text/plain"}
FILTERS = [
    OpenApiParameter("action", str, description="An act, or a noun for all its acts: vote.cast, vote."),
    OpenApiParameter("party", str, description="Code of the party that acted."),
    OpenApiParameter("object", str, description="A kind of thing, or kind/number: ballot, ballot/3."),
    OpenApiParameter("phase", str, description="The phase in which the room was."),
    OpenApiParameter("after", OpenApiTypes.DATETIME, description="From this moment on."),
    OpenApiParameter("before", OpenApiTypes.DATETIME, description="Up to this moment."),
]


class LogView(RoomView):
    def reader(self, request: Request, code: str) -> Viewer:
        """Raises NotAuthenticated, or NotAllowed for who may not read the log."""
        viewer = self.viewer(request, code)
        if not request.user.is_authenticated:
            raise NotAuthenticated
        return reading(viewer)


class Entries(LogView):
    @operation("Entries, newest first", response=page_of("Entry", reads.EntryRow), parameters=[*CURSOR, *FILTERS])
    def get(self, request: Request, code: str) -> Response:
        viewer = self.reader(request, code)
        form = LogForm(request.query_params, room=viewer.room)
        if not form.is_valid():
            raise Invalid({name: " ".join(map(str, faults)) for name, faults in form.errors.items()})
        rows = entries.wanted_entries(viewer.room, form.wanted())
        return self.page(request, rows, reads.EntryRow, viewer, ("-time", "-id"))


class OneEntry(LogView):
    @operation("An entry with its place, the proof of it, and what it commits to", response=log_shapes.EntryDetail)
    def get(self, request: Request, code: str, entry: UUID) -> Response:
        viewer = self.reader(request, code)
        found = entries.entry_detail(viewer, entries.find_entry(viewer.room, entry))
        return Response(log_shapes.EntryDetail(found).data)


class Checkpoints(LogView):
    @operation("Checkpoints, newest first", response=page_of("Checkpoint", log_shapes.CheckpointRow), parameters=CURSOR)
    def get(self, request: Request, code: str) -> Response:
        viewer = self.reader(request, code)
        return self.page(request, checkpoints.checkpoints(viewer.room), log_shapes.CheckpointRow, viewer, "-size")


class NoteView(RoomView):
    """What a witness needs. Whoever sees the room gets it: a checkpoint tells how many entries there are, no more."""

    renderer_classes = [JSONRenderer, Plain]

    def scope(self, request: Request, code: str) -> str:
        """Raises NotFound."""
        return room_scope(self.viewer(request, code).room.code)

    def last(self, request: Request, code: str) -> Checkpoint:
        found = last_checkpoint(self.scope(request, code))
        if found is None:
            raise NotFound
        return found


class LatestCheckpoint(NoteView):
    @operation("The latest checkpoint with all its signatures (C2SP tlog-checkpoint)", **NOTE)
    def get(self, request: Request, code: str) -> HttpResponse:
        return HttpResponse(self.last(request, code).whole_note, content_type=TEXT)


class Growth(NoteView):
    @operation(
        "A checkpoint, and proof that an earlier size is its beginning: the body of C2SP tlog-witness's add-checkpoint",
        parameters=[
            OpenApiParameter("old", int, description="The size that the witness has seen; 0 if absent."),
            OpenApiParameter("new", int, description="The checkpoint's size; the latest if absent."),
        ],
        **NOTE,
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        sizes = {name: request.query_params.get(name) for name in ("old", "new")}
        old, new = (_size(name, text) for name, text in sizes.items())
        return HttpResponse(witnesses.growth(self.scope(request, code), old or 0, new), content_type=TEXT)


class Cosignatures(NoteView):
    parser_classes = [PlainParser]

    @operation(
        "Bring a witness's cosignature: a checkpoint of the log as a note with its lines",
        request={"text/plain": OpenApiTypes.STR},
        **NOTE,
    )
    def post(self, request: Request, code: str) -> HttpResponse:
        scope, raw = self.scope(request, code), request.data
        # Without any body DRF asks no parser.
        taken = witnesses.accept(scope, raw if isinstance(raw, bytes) else b"")
        return HttpResponse(taken.whole_note, content_type=TEXT)


class LogPolicy(NoteView):
    @operation("The log's keys and its witnesses, as the platform says (C2SP tlog-policy)", **NOTE)
    def get(self, request: Request, code: str) -> HttpResponse:
        return HttpResponse(witnesses.whole_policy(self.last(request, code)), content_type=TEXT)


class Witnesses(LogView):
    @operation("Witnesses, and how far each has come in this log", response=log_shapes.WitnessRow(many=True))
    def get(self, request: Request, code: str) -> Response:
        rows = witnesses.standings(room_scope(self.reader(request, code).room.code))
        return Response(log_shapes.WitnessRow(rows, many=True).data)


def _size(name: str, text: str | None) -> int | None:
    """Raises Invalid for what is no size."""
    if text is not None and not (text.isascii() and text.isdecimal() and len(text) <= 15):
        raise Invalid({name: "0, 1, 2, …"})
    return None if text is None else int(text)


class Anomalies(LogView):
    @operation(
        "What the declared checks found in the log, the latest entry first",
        response=page_of("Anomaly", log_shapes.AnomalyRow),
        parameters=[*CURSOR, OpenApiParameter("check", str, description="Code of one check.", enum=list(BY_CODE))],
    )
    def get(self, request: Request, code: str) -> Response:
        chosen = request.query_params.get("check", "")
        if chosen and chosen not in BY_CODE:
            raise Invalid({"check": ", ".join(BY_CODE)})
        viewer = self.reader(request, code)
        shown = anomalies.anomalies(viewer.room, chosen)
        return self.page(request, shown, log_shapes.AnomalyRow, viewer, ("-index", "-pk"))


class Review(LogView):
    @operation("How far the declared checks have read the log, and how much each found", response=log_shapes.ReviewRow)
    def get(self, request: Request, code: str) -> Response:
        return Response(log_shapes.ReviewRow(anomalies.review(self.reader(request, code).room)).data)


class Bundles(LogView):
    @operation("Own bundles, newest first", response=page_of("Bundle", log_shapes.BundleRow), parameters=CURSOR)
    def get(self, request: Request, code: str) -> Response:
        viewer, _mandate = self.acting(request, code, "read_log")
        return self.page(request, exports.own_exports(viewer), log_shapes.BundleRow, viewer)

    @operation("Have a bundle written for oneself; it enters the log", response=log_shapes.BundleRow, status=202)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "read_log")
        return Response(log_shapes.BundleRow(exports.ask_export(mandate, viewer.room)).data, status=202)


class OneBundle(LogView):
    @operation("How far one's own bundle is written", response=log_shapes.BundleRow)
    def get(self, request: Request, code: str, bundle: int) -> Response:
        viewer, _mandate = self.acting(request, code, "read_log")
        return Response(log_shapes.BundleRow(exports.find_export(viewer, bundle)).data)


class BundleFile(LogView):
    renderer_classes = [JSONRenderer, Zipped]

    @operation("The bundle (tongchou-log/1); answers ranges", response=OpenApiTypes.BINARY, content_type=ZIP)
    def get(self, request: Request, code: str, bundle: int) -> HttpResponseBase:
        viewer, _mandate = self.acting(request, code, "read_log")
        return bundle_response(request._request, viewer, exports.find_export(viewer, bundle))


class Leaves(LogView):
    renderer_classes = RENDERERS

    @operation(
        "The bytes of up to 1,000 sealed entries, a line each, in the order of the tree",
        response=OpenApiTypes.BINARY,
        content_type=NDJSON,
        parameters=[OpenApiParameter("from", int, description="Place of the first; 0 if absent.")],
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        return leaf_response(self.reader(request, code), request.query_params.get("from", "0"))


class Export(RoomView):
    renderer_classes = RENDERERS

    @operation("entries.jsonl: the canonical bytes of every entry", response=OpenApiTypes.BINARY, content_type=NDJSON)
    def get(self, request: Request, code: str) -> StreamingHttpResponse:
        viewer, mandate = self.acting(request, code, "read_log")
        response = StreamingHttpResponse(logbook.export_entries(mandate, viewer.room), content_type=NDJSON)
        response["Content-Disposition"] = f'attachment; filename="entries-{viewer.room.code}.jsonl"'
        return response
