"""Could some sides do better without the others? Shapley shares and the core, opened to the worth of each coalition."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Party, Side
from negotiation.figures import yuan
from negotiation.queries.figures import tables
from negotiation.queries.figures.gains import WAN, side_name
from negotiation.queries.figures.parts import Cell, Column, Explanation, Line, Section, Table
from negotiation.queries.figures.reading import Reading, exact, to_cents
from negotiation.scoring.coalitions import Sides, list_coalitions, value_coalitions

Card = dict[str, Any]
ORDER = list(Side.values)


def section(reading: Reading) -> Section:
    return Section("coalitions", _("Does it hold together?"), _lines(reading))


def _lines(reading: Reading) -> list[Line]:
    found = reading.card["fairness"]["coalitions"]
    said = _("no side would do better alone or with another")
    if not found["in_core"]:
        said = _("some sides would do better without the others")
    mark = "met" if found["in_core"] else "tolerated"
    core = Line("fairness.coalitions.core", _("The three sides together"), Cell(said), mark=mark)
    label = _("Shapley share: %(side)s")
    shapley = found["shapley"]
    shares = [
        Line(
            f"fairness.coalitions.shapley.{side}", label % {"side": side_name(side)}, Cell(shapley[side], "money"), WAN
        )
        for side in ORDER
        if side in shapley
    ]
    return [core, *shares]


def worth(reading: Reading) -> dict[Sides, Fraction]:
    """v of each coalition of the sides, yuan: declared, else the sum of outside options; of all together ΣG."""
    sides = reading.card["fairness"]["sides"]
    gains = {side: exact(row["gain"]) for side, row in sides.items()}
    declared = {tuple(sorted(row["sides"])): exact(row["value"]) for row in reading.viewer.room.coalitions or ()}
    return value_coalitions(gains, _outside(reading, list(sides)), declared)


def _outside(reading: Reading, sides: list[str]) -> dict[str, Fraction]:
    """The sum of the declared outside options of each side's parties."""
    options = {row["party"]: exact(row["gain"]) for row in reading.viewer.room.outside_options or ()}
    rows = Party.objects.filter(realm=reading.viewer.room.code, code__in=options).values_list("code", "side")
    found = dict.fromkeys(sides, Fraction(0))
    for code, side in rows:
        found[side] += options[code]
    return found


def explain_core(reading: Reading, line: Line, _page: str | None, _rest: str) -> Explanation:
    gains = {side: exact(row["gain"]) for side, row in reading.card["fairness"]["sides"].items()}
    values = worth(reading)
    columns = [Column(_("Sides"))]
    columns += [
        Column(label, True)
        for label in (_("Gain here (yuan)"), _("Without the others (yuan)"), _("Short of it by (yuan)"))
    ]
    body = []
    for group in list_coalitions(list(gains)):
        gain = sum((gains[side] for side in group), Fraction(0))
        lacks = max(values[group] - gain, Fraction(0))
        amounts = (tables.yuan(to_cents(amount)) for amount in (gain, values[group], lacks))
        body.append((Cell(names(group)), *amounts))
    return Explanation(
        line,
        _("A package holds together when no group of sides could reach more on its own than it gains here."),
        _("for every group of sides: Σ of their gains ≥ what they reach without the others"),
        [_not_stated()],
        [Table(_("Every group of sides"), columns, body)],
    )


def _not_stated() -> str:
    return _("What a group reaches alone is declared in the case, or else the sum of its outside options.")


def names(group: Sides) -> str:
    return "、".join(side_name(side) for side in ORDER if side in group)


def explain_shapley(reading: Reading, line: Line, _page: str | None, side: str) -> Explanation:
    sides, values = list(reading.card["fairness"]["coalitions"]["shapley"]), worth(reading)
    rows, total = [], Fraction(0)
    for order in permutations(sorted(sides, key=ORDER.index)):
        before = tuple(sorted(order[: order.index(side)]))
        adds = values[tuple(sorted((*before, side)))] - values.get(before, Fraction(0))
        total += adds
        rows.append((Cell(" → ".join(map(side_name, order))), tables.yuan(to_cents(adds))))
    mean = total / len(rows)
    columns = [Column(_("Order of arrival")), Column(_("It adds (yuan)"), True)]
    return Explanation(
        line,
        _("What a side brings on average to those who are already there. It is a measure to talk about, not a claim."),
        _("mean over all orders of arrival of what the side adds when it arrives"),
        [f"{yuan(to_cents(total))} ÷ {len(rows)} = {yuan(to_cents(mean))}", _not_stated()],
        [Table(_("Every order"), columns, rows, (Cell(_("Mean")), tables.yuan(to_cents(mean))))],
    )
