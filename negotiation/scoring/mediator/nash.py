"""Nash: the agreement that maximises Σ ln(G − d) over the sides present.

The logarithms are replaced by tangents, which lie above them: a linear program over these gives an upper bound and a
point, at which new tangents are laid (Kelley, The Cutting-Plane Method for Solving Convex Programs, J. SIAM 8, 1960).
Between that point and the best one, and on towards the corner that the gradient points to (Frank and Wolfe, An
Algorithm for Quadratic Programming, Naval Research Logistics Quarterly 3, 1956), the maximum is taken by bisection.
The sides' gains at the optimum are unique, the terms are not: among them the rises of the parties are evened out
(leximin), then the change is made small. Source of the solution: Nash, The Bargaining Problem, Econometrica 18 (1950).
Gains in units of money.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from negotiation.scoring.arrays import SIDES
from negotiation.scoring.exact import Floats, Indices
from negotiation.scoring.mediator.constraints import Rows
from negotiation.scoring.mediator.improve import CENT
from negotiation.scoring.mediator.leximin import Values, hold_levels, leximin, raise_all
from negotiation.scoring.mediator.matrices import below, beside, column_sums, columns_times, row, rows_over, widened
from negotiation.scoring.mediator.matter import Matter
from negotiation.scoring.mediator.names import PRIVATE, name
from negotiation.scoring.mediator.program import Program, maximise
from negotiation.scoring.mediator.task import Task, change_least
from negotiation.scoring.mediator.watch import Watch

ROUNDS = 60
HELD = 1e-9  # by such a share a side may lose of its surplus while the rest is settled
CLOSE = 1e-12  # of Σ ln: nearer is the same
BISECTIONS = 100
FIRST_TANGENTS = 2.0 ** np.arange(-6, 11)


class NoBargain(Exception):
    """Not every side can be above its outside options."""


@dataclass(frozen=True)
class Bargain:
    """The optimum: a point, and what Σ ln(G − d) could at most be more by the first-order condition."""

    point: Floats
    gap: float


def bargain(task: Task) -> Bargain:
    """Find the Nash solution. Raises Infeasible, NoBargain when a side cannot be above d, or Unsolved."""
    sides = side_surplus(task)
    start = raise_all(task.program, sides, np.arange(len(sides)))
    if start.value * task.scale.money <= CENT:
        raise NoBargain
    point = _climb(task.program, sides, start.point[: task.program.columns], task.watch)
    program = task.program.fixed(point)
    gap, _ = first_order_gap(program, sides, sides.at(point))
    return Bargain(_settle(task.on(program), sides, sides.at(point)), gap)


def outside_rows(matter: Matter) -> Rows:
    """G − d ≥ 0 of each side that has parties, by the parties' own counts, in yuan; private where anyone stated."""
    arrays, stated = matter.scored.arrays, matter.valuations.stated
    groups = [np.flatnonzero(arrays.side == side) for side in arrays.present_sides]
    extra = matter.gain - matter.scored.gains.gain
    sums = [sum(extra[group]) + float(matter.scored.side_gains[_side(matter, group)]) for group in groups]
    surplus = [total - float(arrays.disagreement[_side(matter, g)]) for total, g in zip(sums, groups, strict=True)]
    effects = [row(column_sums(matter.effects[group])) for group in groups]
    names = [PRIVATE if stated[group].any() else name("outside", side=_side(matter, group)) for group in groups]
    return Rows(names, below(*effects), np.array(surplus))


def side_surplus(task: Task) -> Values:
    """G − d of each side that has parties, in units of money. Shape (sides,)."""
    rows, scale = outside_rows(task.matter), task.scale
    matrix = columns_times(rows.matrix, scale.unit / scale.money)
    start = rows.slack / scale.money - matrix @ task.origin
    return Values(matrix, start, np.ones(len(start)))


def first_order_gap(program: Program, sides: Values, surplus: Floats) -> tuple[float, Floats]:
    """max Σ (g − g*) ÷ g* over the program, and where: 0 at the optimum, else a bound on what Σ ln could be more."""
    objective = np.concatenate([sides.matrix.T @ (1 / surplus), np.zeros(program.columns - sides.matrix.shape[1])])
    found = maximise(program, objective)
    return max(0.0, found.value + float((sides.start / surplus).sum()) - len(surplus)), found.point


def _side(matter: Matter, group: Indices) -> str:
    return SIDES[matter.scored.arrays.side[group[0]]]


def _climb(program: Program, sides: Values, best: Floats, watch: Watch) -> Floats:
    """Lay tangents until the bound meets the best point; without whole columns also climb along the gradient."""
    unit = sides.at(best)
    relative = Values(rows_over(sides.matrix, unit), sides.start / unit, np.ones(len(unit)))
    wide = program.with_columns([-np.inf] * len(unit), [np.inf] * len(unit))
    for ratio in FIRST_TANGENTS:
        wide = _lay(wide, relative, np.full(len(unit), ratio))
    objective = np.concatenate([np.zeros(program.columns), np.ones(len(unit))])
    for number in range(ROUNDS):
        watch.tell(f"nash {number + 1}/{ROUNDS}")
        found = maximise(wide, objective)
        best, gap = _step(program, relative, best, found.point[: program.columns])
        if min(gap, found.value - _sum_log(relative.at(best))) <= CLOSE:
            break
        wide = _lay(_lay(wide, relative, relative.at(best)), relative, relative.at(found.point))
    return best


def _step(program: Program, relative: Values, best: Floats, other: Floats) -> tuple[Floats, float]:
    """A better point on the way to another and then along the gradient, and the gap before the latter."""
    best = _best_between(program, relative, best, other)
    if program.whole.any():
        return best, np.inf
    gap, corner = first_order_gap(program, relative, relative.at(best))
    return _best_between(program, relative, best, corner), gap


def _lay(wide: Program, relative: Values, at: Floats) -> Program:
    """Add the tangents τ ≤ ln c + (g − c) ÷ c of every side at c = ``at``; where c is not above 0 there is none."""
    rows = np.flatnonzero(at > 0)
    c, free = at[rows], wide.columns - len(at)
    own = widened(rows_over(relative.matrix[rows], c), free - relative.matrix.shape[1])
    height = -sparse.eye_array(len(at), format="csr")[rows]
    return wide.with_rows(beside(own, height), np.log(c) - 1 + relative.start[rows] / c)


def _best_between(program: Program, relative: Values, best: Floats, other: Floats) -> Floats:
    """The point with the largest Σ ln on the way from the best to another, or the better end with whole columns."""
    start, step = relative.at(best), relative.at(other) - relative.at(best)
    if program.whole.any():
        return other if (start + step > 0).all() and _sum_log(start + step) > _sum_log(start) else best
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        at = start + middle * step
        low, high = (middle, high) if (at > 0).all() and (step / at).sum() > 0 else (low, middle)
    mixed: Floats = best + low * (other - best)
    return mixed


def _sum_log(surplus: Floats) -> float:
    return float(np.log(surplus).sum())


def _settle(task: Task, sides: Values, surplus: Floats) -> Floats:
    """Among the points with these gains of the sides: the leximin of the parties' rises, then the least change."""
    program, numbers = hold_levels(task.program, sides, surplus * (1 - HELD)), task.matter.parties
    rises = task.gains(numbers, np.zeros(len(numbers)))
    return change_least(task.on(leximin(program, rises, task.watch).program))
