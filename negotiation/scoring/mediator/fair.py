"""Fair: nobody below the outside option, then the leximin of the recoveries, then the sum of all gains.

Where not everybody can reach the outside option, the sum of what is missing is made as small as it gets first.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from negotiation.scoring.exact import Floats
from negotiation.scoring.mediator.constraints import Rows
from negotiation.scoring.mediator.improve import total_effect
from negotiation.scoring.mediator.leximin import Values, leximin
from negotiation.scoring.mediator.matrices import beside
from negotiation.scoring.mediator.program import Program, maximise, scale_rows
from negotiation.scoring.mediator.task import Task, change_least, hold_sum
from negotiation.scoring.mediator.whole import choose_whole
from negotiation.scoring.noise import CENT_HALF


def share_fairly(task: Task, outside: Rows) -> Floats:
    """The fairest point. Shape (columns,). ``outside`` are the outside options. Raises Infeasible."""
    program = reach_outside(task, outside)
    recoveries = find_recoveries(task)
    program = choose_whole(program, recoveries, total_effect(task), task.watch)
    program = leximin(program, recoveries, task.watch).program
    effect = np.concatenate([total_effect(task), np.zeros(program.columns - len(task.matter.terms))])
    task.watch.tell("sum of gains")
    return change_least(task.on(hold_sum(program, effect, maximise(program, effect).value)))


def find_recoveries(task: Task) -> Values:
    """Recovery ρ = A ÷ B of the holders that a term reaches, each by its own count. So many values, pure numbers."""
    matter, gains = task.matter, task.matter.scored.gains
    numbers = np.flatnonzero(gains.holder & matter.reached)
    return task.gains(numbers, matter.after[numbers], gains.before[numbers])


def reach_outside(task: Task, outside: Rows) -> Program:
    """The task's program with every outside option reached, or missed by the least sum. Raises Infeasible."""
    matrix, slack, size = scale_rows(outside, task.matter.terms, task.scale)
    count = len(slack)
    wide = task.program.with_columns([0.0] * count, [np.inf] * count)
    rows = beside(matrix, sparse.eye_array(count))
    elastic = wide.with_rows(rows, slack)
    objective = -np.concatenate([np.zeros(task.program.columns), size / task.scale.money])
    task.watch.tell("outside options")
    found = maximise(elastic, objective)
    if -found.value * task.scale.money <= float(CENT_HALF):
        return task.program.with_rows(matrix, slack + found.point[task.program.columns :])
    return hold_sum(elastic, objective, found.value)
