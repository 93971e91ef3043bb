"""What every party gets and pays, netted exactly by year before anything is discounted.

Two payments of one year that cancel to the cent leave no noise behind, however large they are. Present values are
float64 for each party and exact for a side or an account.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import lcm
from typing import NamedTuple

import numpy as np

from negotiation.scoring.exact import Exact, Floats, Indices, Mask, Units, stacked, to_floats
from negotiation.scoring.noise import noise_of, settle


class Chosen(NamedTuple):
    """Which allocations, flows to and flows from an end count."""

    allocated: Mask
    received: Mask
    paid: Mask


class Present(NamedTuple):
    """Present values by party in yuan, and the sums of the yearly nets without their signs. Shapes (parties,)."""

    net: Floats
    turnover: Floats


@dataclass(frozen=True)
class Cash:
    """Allocations, flows in and flows out of all ends of flows, each row in a cell: one end in one year.

    Attributes:
        cell: shape (rows,), the number of each row's cell; allocations first, then flows in, then flows out.
        yuan: the amount of each row, not discounted; flows out below 0.
        end, year: shape (cells,); without a discount rate every year is year 0.
        discount: shape (cells,).
        parties: how many of the ends are parties.
    """

    cell: Indices
    yuan: Exact
    end: Indices
    year: Indices
    discount: Floats
    parties: int

    def by_party(self, chosen: Chosen) -> Present:
        """Net what is chosen by party and year, exactly, and sum what the nets are worth in yuan of year 0."""
        worth = to_floats(self._nets(chosen), self.yuan.places) * self.discount
        turnover = self._party_sums(np.abs(worth))
        return Present(settle(self._party_sums(worth), noise_of(turnover)), turnover)

    def by_side(self, chosen: Chosen, side: Indices, weights: Sequence[int], size: int) -> list[Fraction]:
        """Sum what is chosen by the side of each party; exact present values in yuan, ``size`` of them."""
        own, years = self.end < self.parties, len(weights)
        nets = self._nets(chosen)
        sums = np.zeros(size * years, dtype=nets.dtype)
        np.add.at(sums, side[self.end[own]] * years + self.year[own], nets[own])
        return [
            present_value([self.yuan.fraction(units) for units in row], weights) for row in sums.reshape(size, years)
        ]

    def _nets(self, chosen: Chosen) -> Units:
        return self.yuan.grouped(self.cell, len(self.end), np.concatenate(chosen))

    def _party_sums(self, worth: Floats) -> Floats:
        return np.bincount(self.end, weights=worth, minlength=self.parties)[: self.parties].astype(np.float64)


def gather_cash(
    ends: Sequence[Indices], years: Sequence[Indices], columns: Sequence[Exact], discount: Floats, parties: int
) -> Cash:
    """Gather allocations, flows in and flows out (below 0), yuan; one array of ends, years and amounts of each."""
    end, year = np.concatenate(ends), np.concatenate(years)
    if (discount == 1).all():
        year = np.zeros_like(year)
    cells, cell = np.unique(end * len(discount) + year, return_inverse=True)
    end, year = np.divmod(cells, len(discount))
    return Cash(cell, stacked(*columns), end, year, discount[year], parties)


def present_value(yearly: Sequence[Fraction], weights: Sequence[int]) -> Fraction:
    """Σ c(y)·d(y) in exact yuan; ``weights`` are those of `discount_weights`, one for each year."""
    worths, unit = _worths(yearly, weights)
    return sum(worths) * unit


def discounted_balances(yearly: Sequence[Fraction], weights: Sequence[int]) -> list[Fraction]:
    """The running sum of c(y)·d(y) in exact yuan."""
    worths, unit = _worths(yearly, weights)
    return [total * unit for total in accumulate(worths)]


def _worths(yearly: Sequence[Fraction], weights: Sequence[int]) -> tuple[list[int], Fraction]:
    """c(y)·d(y) as whole numbers, and the yuan of one: Fractions of many years would be reduced at every step."""
    scale = lcm(*(amount.denominator for amount in yearly))
    worths = [int(amount * scale) * weight for amount, weight in zip(yearly, weights, strict=True)]
    return worths, Fraction(1, scale * weights[0])
