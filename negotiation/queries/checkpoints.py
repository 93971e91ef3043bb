"""The checkpoints of a room's log: what each has sealed, and how long that had waited for it."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, IntegerField, Min, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.refusals import NotFound
from audit import log
from audit.models import Checkpoint, Entry
from negotiation.models import Room


def checkpoints(room: Room) -> QuerySet[Any]:
    """The newest first, each with `held` (the size before it), `added`, `since` (the time between the two), `waited`.

    `waited` is how long the entry that waited longest stood unsealed.
    """
    same = Checkpoint.objects.filter(scope=OuterRef("scope"), size__lt=OuterRef("size")).order_by("-size")
    sealed = Entry.objects.filter(scope=OuterRef("scope"), index__gte=OuterRef("held"), index__lt=OuterRef("size"))
    first = sealed.order_by().values("scope").annotate(first=Min("time")).values("first")
    rows = Checkpoint.objects.filter(scope=log.room_scope(room.code)).prefetch_related("cosignatures")
    rows = rows.annotate(
        held=Coalesce(Subquery(same.values("size")[:1]), Value(0), output_field=IntegerField()),
        before=Subquery(same.values("created")[:1]),
    )
    rows = rows.annotate(added=F("size") - F("held"), since=F("created") - F("before"))
    return rows.annotate(waited=F("created") - Subquery(first)).order_by("-size")


def limit() -> timedelta:
    """How long an entry may wait for its seal before that is worth a look."""
    return timedelta(seconds=settings.LOG_SEAL_SECONDS)


def find_checkpoint(room: Room, size: int) -> Checkpoint:
    rows = Checkpoint.objects.filter(scope=log.room_scope(room.code), size=size).prefetch_related("cosignatures")
    found = rows.first()
    if found is None:
        raise NotFound
    return found
