"""What an uploaded workbook would change in a draft, row by row, and which of its cells the draft could not hold."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from negotiation import drafting
from negotiation.models import Room, SheetChange
from negotiation.packages import package_faults
from negotiation.sheets.layout import SHEET
from negotiation.sheets.read import Line, Row, Workbook
from negotiation.terms import Document

Change = SheetChange.Change
TERM = re.compile(r"(dispositions|allocations|flows)\[(\d+)\](?:\.(negotiable\.\w+|\w+))?")
AMOUNTS = ("site_area", "floor_area", "quantity", "yuan", "min", "max")


@dataclass(frozen=True)
class Step:
    """One row's change: `fields` maps a key to old and new."""

    kind: str
    change: str
    line: int | None
    row: Row
    fields: dict[str, list[Any]] = field(default_factory=dict)


def edited_rows(book: Workbook) -> dict[str, list[tuple[int | None, Row]]]:
    """As `drafting.merge` takes it."""
    return {kind: [(line.place, line.row) for line in lines] for kind, lines in book.lines.items()}


def changes(document: Document, book: Workbook, hidden: Collection[str]) -> Iterator[Step]:
    """What differs from the draft among the rows that the uploader may see. Kinds without a sheet do not differ."""
    for kind, lines in book.lines.items():
        stored = dict(drafting.visible_rows(document, kind, hidden))
        for line in lines:
            if line.place is None:
                yield Step(kind, Change.ADDED, line.line, drafting.without_gaps(line.row))
            elif line.place in stored and (fields := differences(stored[line.place], line.row)):
                yield Step(kind, Change.CHANGED, line.line, drafting.without_gaps(line.row), fields)
        kept = {line.place for line in lines}
        yield from (Step(kind, Change.REMOVED, None, row) for place, row in stored.items() if place not in kept)


def differences(old: Row, new: Row) -> dict[str, list[Any]]:
    """Key → old and new, for what the new row says otherwise."""
    pairs = {key: [old.get(key), value] for key, value in new.items()}
    return {key: pair for key, pair in pairs.items() if not _same(*pair)}


def _same(old: Any, new: Any) -> bool:
    """Whether two values say the same: amounts by their value, nothing and empty alike."""
    old, new = _bare(old), _bare(new)
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(_same(old[key], new[key]) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(_same(*pair) for pair in zip(old, new, strict=True))
    return bool(old == new) or _equal(old, new)


def _bare(value: Any) -> Any:
    return None if value in ("", [], {}) else value


def _equal(old: Any, new: Any) -> bool:
    try:
        return isinstance(old, str) and isinstance(new, str) and Decimal(old) == Decimal(new)
    except InvalidOperation:
        return False


def check_rows(room: Room, document: Document, book: Workbook, hidden: Collection[str]) -> Document:
    """The draft as it would be; what is wrong with the file's rows is noted in the book, cell by cell."""
    for kind, lines in book.lines.items():
        _check_known(document, kind, lines, book, hidden)
    merged = drafting.merge(document, edited_rows(book), hidden)
    owners = {kind: _owners(document, kind, lines, hidden) for kind, lines in book.lines.items()}
    for path, message in package_faults(room, merged).items():
        found = TERM.match(drafting.at_its_row(path, merged))
        line = owners.get(found[1], {}).get(int(found[2])) if found else None
        if found and line is not None:
            book.fault(SHEET[found[1]], _column(found[1], found[3] or ""), line, message)
    return merged


def _check_known(document: Document, kind: str, lines: list[Line], book: Workbook, hidden: Collection[str]) -> None:
    """A row number that the uploader was not given names no row."""
    known = set(drafting.visible_places(document, kind, hidden))
    for line in lines:
        if line.place is not None and line.place not in known:
            text = _("The draft has no such row; leave the number empty for a new one.")
            book.fault(SHEET[kind], 0, line.line, text)


def _owners(document: Document, kind: str, lines: list[Line], hidden: Collection[str]) -> dict[int, int]:
    """Place in the merged draft → row of the sheet. Rows kept without being shown have none."""
    kept = {line.place: line.line for line in lines if line.place is not None}
    visible = set(drafting.visible_places(document, kind, hidden))
    order = [
        kept.get(place) if place in visible else None
        for place in range(len(document[kind]))
        if place not in visible or place in kept
    ]
    order += [line.line for line in lines if line.place is None]
    return {place: line for place, line in enumerate(order) if line is not None}


def _column(kind: str, key: str) -> int:
    """The column in which a fault at this key is shown; the first one after the number where there is none."""
    keys = [column.key for column in SHEET[kind].columns]
    if key == "negotiable":
        key = "negotiable.min"
    return keys.index(key) if key in keys else 1
