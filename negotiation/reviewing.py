"""The declared checks over a room's log, part by part: what is checked once is not read again."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat

from audit import log
from audit.models import Checkpoint, Entry
from negotiation.anomalies import Fact, Found, Known, edition, look
from negotiation.models import Anomaly, LogReview, Room
from negotiation.queries.checkpoints import limit
from negotiation.queries.entries import phase_spans

PART = 10_000  # entries of one transaction
LONGEST = 140  # characters of a key


def behind() -> QuerySet[Room]:
    """Rooms whose sealed log is not checked to its end, or was checked by other checks than today's."""
    same = Checkpoint.objects.filter(scope=Concat(Value(log.room_scope("")), OuterRef("code"))).order_by("-size")
    rows = Room.objects.annotate(sealed=Subquery(same.values("size")[:1])).filter(sealed__isnull=False)
    return rows.filter(Q(sealed__gt=Coalesce(F("review__done"), 0)) | ~Q(review__edition=edition(limit())))


def review_part(room: Room) -> bool:
    """Check the next sealed entries; whether more may follow. What another worker is at is left to it."""
    LogReview.objects.get_or_create(room=room)
    with transaction.atomic():
        review = LogReview.objects.select_for_update(skip_locked=True).filter(room=room).first()
        if review is None:
            return False
        seal_limit = limit()
        if review.edition != edition(seal_limit):
            _begin(review, room)
        known = Known(**review.known)
        found: dict[tuple[str, str], Found] = {}
        facts = list(_facts(room, review.done))
        for fact in facts:
            found |= {(row.code, row.key[:LONGEST]): row for row in look(fact, known, seal_limit)}
        Anomaly.objects.bulk_create(
            [
                Anomaly(room=room, code=code, key=key, entry_id=row.entry, index=row.index, figures=row.figures)
                for (code, key), row in found.items()
            ],
            update_conflicts=True,
            unique_fields=["room", "code", "key"],
            update_fields=["entry", "index", "figures"],
        )
        review.done, review.known = review.done + len(facts), vars(known)
        review.save()
    return len(facts) == PART


def _begin(review: LogReview, room: Room) -> None:
    """From the first entry on: what other checks have found does not stand."""
    Anomaly.objects.filter(room=room).delete()
    review.edition, review.done = edition(limit()), 0
    # The room is read before its moves: where it moves just now, the move says where from.
    room.refresh_from_db(fields=["phase"])
    review.known = vars(Known(phase=phase_spans(room)[0].phase))


def _facts(room: Room, begin: int) -> Iterator[Fact]:
    """The sealed entries from a place on, each with the checkpoint that it ends."""
    scope, end = log.room_scope(room.code), begin + PART
    seals = dict(Checkpoint.objects.filter(scope=scope, size__gt=begin, size__lte=end).values_list("size", "created"))
    rows = Entry.objects.filter(scope=scope, index__gte=begin, index__lt=end).order_by("index")
    columns = ("id", "time", "action", "body")
    for index, (key, time, action, raw) in enumerate(rows.values_list(*columns).iterator(), begin):
        # What is found is kept in the database, which can not keep NUL; no entry of this platform has one.
        body = None if rb"\u0000" in bytes(raw) else log.read_body(bytes(raw))
        mandate = _mandate(body.get("actor")) if body else ""
        yield Fact(str(key), index, time, action, mandate, body and body["data"], seals.get(index + 1))


def _mandate(actor: object) -> str:
    found = actor.get("mandate") if isinstance(actor, dict) else None
    return found if isinstance(found, str) else ""
