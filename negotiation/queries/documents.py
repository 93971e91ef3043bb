"""Required documents with their state, as the database's day has it."""

from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Now, TruncDate
from django.http import Http404

from accounts.models import Party
from negotiation.models import RequiredDocument, Room
from negotiation.permissions import Viewer, personal

MISSING, PROMISED, OPEN, BROKEN, KEPT = "missing", "promised", "open", "broken", "kept"


def with_state(rows: QuerySet[RequiredDocument]) -> QuerySet[Any]:
    """Annotated: missing, promised (not accepted yet), open (accepted, not due yet), broken (past due), kept."""
    return rows.annotate(
        state=Case(
            When(received_on__isnull=False, then=Value(KEPT)),
            When(due__isnull=True, then=Value(MISSING)),
            When(due__lt=TruncDate(Now()), then=Value(BROKEN)),
            When(accepted_by__isnull=True, then=Value(PROMISED)),
            default=Value(OPEN),
            output_field=CharField(),
        )
    )


def counts(room: Room) -> dict[str, int]:
    """How many documents of the room are in each state. One statement."""
    rows = with_state(RequiredDocument.objects.filter(room=room)).order_by().values("state")
    return {row["state"]: row["n"] for row in rows.annotate(n=Count("pk"))}


def visible(viewer: Viewer) -> QuerySet[Any]:
    """The documents whose party's rows the viewer may see; what is due first stands first."""
    rows = with_state(RequiredDocument.objects.filter(room=viewer.room)).select_related("party", "room")
    if not viewer.may("read_households"):
        hidden = personal(_parties(viewer)).exclude(code__in=viewer.parties)
        rows = rows.exclude(party__in=hidden)
    return rows.order_by(F("received_on").desc(nulls_first=True), F("due").asc(nulls_first=True), "pk")


def find_document(viewer: Viewer, number: int) -> RequiredDocument:
    """One that the viewer may see. Raises Http404."""
    found: RequiredDocument | None = visible(viewer).filter(pk=number).first()
    if found is None:
        raise Http404
    return found


def owed(viewer: Viewer, most: int = 5) -> list[Any]:
    """What the parties that the viewer acts for still have to bring, the most pressing first. One statement."""
    if not viewer.parties:
        return []
    rows = RequiredDocument.objects.filter(room=viewer.room, party__code__in=viewer.parties, received_on=None)
    return list(with_state(rows).order_by(F("due").asc(nulls_first=True), "pk")[:most])


def hidden_count(viewer: Viewer) -> int:
    """How many documents of households the viewer is not shown."""
    if viewer.may("read_households"):
        return 0
    return RequiredDocument.objects.filter(
        Q(party__in=personal(_parties(viewer))), ~Q(party__code__in=viewer.parties), room=viewer.room
    ).count()


def _parties(viewer: Viewer) -> QuerySet[Party]:
    return Party.objects.filter(realm=viewer.room.code)
