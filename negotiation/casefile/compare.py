"""Equality of case files: as JSON, with decimals compared by value where the format says decimal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from negotiation.casefile.faults import Place, path

# The keys that hold decimals, by the list or object they stand in; "01" as a code is not "1" as a code.
_ROWS: dict[str, frozenset[str]] = {
    "targets": frozenset({"value", "tolerance"}),
    "properties": frozenset({"site_area", "floor_area"}),
    "rights": frozenset({"site_area", "floor_area", "value"}),
    "catalogue": frozenset({"price"}),
    "plan": frozenset({"discount_rate"}),
    "outside_options": frozenset({"gain"}),
    "limits": frozenset({"gini", "min_recovery", "npv", "peak_gap"}),
    "coalitions": frozenset({"value"}),
    "dispositions": frozenset({"site_area", "floor_area"}),
    "yields": frozenset({"quantity"}),
    "uses": frozenset({"quantity"}),
    "allocations": frozenset({"quantity"}),
    "flows": frozenset({"yuan"}),
    "negotiable": frozenset({"min", "max"}),
}
_DECIMAL = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")


def equal_documents(a: Any, b: Any) -> bool:
    """Whether two documents are the same case: key order and the writing of decimals do not matter, types do."""
    return next(_differences(a, b, ()), None) is None


def differences(a: Any, b: Any) -> list[str]:
    """The JSON paths at which two documents differ, in the order of `a`, then what only `b` has."""
    return [path(place) for place in _differences(a, b, ())]


def _differences(a: Any, b: Any, place: Place) -> Iterator[Place]:
    if isinstance(a, dict) and isinstance(b, dict):
        yield from _of_objects(a, b, place)
    elif isinstance(a, list) and isinstance(b, list):
        yield from _of_lists(a, b, place)
    elif not _same(a, b, place):
        yield place


def _of_objects(a: dict[str, Any], b: dict[str, Any], place: Place) -> Iterator[Place]:
    for key, value in a.items():
        if key in b:
            yield from _differences(value, b[key], (*place, key))
        else:
            yield (*place, key)
    yield from ((*place, key) for key in b if key not in a)


def _of_lists(a: list[Any], b: list[Any], place: Place) -> Iterator[Place]:
    for number, (mine, other) in enumerate(zip(a, b, strict=False)):
        yield from _differences(mine, other, (*place, number))
    yield from ((*place, number) for number in range(min(len(a), len(b)), max(len(a), len(b))))


def _same(a: Any, b: Any, place: Place) -> bool:
    """Scalars. JSON has one kind of number (1 is 1.0) and true is no number, unlike in Python."""
    if isinstance(a, str) and isinstance(b, str):
        return a == b or (is_amount(place) and _value(a) is not None and _value(a) == _value(b))
    return isinstance(a, bool) == isinstance(b, bool) and bool(a == b)


def _value(text: str) -> Decimal | None:
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def is_amount(place: Place) -> bool:
    """Whether the format keeps a decimal at this place; inside extensions and the rule it keeps none."""
    names = [part for part in place if isinstance(part, str)]
    if len(names) < 2 or names[0] in ("extensions", "rule"):
        return False
    return names[-1] in _ROWS.get(names[-2], frozenset())
