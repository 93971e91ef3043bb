"""The decision log for those who may read it: a story, filters, each entry with its proof, and the bytes."""

import base64
import json
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.refusals import Invalid, NotAllowed
from audit.keys import current_key
from audit.log import room_scope
from audit.models import Key
from audit.notes import fingerprint, verifier_key
from audit.sequencer import last_checkpoint
from audit.tree import leaf_hashes
from audit.witnesses import standings
from negotiation import logbook
from negotiation.anomalies import BY_CODE
from negotiation.permissions import Viewer
from negotiation.queries import anomalies, checkpoints, entries, findings
from negotiation.web.log_forms import LogForm
from negotiation.web.rooms import acting, in_room, page

NDJSON = "application/x-ndjson"
CHECK_WORDS = {
    "fits": _("The root over these entries is the one of the checkpoint:"),
    "differs": _("The root over these entries is not the one of the checkpoint:"),
    "entry": _("Entry"),
    "changed": _("is not what was sealed."),
    "unknown": _("The sealed hashes do not lead to the root either, so it can not be said which entry is another."),
    "short": _("There are fewer entries than the checkpoint says:"),
    "signed": _("The checkpoint is signed by the key with this fingerprint; compare it with the printed notice:"),
    "unsigned": _("The checkpoint is not signed by this key."),
    "unsupported": _("This browser can not check Ed25519 signatures: the signature was not checked."),
    "nokey": _("This is no verifier key, so the signature was not checked."),
    "insecure": _("A browser lends its cryptography only to pages that come by https. Use tongchou-verify."),
    "cancelled": _("Stopped; nothing is said about the log."),
    "failed": _("The entries could not be fetched. Please try again."),
    "ended": _("That is all."),
}


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
    context = {"slice": found, "story": entries.story(found.rows), "form": form, "findings": findings.counts(viewer)}
    return page(request, viewer, "negotiation/log.html", context)


@require_safe
@in_room
def one_entry(request: HttpRequest, viewer: Viewer, entry: UUID) -> HttpResponse:
    found = entries.find_entry(reading(viewer).room, entry)
    context = {
        "line": entries.entry_detail(viewer, found),
        "findings": findings.about_entry(viewer, found),
        "may_find": viewer.can("open_finding"),
    }
    return page(request, viewer, "negotiation/log_entry.html", context)


@require_safe
@in_room
def entry_bytes(request: HttpRequest, viewer: Viewer, entry: UUID) -> HttpResponse:
    """The bytes that get hashed, whatever they are."""
    found = entries.find_entry(reading(viewer).room, entry)
    headers = {"Content-Disposition": f'attachment; filename="entry-{found.pk}.bin"'}
    return HttpResponse(bytes(found.body), content_type="application/octet-stream", headers=headers)


@require_safe
@in_room
def entry_proof(request: HttpRequest, viewer: Viewer, entry: UUID) -> HttpResponse:
    """Hashes, place, proof and checkpoint. Raises NotFound while it is not sealed."""
    found = entries.find_entry(reading(viewer).room, entry)
    headers = {"Content-Disposition": f'attachment; filename="proof-{found.pk}.json"'}
    return JsonResponse(entries.entry_proof(found), headers=headers)


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
def witness_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Who else has seen this log, and how far."""
    rows = standings(room_scope(reading(viewer).room.code))
    return page(request, viewer, "negotiation/witnesses.html", {"rows": rows})


@require_safe
@in_room
def leaves(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The bytes of the sealed entries from a place on, a part at a time."""
    return leaf_response(reading(viewer), request.GET.get("from", "0"))


def leaf_response(viewer: Viewer, begin: str) -> HttpResponse:
    """Raises Invalid for what is no place."""
    return HttpResponse(b"".join(entries.leaf_lines(viewer.room, _place(begin))), content_type=NDJSON)


def _place(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        raise Invalid({"from": "0, 1, 2, …"})
    return int(text)


@require_safe
@in_room
def hashes(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The leaf hashes as they were sealed: with them a browser finds which entry is another now."""
    begin = _place(request.GET.get("from", "0"))
    return HttpResponse(
        leaf_hashes(room_scope(reading(viewer).room.code), begin), content_type="application/octet-stream"
    )


@require_safe
@in_room
def check(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The page on which the reader's own browser checks the log."""
    last = last_checkpoint(room_scope(reading(viewer).room.code))
    current = current_key()
    key = verifier_key(last.origin, bytes(current.public)) if last and current else ""
    context = {"last": last, "key": key, "words": json.dumps({name: str(text) for name, text in CHECK_WORDS.items()})}
    return page(request, viewer, "negotiation/log_check.html", context)


@require_safe
@in_room
def anomaly_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """What the declared checks found, of one of them or of all."""
    check = BY_CODE.get(request.GET.get("check", ""))
    shown = anomalies.anomalies(reading(viewer).room, check.code if check else "")
    rows = Paginator(shown, 50).get_page(request.GET.get("page"))
    context = {"rows": rows, "found": anomalies.dress(list(rows)), "check": check}
    return page(request, viewer, "negotiation/anomalies.html", context | {"review": anomalies.review(viewer.room)})


@require_safe
@in_room
def review_state(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """How far the checks have come, for a page that waits for it."""
    context = {"review": anomalies.review(reading(viewer).room), "room": viewer.room, "waited": True}
    return render(request, "negotiation/partials/review.html", context)


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
