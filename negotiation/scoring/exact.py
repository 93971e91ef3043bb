"""Columns of exact decimals: whole numbers of a fixed decimal unit, so that sums and comparisons never round.

A column of ``"12.50", "3"`` is held as ``units = [125, 30]`` with ``places = 1`` (or any larger number of places).
NumPy adds such units exactly as int64; a column too large for that is held as Python integers, slower but equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]
Units = NDArray[Any]

# A product of a double and a power of ten rounds to the right integer below this, with room to spare.
_EXACT_DOUBLE = 2**51
_EXACT_INT64 = 2**62


@dataclass(frozen=True)
class Exact:
    """A column of decimals.

    Attributes:
        units: shape (n,), int64 or object: the amounts in units of 10**-places.
        places: decimal places of one unit.
        values: shape (n,), the same amounts as float64, each correctly rounded.
    """

    units: Units
    places: int
    values: Floats

    def grouped(self, groups: Indices, size: int, where: Mask | None = None) -> Units:
        """Sum the units by group, exactly. Shape (size,); ``where`` limits the rows that count."""
        sums: Units = np.zeros(size, dtype=self.units.dtype)
        if where is None:
            np.add.at(sums, groups, self.units)
        else:
            np.add.at(sums, groups[where], self.units[where])
        return sums

    def total(self, where: Mask | None = None) -> Fraction:
        """Sum the column, or the rows that ``where`` (shape (n,)) selects, exactly."""
        chosen = self.units if where is None else self.units[where]
        return self.fraction(chosen.sum() if len(chosen) else 0)

    def fraction(self, units: int) -> Fraction:
        """Turn a number of this column's units into the amount it stands for."""
        return Fraction(int(units), 10**self.places)

    def taken(self, rows: Indices) -> Exact:
        """Give the chosen rows, in their order. Shape of ``rows``."""
        return Exact(self.units[rows], self.places, self.values[rows])

    def rescaled(self, places: int) -> Exact:
        """Give the same column in smaller units (``places`` must not be fewer than the column's own)."""
        factor = 10 ** (places - self.places)
        return Exact(_safe(self.units, factor), places, self.values) if factor > 1 else self


def read_exact(texts: Sequence[str]) -> Exact:
    """Turn plain decimal texts (already checked) into an exact column."""
    values = np.array(list(map(float, texts)), dtype=np.float64)
    places = max({len(text.partition(".")[2]) for text in texts}, default=0)
    return Exact(_units(texts, values, places), places, values)


def aligned(first: Exact, second: Exact) -> tuple[Exact, Exact]:
    """Give two columns in the same unit, so that their units can be compared and added."""
    places = max(first.places, second.places)
    return first.rescaled(places), second.rescaled(places)


def product(first: Exact, second: Exact) -> Exact:
    """Multiply two columns of one length row by row, exactly. Shape (n,)."""
    units = _fitting(first.units, _bound(first.units) * _bound(second.units)) * second.units
    places = first.places + second.places
    return Exact(units, places, to_floats(units, places))


def stacked(*columns: Exact) -> Exact:
    """Put columns under each other, in one unit. Shape (sum of their lengths,)."""
    places = max(column.places for column in columns)
    units = _safe(np.concatenate([column.rescaled(places).units for column in columns]), 1)
    return Exact(units, places, np.concatenate([column.values for column in columns]))


def to_floats(units: Units, places: int) -> Floats:
    """Turn numbers of a unit of 10**-places into the nearest float64 amounts. Same shape."""
    if places <= 22 and _bound(units) <= 2**53:  # both sides of the division are exact
        exact: Floats = units.astype(np.float64) / 10.0**places
        return exact
    return np.array([int(number) / 10**places for number in units.tolist()], dtype=np.float64)


def sum_by(groups: Indices, amounts: Floats, size: int) -> Floats:
    """Sum amounts by group, whatever the order of the rows. Shape (size,)."""
    # float64 sums depend on the order of their terms; sorted terms give one sum.
    order = np.lexsort((amounts, groups))
    return np.bincount(groups[order], weights=amounts[order], minlength=size).astype(np.float64)


def _units(texts: Sequence[str], values: Floats, places: int) -> Units:
    """Whole units of 10**-places, through doubles where these are certain, else through Decimal."""
    if places <= 15 and _largest(values) * 10.0**places < _EXACT_DOUBLE:
        return _safe(np.rint(values * 10.0**places).astype(np.int64), 1)
    whole = [int(Decimal(text).scaleb(places)) for text in texts]
    return _safe(np.array(whole, dtype=object), 1)


def _safe(units: Units, factor: int) -> Units:
    """Multiply, in int64 only while no sum over the whole column can overflow."""
    return _fitting(units, _bound(units) * factor) * factor


def _fitting(units: Units, bound: int) -> Units:
    """Hold units as int64 while no sum of as many numbers up to the bound can overflow, else as Python integers."""
    return units.astype(np.int64 if bound * max(len(units), 1) < _EXACT_INT64 else object)


def _bound(units: Units) -> int:
    """The largest absolute number of a column, 0 for an empty one."""
    return max(abs(int(units.max())), abs(int(units.min()))) if len(units) else 0


def _largest(values: Floats) -> float:
    return float(np.abs(values).max()) if len(values) else 0.0
