"""Editing a draft by somebody who may see only a part of its rows.

Rows that the editor may not see (other households') stay where they are. A stored package keeps the bounds of its
negotiable terms and their due dates apart, pointing at rows by their place; while a draft is edited each row carries
its own.
"""

import itertools
import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from negotiation.casefile.dates import term_place
from negotiation.terms import ENDS, Document

Row = dict[str, Any]
Edited = list[tuple[int | None, Row]]  # (place in the stored draft, or None of a new row, and the row)
TERM = re.compile(r"/(allocations|flows)/(\d+)/(quantity|yuan)")
AMOUNTS = {"allocations": "quantity", "flows": "yuan"}  # what a bound bounds


def is_hidden(kind: str, row: Row, hidden: Collection[str]) -> bool:
    return any(row.get(end) in hidden for end in ENDS[kind])


def embedded(document: Document) -> Document:
    """The draft with bounds and due dates in their rows: `negotiable: {"min": …, "max": …}`, `due: "2027-06-30"`."""
    shown: Document = {**document, **{kind: [dict(row) for row in document[kind]] for kind in ENDS}}
    for bound in shown.pop("negotiable", ()):
        kind, place = bound_place(bound)
        if kind and place < len(shown[kind]):
            shown[kind][place]["negotiable"] = {key: bound[key] for key in ("min", "max") if key in bound}
    for term, day in shown.pop("due", {}).items():
        kind, place = term_place(term)
        if kind and place < len(shown[kind]):
            shown[kind][place]["due"] = day
    return shown


def extracted(document: Document) -> Document:
    """The reverse: bounds in a list of their own, dates in a map, each pointing at its row."""
    stored: Document = {**document, **{kind: [dict(row) for row in document[kind]] for kind in ENDS}}
    bounds = [
        {"term": f"/{kind}/{place}/{amount}", **row.pop("negotiable")}
        for kind, amount in AMOUNTS.items()
        for place, row in enumerate(stored[kind])
        if "negotiable" in row
    ]
    dates = {
        f"/{kind}/{place}": row.pop("due") for kind in ENDS for place, row in enumerate(stored[kind]) if "due" in row
    }
    return {**stored, **({"negotiable": bounds} if bounds else {}), **({"due": dates} if dates else {})}


def bound_place(bound: Mapping[str, Any]) -> tuple[str, int]:
    """Kind and place of the row that a bound points at; no kind where it points at nothing."""
    found = TERM.fullmatch(str(bound.get("term")))
    return (found[1], int(found[2])) if found else ("", 0)


def visible_places(document: Document, kind: str, hidden: Collection[str]) -> list[int]:
    """Where in a draft the rows stand that the editor may see."""
    return [place for place, row in enumerate(document[kind]) if not is_hidden(kind, row, hidden)]


def visible_rows(document: Document, kind: str, hidden: Collection[str]) -> list[tuple[int, Row]]:
    """(place, row with its bound) of those rows of a draft that the editor may see."""
    rows = embedded({**document, **{other: [] for other in ENDS if other != kind}})[kind]
    return [(place, rows[place]) for place in visible_places(document, kind, hidden)]


def hidden_summary(document: Document, hidden: Collection[str]) -> dict[str, int]:
    """How many rows of each kind are kept without being shown."""
    return {kind: len(document[kind]) - len(visible_places(document, kind, hidden)) for kind in ENDS}


def merge(document: Document, edited: Mapping[str, Edited], hidden: Collection[str]) -> Document:
    """The draft with its visible rows replaced by `edited`: (place in the stored draft or None if new, row).

    A row carries its own bound, so that bounds move with their rows and go with those that are taken out.
    """
    merged = embedded(document)
    for kind in ENDS:
        if (rows := edited.get(kind)) is not None:
            merged[kind] = _merge_rows(merged[kind], kind, rows, hidden)
    return extracted(merged)


