"""Rounding: from a point of the program to amounts in steps of 0.01 that still hold everything.

Each amount is cut towards today's. Where that breaks a row by some hundredths, or leaves some of ΣG lying about in
``improve``, a program in whole steps moves a few amounts by a few hundredths.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from negotiation.scoring.exact import Floats
from negotiation.scoring.mediator.constraints import Rows
from negotiation.scoring.mediator.matrices import Matrix, beside, row_sizes, rows_over
from negotiation.scoring.mediator.variables import Terms

STEP = Decimal("0.01")
SNAP = Decimal("0.00001")  # so near to a step an amount is that step
WIDTHS = (1, 100)  # how many steps an amount may be moved, first and if that is not enough
MARGIN = 2e-6  # of a row divided by its largest step
SECONDS = 2.0
FEW = 200  # terms that are left free in whole steps
SETTLED = 1e-6
CHANGE_COSTS = 1e-3  # a step that moves nothing but money to and fro is not worth it

Amounts = list[Decimal]


def cut_to_steps(terms: Terms, amounts: Floats) -> Amounts:
    """Cut every amount towards today's to 0.01 of its unit, inside the bounds; whole items to whole numbers."""
    rows = zip(amounts.tolist(), terms.today, terms.low, terms.high, terms.whole.tolist(), strict=True)
    return [_cut(Decimal(repr(amount)), *row) for amount, *row in rows]


def _cut(amount: Decimal, today: Decimal, low: Decimal, high: Decimal, whole: bool) -> Decimal:
    if whole:
        return amount.quantize(Decimal(1))
    near = amount.quantize(STEP)
    amount = min(max(near if abs(amount - near) <= SNAP else amount, low), high)
    if abs(amount - today) <= SNAP:
        return today
    up = amount < today
    cut = amount.quantize(STEP, ROUND_CEILING if up else ROUND_FLOOR)
    if (cut > today) is up and low <= today <= high:
        return today
    return _inside(cut, amount, low, high)


def _inside(cut: Decimal, amount: Decimal, low: Decimal, high: Decimal) -> Decimal:
    """The cut, or the next step inside the bounds where today's amount is outside of them."""
    if cut < low:
        cut = low.quantize(STEP, ROUND_CEILING)
    if cut > high:
        cut = high.quantize(STEP, ROUND_FLOOR)
    return cut if low <= cut <= high else amount


def change_of(terms: Terms, amounts: Amounts) -> Floats:
    """What changes against today, in each term's unit. Shape (terms,)."""
    return np.array([float(new - old) for new, old in zip(amounts, terms.today, strict=True)], dtype=np.float64)


def is_held(rows: Rows, change: Floats) -> bool:
    """Tell whether a change of shape (terms,) breaks no row, but for noise."""
    return bool((rows.after(change) >= -rows.noise(change)).all())


def mend(rows: Rows, terms: Terms, amounts: Amounts, effect: Floats | None, margin: float) -> Amounts | None:
    """Move amounts by whole steps so that every row holds; None where that cannot be done.

    With ``effect`` (yuan of ΣG per unit of each term) ΣG is made as large as it gets, otherwise the move small.
    """
    for width in WIDTHS:
        steps = _find_steps(rows, terms, amounts, effect, margin, width)
        if steps is not None:
            return [amount + STEP * int(step) for amount, step in zip(amounts, steps.tolist(), strict=True)]
    return None


def _find_steps(
    rows: Rows, terms: Terms, amounts: Amounts, effect: Floats | None, margin: float, width: int
) -> Floats | None:
    """Solve for the steps: up and down apart, so that moving has its price. Shape (terms,).

    With many terms a program without whole numbers settles all but a few of them.
    """
    down, up = _room(terms, amounts, width)
    worth = np.where(terms.price > 0, terms.price, 1.0)
    gain = np.zeros(len(worth)) if effect is None else effect
    cost = worth * (1.0 if effect is None else CHANGE_COSTS)
    matrix, slack = _step_rows(rows, change_of(terms, amounts), margin)
    costs = np.concatenate([cost - gain, cost + gain]) / worth.max(initial=1.0)
    both = beside(matrix, -matrix)
    most = np.concatenate([up, down])
    least = np.zeros(len(most))
    if len(terms) > FEW:
        rough = _solve_steps(costs, both, slack, least, most, whole=False)
        if rough is None:
            return None
        free = np.abs(rough - np.rint(rough)) > SETTLED
        free[np.flatnonzero(most)[:FEW]] = True
        least, most = np.where(free, least, np.rint(rough)), np.where(free, most, np.rint(rough))
    steps = _solve_steps(costs, both, slack, least, most, whole=True)
    return None if steps is None else np.rint(steps[: len(terms)] - steps[len(terms) :])


def _solve_steps(
    costs: Floats, matrix: Matrix, slack: Floats, least: Floats, most: Floats, *, whole: bool
) -> Floats | None:
    found = milp(
        costs,
        integrality=np.full(len(costs), int(whole)),
        bounds=Bounds(least, most),
        constraints=LinearConstraint(sparse.csc_array(matrix), -slack, np.inf),
        options={"mip_rel_gap": 1e-3, "time_limit": SECONDS},
    )
    return None if found.x is None else np.asarray(found.x, dtype=np.float64)


def _room(terms: Terms, amounts: Amounts, width: int) -> tuple[Floats, Floats]:
    """How many steps down and up each amount has; none for whole items and amounts that lie between two steps."""
    rooms = np.zeros((2, len(terms)))
    rows = zip(amounts, terms.low, terms.high, terms.whole.tolist(), strict=True)
    for number, (amount, low, high, whole) in enumerate(rows):
        if not whole and amount % STEP == 0:
            rooms[:, number] = (amount - low) // STEP, (high - amount) // STEP
    rooms = np.minimum(rooms, width)
    return rooms[0], rooms[1]


def _step_rows(rows: Rows, change: Floats, margin: float) -> tuple[Matrix, Floats]:
    """The rows over steps, each divided by its largest step; those not moved yet need no margin at all."""
    slack, matrix = rows.after(change), rows.matrix * float(STEP)
    size = row_sizes(matrix, 1.0)
    settled = np.where(np.abs(slack) <= rows.noise(change), 0.0, slack) / size
    return rows_over(matrix, size), settled - margin
