"""Negotiable terms: each points at one amount of its package, once, with min ≤ max (both above 0 by the schema)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from negotiation.casefile.faults import Finding, Place, show
from negotiation.casefile.view import Row, View


def bound_findings(view: View) -> Iterator[Finding]:
    for package in view.packages():
        seen: set[str] = set()
        for where, row in view.rows(*package, "negotiable"):
            if "min" in row and "max" in row and Decimal(row["max"]) < Decimal(row["min"]):
                yield Finding((*where, "max"), "out_of_range", f"at least the min of {row['min']}", show(row["max"]))
            if "term" not in row:
                continue
            yield from _pointer(view, package, where, row)
            if row["term"] in seen:
                yield Finding((*where, "term"), "duplicate", "a term not bounded before", show(row["term"]))
            seen.add(row["term"])


def _pointer(view: View, package: Place, where: Place, row: Row) -> Iterator[Finding]:
    """RFC 6901, in the two shapes that the schema lets through: /allocations/N/quantity and /flows/N/yuan."""
    _, kind, number, key = row["term"].split("/")
    # No list within 30 MB has more than nine digits of entries, and int() refuses thousands of digits.
    found = view.at((*package, kind, int(number), key)) if len(number) <= 9 else None
    if found is None:
        expected = "the quantity of an allocation or the yuan of a flow of this package"
        yield Finding((*where, "term"), "unknown_term", expected, show(row["term"]))
