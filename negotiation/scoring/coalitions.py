"""Coalitions of the sides: what each adds (Shapley), and whether some would rather go alone (core).

Sources: Shapley, A Value for n-Person Games (1953); Gillies, Solutions to General Non-Zero-Sum Games (1959).
Values and gains in yuan of year 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb, fsum

from negotiation.scoring.balance import CENT_HALF, NOISE

Sides = tuple[str, ...]
Values = Mapping[Sides, float]


@dataclass(frozen=True)
class Blocking:
    """A coalition that would do better alone."""

    sides: Sides
    value: float
    gain: float

    @property
    def shortfall(self) -> float:
        """What the package leaves it short of."""
        return self.value - self.gain


def list_coalitions(players: Sequence[str]) -> list[Sides]:
    """Every non-empty coalition, each sorted, in the order of their names."""
    ordered = sorted(players)
    return sorted(group for size in range(1, len(ordered) + 1) for group in combinations(ordered, size))


def value_coalitions(gains: Mapping[str, float], outside: Mapping[str, float], declared: Values) -> dict[Sides, float]:
    """v(S) of every coalition of the sides in ``gains``.

    All sides together are worth ΣG, others what is declared, else the sum of their outside options.
    """
    everyone = tuple(sorted(gains))
    values = {group: declared.get(group, fsum(outside[side] for side in group)) for group in list_coalitions(everyone)}
    return values | {everyone: fsum(gains.values())} if everyone else {}


def shapley(players: Sequence[str], values: Values) -> dict[str, float]:
    """φ_i = Σ over S without i of |S|!(n−|S|−1)!/n! · (v(S ∪ i) − v(S)), with v of nobody 0."""
    n = len(players)
    worth = {(): 0.0, **values}
    return {
        player: fsum(
            (worth[tuple(sorted((*group, player)))] - worth[group]) / (n * comb(n - 1, len(group)))
            for group in [(), *list_coalitions([other for other in players if other != player])]
        )
        for player in sorted(players)
    }


def find_blocking(gains: Mapping[str, float], values: Values) -> list[Blocking]:
    """List the coalitions with G(S) < v(S) − 0.005, in the order of their names."""
    found = [Blocking(group, value, fsum(gains[side] for side in group)) for group, value in sorted(values.items())]
    return [blocking for blocking in found if blocking.shortfall > CENT_HALF + NOISE]
