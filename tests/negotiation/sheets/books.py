"""Workbooks as people send them: the downloaded one with cells changed, and hostile ones."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

from openpyxl import Workbook, load_workbook

LAND, ALLOCATIONS, MONEY = "地块处置", "权益分配", "资金流"
Change = Callable[[Any], object]


def named(book: Any, title: str) -> str:
    """The sheet's name in the workbook, which may be an English one."""
    english = {LAND: "Land terms", ALLOCATIONS: "Allocation terms", MONEY: "Money terms"}
    return title if title in book.sheetnames else english[title]


def changed(content: bytes, change: Change) -> bytes:
    """The workbook with what `change` does to it."""
    book = load_workbook(io.BytesIO(content))
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_cells(content: bytes, sheet: str, **cells: object) -> bytes:
    """The workbook with some cells typed over: `with_cells(book, MONEY, G2="5.00")`."""

    def change(book: Any) -> None:
        for name, value in cells.items():
            book[named(book, sheet)][name] = value

    return changed(content, change)


def without_row(content: bytes, sheet: str, row: int) -> bytes:
    return changed(content, lambda book: book[sheet].delete_rows(row))


def repacked(content: bytes, **parts: bytes) -> bytes:
    """The workbook with parts replaced or added; `__` stands for a slash."""
    named = {name.replace("__", "/").replace("_dot_", "."): data for name, data in parts.items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, named.pop(part.filename, None) or old.read(part))
        for name, data in named.items():
            new.writestr(name, data)
    return stream.getvalue()


def plain() -> bytes:
    """A workbook that has nothing to do with us."""
    stream = io.BytesIO()
    Workbook().save(stream)
    return stream.getvalue()
