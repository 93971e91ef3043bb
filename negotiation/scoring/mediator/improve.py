"""Improve: can everyone be at least as well off, and somebody better?

Leximin of the rises over the affected parties that a term reaches, then the least change. Where the sum of all gains
cannot rise by 0.01 yuan, the dual of that linear program is the proof.
"""

from __future__ import annotations

import numpy as np

from negotiation.scoring.exact import Floats
from negotiation.scoring.mediator.leximin import leximin
from negotiation.scoring.mediator.matrices import column_sums
from negotiation.scoring.mediator.program import Solution, maximise
from negotiation.scoring.mediator.task import Task, change_least
from negotiation.scoring.mediator.whole import choose_whole

CENT = 0.01  # yuan: a smaller rise of ΣG is none


def total_effect(task: Task) -> Floats:
    """∂ΣG/∂column over the affected parties, in units of money. Shape (terms,)."""
    return column_sums(task.effects(task.matter.parties))


def find_ceiling(task: Task) -> Solution:
    """The highest rise of ΣG inside the bounds, whole items being divided: value in units of money from today.

    Raises Infeasible.
    """
    effect = total_effect(task)
    found = maximise(task.program.relaxed(), effect)
    return Solution(found.point, found.value - float(effect @ task.origin), found.prices)


def improve(task: Task) -> Floats:
    """The point with the leximin of the rises. Shape (columns,). Raises Infeasible when there is none."""
    numbers = task.matter.parties
    rises = task.gains(numbers, np.zeros(len(numbers)))
    program = choose_whole(task.program, rises, total_effect(task), task.watch)
    return change_least(task.on(leximin(program, rises, task.watch).program))
