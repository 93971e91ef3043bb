"""A draft while it is edited: a page of its rows, what would stop it from being put on the table, who clashed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from negotiation import drafting
from negotiation.packages import draft_faults, package_case
from negotiation.permissions import Viewer
from negotiation.queries.figures.gates import gate_lines
from negotiation.queries.figures.parts import Line
from negotiation.queries.figures.reading import Names
from negotiation.queries.words import end_word, word
from negotiation.scoring import gates
from negotiation.sheets.layout import SHEET
from negotiation.terms import ENDS, Document
from negotiation.together import Clash

ROWS = 20  # of one kind on a page
TOLD = 12  # faults that are listed beside the totals


@dataclass(frozen=True)
class Fault:
    """What is wrong where. `place` is the row's in the draft, of `kind`; a fault of the head has neither."""

    message: str
    where: str = ""
    kind: str = ""
    place: int | None = None
    field: str = ""

    @property
    def part(self) -> str:
        """The key of the row that the fault is in: `yields[0].quantity` is in `yields`."""
        return re.split(r"[\[.]", self.field)[0]

    @property
    def page(self) -> int:
        """On which page of the unfiltered rows it stands, for somebody who may see all of them."""
        return (self.place or 0) // ROWS + 1


@dataclass(frozen=True)
class Check:
    """What stands in the way of a draft: faults first, and only without any the gates; `passed` is of the gates."""

    faults: list[Fault]
    more: int
    lines: list[Line]
    passed: bool


def draft_totals(viewer: Viewer, document: Document) -> dict[str, Any]:
    """The totals of a draft, with the catalogue's `items` that they name."""
    items = list(viewer.room.catalogue.order_by("pk"))
    return {
        "items": items,
        "item_names": {item.code: item.name for item in items},
        "totals": drafting.totals(document, {item.code: item.price for item in items}),
    }


def check_draft(viewer: Viewer, document: Document) -> Check:
    """What would break if the draft were put on the table as it is: its faults, or else the scorecard's gates."""
    case = package_case(viewer.room, document)
    faults = draft_faults(viewer, document, case)
    if faults:
        told = [tell_fault(path, message) for path, message in list(faults.items())[:TOLD]]
        return Check(told, max(0, len(faults) - TOLD), [], passed=False)
    found = gates(case, document["code"])
    return Check([], 0, gate_lines(found, Names(viewer)), passed=found["passed"])


def tell_fault(path: str, message: str) -> Fault:
    """A fault's path in words: the table, the row's number, the column."""
    kind, place, field = drafting.split_path(path)
    if not kind:
        return Fault(message)
    heads = _heads(kind)
    row = _("%(table)s, row %(number)s") % {"table": SHEET[kind].title, "number": place + 1}
    fault = Fault(message, row, kind, place, field)
    head = heads.get(field) or heads.get(fault.part)
    return replace(fault, where=f"{row} · {head}") if head else fault


def _heads(kind: str) -> dict[str, str]:
    return {column.key: str(column.head) for column in SHEET[kind].columns}


def editor_rows(viewer: Viewer, document: Document, kind: str, find: str, number: str | None) -> "Page[Any]":
    """One page of (place, row with its bounds) of those rows that the viewer may see and that hold the text `find`."""
    rows = drafting.visible_rows(document, kind, viewer.hidden_codes)
    wanted = find.strip().casefold()
    if wanted:
        rows = [(place, row) for place, row in rows if any(wanted in text for text in _texts(viewer, row))]
    return Paginator(rows, ROWS).get_page(number)


def _texts(viewer: Viewer, row: Mapping[str, Any]) -> Iterable[str]:
    """What of a row may be searched: its codes, words and amounts, and the names that the viewer may read."""
    yield from (str(row[key]) for key in drafting.AMOUNTS.values() if key in row)
    for key in ("parcel", "item", "land_use", "category"):
        if text := str(row.get(key, "")):
            yield text.casefold()
            yield word(text).casefold()
    for key in ("party", "from", "to", "recipient", "responsible"):
        if text := str(row.get(key, "")):
            yield text.casefold()
            yield end_word(viewer, text).casefold()


@dataclass(frozen=True)
class Told:
    """A clash in words: what it is about, what stays, what was not kept."""

    about: str
    theirs: str
    mine: str


def tell_clashes(viewer: Viewer, clashes: Iterable[Clash]) -> list[Told]:
    """The clashes that the viewer may read about."""
    seen = [clash for clash in clashes if not clash.kind or not _hidden(viewer, clash)]
    return [Told(_about(viewer, clash), _said(clash, clash.theirs), _said(clash, clash.mine)) for clash in seen]


def _hidden(viewer: Viewer, clash: Clash) -> bool:
    return drafting.is_hidden(clash.kind, clash.row, viewer.hidden_codes)


def _about(viewer: Viewer, clash: Clash) -> str:
    if not clash.kind:
        return {"title": _("Title"), "summary": _("Summary")}.get(clash.field, clash.field)
    heads = {**_heads(clash.kind), "negotiable": _("Bounds")}
    names = [end_word(viewer, str(clash.row[key])) for key in ENDS[clash.kind] if clash.row.get(key)]
    words = [word(str(clash.row[key])) for key in ("parcel", "item", "category") if clash.row.get(key)]
    return " · ".join([str(SHEET[clash.kind].title), *words, *names, *([heads[clash.field]] if clash.field else [])])


def _said(clash: Clash, value: Any) -> str:
    if not clash.field:
        return _("taken out") if value is None else _("changed")
    if isinstance(value, dict):
        return " – ".join(str(value.get(end, "…")) for end in ("min", "max"))
    if isinstance(value, list):
        return drafting.write_parts(value)
    return _("empty") if value in (None, "") else str(value)
