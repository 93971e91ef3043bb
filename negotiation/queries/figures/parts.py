"""What a figure of the scorecard is shown as: a line on the card, and the explanation that it opens.

Pages and print read the same lines, so a figure is the same wherever it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Cell(NamedTuple):
    """A value and the form in which it is written.

    `form` is one of text, money (yuan, written in 万元), yuan (exact), percent, index (four decimals), number, factor
    (six decimals), change (a factor as a signed per cent). An absent value is None and written as a dash. `opens` is
    the key of the figure that the cell leads to, if any.
    """

    value: Any
    form: str = "text"
    opens: str = ""


class Column(NamedTuple):
    """The head of a column; numbers stand to the right."""

    label: str
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """Rows that a figure is made of, with their sum when they have one. `pages` is the Page when there are more."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] | None = None
    pages: Any = None


@dataclass(frozen=True)
class Line:
    """One figure of the card. `mark` is met, tolerated, broken or nothing; `unit` stands behind the value."""

    key: str
    label: str
    value: Cell
    unit: str = ""
    mark: str = ""
    note: str = ""


@dataclass(frozen=True)
class Section:
    """Figures that answer one question. `charts` name pictures (queries/charts.py) that show the same figures."""

    key: str
    title: str
    lines: Sequence[Line]
    notes: Sequence[str] = ()
    charts: Sequence[str] = ()


@dataclass(frozen=True)
class Explanation:
    """A figure opened: what it means, its formula, the formula with the numbers filled in, the rows it sums."""

    line: Line
    meaning: str
    formula: str = ""
    filled: Sequence[str] = ()
    tables: Sequence[Table] = field(default_factory=tuple)
