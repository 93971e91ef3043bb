"""Editing a draft by somebody who may see only a part of its rows.

Rows that the editor may not see (other households') stay where they are. Bounds of negotiable terms point at rows by
their place, so they move with their rows and go with those that are removed.
"""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from negotiation.terms import Document

Row = dict[str, Any]
TERM = re.compile(r"/(allocations|flows)/(\d+)/(quantity|yuan)")
ENDS = {"dispositions": ("recipient", "responsible"), "allocations": ("party",), "flows": ("from", "to")}


def is_hidden(kind: str, row: Row, hidden: Collection[str]) -> bool:
    return any(row.get(end) in hidden for end in ENDS[kind])


def visible_rows(document: Document, kind: str, hidden: Collection[str]) -> list[tuple[int, Row]]:
    """(place, row) of those rows of a draft that the editor may see."""
    return [(n, row) for n, row in enumerate(document[kind]) if not is_hidden(kind, row, hidden)]


def hidden_summary(document: Document, hidden: Collection[str]) -> dict[str, int]:
    """How many rows of each kind are kept without being shown."""
    return {kind: len(document[kind]) - len(visible_rows(document, kind, hidden)) for kind in ENDS}


def merge(document: Document, edited: Mapping[str, list[tuple[int | None, Row]]], hidden: Collection[str]) -> Document:
    """The draft with its visible rows replaced by `edited`: (place in the stored draft or None if new, row)."""
    merged, moves = dict(document), {}
    for kind in ENDS:
        rows = edited.get(kind)
        if rows is not None:
            merged[kind], moves[kind] = _merge_rows(document[kind], kind, rows, hidden)
    if "negotiable" in document:
        merged["negotiable"] = [moved for bound in document["negotiable"] if (moved := _moved(bound, moves))]
    return merged


def _merge_rows(
    stored: list[Row], kind: str, edited: list[tuple[int | None, Row]], hidden: Collection[str]
) -> tuple[list[Row], dict[int, int]]:
    """The new list, and where each stored row went. A row keeps the keys that the editor does not show."""
    kept = {place: row for place, row in edited if place is not None and 0 <= place < len(stored)}
    result: list[Row] = []
    moves: dict[int, int] = {}
    for place, row in enumerate(stored):
        secret = is_hidden(kind, row, hidden)
        if secret or place in kept:
            moves[place] = len(result)
            result.append(row if secret else _overlaid(row, kept[place]))
    return result + [_overlaid({}, row) for place, row in edited if place is None], moves


def _overlaid(stored: Row, edited: Row) -> Row:
    row = {**stored, **edited}
    return {key: value for key, value in row.items() if value not in ("", None, [])}


def _moved(bound: Row, moves: Mapping[str, Mapping[int, int]]) -> Row | None:
    found = TERM.fullmatch(bound["term"])
    if found is None or found[1] not in moves:
        return bound
    place = moves[found[1]].get(int(found[2]))
    return None if place is None else {**bound, "term": f"/{found[1]}/{place}/{found[3]}"}


PLACE = re.compile(r"(dispositions|allocations|flows)\[(\d+)\]")


def mask_faults(faults: Mapping[str, str], document: Document, hidden: Collection[str]) -> dict[str, str]:
    """Faults as the editor may read them: what stands in a hidden row is neither quoted nor placed."""
    shown = {path: message for path, message in faults.items() if not _in_hidden_row(path, document, hidden)}
    if len(shown) < len(faults):
        shown["hidden"] = _("A row that you can not see has a fault; ask the convener to look at it.")
    return shown


def _in_hidden_row(path: str, document: Document, hidden: Collection[str]) -> bool:
    found = PLACE.match(path)
    if found is None:
        return False
    rows, place = document[found[1]], int(found[2])
    return place < len(rows) and is_hidden(found[1], rows[place], hidden)


def totals(document: Document, prices: Mapping[str, Decimal]) -> dict[str, Any]:
    """Live totals of a draft, exact: money by stage in and out of the project, quantities by item."""
    items: dict[str, Decimal] = {}
    yields: dict[str, Decimal] = {}
    for row in document["allocations"]:
        if "item" in row:
            items[row["item"]] = items.get(row["item"], Decimal(0)) + number(row.get("quantity"))
    for row in document["dispositions"]:
        for sign, key in ((1, "yields"), (-1, "uses")):
            for part in row.get(key) or ():
                yields[part["item"]] = yields.get(part["item"], Decimal(0)) + sign * number(part["quantity"])
    codes = sorted({*items, *yields})
    zero = Decimal(0)
    return {
        "value": sum((items[code] * prices.get(code, zero) for code in items), zero),
        "items": [
            {
                "item": c,
                "supply": yields.get(c, zero),
                "allocated": items.get(c, zero),
                "rest": yields.get(c, zero) - items.get(c, zero),
            }
            for c in codes
        ],
        "into": _sum(document["flows"], "to", "project"),
        "out": _sum(document["flows"], "from", "project"),
        "count": {kind: len(document[kind]) for kind in ENDS},
    }


def _sum(flows: list[Row], end: str, name: str) -> Decimal:
    return sum((number(row.get("yuan")) for row in flows if row.get(end) == name), Decimal(0))


def number(text: object) -> Decimal:
    """The decimal that a field holds, or 0 while it holds none."""
    try:
        value = Decimal(str(text))
    except ArithmeticError:
        return Decimal(0)
    return value if value.is_finite() else Decimal(0)
