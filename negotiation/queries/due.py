"""Due dates of terms with their state, as the database's day has it: who has to do what by when, and what is late."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, Exists, Max, Min, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Now, TruncDate

from accounts.refusals import NotFound
from negotiation.models import Allocation, Decision, Disposition, DueDate, DutyReport, Flow, Revision
from negotiation.permissions import Viewer
from negotiation.queries.changes import WHAT, Names
from negotiation.terms import allocation_document, disposition_document, flow_document

PROPOSED, OPEN, OVERDUE, DONE = "proposed", "open", "overdue", "done"
ROWS: dict[str, Any] = {
    "dispositions": (Disposition, disposition_document, ("parcel", "recipient", "responsible")),
    "allocations": (Allocation, allocation_document, ("party", "item")),
    "flows": (Flow, flow_document, ()),
}


def with_state(rows: QuerySet[DueDate]) -> QuerySet[Any]:
    """Annotated: proposed (the revision is not decided), open, overdue (its day is past), done (reported so)."""
    passed = Decision.objects.filter(ballot__revision=OuterRef("revision"), outcome="passed")
    standing = DutyReport.objects.filter(due=OuterRef("pk"), corrected_at=None)
    return rows.annotate(
        state=Case(
            When(~Exists(passed), then=Value(PROPOSED)),
            When(Exists(standing), then=Value(DONE)),
            When(on__lt=TruncDate(Now()), then=Value(OVERDUE)),
            default=Value(OPEN),
            output_field=CharField(),
        )
    )


def visible(viewer: Viewer) -> QuerySet[Any]:
    """The room's dated terms that the viewer may see, each with its reports, the newest first."""
    reports = DutyReport.objects.order_by("-pk")
    rows = with_state(DueDate.objects.filter(revision__package__room=viewer.room))
    rows = rows.select_related("party", "revision__package__room")
    rows = rows.prefetch_related(Prefetch("reports", queryset=reports, to_attr="told"))
    return rows.exclude(ends__overlap=list(viewer.hidden_codes)) if viewer.hidden_codes else rows


def of_revision(viewer: Viewer, revision: Revision) -> QuerySet[Any]:
    """What is due first stands first."""
    return visible(viewer).filter(revision=revision).order_by("on", "pk")


def overdue(viewer: Viewer) -> QuerySet[Any]:
    """What is late in the room, the oldest first."""
    return visible(viewer).filter(state=OVERDUE).order_by("on", "pk")


def find_due(viewer: Viewer, number: int) -> DueDate:
    """One that the viewer may see. Raises NotFound."""
    found: DueDate | None = visible(viewer).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def dress(viewer: Viewer, rows: Sequence[Any]) -> list[Any]:
    """Give each `what` it is, its `report`, whether it is the reader's `own`; and for who may read them the `note` of
    the report, or the `correction` of the last one.

    One statement for each kind of term among the rows, and one each for the names that they need.
    """
    names, documents = Names(viewer), _documents(rows)
    for row in rows:
        row.what = WHAT[row.kind](names, documents[row.kind, row.row])
        last = next(iter(row.told), None)
        row.report = last if last and last.corrected_at is None else None
        row.own = may_report(viewer, row)
        told = last if row.own or viewer.may("convene") else None
        row.note = told.note if told and row.report else ""
        row.correction = told.correction if told else ""
    return list(rows)


def may_report(viewer: Viewer, row: DueDate) -> bool:
    """Whether the reader is the one who reports the term, in some phase or other."""
    if row.party_id is None:
        return viewer.mandate is not None and viewer.may("convene")
    return viewer.mandate is not None and viewer.mandate.party_id == row.party_id and viewer.may("propose")


def _documents(rows: Iterable[Any]) -> dict[tuple[str, int], dict[str, Any]]:
    wanted: dict[str, list[int]] = {}
    for row in rows:
        wanted.setdefault(row.kind, []).append(row.row)
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for kind, keys in wanted.items():
        model, document, related = ROWS[kind]
        terms = model.objects.filter(pk__in=keys).select_related(*related)
        found |= {(kind, term.pk): document(term) for term in terms}
    return found


@dataclass(frozen=True)
class Dates:
    """The due dates of what a party has to do: the first and the last, and how many of the terms are in which state."""

    first: date | None = None
    last: date | None = None
    count: int = 0
    done: int = 0
    overdue: int = 0

    def __add__(self, other: "Dates") -> "Dates":
        days = [day for row in (self, other) for day in (row.first, row.last) if day]
        sums = (getattr(self, name) + getattr(other, name) for name in ("count", "done", "overdue"))
        return Dates(min(days, default=None), max(days, default=None), *sums)


def dates_of(revision: Revision) -> dict[str, Dates]:
    """Code of a party → the dates of what it owes. One statement."""
    rows = with_state(DueDate.objects.filter(revision=revision).exclude(party=None)).order_by().values("party__code")
    found = rows.annotate(
        first=Min("on"),
        last=Max("on"),
        count=Count("pk"),
        done=Count("pk", filter=Q(state=DONE)),
        overdue=Count("pk", filter=Q(state=OVERDUE)),
    )
    names = ("first", "last", "count", "done", "overdue")
    return {row["party__code"]: Dates(*(row[name] for name in names)) for row in found}
