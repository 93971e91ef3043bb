"""How figures are written: money in 万元 or yuan, areas, shares, plain numbers."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

CENT, WAN, MU = Decimal("0.01"), Decimal(10_000), Decimal(10_000) / 15
MINUS = "−"


def blank(value: Any) -> bool:
    """Absent: None, or what a template makes of a key that is not there."""
    return value is None or value == ""


def decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def plain(value: Any, places: int = 2) -> str:
    """A number with thousands separators and a real minus sign."""
    rounded = decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    return f"{rounded:,}".replace("-", MINUS) if rounded else f"{abs(rounded):,}"


def wan(value: Any) -> str:
    """Yuan in units of 10,000 with two decimals, without its unit."""
    return "" if blank(value) else plain(decimal(value) / WAN)


def yuan(value: Any) -> str:
    """Exact yuan, to the cent."""
    return "" if blank(value) else plain(value)


def area(value: Any) -> str:
    return "" if blank(value) else plain(value)


def mu(value: Any) -> str:
    """m² as 亩 (10000/15 m²)."""
    return "" if blank(value) else plain(decimal(value) / MU)


def number(value: Any) -> str:
    """A number of any unit: two decimals, or none when it is whole."""
    if blank(value):
        return "—"
    amount = decimal(value)
    return plain(amount, 0 if amount == amount.to_integral_value() else 2)


def exact(value: Any) -> str:
    """An amount of a draft with all its digits; what is no number stays as it was written."""
    if blank(value):
        return ""
    try:
        amount = decimal(value)
    except ArithmeticError:
        return str(value)
    readable = amount.is_finite() and abs(amount.adjusted()) < 20
    return f"{amount:,f}".replace("-", MINUS) if readable else str(value)


def figure(value: Any, measure: str) -> str:
    """An indicator's figure: a share as per cent, anything else as a number."""
    if blank(value):
        return "—"
    return percent(value) if measure == "share" else number(value)


def percent(value: Any) -> str:
    return "—" if blank(value) else f"{plain(decimal(value) * 100, 1)} %"


def index(value: Any) -> str:
    """A measure between 0 and 1 with four decimals."""
    return "—" if blank(value) else plain(value, 4)
