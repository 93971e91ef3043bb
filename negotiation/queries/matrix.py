"""责—权—利: who must do what by when, what each holds, what each gains. Bodies by name, households together."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, Max, Min, Sum

from accounts.models import Party
from negotiation.models import Confirmation, Revision
from negotiation.permissions import Viewer, is_personal
from negotiation.queries.due import Dates, dates_of
from negotiation.queries.figures.reading import PARTY
from negotiation.responsibilities import duties_of
from negotiation.visibility import FEW
from units.models import Right

Card = dict[str, Any]


@dataclass
class Line:
    """One party, or the households together; yuan. Figures are None while there is no card, or for few households.

    `opens` is the key of the figure that explains the gain.
    """

    name: str
    side: str
    parcels: list[str] = field(default_factory=list)
    pays: Decimal = Decimal(0)
    years: str = ""
    holds: Decimal = Decimal(0)
    after: float | None = None
    gain: float | None = None
    opens: str = ""
    code: str = ""
    confirmed: datetime | None = None
    confirmed_by: int = 0  # how many of the households together
    dates: Dates = field(default_factory=Dates)

    @property
    def owes(self) -> bool:
        return bool(self.parcels or self.pays)


def matrix(viewer: Viewer, revision: Revision, card: Card | None) -> list[Line]:
    """The lines of all bodies that the package touches, then one for the households. Six statements.

    `card` is the whole card: what is shown of households is their sum.
    """
    duties, payments, holdings = _duties(revision), _payments(revision), _holdings(viewer)
    dates = dates_of(revision)
    confirmed = dict(Confirmation.objects.filter(revision=revision).values_list("party__code", "created_at"))
    lines: list[Line] = []
    households: list[Line] = []
    for party in Party.objects.filter(seats__room=viewer.room).order_by("seats__pk"):
        line = Line(viewer.label(party), party.side, duties.get(party.code, []), holds=holdings[party.pk])
        line.code, line.confirmed = party.code, confirmed.get(party.code)
        line.pays, line.years = payments.get(party.code, (Decimal(0), ""))
        line.dates = dates.get(party.code, Dates())
        if card:
            line.after, line.gain = (card["fairness"][key].get(party.code) for key in ("after", "gains"))
            line.opens = f"{PARTY}{party.code}" if line.gain is not None else ""
        if line.gain is None and not line.parcels and not line.pays:
            continue
        (households if is_personal(party) else lines).append(line)
    return [*lines, _together(households)] if households else lines


def my_part(viewer: Viewer, revision: Revision) -> str:
    """Whether the reader's own party has to confirm its part: `open`, `confirmed`, or empty where it has none.

    One statement.
    """
    if viewer.mandate is None or not viewer.can("confirm"):
        return ""
    party = viewer.mandate.party
    own, duties = Confirmation.objects.filter(revision=revision, party=party), duties_of(revision, party)
    row = Revision.objects.filter(pk=revision.pk).annotate(
        confirmed=Exists(own), land=Exists(duties.land), pays=Exists(duties.payments)
    )
    confirmed, land, pays = row.values_list("confirmed", "land", "pays").get()
    return "confirmed" if confirmed else "open" if land or pays else ""


def _duties(revision: Revision) -> dict[str, list[str]]:
    """The parcels that each party answers for, in the order of the terms."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    rows = revision.dispositions.exclude(responsible=None).order_by("pk")
    for code, parcel in rows.values_list("responsible__code", "parcel__code"):
        found[code][parcel] = None
    return {code: list(parcels) for code, parcels in found.items()}


def _payments(revision: Revision) -> dict[str, tuple[Decimal, str]]:
    """What each party pays, and from which year to which."""
    rows = revision.flows.order_by().values("source").annotate(yuan=Sum("yuan"), first=Min("year"), last=Max("year"))
    return {row["source"]: (row["yuan"], _span(row["first"], row["last"])) for row in rows}


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _holdings(viewer: Viewer) -> dict[int, Decimal]:
    rows = Right.objects.filter(plan=viewer.room.plan_id).order_by().values_list("party").annotate(Sum("value"))
    return defaultdict(Decimal, dict(rows))


def _together(lines: list[Line]) -> Line:
    """The households as one line; of fewer than five only that they are there."""
    line = Line(str(len(lines)), "households")
    if len(lines) < FEW:
        return line
    line.pays, line.holds = (sum((getattr(row, key) for row in lines), Decimal(0)) for key in ("pays", "holds"))
    line.confirmed_by = sum(row.confirmed is not None for row in lines if row.owes)
    line.dates = sum((row.dates for row in lines), Dates())
    line.parcels = sorted({parcel for row in lines for parcel in row.parcels})
    figures = [(row.after, row.gain) for row in lines if row.after is not None and row.gain is not None]
    if figures:
        line.after, line.gain = (sum(pair[place] for pair in figures) for place in (0, 1))
    return line
