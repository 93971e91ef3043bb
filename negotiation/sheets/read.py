"""A guarded workbook, read row by row: terms by kind, and every faulty cell."""

import io
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from accounts.refusals import Invalid
from negotiation.sheets.cells import Faulty, cell_value
from negotiation.sheets.guard import MOST_ROWS, broken
from negotiation.sheets.layout import HEAD, NOTES, SHEETS, STAMP, Sheet, said_as

Row = dict[str, Any]
MOST_FAULTS = 1000  # that are listed: nobody reads more
STEP = 500  # rows between two words of progress


@dataclass(frozen=True)
class Line:
    """One row: where it stands in the file (None: not in it), where in the stored draft (None: new), what it says."""

    line: int | None
    place: int | None
    row: Row


@dataclass
class Faults:
    """What is wrong in a file, place by place; of a great many the first are listed and `more` counts the others."""

    faults: list[dict[str, str]] = field(default_factory=list, kw_only=True)
    more: int = field(default=0, kw_only=True)

    def note(self, sheet: str, cell: str, reason: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append({"sheet": sheet, "cell": cell, "reason": reason})
        else:
            self.more += 1


@dataclass
class Workbook(Faults):
    """What was read. `lines` has no key for a kind whose sheet is not in the file."""

    lines: dict[str, list[Line]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)

    def fault(self, sheet: Sheet, column: int, line: int | None, reason: str) -> None:
        """Note a faulty cell; `column` counts from 0."""
        self.note(self.titles.get(sheet.kind, str(sheet.title)), f"{get_column_letter(column + 1)}{line}", reason)


def read_stamp(content: bytes) -> dict[str, str]:
    """Room, package and version that the file was made from; empty where it does not say. Raises Invalid."""
    with opened(content) as book:
        title = title_in(book, NOTES)
        if title is None:
            return {}
        rows = list(book[title].iter_rows(min_row=1, max_row=max(STAMP.values()), max_col=2, values_only=True))
    found = {key: str(rows[row - 1][1] or "").strip() for key, row in STAMP.items() if len(rows) >= row}
    return found if found.get("version", "").isdecimal() else {}


def read_workbook(content: bytes, progress: Callable[[int], object] = lambda done: None) -> Workbook:
    """Every row of the three sheets, and every cell that can not be taken. Raises Invalid if the file is damaged."""
    found = Workbook()
    done = 0
    with opened(content) as book:
        for sheet in SHEETS:
            title = title_in(book, sheet.title)
            if title is None:
                continue
            found.titles[sheet.kind] = title
            lines = found.lines[sheet.kind] = []
            for line in _lines(book[title], sheet, found):
                lines.append(line)
                done += 1
                if done % STEP == 0:
                    progress(done)
            _check_places(sheet, lines, found)
    if not found.lines:
        raise Invalid({"file": _("None of the three sheets is in the file.")}, code="sheet_type")
    return found


class opened:
    """The workbook, opened to be streamed; whatever the library stumbles over is a damaged file."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __enter__(self) -> Any:
        try:
            with warnings.catch_warnings():
                # What the library leaves out of styles and extensions is of no matter here.
                warnings.simplefilter("ignore")
                self.book = load_workbook(io.BytesIO(self.content), read_only=True, keep_links=False)
        except Exception:
            raise broken() from None
        return self.book

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self.book.close()
        if error is not None and not isinstance(error, Invalid):
            raise broken() from error


def title_in(book: Any, title: Any) -> str | None:
    """The sheet's own name in this workbook, whatever the language."""
    names = set(said_as(title))
    return next((name for name in book.sheetnames if name in names), None)


def _lines(page: Any, sheet: Sheet, found: Workbook) -> Iterator[Line]:
    """The filled rows below the head. The size that the file says of itself is not believed."""
    page.reset_dimensions()
    width = len(sheet.columns)
    rows = page.iter_rows(max_col=width, max_row=HEAD + MOST_ROWS + 1)
    for number, cells in enumerate(rows, start=1):
        if number == HEAD:
            _check_head(sheet, cells, found)
        elif all(cell.value is None for cell in cells):
            continue
        elif number > HEAD + MOST_ROWS:
            raise Invalid(
                {"file": _("A sheet holds more than %(most)s rows.") % {"most": MOST_ROWS}}, code="sheet_rows"
            )
        else:
            yield _line(number, cells, sheet, found)


def _check_head(sheet: Sheet, cells: Any, found: Workbook) -> None:
    for place, column in enumerate(sheet.columns):
        head = cells[place].value if place < len(cells) else None
        if head not in set(said_as(column.head)):
            found.fault(sheet, place, HEAD, _("The head “%(head)s” belongs here.") % {"head": column.head})


def _line(number: int, cells: Any, sheet: Sheet, found: Workbook) -> Line:
    row: Row = {}
    for place, (column, cell) in enumerate(zip(sheet.columns, cells, strict=False)):
        try:
            value = cell_value(column, cell)
        except Faulty as faulty:
            found.fault(sheet, place, number, str(faulty))
        else:
            _put(row, column.key, value)
    position = row.pop("row", None)
    return Line(number, None if position is None else position - 1, row)


def _put(row: Row, key: str, value: Any) -> None:
    """A value at its key. Empty ones are put too: they take out what stood there."""
    name, _dot, bound = key.partition(".")
    if not bound:
        row[name] = value
    elif value is not None:
        row.setdefault(name, {})[bound] = value
    else:
        row.setdefault(name, {})


def _check_places(sheet: Sheet, lines: list[Line], found: Workbook) -> None:
    seen: set[int] = set()
    for line in lines:
        if line.place is not None and line.place in seen:
            found.fault(sheet, 0, line.line, _("This row number stands twice; leave it empty for a new row."))
        if line.place is not None:
            seen.add(line.place)
