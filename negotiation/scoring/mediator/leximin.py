"""Leximin: raise the smallest value as far as it goes, then the next smallest, and so on, over a linear program.

At each level one program finds the highest t that all open values reach. A value whose row has a positive dual price
is at t in every optimum (complementary slackness) and is closed there, with all others of that kind at once. Where
prices are zero, second programs look for a point in which further values rise above t; those that rise in none are
closed as well. Most values are stopped by nothing but the bounds of their own terms: these caps are known beforehand,
and a search over the sorted caps closes all of them up to the level at which something shared gives out. Sources:
Ogryczak and Śliwiński, On Direct Methods for Lexicographic Min-Max Optimization, ICCSA 2006; Nace and Orlin,
Lexicographically Minimum and Maximum Load Linear Programming Problems, Operations Research 55 (2007).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy import sparse

from negotiation.scoring.exact import Floats, Indices, Mask
from negotiation.scoring.mediator.matrices import Matrix, beside, widened
from negotiation.scoring.mediator.program import LOOSER, TOLERANCE, Infeasible, Program, Solution, is_feasible, maximise
from negotiation.scoring.mediator.watch import Watch

NEAR = 1e-12  # as a share: a level so near to a cap is the cap
PRICED = 1e-7  # a dual price above this share of the largest is not zero


@dataclass(frozen=True)
class Values:
    """What is compared: v = (start + matrix·z) ÷ weight. Shapes (values,), (values, columns), (values,), weight > 0."""

    matrix: Matrix
    start: Floats
    weight: Floats

    def __len__(self) -> int:
        return len(self.start)

    def at(self, point: Floats) -> Floats:
        """The values of a point of shape (columns,). Shape (values,)."""
        found: Floats = (self.start + self.matrix @ point[: self.matrix.shape[1]]) / self.weight
        return found

    def caps(self, program: Program) -> Floats:
        """The most each value can be inside the bounds alone. Shape (values,)."""
        columns = self.matrix.shape[1]
        up, down = self.matrix.maximum(0), self.matrix.minimum(0)
        most: Floats = (self.start + up @ program.high[:columns] + down @ program.low[:columns]) / self.weight
        return most

    def rows(self, chosen: Indices, levels: Floats, columns: int) -> tuple[Matrix, Floats]:
        """Rows v ≥ level of the chosen values over so many columns: matrix and slack. ``levels``: shape (values,)."""
        matrix = widened(self.matrix[chosen], columns - self.matrix.shape[1])
        return matrix, self.start[chosen] - self.weight[chosen] * levels[chosen]


class Settled(NamedTuple):
    """The value of each in every leximin optimum, shape (values,), and the program in which they keep it."""

    levels: Floats
    program: Program


def leximin(program: Program, values: Values, watch: Watch) -> Settled:
    """Find the leximin: each round closes some values. Raises Infeasible when there is no point.

    Every round asks for a little less than the one before, whose points it must not exclude.
    """
    levels, unsettled = np.full(len(values), -np.inf), np.ones(len(values), dtype=np.bool_)
    while unsettled.any():
        watch.tell(f"leximin {len(values) - int(unsettled.sum())}/{len(values)}")
        program = program.loosened()
        closed, heights = _close_capped(program, values, unsettled)
        if not closed.any():
            closed, heights = _close_level(program, values, unsettled, watch)
        levels[closed] = heights[closed]
        unsettled &= ~closed
        program = hold_levels(program, values, np.where(closed, heights, -np.inf))
    return Settled(levels, program.loosened())


def hold_levels(program: Program, values: Values, levels: Floats) -> Program:
    """The program in which every value keeps its level; a level of −∞ asks for nothing.

    A value at its cap leaves its columns no choice, so that they are fixed and not asked for by a row: 10,000 rows
    that are met within a tolerance each add up to one that is not.
    """
    caps = values.caps(program)
    capped = levels >= caps - NEAR * np.maximum(1.0, np.abs(caps))
    held = program.with_rows(*values.rows(np.flatnonzero((levels > -np.inf) & ~capped), levels, program.columns))
    own = values.matrix[np.flatnonzero(capped)]
    up, down = (np.zeros(program.columns, dtype=np.bool_) for _ in range(2))
    up[own.indices[own.data > 0]], down[own.indices[own.data < 0]] = True, True
    return replace(held, low=np.where(up, program.high, program.low), high=np.where(down, program.low, program.high))


def _close_capped(program: Program, values: Values, unsettled: Mask) -> tuple[Mask, Floats]:
    """Those with a cap up to the highest cap that all can reach, or their own if that is lower; and all caps."""
    caps = values.caps(program)
    heights = np.unique(caps[unsettled])

    def reach(height: float) -> bool:
        asked = np.where(unsettled, np.minimum(caps, height), -np.inf)
        return is_feasible(hold_levels(program, values, asked))

    low, step = -1, 1
    while low + step < len(heights) and reach(heights[low + step]):
        low, step = low + step, step * 2
    high = min(low + step, len(heights))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if reach(heights[middle]) else (low, middle)
    return unsettled & (caps <= heights[low]) if low >= 0 else np.zeros_like(unsettled), caps


def _close_level(program: Program, values: Values, unsettled: Mask, watch: Watch) -> tuple[Mask, Floats]:
    """Those that are at the highest level that all open values reach in every optimum; and that level for each."""
    watch.ask()
    numbers = np.flatnonzero(unsettled)
    found = raise_all(program, values, numbers)
    prices = found.prices[len(program.slack) :]
    closed = np.zeros_like(unsettled)
    closed[numbers[prices > PRICED * prices.max()]] = True
    near = unsettled & (values.at(found.point) <= found.value + _tolerance(found.value))
    heights = np.full(len(values), found.value)
    base = hold_levels(program, values, np.where(unsettled, heights, -np.inf)).loosened()
    closed[_find_stuck(base, values, np.flatnonzero(near & ~closed), found.value, watch)] = True
    return closed if closed.any() else near, heights  # prices may be zero by rounding only


def _tolerance(level: float) -> float:
    return 10 * TOLERANCE * max(1.0, abs(level))


def raise_all(held: Program, values: Values, numbers: Indices) -> Solution:
    """Maximise t with v ≥ t for the chosen values; t is the last column. Raises Infeasible, Unsolved."""
    ceiling = float(values.caps(held)[numbers].min())
    wide = held.with_columns([-np.inf], [ceiling + 1.0])
    matrix = widened(values.matrix[numbers], held.columns - values.matrix.shape[1])
    rows = beside(matrix, -values.weight[numbers, None])
    objective = np.zeros(wide.columns)
    objective[-1] = 1.0
    return maximise(wide.with_rows(rows, values.start[numbers]), objective)


def _find_stuck(base: Program, values: Values, suspects: Indices, level: float, watch: Watch) -> Indices:
    """Those of the suspects that rise above the level in no point that keeps the others at it."""
    while len(suspects):
        watch.ask()
        risen = _raise_each(base, values, suspects, level) > _tolerance(level)
        if not risen.any():
            break
        suspects = suspects[~risen]
    return suspects


def _raise_each(base: Program, values: Values, suspects: Indices, level: float) -> Floats:
    """Maximise Σ ε with v ≥ level + ε, 0 ≤ ε ≤ 1, over the suspects. Shape (suspects,)."""
    count = len(suspects)
    wide = base.with_columns(np.zeros(count).tolist(), np.ones(count).tolist())
    matrix, slack = values.rows(suspects, np.full(len(values), level - LOOSER), base.columns)
    rows = beside(matrix, -sparse.diags_array(values.weight[suspects]))
    objective = np.concatenate([np.zeros(base.columns), np.ones(count)])
    try:
        found = maximise(wide.with_rows(rows, slack), objective)
    except Infeasible:  # by the solver's tolerance only: the level was reached a moment ago
        return np.zeros(count)
    return found.point[base.columns :]
