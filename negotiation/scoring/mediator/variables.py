"""The negotiable terms of a package as variables, and what one unit of each does to whom.

Every figure the mediator needs is linear in the terms; their coefficients are the scorecard's own: quantity · price ·
d(year) for allocations, yuan · d(year) for flows (docs/scorecard.md, "Gains").
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from negotiation.scoring.arrays import CaseArrays
from negotiation.scoring.exact import Floats, Indices, Mask
from negotiation.scoring.mediator.matrices import Matrix
from negotiation.scoring.mediator.valuations import Valuations
from negotiation.scoring.reading import Row, below, get_optional_rows, get_rows, index_codes, read_decimals, read_texts
from negotiation.scoring.refusal import ScoringRefused
from negotiation.scoring.terms import OPERATE, PackageArrays

_POINTER = re.compile(r"/(allocations|flows)/(0|[1-9][0-9]{0,8})/(quantity|yuan)")
_AMOUNTS = {"allocations": "quantity", "flows": "yuan"}
_NOBODY = -1


@dataclass(frozen=True)
class Terms:
    """The negotiable terms in their order, each an amount of an item or of money. Arrays have shape (terms,).

    Attributes:
        pointers: JSON pointers inside the package.
        today, low, high: the amounts as written, and the bounds inside which each may move.
        item: number of the item allocated; below 0 for money.
        gets, pays: numbers of the ends that get and pay; nobody pays for an allocation (below 0).
        year: when it happens.
        basic: whether a flow belongs to the stages acquire and build.
        price: yuan per unit of the term at year 0, not discounted; 1 for money.
        whole: whether only whole numbers will do (an item that is not divisible).
    """

    pointers: list[str]
    today: list[Decimal]
    low: list[Decimal]
    high: list[Decimal]
    item: Indices
    gets: Indices
    pays: Indices
    year: Indices
    basic: Mask
    price: Floats
    whole: Mask

    def __len__(self) -> int:
        return len(self.pointers)

    @cached_property
    def start(self) -> Floats:
        """Today's amounts as float64."""
        return np.array([float(amount) for amount in self.today], dtype=np.float64)

    @cached_property
    def least(self) -> Floats:
        """The lower bounds as float64."""
        return np.array([float(amount) for amount in self.low], dtype=np.float64)

    @cached_property
    def most(self) -> Floats:
        """The upper bounds as float64."""
        return np.array([float(amount) for amount in self.high], dtype=np.float64)

    def moves(self, end: int) -> Floats:
        """What a unit of each flow moves into (+1) or out of (−1) an end; 0 for allocations. Shape (terms,)."""
        money = self.item < 0
        signs: Floats = (money & (self.gets == end)).astype(np.float64) - (money & (self.pays == end))
        return signs


def compile_terms(arrays: CaseArrays, package: PackageArrays, case: Row, row: Row, path: str) -> Terms:
    """Compile the ``negotiable`` of a package that is compiled already.

    Raises ScoringRefused: ``unknown_value`` for a pointer to nothing negotiable, ``duplicate``, ``not_positive``,
    ``out_of_range`` for max < min.
    """
    bounds, where = get_optional_rows(row, "negotiable", path), below(f"{path}/negotiable")
    pointers = read_texts(bounds, "term", where)
    index_codes(pointers, "term", where)
    places = [_follow(pointer, row, f"{where(number)}/term") for number, pointer in enumerate(pointers)]
    low, high = (_read_bounds(bounds, key, where) for key in ("min", "max"))
    for number, (least, most) in enumerate(zip(low, high, strict=True)):
        if most < least:
            raise ScoringRefused(f"{where(number)}/max", "out_of_range", "the most must not be below the least")
    today = [Decimal(row[kind][place][_AMOUNTS[kind]]) for kind, place in places]
    return Terms(pointers, today, low, high, **_columns(arrays, package, case, places))


def _read_bounds(bounds: Sequence[Row], key: str, where: Any) -> list[Decimal]:
    read_decimals(bounds, key, where, strict=True)
    return [Decimal(bound[key]) for bound in bounds]


