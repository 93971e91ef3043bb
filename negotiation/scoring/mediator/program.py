"""Linear programs for HiGHS: rows slack + matrix·z ≥ 0 over boxed columns z, some of them whole numbers.

Money is counted in units of up to 10,000 yuan and every row is divided by its largest coefficient, so that numbers of
one size meet the solver's tolerance. Source of the solver: Huangfu and Hall, Parallelizing the Dual Revised Simplex
Method, Mathematical Programming Computation 10 (2018).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp

from negotiation.scoring.exact import Floats, Mask
from negotiation.scoring.mediator.constraints import Rows
from negotiation.scoring.mediator.matrices import Matrix, below, columns_times, row_sizes, rows_over, widened
from negotiation.scoring.mediator.variables import Terms

Method = Literal["highs-ds", "highs-ipm"]
LARGEST_UNIT = 10_000.0  # yuan
STEPS_IN_RANGE = 100_000.0  # the widest bound is at most so many units, unless these are the largest
SIMPLEX_LIMIT = 1_500  # beyond so many columns the interior point method with crossover is faster
TOLERANCE = 1e-8  # of a row: by so much the solver may miss it
DIGITS = 1e-12  # a share that float64 may lose in a long sum
LOOSER = 2 * TOLERANCE  # what is built upon a point of the solver asks for so much less
_INFEASIBLE, _OPTIMAL = 2, 0
_TOLERANCES = ("primal_feasibility_tolerance", "dual_feasibility_tolerance")


class Infeasible(Exception):
    """No point satisfies the rows."""


class Unsolved(RuntimeError):
    """The solver gave up; the message is its own."""


@dataclass(frozen=True)
class Program:
    """slack + matrix·z ≥ 0, low ≤ z ≤ high, z whole where ``whole``. Shapes (rows,), (rows, columns), (columns,)."""

    matrix: Matrix
    slack: Floats
    low: Floats
    high: Floats
    whole: Mask

    @property
    def columns(self) -> int:
        """The number of columns."""
        return len(self.low)

    def with_rows(self, matrix: Matrix, slack: Floats) -> Program:
        """Add rows. Shapes (more rows, columns) and (more rows,)."""
        return replace(self, matrix=below(self.matrix, matrix), slack=np.concatenate([self.slack, slack]))

    def with_columns(self, low: Sequence[float], high: Sequence[float]) -> Program:
        """Add continuous columns that no row uses yet."""
        return Program(
            widened(self.matrix, len(low)),
            self.slack,
            np.concatenate([self.low, low]),
            np.concatenate([self.high, high]),
            np.concatenate([self.whole, np.zeros(len(low), dtype=np.bool_)]),
        )

    def loosened(self) -> Program:
        """Ask for a little less of every row: a point found before may have missed some by a little."""
        return replace(self, slack=self.slack + LOOSER + DIGITS * np.abs(self.slack))

    def fixed(self, point: Floats) -> Program:
        """Fix the whole columns at those of a point, so that a linear program remains."""
        rounded = np.rint(point[: self.columns])
        low, high = (np.where(self.whole, rounded, bound) for bound in (self.low, self.high))
        return Program(self.matrix, self.slack, low, high, np.zeros_like(self.whole))

    def relaxed(self) -> Program:
        """The same without whole columns."""
        return replace(self, whole=np.zeros_like(self.whole))


@dataclass(frozen=True)
class Solution:
    """An optimum.

    Attributes:
        point: shape (columns,).
        value: of the objective.
        prices: shape (rows,), ≥ 0: how fast the value would rise with the slack of each row; all 0 with whole columns.
    """

    point: Floats
    value: float
    prices: Floats


@dataclass(frozen=True)
class Scale:
    """How columns stand for terms: term = base + unit · z. Shapes (terms,); ``money`` is yuan in a unit of money."""

    base: Floats
    unit: Floats
    money: float

    def amounts(self, point: Floats) -> Floats:
        """The terms of a point, each in its own unit."""
        found: Floats = self.base + self.unit * point[: len(self.base)]
        return found


def choose_scale(terms: Terms) -> Scale:
    """Choose the units: money by the widest bound, an item by its price, whole items one by one."""
    width = float(((terms.most - terms.least) * terms.price).max(initial=0.0))
    money = min(LARGEST_UNIT, max(1.0, width / STEPS_IN_RANGE))
    unit = np.where(terms.price > 0, money / np.where(terms.price > 0, terms.price, 1.0), 1.0)
    unit[terms.whole] = 1.0
    return Scale(np.where(terms.whole, np.floor(terms.start), terms.start), unit, money)


def scale_rows(rows: Rows, terms: Terms, scale: Scale) -> tuple[Matrix, Floats, Floats]:
    """The rows over the scaled columns: matrix, slack at the base, and what each row was divided by, shape (rows,)."""
    matrix = columns_times(rows.matrix, scale.unit)
    size = row_sizes(matrix, scale.money)
    return rows_over(matrix, size), rows.after(scale.base - terms.start) / size, size


def build_program(rows: Rows, terms: Terms, scale: Scale) -> Program:
    """The program of the terms inside their bounds under some constraints."""
    matrix, slack, _ = scale_rows(rows, terms, scale)
    low, high = ((bound - scale.base) / scale.unit for bound in (terms.least, terms.most))
    return Program(matrix, slack, low, high, terms.whole)


def maximise(program: Program, objective: Floats) -> Solution:
    """Maximise objective·z, the objective of shape (columns,).

    Raises Infeasible when there is no point, Unsolved when the solver gives up.
    """
    if (program.low > program.high).any():
        raise Infeasible
    if not program.columns:
        return _maximise_nothing(program)
    if program.whole.any():
        return _maximise_whole(program, objective)
    order: tuple[Method, Method] = (
        ("highs-ds", "highs-ipm") if program.columns <= SIMPLEX_LIMIT else ("highs-ipm", "highs-ds")
    )
    for method, presolve in ((order[0], True), (order[1], True), (order[0], False), (order[1], False)):
        found = _run(program, objective, method, presolve)
        if found.status == _OPTIMAL:
            return Solution(found.x, -float(found.fun), np.maximum(-found.ineqlin.marginals, 0.0))
        if found.status == _INFEASIBLE:
            raise Infeasible
    raise Unsolved(str(found.message))


def is_feasible(program: Program) -> bool:
    """Tell whether any point satisfies the rows. Raises Unsolved."""
    try:
        maximise(program, np.zeros(program.columns))
    except Infeasible:
        return False
    return True


def _maximise_nothing(program: Program) -> Solution:
    if (program.slack < -TOLERANCE).any():
        raise Infeasible
    return Solution(np.zeros(0), 0.0, np.zeros(len(program.slack)))


def _run(program: Program, objective: Floats, method: Method, presolve: bool) -> OptimizeResult:
    rows: Any = sparse.csc_array(-program.matrix)  # linprog takes sparse matrices, its type stubs do not
    bounds: Any = np.column_stack([program.low, program.high])
    options: Any = {"presolve": presolve} | dict.fromkeys(_TOLERANCES, TOLERANCE)
    found: OptimizeResult = linprog(
        -objective, A_ub=rows, b_ub=program.slack, bounds=bounds, method=method, options=options
    )
    return found


def _maximise_whole(program: Program, objective: Floats) -> Solution:
    found = milp(
        -objective,
        integrality=program.whole.astype(np.int64),
        bounds=Bounds(program.low, program.high),
        constraints=LinearConstraint(sparse.csc_array(program.matrix), -program.slack, np.inf),
        options={"mip_rel_gap": 0.0},
    )
    if found.status == _INFEASIBLE:
        raise Infeasible
    if found.x is None:
        raise Unsolved(str(found.message))
    return Solution(found.x, -float(found.fun), np.zeros(len(program.slack)))
