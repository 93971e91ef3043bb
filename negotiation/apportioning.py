"""A whole in parts that add up to it."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

CENT = Decimal("0.01")


def shared_out(whole: Decimal, weights: Sequence[float | Decimal]) -> list[Decimal]:
    """The whole in parts to two decimals, in proportion and adding up to it: largest remainders get the rest."""
    total = sum(map(Decimal, weights))
    exact = [whole * Decimal(weight) / total for weight in weights]
    parts = [part.quantize(CENT, ROUND_FLOOR) for part in exact]
    rest = whole - sum(parts)
    order = sorted(range(len(parts)), key=lambda place: parts[place] - exact[place])
    for place in order:
        step = min(CENT, rest)
        parts[place] += step
        rest -= step
    return parts
