"""Packages side by side: what matters as rows, packages as columns."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Side
from negotiation.figures import figure, index, percent, wan
from negotiation.models import Room
from negotiation.queries.packages import Listed

Card = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One row of the comparison; `differs` when the packages do not agree in it."""

    label: str
    unit: str
    cells: list[dict[str, str]]

    @property
    def differs(self) -> bool:
        return len({cell["text"] for cell in self.cells}) > 1


def comparison(room: Room, columns: list[tuple[Listed, Card | None]]) -> list[Line]:
    """The rows for these packages; a package without a card has dashes."""
    cards = [card for _row, card in columns if card]
    rows = [*_fixed(), *_targets(room, cards), *_sides(cards)]
    return [_line(columns, label, unit, read) for label, unit, read in rows]


Read = Callable[[Card], str]


def _line(columns: list[tuple[Listed, Card | None]], label: str, unit: str, read: Read) -> Line:
    cells = [{"code": row.revision.package.code, "text": str(read(card)) if card else "—"} for row, card in columns]
    return Line(label, unit, cells)


def _fixed() -> list[tuple[str, str, Read]]:
    wan_unit = _("万元")
    return [
        (_("Project, present value"), wan_unit, lambda c: wan(c["balance"]["project"]["npv"])),
        (_("Basic account, net"), wan_unit, lambda c: wan(c["balance"]["basic"]["net"])),
        (_("Deepest gap in advance"), wan_unit, lambda c: wan(c["balance"]["basic"]["peak_gap"])),
        (_("Operating account, present value"), wan_unit, lambda c: wan(c["balance"]["operating"]["npv"])),
        (_("All gains together"), wan_unit, lambda c: wan(c["fairness"]["total"]["gain"])),
        (_("Worse than no agreement"), _("parties"), _worse),
        (_("Lowest recovery rate"), "", lambda c: percent(c["fairness"]["recovery"].get("min"))),
        (_("Middle recovery rate"), "", lambda c: percent(c["fairness"]["recovery"].get("median"))),
        (_("Unevenness (Gini)"), "", lambda c: index(c["fairness"]["recovery"].get("gini"))),
    ]


def _worse(card: Card) -> str:
    fairness = card["fairness"]
    return str(len(fairness["worse_off"]) + fairness.get("worse_off_hidden", 0))


def _targets(room: Room, cards: list[Card]) -> list[tuple[str, str, Read]]:
    items = cards[0]["gates"]["targets"]["items"] if cards else []
    known = {row.code: row for row in room.plan.indicators.all()}
    rows = [(place, known[item["indicator"]]) for place, item in enumerate(items)]
    return [(indicator.name, indicator.unit, _target(place, indicator.measure)) for place, indicator in rows]


def _target(place: int, measure: str) -> Read:
    return lambda card: figure(card["gates"]["targets"]["items"][place]["after"], measure)


def _sides(cards: list[Card]) -> list[tuple[str, str, Read]]:
    labels = dict(Side.choices)
    sides = [side for side in Side.values if cards and side in cards[0]["fairness"]["sides"]]
    return [(_("Gain: %(side)s") % {"side": labels.get(side, side)}, _("万元"), _side(side)) for side in sides]


def _side(side: str) -> Read:
    return lambda card: wan(card["fairness"]["sides"][side]["gain"])
