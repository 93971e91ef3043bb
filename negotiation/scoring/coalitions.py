"""Coalitions of the sides: what each adds (Shapley), and whether some would rather go alone (core).

Sources: Shapley, A Value for n-Person Games (1953); Gillies, Solutions to General Non-Zero-Sum Games (1959).
Values and gains in exact yuan of year 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import comb

from negotiation.scoring.noise import CENT_HALF, CUT_OFF

Sides = tuple[str, ...]
BySide = Mapping[str, Fraction]
Values = Mapping[Sides, Fraction]


@dataclass(frozen=True)
class Blocking:
    """A coalition that would do better alone."""

    sides: Sides
    value: Fraction
    gain: Fraction

    @property
    def shortfall(self) -> Fraction:
        """What the package leaves it short of."""
        return self.value - self.gain


def list_coalitions(players: Sequence[str]) -> list[Sides]:
    """Every non-empty coalition, each sorted, in the order of their names."""
    ordered = sorted(players)
    return sorted(group for size in range(1, len(ordered) + 1) for group in combinations(ordered, size))


def value_coalitions(gains: BySide, outside: BySide, declared: Values) -> dict[Sides, Fraction]:
    """v(S) of every coalition of the sides in ``gains``.

    All sides together are worth ΣG, others what is declared, else the sum of their outside options.
    """
    everyone = tuple(sorted(gains))
    groups = list_coalitions(everyone)
    values = {group: declared.get(group, _total(outside[side] for side in group)) for group in groups}
    return values | {everyone: _total(gains.values())} if everyone else {}


def shapley(players: Sequence[str], values: Values) -> dict[str, Fraction]:
    """φ_i = Σ over S without i of |S|!(n−|S|−1)!/n! · (v(S ∪ i) − v(S)), with v of nobody 0. Exact yuan."""
    n = len(players)
    worth = {(): Fraction(0), **values}
    return {
        player: _total(
            (worth[tuple(sorted((*group, player)))] - worth[group]) / (n * comb(n - 1, len(group)))
            for group in [(), *list_coalitions([other for other in players if other != player])]
        )
        for player in sorted(players)
    }


def find_blocking(gains: BySide, values: Values) -> list[Blocking]:
    """List the coalitions with G(S) < v(S) − 0.005, in the order of their names."""
    found = [Blocking(group, value, _total(gains[side] for side in group)) for group, value in sorted(values.items())]
    return [blocking for blocking in found if blocking.shortfall > CENT_HALF + CUT_OFF]


def _total(amounts: Iterable[Fraction]) -> Fraction:
    return sum(amounts, Fraction(0))
