"""The decision log for those who may read it: a story, filters, each entry with its proof, and the bytes."""

import base64
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.refusals import Invalid, NotAllowed
from audit.models import Key
from audit.notes import fingerprint
from negotiation import logbook
from negotiation.permissions import Viewer
from negotiation.queries import checkpoints, entries
from negotiation.web.log_forms import LogForm
from negotiation.web.rooms import acting, in_room, page

NDJSON = "application/x-ndjson"


def reading(viewer: Viewer) -> Viewer:
    """Raises NotAllowed for who may not read the log."""
    if not viewer.may("read_log"):
        raise NotAllowed
    return viewer


@require_safe
@in_room
def log(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    form = LogForm(request.GET, room=reading(viewer).room)
    found = entries.Slice([], None, None)
    if form.is_valid():
        rows = entries.wanted_entries(viewer.room, form.wanted())
        found = entries.entry_slice(rows, form.cleaned_data["older"], form.cleaned_data["newer"])
    context = {"slice": found, "story": entries.story(found.rows), "form": form}
    return page(request, viewer, "negotiation/log.html", context)


@require_safe
@in_room
def one_entry(request: HttpRequest, viewer: Viewer, entry: UUID) -> HttpResponse:
    found = entries.find_entry(reading(viewer).room, entry)
    return page(request, viewer, "negotiation/log_entry.html", {"line": entries.entry_detail(viewer, found)})


@require_safe
@in_room
def entry_at(request: HttpRequest, viewer: Viewer, index: int) -> HttpResponse:
    """To the page of the entry at a place of the tree."""
    return redirect("log-entry", viewer.room.code, entries.entry_at(reading(viewer).room, index).pk)


@require_safe
@in_room
def checkpoint_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    rows = Paginator(checkpoints.checkpoints(reading(viewer).room), 50).get_page(request.GET.get("page"))
    return page(request, viewer, "negotiation/checkpoints.html", {"rows": rows, "limit": checkpoints.limit()})


@require_safe
@in_room
def checkpoint_note(request: HttpRequest, viewer: Viewer, size: int) -> HttpResponse:
    """The signed note, byte for byte as it stands in a bundle."""
    note = checkpoints.find_checkpoint(reading(viewer).room, size).whole_note
    return HttpResponse(note, content_type="text/plain; charset=utf-8")


@require_safe
@in_room
def leaves(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The bytes of the sealed entries from a place on, a part at a time."""
    return leaf_response(reading(viewer), request.GET.get("from", "0"))


def leaf_response(viewer: Viewer, begin: str) -> HttpResponse:
    """Raises Invalid for what is no place."""
    if not begin.isascii() or not begin.isdecimal() or len(begin) > 15:
        raise Invalid({"from": "0, 1, 2, …"})
    return HttpResponse(b"".join(entries.leaf_lines(viewer.room, int(begin))), content_type=NDJSON)


@require_safe
@in_room
def export(request: HttpRequest, viewer: Viewer) -> HttpResponse | StreamingHttpResponse:
    """entries.jsonl, exactly the canonical bytes. The export is an act of its own."""
    rows = logbook.export_entries(acting(viewer), viewer.room)
    response = StreamingHttpResponse(rows, content_type=NDJSON)
    response["Content-Disposition"] = f'attachment; filename="entries-{viewer.room.code}.jsonl"'
    return response


@require_safe
def log_key(request: HttpRequest) -> HttpResponse:
    """The public key, for everybody: to be compared with the printed notice."""
    keys = [_key_row(row) for row in Key.objects.order_by("-pk")]
    return render(request, "negotiation/log_key.html", {"key": keys[0] if keys else None, "earlier": keys[1:]})


def _key_row(key: Key) -> dict[str, Any]:
    public = bytes(key.public)
    shown = {"fingerprint": fingerprint(public), "base64": base64.b64encode(public).decode()}
    return shown | {"added": key.added, "ended": key.ended}
