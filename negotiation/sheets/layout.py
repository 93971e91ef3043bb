"""What the workbook looks like: its sheets, their columns with units, and the words that stand for codes.

Titles and heads are in the language of whoever took the workbook away; reading knows them in every language.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from negotiation.models import Disposition

STAGES = (("acquire", _("Acquire")), ("build", _("Build")), ("operate", _("Operate")))
HEAD = 1  # the row that holds the heads


@dataclass(frozen=True)
class Column:
    """One column: the key in a row of terms, its head, how its cells are read, and the list that its cells choose from.

    `form` is `place`, `code`, `word`, `amount`, `year`, `day` or `parts`. A bound stands at `negotiable.min` or
    `negotiable.max`.
    """

    key: str
    head: Any
    form: str
    width: int = 14
    options: str = ""


@dataclass(frozen=True)
class Sheet:
    kind: str
    title: Any
    columns: tuple[Column, ...]


PLACE = Column("row", _("Row no."), "place", 8)
LOW = Column("negotiable.min", _("At least"), "amount")
HIGH = Column("negotiable.max", _("At most"), "amount")
DUE = Column("due", _("Due on"), "day")
YEAR = Column("year", _("Year (from 0)"), "year", 10)
NOTES = _("Read me")
SHEETS = (
    Sheet(
        "dispositions",
        _("Land terms"),
        (
            PLACE,
            Column("parcel", _("Parcel (code)"), "code", 16, "parcels"),
            Column("action", _("Action"), "word", 14, "actions"),
            Column("land_use", _("Land use (code)"), "code", 14),
            Column("site_area", _("Site area (m²)"), "amount"),
            Column("floor_area", _("Floor area (m²)"), "amount"),
            Column("recipient", _("Recipient (code)"), "code", 16, "parties"),
            Column("responsible", _("Responsible (code)"), "code", 16, "parties"),
            Column("yields", _("Yields (item quantity; …)"), "parts", 30),
            Column("uses", _("Uses up (item quantity; …)"), "parts", 30),
            DUE,
        ),
    ),
    Sheet(
        "allocations",
        _("Allocation terms"),
        (
            PLACE,
            Column("party", _("Party (code)"), "code", 16, "parties"),
            Column("item", _("Item (code)"), "code", 14, "items"),
            Column("quantity", _("Quantity (in the item's unit)"), "amount", 20),
            YEAR,
            LOW,
            HIGH,
            DUE,
        ),
    ),
    Sheet(
        "flows",
        _("Money terms"),
        (
            PLACE,
            Column("from", _("From (code)"), "code", 16, "ends"),
            Column("to", _("To (code)"), "code", 16, "ends"),
            Column("category", _("Category (code)"), "code", 20, "categories"),
            Column("stage", _("Stage"), "word", 12, "stages"),
            YEAR,
            Column("yuan", _("Amount (yuan)"), "amount", 18),
            LOW,
            HIGH,
            DUE,
        ),
    ),
)
SHEET = {sheet.kind: sheet for sheet in SHEETS}
STAMP = {"room": 2, "package": 3, "version": 4}  # rows of the notes whose second cell says what the file was made from


def words(key: str) -> tuple[tuple[str, Any], ...]:
    """Code and word of each choice of a column whose cells hold words."""
    return tuple(Disposition.Action.choices) if key == "action" else STAGES


def said_as(text: Any) -> Iterator[str]:
    """The text in each language that a workbook may be in."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            yield str(text)


def code_of(key: str, text: str) -> str:
    """The code that a word stands for; what is no known word stays as it is."""
    for code, label in words(key):
        if text.casefold() in {code, *(word.casefold() for word in said_as(label))}:
            return code
    return text
