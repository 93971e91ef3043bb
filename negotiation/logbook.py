"""The room's decision log: reading and export."""

from collections.abc import Iterator

from django.db import transaction

from accounts.models import Mandate
from audit import log
from negotiation.acting import record
from negotiation.models import Room
from negotiation.permissions import authorize
from negotiation.queries.entries import entries


def export_entries(mandate: Mandate, room: Room) -> Iterator[bytes]:
    """The lines of entries.jsonl up to and with the entry of this export, in the order of ids (UUID 7)."""
    authorize(mandate, room, "export_log")
    with transaction.atomic():
        last = record(room, "log.export", mandate, "room", room.code)
    return log.lines(entries(room).filter(id__lte=last.id).order_by("id").iterator(chunk_size=2000))
