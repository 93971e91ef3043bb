"""Which groups of seats a table may show, so that no figure of fewer than five seats can be had from it.

A group that is too small goes to "the others". If these are too few themselves, a larger group joins them: otherwise
they would be the total less all that is shown. Two tables over the same seats could be taken from each other, too; so
the second one is pooled with its groups cut by those of the first (`cells`), and every piece must be large enough.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from negotiation.visibility import FEW

Cells = Counter[str]  # name in the other table → seats of the group that are there; one cell if there is no other


@dataclass(frozen=True)
class Pools:
    """Groups shown by name, and those that are shown together. Both empty: nothing may be shown."""

    shown: tuple[str, ...]
    others: tuple[str, ...]


NOTHING = Pools((), ())


def pool(groups: Mapping[str, Cells]) -> Pools:
    """What may be shown of these groups, which have no seat in common."""
    shown = sorted(name for name, cells in groups.items() if not _small(cells))
    others = sorted(set(groups) - set(shown))
    while shown and (lacking := _small(_sum(groups, others))):
        joining = min(shown, key=lambda name: (not lacking & set(groups[name]), groups[name].total(), name))
        shown.remove(joining)
        others.append(joining)
    # One group alone is the total: that table would say nothing.
    return Pools(tuple(shown), tuple(others)) if len(shown) + bool(others) > 1 and shown else NOTHING


def _sum(groups: Mapping[str, Cells], names: list[str]) -> Cells:
    return sum((groups[name] for name in names), Cells())


def _small(cells: Cells) -> set[str]:
    """The cells that hold somebody, but too few."""
    return {name for name, seats in cells.items() if 0 < seats < FEW}