def _merge_rows(stored: list[Row], kind: str, edited: Edited, hidden: Collection[str]) -> list[Row]:
    """The new list. A row keeps the keys that the editor does not show."""
    kept = {place: row for place, row in edited if place is not None and 0 <= place < len(stored)}
    result: list[Row] = []
    for place, row in enumerate(stored):
        if is_hidden(kind, row, hidden):
            result.append(row)
        elif place in kept:
            result.append(_overlaid(row, kept[place]))
    return result + [_overlaid({}, row) for place, row in edited if place is None]


def with_page(
    document: Document, kind: str, page: Edited, taken_out: Collection[int], hidden: Collection[str]
) -> Edited:
    """All visible rows for `merge`, where only some stand on a page: those that it does not show stay as they are."""
    shown = {place for place, _row in page} | set(taken_out)
    return [*((place, {}) for place in visible_places(document, kind, hidden) if place not in shown), *page]


def places_after(
    document: Document, kind: str, page: Edited, taken_out: Collection[int], hidden: Collection[str]
) -> list[int]:
    """Where each row of a page stands once `merge` has put the page into the draft."""
    gone = set(taken_out) & set(visible_places(document, kind, hidden))
    kept = [place for place in range(len(document[kind])) if place not in gone]
    after = {place: number for number, place in enumerate(kept)}
    new = itertools.count(len(kept))
    return [after[place] if place in after else next(new) for place, _row in page]


def _overlaid(stored: Row, edited: Row) -> Row:
    return without_gaps({**stored, **edited})


def without_gaps(row: Row) -> Row:
    """The row without its empty keys."""
    return {key: value for key, value in row.items() if value not in ("", None, [], {})}


PLACE = re.compile(r"(dispositions|allocations|flows)\[(\d+)\]")


def mask_faults(faults: Mapping[str, str], document: Document, hidden: Collection[str]) -> dict[str, str]:
    """Faults as the editor may read them: what stands in a hidden row is neither quoted nor placed.

    A fault of a bound is told as one of its row: `negotiable[2].min` as `flows[7].negotiable.min`.
    """
    placed = {at_its_row(path, document): message for path, message in faults.items()}
    shown = {path: message for path, message in placed.items() if not _in_hidden_row(path, document, hidden)}
    if len(shown) < len(placed):
        shown["hidden"] = _("A row that you can not see has a fault; ask the convener to look at it.")
    return shown


BOUND = re.compile(r"negotiable\[(\d+)\](.*)")


def at_its_row(path: str, document: Document) -> str:
    """A fault's path, told at the row: that of a bound in the list becomes one in its row."""
    found = BOUND.fullmatch(path)
    if found is None:
        return path
    kind, place = bound_place(document["negotiable"][int(found[1])])
    return f"{kind}[{place}].negotiable{found[2]}" if kind else path


def _in_hidden_row(path: str, document: Document, hidden: Collection[str]) -> bool:
    kind, place, _field = split_path(path)
    return bool(kind) and place < len(document[kind]) and is_hidden(kind, document[kind][place], hidden)


def split_path(path: str) -> tuple[str, int, str]:
    """`flows[3].yuan` as kind, place and field; no kind where the path is not that of a row."""
    found = PLACE.match(path)
    return (found[1], int(found[2]), path[found.end() :].lstrip(".")) if found else ("", 0, "")


PART = re.compile(r"(\S+?)(?:\s*[=:：×]\s*|\s+)(\S+)")


def read_parts(text: str) -> list[dict[str, str]] | None:
    """What a piece of land yields or uses, out of `item quantity; item quantity`; None where it is not written so."""
    parts = [part for part in map(str.strip, re.split(r"[;；\n]", text)) if part]
    found = [PART.fullmatch(part) for part in parts]
    return [{"item": part[1], "quantity": part[2]} for part in found if part] if all(found) else None


def write_parts(parts: list[Row]) -> str:
    return "; ".join(f"{part.get('item', '')} {part.get('quantity', '')}" for part in parts)


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
