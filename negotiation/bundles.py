"""The log bundle (`tongchou-log/1`): what an auditor takes home and checks with `tongchou-verify`.

Written in a stream and always in the same order and with the same dates: the same state gives the same bytes.
"""

import base64
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import rfc8785
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Mandate, Party, User
from accounts.refusals import Conflict, Invalid, NotAllowed
from accounts.secrets import put_in_place
from audit import log
from audit.keys import current_key
from audit.models import Checkpoint, Entry
from audit.notes import verifier_key
from audit.sequencer import last_checkpoint, sequence_all
from negotiation.acting import record
from negotiation.casedump import dump_case
from negotiation.disclosure import disclosed
from negotiation.models import Room, Scorecard
from negotiation.permissions import Viewer, authorize, look, personal, viewer_of
from negotiation.terms import Document

FORMAT = "tongchou-log/1"
EARLY = (1980, 1, 1, 0, 0, 0)  # the earliest date of a zip, for every file
CHUNK = 2000


def export_bundle(mandate: Mandate, room: Room, path: Path) -> Checkpoint:
    """Write the bundle for the one who acts, up to and with the entry of this export."""
    authorize(mandate, room, "export_log")
    with transaction.atomic():
        record(room, "log.export", mandate, "room", room.code)
    return _seal_and_write(room, path, viewer_of(mandate, room))


def export_by_operator(room: Room, path: Path, username: str = "") -> Checkpoint:
    """Write the bundle as the person of that name may see it, or else pseudonymous; the operator's act."""
    viewer = _reader(room, username) if username else None
    reader = viewer.mandate.party.code if viewer and viewer.mandate else None
    with transaction.atomic():
        record(room, "log.export", None, "room", room.code, {"for": reader})
    return _seal_and_write(room, path, viewer)


def _reader(room: Room, username: str) -> Viewer:
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise Invalid({"for": _("Nobody signs in so.")})
    viewer = look(user, room.code)
    if not viewer.may("read_log"):
        raise NotAllowed(_("This person may not read the log of this room."))
    return viewer


def _seal_and_write(room: Room, path: Path, viewer: Viewer | None) -> Checkpoint:
    sequence_all(log.room_scope(room.code))
    return write_bundle(room, path, viewer)


def write_bundle(
    room: Room, path: Path, viewer: Viewer | None, progress: Callable[[int], object] | None = None
) -> Checkpoint:
    """Write the sealed part of the room's log to a file that appears whole or not at all.

    `progress` is told, now and then, how many entries are written.
    """
    scope = log.room_scope(room.code)
    last = last_checkpoint(scope)
    if last is None:
        raise Conflict(_("Nothing of this log is sealed yet."), code="not_sealed")
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".bundle-")
    try:
        with os.fdopen(handle, "wb") as file:
            with ZipFile(file, "w", ZIP_DEFLATED) as archive:
                _write_files(archive, room, last, viewer, progress)
            file.flush()
            os.fsync(file.fileno())
        put_in_place(Path(draft), path)
    finally:
        Path(draft).unlink(missing_ok=True)
    return last


def _write_files(
    archive: ZipFile, room: Room, last: Checkpoint, viewer: Viewer | None, progress: Callable[[int], object] | None
) -> None:
    _write(archive, "manifest.json", [rfc8785.dumps(manifest(last))])
    _write(archive, "entries.jsonl", _told(entry_lines(last.scope, last.size), progress))
    checkpoints = Checkpoint.objects.filter(scope=last.scope, size__lte=last.size).prefetch_related("cosignatures")
    for row in checkpoints.order_by("size").iterator(chunk_size=CHUNK):
        _write(archive, f"checkpoints/{row.size}.txt", [row.whole_note.encode()])
    if viewer:
        rows = disclosed(viewer, last.scope, last.size)
        _write(archive, "disclosed.jsonl", (disclosed_line(row) for row in rows))
    _write(archive, "case.json", [rfc8785.dumps(pseudonymous_case(room))])
    for digest, card in scorecards(room):
        _write(archive, f"scorecards/{digest}.json", [rfc8785.dumps(card)])


def manifest(last: Checkpoint) -> Document:
    """The key is the current one: it has signed every checkpoint, also those from before it (`audit.keys.rotate`)."""
    key = current_key()
    assert key is not None  # noqa: S101  (a checkpoint has been signed)
    return {
        "format": FORMAT,
        "scope": last.scope,
        "origin": last.origin,
        "size": last.size,
        "key": verifier_key(last.origin, bytes(key.public)),
    }


def entry_lines(scope: str, size: int) -> Iterator[bytes]:
    rows = Entry.objects.filter(scope=scope, index__lt=size).order_by("index").values_list("body", flat=True)
    return (bytes(body) + b"\n" for body in rows.iterator(chunk_size=CHUNK))


def _told(lines: Iterator[bytes], progress: Callable[[int], object] | None) -> Iterator[bytes]:
    for number, line in enumerate(lines):
        if progress and number % CHUNK == 0:
            progress(number)
        yield line


def disclosed_line(row: Document) -> bytes:
    content = base64.b64encode(row["content"]).decode()
    return rfc8785.dumps({**row, "content": content, "salt": row["salt"].hex()}) + b"\n"


def pseudonymous_case(room: Room) -> Document:
    """The room as a case file in which persons go by their codes."""
    people = set(personal(Party.objects.filter(realm=room.code)).values_list("code", flat=True))
    case = dump_case(room)
    case["parties"] = [{**row, "name": row["code"]} if row["code"] in people else row for row in case["parties"]]
    return case


def scorecards(room: Room) -> Iterator[tuple[str, Document]]:
    """Every finished card of the room by the digest of its input; equal inputs have equal cards."""
    rows = Scorecard.objects.filter(revision__package__room=room, state=Scorecard.State.DONE)
    cards = rows.order_by("digest", "pk").distinct("digest").values_list("digest", "card")
    return ((digest, card) for digest, card in cards.iterator(chunk_size=20) if card is not None)


def _write(archive: ZipFile, name: str, pieces: Iterable[bytes]) -> None:
    info = ZipInfo(name, EARLY)
    info.compress_type, info.external_attr = ZIP_DEFLATED, 0o644 << 16
    with archive.open(info, "w", force_zip64=True) as file:
        for piece in pieces:
            file.write(piece)
