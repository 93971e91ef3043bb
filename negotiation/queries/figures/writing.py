"""How a cell is written, alike on pages and in print."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from negotiation.figures import blank, index, number, percent, plain, wan, yuan
from negotiation.queries.figures.parts import Cell

DASH = "—"


def signed_percent(factor: Any) -> str:
    """A factor as a change: 0.7 is −30.0 %."""
    change = float(factor) - 1
    return f"{'+' if change > 0 else ''}{percent(change)}"


WRITERS: dict[str, Callable[[Any], str]] = {
    "text": str,
    "money": wan,
    "yuan": yuan,
    "percent": percent,
    "index": index,
    "number": number,
    "factor": lambda value: plain(value, 6),
    "change": signed_percent,
}


def cell_text(cell: Cell) -> str:
    """The value in its form; a dash where there is none."""
    return DASH if blank(cell.value) else WRITERS[cell.form](cell.value)
