"""One scorecard as one person may read it: what every figure's explanation starts from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from negotiation.models import CatalogueItem, Revision
from negotiation.permissions import Viewer
from negotiation.queries.figures.parts import Cell
from negotiation.visibility import redact
from units.models import Indicator

Card = dict[str, Any]
CENT = Decimal("0.01")
PARTY = "fairness.gains."  # the key of a party's gain, before its code


@dataclass
class Names:
    """What the codes of a room's figures stand for."""

    viewer: Viewer

    @cached_property
    def items(self) -> dict[str, CatalogueItem]:
        return {item.code: item for item in self.viewer.room.catalogue.order_by("pk")}

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        return {row.code: row for row in self.viewer.room.plan.indicators.all()}


@dataclass
class Reading(Names):
    """`card` is what this person may see; of `whole` only sums over everybody may be shown."""

    revision: Revision
    card: Card
    whole: Card

    @cached_property
    def growth(self) -> Fraction:
        """1 + r."""
        return 1 + Fraction(self.viewer.room.plan.discount_rate)

    def factor(self, year: int) -> Fraction:
        """d(y) = (1 + r)^−y."""
        return self.growth**-year

    def present(self, yuan: Decimal | float, year: int) -> Decimal:
        """A yuan amount of some year in yuan of year 0, to the cent."""
        return to_cents(exact(yuan) * self.factor(year))

    def party(self, code: str) -> str:
        return self.viewer.code_label(code)

    def party_cell(self, code: str) -> Cell:
        """The party as this person may know it; it opens its own gain where that may be seen."""
        return Cell(self.party(code), opens=f"{PARTY}{code}" if code in self.card["fairness"]["gains"] else "")


def read_card(viewer: Viewer, revision: Revision, card: Card) -> Reading:
    """The card of a revision, without the rows that this person may not see."""
    return Reading(viewer, revision, redact(card, viewer.hidden_codes), card)


def exact(value: Decimal | float) -> Fraction:
    """The amount as it is written: a card's 0.1 is a tenth."""
    return Fraction(str(value))


def to_cents(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(CENT)
