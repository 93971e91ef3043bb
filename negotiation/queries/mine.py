"""What one party has, and what it gets under each package, with the anonymous spread of parties like it."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q

from accounts.models import Party
from negotiation.models import Allocation, Disposition, Flow
from negotiation.permissions import Viewer
from negotiation.queries.packages import Listed
from negotiation.scoring.terms import KEPT
from negotiation.visibility import FEW
from units.models import Right

EQUAL = 5e-4  # recovery rates that read the same on the page


@dataclass
class Outcome:
    """One package for one party. Yuan are present values of year 0, as on the card."""

    listed: Listed
    allocations: list[Allocation]
    received: list[Flow]
    paid: list[Flow]
    ending: list[Right] = field(default_factory=list)  # its rights that end
    before: float | None = None
    after: float | None = None
    gain: float | None = None
    spread: dict[str, Any] = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)  # the same in plain words

    @property
    def counted(self) -> bool:
        """Whether the scorecard is there."""
        return self.listed.card is not None and bool(self.listed.card.card)

    @property
    def area(self) -> Decimal:
        return sum((row.quantity for row in self.allocations if row.item.unit in ("m2", "m²")), Decimal(0))

    @property
    def recovery(self) -> float | None:
        return self.after / self.before if self.after is not None and self.before else None


def rights_of(viewer: Viewer, party: Party) -> list[Right]:
    rows = Right.objects.filter(plan=viewer.room.plan_id, party=party)
    return list(rows.select_related("parcel").order_by("pk"))


def outcomes(party: Party, rights: list[Right], packages: list[Listed]) -> list[Outcome]:
    """What each package does to a party with these rights. Three statements, whatever the number of packages."""
    revisions = [row.revision.pk for row in packages]
    given = Allocation.objects.filter(revision__in=revisions, party=party).select_related("item").order_by("pk")
    touching = Q(source=party.code) | Q(target=party.code)
    flows = list(Flow.objects.filter(touching, revision__in=revisions).order_by("year", "pk"))
    classes = _classes(rights)
    ended = _ended(revisions, rights)
    found = [_outcome(row, party, list(given), flows, classes) for row in packages]
    for outcome in found:
        outcome.ending = [r for r in rights if (outcome.listed.revision.pk, r.parcel_id) in ended]
    return found


def _ended(revisions: list[int], rights: list[Right]) -> set[tuple[int, int]]:
    """(revision, parcel) where the rights in a parcel end."""
    rows = Disposition.objects.filter(revision__in=revisions, parcel__in={right.parcel_id for right in rights})
    return set(rows.exclude(action__in=KEPT).values_list("revision_id", "parcel_id"))


def _outcome(row: Listed, party: Party, given: list[Allocation], flows: list[Flow], classes: list[str]) -> Outcome:
    mine = [flow for flow in flows if flow.revision_id == row.revision.pk]
    outcome = Outcome(
        listed=row,
        allocations=[item for item in given if item.revision_id == row.revision.pk],
        received=[flow for flow in mine if flow.target == party.code],
        paid=[flow for flow in mine if flow.source == party.code],
    )
    if row.card and row.card.card:
        _read_card(outcome, row.card.card["fairness"], party, classes)
    return outcome


def _read_card(outcome: Outcome, fairness: dict[str, Any], party: Party, classes: list[str]) -> None:
    outcome.before = fairness["before"].get(party.code)
    outcome.after = fairness["after"].get(party.code)
    outcome.gain = fairness["gains"].get(party.code)
    for name in classes:
        spread = fairness.get("classes", {}).get(name)
        if spread and spread["n"] >= FEW:
            # The spread alone: the class's outliers are other households.
            figures = {key: spread[key] for key in ("n", "min", "median", "max")}
            outcome.spread = {"class": name, **figures, **_positions(spread, outcome.recovery)}
            return


def _positions(spread: dict[str, Any], mine: float | None) -> dict[str, float]:
    """Where the figures stand on a strip from 0 to 100."""
    figures = [spread["min"], spread["max"], *([mine] if mine is not None else [])]
    low, high = min(figures), max(figures)
    named = {"min": spread["min"], "median": spread["median"], "max": spread["max"], "mine": mine}
    # Where all are equal they stand together in the middle.
    flat = high - low < EQUAL
    return {
        f"{name}_at": 50 if flat else 100 * (value - low) / (high - low)
        for name, value in named.items()
        if value is not None
    }


def _classes(rights: list[Right]) -> list[str]:
    """The classes of these rights, the most valuable first."""
    values: dict[str, Decimal] = {}
    for right in rights:
        values[right.class_code] = values.get(right.class_code, Decimal(0)) + right.value
    return sorted(values, key=lambda name: (-values[name], name))
