"""From a cell to the value of a case file, exactly, or to what is wrong with it."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from negotiation.casefile.dates import read_day
from negotiation.drafting import read_parts
from negotiation.sheets.layout import Column, code_of
from negotiation.terms import amount

DIGITS = 15  # that a number cell keeps for certain
PLACES = 6  # after the point, in a case file
DECIMAL = re.compile(r"-?\d{1,18}(\.\d{1,6})?", re.ASCII)


class Faulty(Exception):
    """A cell that can not be taken; the message is for its author."""


def cell_value(column: Column, cell: Any) -> Any:
    """What the cell says in its column; None where it is empty. Raises Faulty."""
    value, kind = cell.value, cell.data_type
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if kind == "f":
        raise Faulty(_("This is a formula; only its value can be taken (copy, then paste values)."))
    if kind in ("e", "b") or (kind == "d" and column.form != "day"):
        raise Faulty(_("A text or a number is expected."))
    return READERS[column.form](column, value.strip() if isinstance(value, str) else value)


def _code(column: Column, value: Any) -> str:
    if not isinstance(value, str):
        raise Faulty(_("This is a number, and a code is a text: format the cell as text, so that 01 stays 01."))
    return value


def _word(column: Column, value: Any) -> str:
    return code_of(column.key, _code(column, value))


def _amount(column: Column, value: Any) -> str:
    found = Decimal(repr(value)) if isinstance(value, int | float) else _typed(value)
    if not found.is_finite():
        raise Faulty(_("A number like 1234.50 is expected."))
    _sign, digits, exponent = found.normalize().as_tuple()
    if isinstance(exponent, int) and exponent < -PLACES:
        raise Faulty(_("At most 6 digits after the point; this has %(places)s.") % {"places": -exponent})
    if not isinstance(value, str) and len(digits) + max(int(exponent), 0) > DIGITS:
        raise Faulty(_("A number cell keeps 15 digits only; write this as text, so that none is lost."))
    return amount(found)


def _typed(text: str) -> Decimal:
    if not DECIMAL.fullmatch(text):
        raise Faulty(_("A number like 1234.50 is expected."))
    return Decimal(text)


def _whole(column: Column, value: Any) -> int:
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII):
        raise Faulty(_("A whole number is expected."))
    return int(text)


def _day(column: Column, value: Any) -> str:
    """A date as a spreadsheet keeps it, or one that is written out."""
    found = value.date() if isinstance(value, datetime) else value
    day = found if isinstance(found, date) else read_day(found)
    if day is None:
        raise Faulty(_("A day that there is, such as 2027-06-30, is expected."))
    return day.isoformat()


def _parts(column: Column, value: Any) -> list[dict[str, str]]:
    found = read_parts(str(value))
    if found is None:
        raise Faulty(_("Write item and quantity, such as: flat 1200.00; shop 300"))
    return [{**part, "quantity": _amount(column, part["quantity"])} for part in found]


READERS = {
    "place": _whole,
    "code": _code,
    "word": _word,
    "amount": _amount,
    "year": _whole,
    "day": _day,
    "parts": _parts,
}
