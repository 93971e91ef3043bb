"""Amounts and years: what is above zero, within the account, whole where it must be, and adds up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from negotiation.casefile.faults import Finding, Place, show
from negotiation.casefile.view import Row, View

AREA_SLACK = Decimal("0.01")  # m²: areas are commonly written to the hundredth


def amount_findings(view: View) -> Iterator[Finding]:
    """All findings about amounts and years that are faults."""
    yield from _plan(view)
    for where, row in view.rows("targets"):
        if row["rigid"] and "tolerance" in row:
            yield Finding((*where, "tolerance"), "rigid", "no tolerance on a rigid target", show(row["tolerance"]))
    for where, row in view.rows("parcels", "features"):
        yield from _positive((*where, "properties"), row["properties"], "site_area")
    for place in view.packages():
        yield from _terms(view, place)


def _plan(view: View) -> Iterator[Finding]:
    rate = view.sound(("plan", "discount_rate"))
    if rate is not None and Decimal(rate) <= -1:
        yield Finding(("plan", "discount_rate"), "out_of_range", "a discount rate above -1", show(rate))


def _terms(view: View, package: Place) -> Iterator[Finding]:
    years = view.sound(("plan", "years"))
    whole = {code for code, row in view.codes("catalogue").items() if row.get("divisible") is False}
    for where, row in view.rows(*package, "dispositions"):
        for key in ("yields", "uses"):
            for number, part in enumerate(row.get(key, ())):
                yield from _quantity((*where, key, number), part, whole)
    for where, row in view.rows(*package, "allocations"):
        yield from _quantity(where, row, whole)
        yield from _year(where, row, years)
    for where, row in view.rows(*package, "flows"):
        yield from _positive(where, row, "yuan")
        yield from _year(where, row, years)


def _quantity(where: Place, row: Row, whole: set[str]) -> Iterator[Finding]:
    yield from _positive(where, row, "quantity")
    quantity = Decimal(row["quantity"])
    if row["item"] in whole and quantity != quantity.to_integral_value():
        yield Finding((*where, "quantity"), "not_whole", "a whole number of an indivisible item", show(row["quantity"]))


def _positive(where: Place, row: Row, key: str) -> Iterator[Finding]:
    if Decimal(row[key]) <= 0:
        yield Finding((*where, key), "not_positive", "an amount above 0", show(row[key]))


def _year(where: Place, row: Row, years: int | None) -> Iterator[Finding]:
    if years is not None and row["year"] >= years:
        yield Finding((*where, "year"), "out_of_range", f"a year from 0 to {years - 1}", show(row["year"]))


def split_findings(view: View) -> Iterator[Finding]:
    """Warnings: parcels whose dispositions in a package cover more or less than the parcel's own area."""
    features = view.rows("parcels", "features")
    own = {row["id"]: Decimal(row["properties"]["site_area"]) for _, row in features}
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
