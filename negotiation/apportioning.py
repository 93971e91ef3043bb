"""A whole in parts that add up to it."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

CENT, UNIT = Decimal("0.01"), Decimal(1)


def shared_out(whole: Decimal, weights: Sequence[float | Decimal], grain: Decimal = CENT) -> list[Decimal]:
    """The whole in parts to two decimals, or in multiples of another grain, in proportion and adding up to it: largest
    remainders get the rest."""
    total = sum(map(Decimal, weights))
    exact = [whole * Decimal(weight) / total for weight in weights]
    parts = [part.quantize(grain, ROUND_FLOOR) for part in exact]
    rest = whole - sum(parts)
    order = sorted(range(len(parts)), key=lambda place: parts[place] - exact[place])
    for place in order:
        step = min(grain, rest)
        parts[place] += step
        rest -= step
    return parts
