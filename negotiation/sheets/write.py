"""The draft as a workbook, with lists to choose from and everything that may be named in it.

Written row by row; a text that a spreadsheet could take for a formula is quoted. Only what the viewer may see is in it.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from negotiation import drafting
from negotiation.casefile.dates import read_day
from negotiation.models import Draft
from negotiation.permissions import Viewer
from negotiation.queries.words import CATEGORIES, ENDS, LAND_USES
from negotiation.sheets.cells import DECIMAL, DIGITS
from negotiation.sheets.layout import NOTES, SHEETS, Column, Sheet, words
from negotiation.terms import amount, room_parties

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
HEAD_FONT, HEAD_FILL = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="1F2A37")
OPEN, SHUT = Protection(locked=False), Protection(locked=True)
FORMATS = {"amount": "#,##0.00####", "year": "0", "place": "0", "day": "yyyy-mm-dd"}
LAST = 1_048_576
Lists = dict[str, str]


def draft_workbook(viewer: Viewer, draft: Draft) -> bytes:
    """The workbook's bytes. Four statements, whatever the number of rows."""
    book = Workbook(write_only=True)
    book.properties.creator = "Tongchou"
    references = _references(viewer)
    lists = {name: _range(title, len(rows)) for name, title, _heads, rows in references}
    lists["ends"] = lists["parties"]
    _notes(book, draft)
    for sheet in SHEETS:
        _terms(book, sheet, drafting.visible_rows(draft.document, sheet.kind, viewer.hidden_codes), lists)
    for _name, title, heads, rows in references:
        _reference(book, title, heads, rows)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _notes(book: Any, draft: Draft) -> None:
    page = book.create_sheet(str(NOTES))
    page.protection.sheet = True
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 26, 90
    package = draft.package
    stamp = [(_("Room"), package.room.code), (_("Package"), package.code), (_("Version of the draft"), draft.version)]
    page.append([_head(page, _("What this file was made from")), _head(page, "")])
    for name, value in stamp:
        page.append([_text(page, name), _text(page, str(value))])
    page.append([])
    for number, line in enumerate(_advice(), start=1):
        cell = _text(page, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        page.append([_text(page, str(number)), cell])


def _advice() -> list[str]:
    return [
        _("Change the three sheets of terms; the other sheets only say what may be named."),
        _("Keep the row number of a row that you change. Leave it empty for a new row. A row that you delete goes."),
        _("A sheet that you delete altogether leaves its terms as they are."),
        _("Amounts are numbers with at most 6 digits after the point, without formulas. Years count from year 0."),
        _("Due on is the day by which the term is to be done, such as 2027-06-30; it may be empty."),
        _("Rows of other households are not in this file; they stay as they are."),
        _("Upload the file on the page of the draft: every fault and change is shown before anything is applied."),
    ]


def _terms(book: Any, sheet: Sheet, rows: Iterable[tuple[int, dict[str, Any]]], lists: Lists) -> None:
    """One sheet of terms: a locked head that stays in sight, open columns below it with their lists."""
    page = book.create_sheet(str(sheet.title))
    _protect(page)
    page.freeze_panes = "B2"
    for place, column in enumerate(sheet.columns, start=1):
        _open_column(page, column, get_column_letter(place), lists)
    page.append([_head(page, str(column.head)) for column in sheet.columns])
    for place, row in rows:
        page.append([_cell(page, column, row, place) for column in sheet.columns])


def _protect(page: Any) -> None:
    """Heads can not be typed over; rows may be added, deleted and sorted."""
    page.protection.sheet = True
    for name in ("insertRows", "deleteRows", "sort", "autoFilter", "formatColumns", "formatRows", "formatCells"):
        setattr(page.protection, name, False)


def _open_column(page: Any, column: Column, letter: str, lists: Lists) -> None:
    dimension = page.column_dimensions[letter]
    dimension.width, dimension.protection = column.width, OPEN
    dimension.number_format = FORMATS.get(column.form, "@")
    formula = lists.get(column.options)
    if column.form == "word":
        formula = '"' + ",".join(str(label) for _code, label in words(column.key)) + '"'
    if formula:
        rule = DataValidation("list", formula1=formula, allow_blank=True)
        rule.showErrorMessage = column.options != "categories"  # other purposes of money may be named too
        rule.add(f"{letter}2:{letter}{LAST}")
        page.data_validations.append(rule)


def _cell(page: Any, column: Column, row: dict[str, Any], place: int) -> Any:
    name, _dot, bound = column.key.partition(".")
    value = place + 1 if column.form == "place" else row.get(name)
    if bound:
        value = value.get(bound) if isinstance(value, dict) else None
    if column.form == "parts" and isinstance(value, list):
        value = drafting.write_parts(value)
    if column.form == "word":
        value = next((str(label) for code, label in words(column.key) if code == value), value)
    return _open_cell(page, column, value)


def _open_cell(page: Any, column: Column, value: Any) -> Any:
    found = read_day(value) if column.form == "day" else _number(value)
    if column.form in FORMATS and found is not None:
        cell = WriteOnlyCell(page, found)  # type: ignore[arg-type]
        cell.number_format = FORMATS[column.form]
    else:
        cell = _text(page, "" if value is None else str(value))
        cell.number_format = "@"
    cell.protection = OPEN
    return cell


def _number(value: Any) -> Decimal | int | None:
    """The value as a number cell keeps it without loss; None where it would not."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, str) or not DECIMAL.fullmatch(value):
        return None
    found = Decimal(value)
    return found if len(found.normalize().as_tuple().digits) <= DIGITS and abs(found) < 10**DIGITS else None


def _text(page: Any, value: str) -> Any:
    """A cell that is a text whatever it begins with."""
    cell = WriteOnlyCell(page)
    if value:
        cell.value = _plain(value)
        cell.data_type = "s"  # "=…" was taken for a formula
    if value.startswith(RISKY):
        cell.quotePrefix = True
    return cell


def _plain(value: str) -> str:
    """Without the control characters that no workbook may hold, and not longer than a cell."""
    return "".join(letter for letter in value if letter >= " " or letter in "\t\n\r")[:32_767]


def _head(page: Any, text: str) -> Any:
    cell = _text(page, text)
    cell.font, cell.fill, cell.protection = HEAD_FONT, HEAD_FILL, SHUT
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    return cell


def _reference(book: Any, title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    page = book.create_sheet(title)
    page.protection.sheet = True
    page.freeze_panes = "A2"
    for place in range(1, len(heads) + 1):
        page.column_dimensions[get_column_letter(place)].width = 22
    page.append([_head(page, head) for head in heads])
    for row in rows:
        page.append([_text(page, value) for value in row])


def _range(title: str, rows: int) -> str:
    return f"'{title}'!$A$2:$A${max(rows, 1) + 1}"


def _references(viewer: Viewer) -> list[tuple[str, str, list[str], list[list[str]]]]:
    """(list, title, heads, rows) of what may be named. The first column is what a cell holds."""
    code, name = _("Code"), _("Name")
    area, floor = _("Site area (m²)"), _("Floor area (m²)")
    item = [code, name, _("Unit"), _("Price (yuan a unit)"), _("Divisible")]
    return [
        ("parcels", _("Parcels (reference)"), [code, name, _("Use today"), area, floor], list(_parcels(viewer))),
        ("parties", _("Parties (reference)"), [code, name, _("Side")], list(_parties(viewer))),
        ("items", _("Catalogue (reference)"), item, list(_items(viewer))),
        ("categories", _("Categories (reference)"), [code, name], _named(CATEGORIES)),
        ("uses", _("Land uses (reference)"), [code, name], _named(LAND_USES)),
    ]


def _named(names: dict[str, Any]) -> list[list[str]]:
    return [[code, str(name)] for code, name in names.items()]


def _parcels(viewer: Viewer) -> Iterator[list[str]]:
    for row in viewer.room.plan.parcels.defer("geometry").order_by("pk"):
        yield [row.code, row.name, row.land_use, amount(row.site_area), amount(row.floor_area)]


def _parties(viewer: Viewer) -> Iterator[list[str]]:
    """The accounts, and the parties whose rows the viewer may see, by the name that is for their eyes."""
    yield from ([code, str(name), ""] for code, name in ENDS.items())
    for row in room_parties(viewer.room):
        if row.code not in viewer.hidden_codes:
            yield [row.code, viewer.label(row), row.get_side_display()]


def _items(viewer: Viewer) -> Iterator[list[str]]:
    for row in viewer.room.catalogue.order_by("pk"):
        yield [row.code, row.name, row.unit, amount(row.price), _("yes") if row.divisible else _("no")]
