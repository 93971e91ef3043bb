"""Packages side by side: what matters as rows, packages as columns."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Side
from negotiation.figures import figure, index, percent, wan, yuan
from negotiation.models import Room
from negotiation.permissions import Viewer
from negotiation.queries.packages import Listed, on_the_table, visible_card

COLUMNS = 4
Card = dict[str, Any]
Column = tuple[Listed, Card | None]
Source = tuple[str, Card | None, str]  # name, what to read from, why there may be nothing
Write = Callable[[Any], str]


@dataclass(frozen=True)
class Cell:
    """What one package has in a row: the figure and how it is written, or why there is none."""

    code: str
    text: str
    value: float | None = None
    exact: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Line:
    """One row of the comparison; `differs` when the packages do not agree in it."""

    label: str
    unit: str
    cells: list[Cell]
    hint: str = ""

    @property
    def differs(self) -> bool:
        return len({(cell.text, cell.reason) for cell in self.cells}) > 1

    @property
    def numeric(self) -> bool:
        return all(cell.value is not None or cell.text == "—" for cell in self.cells)


@dataclass(frozen=True)
class Measure:
    """How a row comes about: what is read, how it is written, and what a tap on it shows."""

    label: str
    unit: str
    read: Callable[[Card], Any]
    write: Write
    exact: Write | None = None
    hint: str = ""

    def line(self, sources: Iterable[Source]) -> Line:
        """The row for these packages."""
        return Line(self.label, self.unit, [self._cell(*source) for source in sources], self.hint)

    def _cell(self, code: str, source: Card | None, reason: str) -> Cell:
        value = self.read(source) if source else None
        if value is None:
            return Cell(code, "—", reason=reason)
        known = value if isinstance(value, int | float) else None
        return Cell(code, self.write(value), known, self.exact(value) if self.exact else "")


def chosen_columns(viewer: Viewer, codes: list[str]) -> list[Column]:
    """At most COLUMNS packages with their cards as this person may see them: those named, or the latest."""
    rows = on_the_table(viewer.room, only=codes[:COLUMNS])[:COLUMNS]
    return [(row, visible_card(viewer, row.card)) for row in rows]


def comparison(room: Room, columns: list[Column]) -> list[Line]:
    """The rows of the cards of these packages; a package without a card has dashes."""
    return card_lines(room, [(row.revision.package.code, card, "") for row, card in columns])


def card_lines(room: Room, sources: Sequence[Source]) -> list[Line]:
    """The rows of these cards."""
    cards = [card for _code, card, _reason in sources if card]
    return [measure.line(sources) for measure in (*_fixed(), *_targets(room, cards), *_sides(cards))]


def folded(lines: list[Line]) -> dict[str, list[Line]]:
    """The rows in which packages differ, and those in which all are the same; of one package nothing is folded."""
    lone = all(len(line.cells) < 2 for line in lines)
    return {
        "different": [line for line in lines if lone or line.differs],
        "same": [line for line in lines if not (lone or line.differs)],
    }


def exact_yuan(value: Any) -> str:
    return " ".join((yuan(value), _("yuan")))


def _money(label: str, read: Callable[[Card], Any]) -> Measure:
    return Measure(label, _("万元"), read, wan, exact_yuan)


def _fixed() -> list[Measure]:
    return [
        _money(_("Project, present value"), lambda c: c["balance"]["project"]["npv"]),
        _money(_("Basic account, net"), lambda c: c["balance"]["basic"]["net"]),
        _money(_("Deepest gap in advance"), lambda c: c["balance"]["basic"]["peak_gap"]),
        _money(_("Operating account, present value"), lambda c: c["balance"]["operating"]["npv"]),
        Measure(_("Worse than no agreement"), _("parties"), _worse, str),
        Measure(_("Lowest recovery rate"), "", lambda c: c["fairness"]["recovery"].get("min"), percent),
        Measure(_("Middle recovery rate"), "", lambda c: c["fairness"]["recovery"].get("median"), percent),
        Measure(_("Unevenness (Gini)"), "", lambda c: c["fairness"]["recovery"].get("gini"), index),
    ]


def _worse(card: Card) -> int:
    fairness = card["fairness"]
    return len(fairness["worse_off"]) + int(fairness.get("worse_off_hidden", 0))


def _targets(room: Room, cards: list[Card]) -> list[Measure]:
    items = cards[0]["gates"]["targets"]["items"] if cards else []
    known = {row.code: row for row in room.plan.indicators.all()}
    rows = [(place, known[item["indicator"]]) for place, item in enumerate(items)]
    return [_target(place, row.name, row.unit, row.measure) for place, row in rows]


def _target(place: int, name: str, unit: str, measure: str) -> Measure:
    return Measure(
        name, unit, lambda c: c["gates"]["targets"]["items"][place].get("after"), lambda value: figure(value, measure)
    )


def _sides(cards: list[Card]) -> list[Measure]:
    labels = dict(Side.choices)
    sides = [side for side in Side.values if cards and side in cards[0]["fairness"]["sides"]]
    return [_money(_("Gain: %(side)s") % {"side": labels.get(side, side)}, _side(side)) for side in sides]


def _side(side: str) -> Callable[[Card], Any]:
    return lambda card: card["fairness"]["sides"][side]["gain"]
