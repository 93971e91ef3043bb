"""The limits that the case declares, each held against its figure."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from negotiation.queries.figures.parts import Cell, Explanation, Line, Section
from negotiation.queries.figures.reading import Reading
from negotiation.queries.figures.writing import cell_text
from negotiation.queries.words import LIMITS

Card = dict[str, Any]
FORMS = {"gini": "index", "min_recovery": "percent", "npv": "money", "peak_gap": "money"}
AT_LEAST = ("min_recovery", "npv")


def section(reading: Reading) -> Section:
    lines = [_line(name, row) for name, row in reading.card["limits"].items()]
    return Section("limits", _("Declared limits"), lines)


def _line(name: str, row: Card) -> Line:
    form = FORMS[name]
    mark = {True: "met", False: "broken", None: ""}[row.get("met")]
    limit = f"{_sign(name)} {cell_text(Cell(row['limit'], form))}"
    unit = "万元" if form == "money" else ""
    return Line(f"limits.{name}", str(LIMITS[name]), Cell(row.get("value"), form), unit, mark, limit)


def _sign(name: str) -> str:
    return "≥" if name in AT_LEAST else "≤"


def explain(reading: Reading, line: Line, _page: str | None, name: str) -> Explanation:
    row, form = reading.card["limits"][name], FORMS[name]
    filled = f"{cell_text(line.value)} {_sign(name)} {cell_text(Cell(row['limit'], form))}"
    meaning = _("A limit that the case declares. It lights a lamp; it forbids nothing.")
    kept = {True: _("kept"), False: _("not kept"), None: _("the figure is not defined")}[row.get("met")]
    return Explanation(line, meaning, filled, [kept])
