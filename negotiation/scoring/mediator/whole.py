"""Whole items: choose them first, in integers, so that a linear program is left for everything else.

The leximin of a problem with whole numbers is found through ordered sums: for k = 1, 2, … the sum of the k smallest
values is maximised, the earlier sums being held, as k·r − Σ d with d ≥ r − v, d ≥ 0. Source: Ogryczak and Śliwiński,
On Direct Methods for Lexicographic Min-Max Optimization, ICCSA 2006. The first ``SUMS`` sums are taken; from then on
the whole items stay as they were found.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from negotiation.scoring.exact import Floats
from negotiation.scoring.mediator.leximin import Values
from negotiation.scoring.mediator.matrices import beside, row, widened
from negotiation.scoring.mediator.program import Program, maximise
from negotiation.scoring.mediator.watch import Watch

SUMS = 24
HELD = 1e-6  # by so much, as a share, a sum reached is asked for less later on


def choose_whole(program: Program, values: Values, then: Floats, watch: Watch) -> Program:
    """Fix the whole columns where the leximin of the values puts them, and then the sum ``then`` of shape (terms,).

    Raises Infeasible when there is no point.
    """
    if not program.whole.any():
        return program
    held = program
    for count in range(1, min(len(values), SUMS) + 1):
        watch.tell(f"whole items {count}/{min(len(values), SUMS)}")
        held = _with_sum(held, values)
        objective = np.zeros(held.columns)
        objective[-1 - len(values)], objective[-len(values) :] = count, -1.0
        value = maximise(held, objective).value
        held = held.with_rows(row(objective), np.array([HELD * max(1.0, abs(value)) - value]))
    return program.fixed(maximise(held, np.concatenate([then, np.zeros(held.columns - len(then))])).point)


def _with_sum(program: Program, values: Values) -> Program:
    """Add the columns r and d of one more sum, and its rows v − r + d ≥ 0, each as start + matrix·z − w·r + w·d."""
    count = len(values)
    high = float(np.abs(values.caps(program)).max()) + 1.0
    wide = program.with_columns([-np.inf, *[0.0] * count], [high, *[np.inf] * count])
    weight = sparse.diags_array(values.weight)
    matrix = widened(values.matrix, program.columns - values.matrix.shape[1])
    return wide.with_rows(beside(matrix, -values.weight[:, None], weight), values.start)