def _follow(pointer: str, row: Row, path: str) -> tuple[str, int]:
    """The list and the place that a pointer names."""
    match = _POINTER.fullmatch(pointer)
    if match is None or match[3] != _AMOUNTS[match[1]] or int(match[2]) >= len(row[match[1]]):
        message = "the quantity of an allocation or the yuan of a flow of this package is expected here"
        raise ScoringRefused(path, "unknown_value", message)
    return match[1], int(match[2])


def _columns(
    arrays: CaseArrays, package: PackageArrays, case: Row, places: Sequence[tuple[str, int]]
) -> Mapping[str, Any]:
    """Whom and what each term is about; the rows of the other kind are filled with nobody and nothing."""
    kind = np.array([kind == "allocations" for kind, _ in places], dtype=np.bool_)
    row = np.array([place for _, place in places], dtype=np.intp)
    given, paid = package.allocations, package.flows

    def pick(allocated: Indices, flowing: Indices) -> Indices:
        found = np.full(len(row), _NOBODY, dtype=np.intp)
        found[kind], found[~kind] = allocated[row[kind]], flowing[row[~kind]]
        return found

    nobody = np.full(max(len(given.party), len(paid.year)), _NOBODY, dtype=np.intp)
    item = pick(given.item, nobody)
    price, whole = np.ones(len(row)), np.zeros(len(row), dtype=np.bool_)
    price[kind], whole[kind] = arrays.price.values[item[kind]], _read_whole(arrays, case)[item[kind]]
    return {
        "item": item,
        "gets": pick(given.party, paid.target),
        "pays": pick(nobody, paid.source),
        "year": pick(given.year, paid.year),
        "basic": ~kind & (pick(nobody, paid.stage) != OPERATE),
        "price": price,
        "whole": whole,
    }


def _read_whole(arrays: CaseArrays, case: Row) -> Mask:
    """Tell which items come in whole numbers only. Shape (items,)."""
    whole = np.zeros(len(arrays.items), dtype=np.bool_)
    for place, row in enumerate(get_rows(case, "catalogue", "")):
        if row.get("divisible", True) not in (True, False):
            raise ScoringRefused(f"/catalogue/{place}/divisible", "unknown_value", "true or false is expected here")
        whole[arrays.item_index[row["code"]]] = not row.get("divisible", True)
    return whole


def gain_effects(arrays: CaseArrays, terms: Terms, valuations: Valuations) -> Matrix:
    """∂G(party)/∂term in yuan of year 0 per unit, by what each party says an item counts. Shape (parties, terms)."""
    worth = terms.price * arrays.discount[terms.year]
    kind = terms.item >= 0
    worth[kind] *= valuations.factors(terms.gets[kind], terms.item[kind])
    size, number = len(arrays.parties), np.arange(len(terms))
    gets, pays = terms.gets < size, (terms.pays >= 0) & (terms.pays < size)
    return _matrix(
        np.concatenate([worth[gets], -worth[pays]]),
        np.concatenate([terms.gets[gets], terms.pays[pays]]),
        np.concatenate([number[gets], number[pays]]),
        (size, len(terms)),
    )


def supply_effects(arrays: CaseArrays, terms: Terms) -> Matrix:
    """What a unit of each term takes from the rest of each item, in its unit. Shape (items, terms)."""
    number = np.flatnonzero(terms.item >= 0)
    return _matrix(-np.ones(len(number)), terms.item[number], number, (len(arrays.items), len(terms)))


def single_effect(values: Floats) -> Matrix:
    """One row out of what each term does. Shape (1, terms)."""
    number = np.flatnonzero(values)
    return _matrix(values[number], np.zeros_like(number), number, (1, len(values)))


def _matrix(values: Floats, rows: Indices, columns: Indices, shape: tuple[int, int]) -> Matrix:
    """Sum up what falls on one place; what cancels there is no entry."""
    matrix = sparse.csr_array(sparse.coo_array((values, (rows, columns)), shape=shape))
    matrix.eliminate_zeros()
    return matrix
