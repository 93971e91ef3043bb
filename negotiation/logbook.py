"""The room's decision log: reading and export."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Mandate
from audit import log
from audit.models import Entry
from negotiation.acting import record
from negotiation.models import Room
from negotiation.permissions import authorize


def entries(room: Room) -> QuerySet[Entry]:
    """The room's entries; their ids (UUIDv7) are in the order of time."""
    return Entry.objects.filter(scope=log.room_scope(room.code))


def export_entries(mandate: Mandate, room: Room) -> Iterator[bytes]:
    """The lines of entries.jsonl up to and with the entry of this export."""
    authorize(mandate, room, "export_log")
    with transaction.atomic():
        last = record(room, "log.export", mandate, "room", room.code)
    return log.lines(entries(room).filter(id__lte=last.id).order_by("id").iterator(chunk_size=2000))
