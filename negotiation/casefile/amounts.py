"""Amounts and years: what is within the account, whole where it must be, and adds up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import chain

from negotiation.casefile.faults import Finding, Place, show
from negotiation.casefile.view import Row, View

# What a seat keeps: as many digits before the point as one amount has.
SUM_LIMITS = {"site_area": 10**14, "floor_area": 10**14, "value": 10**18}
AREA_SLACK = Decimal("0.01")  # m²: areas are commonly written to the hundredth
GREATEST_DISCOUNT = 10**150  # how many times the last year may count: scoring can compute no further


def amount_findings(view: View) -> Iterator[Finding]:
    """All findings about amounts and years that are faults."""
    yield from _plan(view)
    yield from _sums(view)
    for place in view.packages():
        yield from _terms(view, place)


def _plan(view: View) -> Iterator[Finding]:
    rate, years = view.sound(("plan", "discount_rate")), view.sound(("plan", "years"))
    if rate is None:
        return
    if Decimal(rate) <= -1:
        yield Finding(("plan", "discount_rate"), "out_of_range", "a discount rate above -1", show(rate))
    elif years is not None and (1 + Fraction(rate)) ** (years - 1) * GREATEST_DISCOUNT < 1:
        expected = "a discount rate at which the last year counts at most 10^150 times"
        yield Finding(("plan", "discount_rate"), "out_of_range", expected, show(rate))


def _sums(view: View) -> Iterator[Finding]:
    """What a party's rights add up to can be kept as the weight of its seat; the right that goes beyond is named."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for where, row in view.rows("rights"):
        for key, limit in SUM_LIMITS.items():
            if "party" in row and key in row:
                before = sums[row["party"], key]
                total = sums[row["party"], key] = before + Decimal(row[key])
                if before < limit <= total:
                    expected = f"rights of {row['party']} that add up to less than {limit}"
                    yield Finding((*where, key), "out_of_range", expected, f"{total}")


def _terms(view: View, package: Place) -> Iterator[Finding]:
    years = view.sound(("plan", "years"))
    whole = {code for code, row in view.codes("catalogue").items() if row.get("divisible") is False}
    for where, _ in view.rows(*package, "dispositions"):
        for part, measured in chain(view.rows(*where, "yields"), view.rows(*where, "uses")):
            yield from _quantity(part, measured, whole)
    for where, row in view.rows(*package, "allocations"):
        yield from _quantity(where, row, whole)
        yield from _year(where, row, years)
    for where, row in view.rows(*package, "flows"):
        yield from _year(where, row, years)


def _quantity(where: Place, row: Row, whole: set[str]) -> Iterator[Finding]:
    if row.get("item") in whole and "quantity" in row and Decimal(row["quantity"]) % 1:
        yield Finding((*where, "quantity"), "not_whole", "a whole number of an indivisible item", show(row["quantity"]))


def _year(where: Place, row: Row, years: int | None) -> Iterator[Finding]:
    if years is not None and row.get("year", 0) >= years:
        yield Finding((*where, "year"), "out_of_range", f"a year from 0 to {years - 1}", show(row["year"]))


def split_findings(view: View) -> Iterator[Finding]:
    """Warnings: parcels whose dispositions in a package cover more or less than the parcel's own area."""
    own: dict[str, Decimal] = {}
    for where, _ in view.every("parcels", "features"):
        code, area = view.sound((*where, "id")), view.sound((*where, "properties", "site_area"))
        if code is not None and area is not None:
            own[code] = Decimal(area)
    for package in view.packages():
        yield from _splits(view, package, own)


def _splits(view: View, package: Place, own: dict[str, Decimal]) -> Iterator[Finding]:
    """The first disposition of the parcel stands for all of them. Nothing is said where one cannot be read."""
    if any(view.sound(where) is None for where, _ in view.every(*package, "dispositions")):
        return
    parts: dict[str, list[tuple[Place, Decimal]]] = defaultdict(list)
    for where, row in view.rows(*package, "dispositions"):
        parts[row["parcel"]].append((where, Decimal(row["site_area"])))
    for parcel, pieces in parts.items():
        total = sum((area for _, area in pieces), Decimal(0))
        if parcel in own and abs(total - own[parcel]) > AREA_SLACK:
            place = (*pieces[0][0], "site_area")
            expected = f"dispositions of {parcel} that add up to its {own[parcel]} m²"
            yield Finding(place, "split_differs", expected, f"{total} m²")
