"""What must hold, as rows over the negotiable terms: slack today + Σ coefficient · change ≥ 0.

A gate that passes today keeps passing; an account or an item that is below its threshold today gets no further below.
Land and targets do not depend on negotiable terms, and the right to be served cannot be lost, since every bound is
above 0. Money in yuan (of year 0 where discounted), supply in the unit of the item.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy import sparse

from negotiation.scoring.exact import Floats, Indices
from negotiation.scoring.mediator.matrices import Matrix, below
from negotiation.scoring.mediator.matter import Matter, public_matter
from negotiation.scoring.mediator.names import PRIVATE, Name, name
from negotiation.scoring.mediator.variables import single_effect, supply_effects
from negotiation.scoring.noise import SHARE


@dataclass(frozen=True)
class Rows:
    """Named constraints.

    Attributes:
        names: what each row is called; private rows share a name.
        matrix: shape (rows, terms), what a unit of each term adds to the slack.
        slack: shape (rows,), today's distance from breaking; below 0 a row is broken today.
    """

    names: list[Name]
    matrix: Matrix
    slack: Floats

    def after(self, change: Floats) -> Floats:
        """The slack after a change of the terms. Shapes (terms,) and (rows,)."""
        slack: Floats = self.slack + self.matrix @ change
        return slack

    def noise(self, change: Floats) -> Floats:
        """What float64 may miss of that slack. Shapes (terms,) and (rows,)."""
        noise: Floats = 4 * SHARE * (np.abs(self.slack) + abs(self.matrix) @ np.abs(change))
        return noise


def stacked(*blocks: Rows) -> Rows:
    """Put constraints under each other."""
    return Rows(
        [one for block in blocks for one in block.names],
        below(*(block.matrix for block in blocks)),
        np.concatenate([block.slack for block in blocks]),
    )


def hold_all(matter: Matter) -> Rows:
    """What holds in every mode: gates, the limits met today, the project's NPV, private demands."""
    blocks = (hold_supply, hold_pool, hold_npv, hold_peak_gap, hold_recovery, hold_walk_away)
    return _touched(stacked(*(block(matter) for block in blocks)))


def hold_supply(matter: Matter) -> Rows:
    """No item gets short, or shorter than it is."""
    supply = matter.scored.gates.supply
    slack = [float(item.rest - min(item.rest, Fraction(0))) for item in supply.values()]
    names = [name("supply", item=item) for item in supply]
    return Rows(names, supply_effects(matter.scored.arrays, matter.terms), np.array(slack, dtype=np.float64))


def hold_pool(matter: Matter) -> Rows:
    """The pool is at no year's end below zero, or lower than it is."""
    yearly = matter.scored.gates.pool.yearly
    slack = [float(balance - min(balance, Fraction(0))) for balance in yearly]
    moves = matter.terms.moves(matter.scored.arrays.pool)
    return _cumulative(matter, moves, slack, lambda year: name("pool", year=year))


def hold_npv(matter: Matter) -> Rows:
    """The project's NPV is at least today's or the declared limit (0 where none is declared), whichever is lower."""
    arrays, today = matter.scored.arrays, matter.scored.balance.project.npv
    least = min(today, arrays.limits.get("npv", Fraction(0)))
    effect = matter.terms.moves(arrays.project) * arrays.discount[matter.terms.year]
    return Rows([name("limit", limit="npv")], single_effect(effect), np.array([float(today - least)]))


def hold_peak_gap(matter: Matter) -> Rows:
    """The basic account is at no year's end deeper in deficit than the limit allows, if that is so today."""
    if not matter.is_met("peak_gap"):
        return _nothing(matter)
    limit = matter.lights["peak_gap"].limit
    slack = [float(balance + limit) for balance in matter.scored.balance.basic.cumulative]
    moves = matter.terms.moves(matter.scored.arrays.project) * matter.terms.basic
    return _cumulative(matter, moves, slack, lambda year: name("limit", limit="peak_gap", year=year))


def hold_recovery(matter: Matter) -> Rows:
    """Every holder recovers at least the limit, if that is so today; by the card's count, whatever was stated."""
    if not matter.is_met("min_recovery"):
        return _nothing(matter)
    gains, public = matter.scored.gains, public_matter(matter)
    numbers = np.flatnonzero(gains.holder & public.reached)
    over = gains.after[numbers] - float(matter.lights["min_recovery"].limit) * gains.before[numbers]
    names = [name("limit", limit="min_recovery", party=code) for code in _codes(matter, numbers)]
    return Rows(names, public.effects[numbers], np.maximum(over, 0.0))


def hold_walk_away(matter: Matter) -> Rows:
    """Who stated a gain below which it walks away stays above it, by its own count."""
    numbers = np.array(sorted(matter.valuations.walk_away), dtype=np.intp)
    least = np.array([matter.valuations.walk_away[number] for number in numbers.tolist()], dtype=np.float64)
    return Rows([PRIVATE] * len(numbers), matter.effects[numbers], matter.gain[numbers] - least)


def hold_gains(matter: Matter) -> Rows:
    """Nobody that a term reaches gains less than today, each by its own count."""
    numbers = matter.parties
    return Rows(_personal(matter, "gain", numbers), matter.effects[numbers], np.zeros(len(numbers)))


def hold_outside(matter: Matter) -> Rows:
    """Every affected party gains at least its outside option, each by its own count."""
    scored, numbers = matter.scored, np.flatnonzero(matter.scored.gains.affected)
    over = matter.gain[numbers] - scored.arrays.outside[numbers]
    settled = np.where(np.abs(over) <= scored.gains.noise[numbers], 0.0, over)
    rows = Rows(_personal(matter, "outside", numbers), matter.effects[numbers], settled)
    return _touched(rows)


def _personal(matter: Matter, code: str, numbers: Indices) -> list[Name]:
    """Name one row for each party; the rows of who stated anything are private."""
    stated = matter.valuations.stated[numbers]
    codes = _codes(matter, numbers)
    return [PRIVATE if hidden else name(code, party=party) for party, hidden in zip(codes, stated, strict=True)]


def _codes(matter: Matter, numbers: Indices) -> list[str]:
    return [matter.scored.arrays.parties[number] for number in numbers]


def _cumulative(matter: Matter, moves: Floats, slack: Sequence[float], call: Callable[[int], Name]) -> Rows:
    """Rows for a running sum over the years; between two years with a term only the lowest balance can break."""
    years = matter.terms.year
    starts = np.unique(years[moves != 0]).tolist()
    ends = [*starts[1:], len(slack)][: len(starts)]
    lowest = [min(range(start, end), key=slack.__getitem__) for start, end in zip(starts, ends, strict=True)]
    rows = [single_effect(moves * (years <= start)) for start in starts]
    matrix = below(*rows) if rows else _nothing(matter).matrix
    return Rows([call(year) for year in lowest], matrix, np.array([slack[year] for year in lowest], dtype=np.float64))


def _nothing(matter: Matter) -> Rows:
    return Rows([], sparse.csr_array((0, len(matter.terms))), np.zeros(0))


def _touched(rows: Rows) -> Rows:
    """Leave out what no term touches, unless it is broken."""
    keep = np.flatnonzero((np.diff(rows.matrix.indptr) > 0) | (rows.slack < 0))
    return Rows([rows.names[number] for number in keep], rows.matrix[keep], rows.slack[keep])
