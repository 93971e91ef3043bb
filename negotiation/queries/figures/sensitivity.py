"""What breaks first? Break-evens of price, cost and delay, opened to the line that they lie on."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Side
from negotiation.figures import number, plain, yuan
from negotiation.queries.figures import tables
from negotiation.queries.figures.gains import side_name
from negotiation.queries.figures.parts import Cell, Column, Explanation, Line, Section, Table
from negotiation.queries.figures.reading import Reading, exact, to_cents

Card = dict[str, Any]
DELAY = "delay"


def labels() -> dict[str, str]:
    return {
        "price": _("All prices and operating income change"),
        "cost": _("All costs of acquiring and building change"),
        "delay": _("Everything after year 0 comes later"),
    }


def section(reading: Reading) -> Section:
    found = reading.card["sensitivity"]
    lines = [line for name, label in labels().items() for line in _lines(reading, name, label, found[name])]
    return Section("sensitivity", _("What breaks first?"), lines, charts=["tornado"])


def _lines(reading: Reading, name: str, label: str, found: Card) -> list[Line]:
    zero, first = found.get("project_npv_zero"), found.get("first_worse_off")
    breaks = _("%(change)s: until the project breaks even") % {"change": label}
    hurts = _("%(change)s: until one more party is worse off") % {"change": label}
    who = "" if first is None else reading.party(first["party"]) if "party" in first else _("a household")
    return [
        Line(f"sensitivity.{name}.project_npv_zero", breaks, point(name, zero)),
        Line(f"sensitivity.{name}.first_worse_off", hurts, point(name, first), note=who),
    ]


def point(name: str, found: Any) -> Cell:
    """A break-even as it is read: a change in per cent, or years."""
    if found is None:
        return Cell(_("never"))
    if name == DELAY:
        return Cell(_("%(n)s years later") % {"n": number(found["years"])})
    return Cell(found["factor"] if isinstance(found, dict) else found, "change")


def explain_zero(reading: Reading, line: Line, _page: str | None, _rest: str) -> Explanation:
    name = line.key.split(".")[1]
    found = reading.card["sensitivity"][name]
    return Explanation(
        line,
        _("How far this may go before the project loses money over its whole life, all else staying as it is."),
        _formula(name),
        _filled(reading, name, found),
        [_rows_table(name, found["rows"])],
    )


def _formula(name: str) -> str:
    moved = {
        "price": _("x: factor on all prices and on operating income from outside; what is given up keeps its value"),
        "cost": _("x: factor on every payment of the stages acquire and build that leaves to outside"),
        "delay": _("x = (1 + r)^−n: what all that happens in year 1 or later is worth when it comes n years later"),
    }[name]
    return f"NPV(x) = a + b·x = 0 ⇒ x = −a ÷ b — {moved}"


def _filled(reading: Reading, name: str, found: Card) -> list[str]:
    """The straight line through two of the rows, and where it meets 0."""
    rows = found["rows"]
    xs = [reading.factor(row["years"]) if name == DELAY else exact(row["factor"]) for row in rows]
    ends = [exact(rows[place]["project_npv"]) for place in (0, -1)]
    if xs[0] == xs[-1]:
        return []
    slope = (ends[1] - ends[0]) / (xs[-1] - xs[0])
    rest = ends[0] - slope * xs[0]
    said = [f"a = {yuan(to_cents(rest))}, b = {yuan(to_cents(slope))}"]
    if slope and found.get("project_npv_zero") is not None:
        said.append(f"x = {plain(to_cents(-rest))} ÷ {plain(to_cents(slope))} = {plain(float(-rest / slope), 6)}")
    return said


def _rows_table(name: str, rows: list[Card]) -> Table:
    sides = [side for side in Side.values if rows and side in rows[0]["gains"]]
    columns = [
        Column(pgettext("sensitivity", "Change")),
        Column(_("Project, present value (yuan)"), True),
        Column(_("Worse than no agreement"), True),
    ]
    columns += [Column(_("Gain: %(side)s") % {"side": side_name(side)}, True) for side in sides]
    body = [
        (
            point(name, row if name == DELAY else row["factor"]),
            tables.yuan(row["project_npv"]),
            Cell(row["worse_off"], "number"),
            *(tables.yuan(row["gains"][side]) for side in sides),
        )
        for row in rows
    ]
    return Table(_("Step by step"), columns, body)


def explain_first(reading: Reading, line: Line, _page: str | None, _rest: str) -> Explanation:
    name = line.key.split(".")[1]
    found = reading.card["sensitivity"][name]
    return Explanation(
        line,
        _("How far this may go before one more party would do better without the package."),
        _("gain of the party at x = its outside option"),
        [line.note] if line.note else [],
        [_rows_table(name, found["rows"])],
    )
