"""Tables as XLSX and DOCX. What people wrote is written as text: no cell is ever a formula, a link or markup."""

import re
from collections.abc import Iterable, Sequence
from copy import deepcopy
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# Characters that XML can not hold.
UNKEPT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# A spreadsheet reads a text that begins so as a formula once it has gone through CSV.
RISKY = ("=", "+", "-", "@", "\t", "\r")
EAST_ASIAN = "仿宋"
TOP = Alignment(vertical="top", wrap_text=True)
Cell = str | int
Row = Sequence[Cell]
Sheet = tuple[str, Row, Sequence[int], Iterable[Row]]  # name, head, widths, rows


def clean(text: str) -> str:
    return UNKEPT.sub("", text)


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """The sheets with widths in characters, written row by row."""
    book = Workbook(write_only=True)
    for name, head, widths, rows in sheets:
        sheet = book.create_sheet(name[:31])
        sheet.freeze_panes = "A2"
        for place, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(place)].width = width
        sheet.append([_cell(sheet, text, Font(bold=True)) for text in head])
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def _cell(sheet: Any, value: Cell, font: Font | None = None) -> Any:
    """A number, or a text that stays one: marked as such, and quoted where it looks like a formula."""
    cell = WriteOnlyCell(sheet)
    cell.alignment = TOP
    if font:
        cell.font = font
    if isinstance(value, int):
        cell.value = value
        return cell
    cell.value = text = clean(value)
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(RISKY)
    return cell


def document(title: str, facts: Sequence[str], tables: Iterable[Sheet]) -> bytes:
    """A landscape A4 page: title, facts, then the tables with widths in mm."""
    paper = Document()
    _set_page(paper)
    about = paper.core_properties
    about.title, about.author, about.comments = clean(title), "", ""
    paper.add_heading(clean(title), 0)
    for fact in facts:
        paper.add_paragraph(clean(fact))
    for heading, head, widths, rows in tables:
        paper.add_heading(clean(heading), 1)
        _table(paper, head, widths, rows)
    made = BytesIO()
    paper.save(made)
    return made.getvalue()


def _set_page(paper: Any) -> None:
    section = paper.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(15))
    for name, size in (("Normal", 10), ("Title", 20), ("Heading 1", 13)):
        style = paper.styles[name]
        style.font.size = Pt(size)
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), EAST_ASIAN)


def _table(paper: Any, head: Row, widths: Sequence[int], rows: Iterable[Row]) -> None:
    table = paper.add_table(rows=1, cols=len(head), style="Table Grid")
    table.autofit = False
    first = table.rows[0]
    for cell, text, width in zip(first.cells, head, widths, strict=True):
        cell.width = Mm(width)
        cell.paragraphs[0].add_run(clean(str(text))).bold = True
    # Copies of a bare row: the library's own way of adding one takes a hundred times as long.
    bare = deepcopy(first._tr)
    for run in list(bare.iter(qn("w:r"))):
        run.getparent().remove(run)
    first._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in rows:
        table._tbl.append(_filled(deepcopy(bare), row))


def _filled(line: Any, row: Row) -> Any:
    for paragraph, value in zip(line.iter(qn("w:p")), row, strict=True):
        run = OxmlElement("w:r")
        for place, part in enumerate(clean(str(value)).splitlines()):
            if place:
                run.append(OxmlElement("w:br"))
            text = OxmlElement("w:t")
            text.text = part
            text.set(qn("xml:space"), "preserve")
            run.append(text)
        paragraph.append(run)
    return line
