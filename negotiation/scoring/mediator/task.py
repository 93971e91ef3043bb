"""One mediation under way: the matter, its constraints as a program, and the steps that all modes end with."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from negotiation.scoring.exact import Floats, Indices
from negotiation.scoring.mediator.constraints import Rows
from negotiation.scoring.mediator.leximin import Values
from negotiation.scoring.mediator.matrices import Matrix, beside, columns_times, row, row_sizes, rows_over
from negotiation.scoring.mediator.matter import Matter
from negotiation.scoring.mediator.program import Program, Scale, build_program, choose_scale, maximise
from negotiation.scoring.mediator.watch import Watch


@dataclass(frozen=True)
class Task:
    """What is solved: the terms of a matter under some rows. ``program`` may have further columns after the terms."""

    matter: Matter
    rows: Rows
    scale: Scale
    program: Program
    watch: Watch

    def on(self, program: Program) -> Task:
        """The same task under another program."""
        return replace(self, program=program)

    @property
    def origin(self) -> Floats:
        """The scaled columns of today's terms. Shape (terms,)."""
        start: Floats = (self.matter.terms.start - self.scale.base) / self.scale.unit
        return start

    def effects(self, numbers: Indices) -> Matrix:
        """∂G/∂column of some parties, in units of money. Shape (parties, terms)."""
        return columns_times(self.matter.effects[numbers], self.scale.unit / self.scale.money)

    def gains(self, numbers: Indices, today: Floats, weight: Floats | None = None) -> Values:
        """Values (today + change of gain) ÷ weight of some parties; ``today`` and ``weight`` in yuan, one shape."""
        effects = self.effects(numbers)
        divisor = np.full(len(numbers), self.scale.money) if weight is None else weight
        return normal_values(effects, today / self.scale.money - effects @ self.origin, divisor / self.scale.money)


def start_task(matter: Matter, rows: Rows, watch: Watch) -> Task:
    """Set up the program of some rows, in units of money and of items that suit the solver."""
    scale = choose_scale(matter.terms)
    return Task(matter, rows, scale, build_program(rows, matter.terms, scale), watch)


def normal_values(matrix: Matrix, start: Floats, weight: Floats) -> Values:
    """Values whose rows are divided by their largest coefficient, which changes no value."""
    size = row_sizes(matrix, 1.0)
    return Values(rows_over(matrix, size), start / size, weight / size)


def hold_sum(program: Program, objective: Floats, value: float) -> Program:
    """The program in which a sum that was maximised keeps its value. ``objective`` has shape (columns,)."""
    size = float(np.abs(objective).max(initial=0.0)) or 1.0
    return program.with_rows(row(objective / size), np.array([-value / size])).loosened()


def change_least(task: Task) -> Floats:
    """The point of the task's program with the least Σ |change| in yuan of year 0 prices. Shape (columns,).

    Each term is today's + p − m with p, m ≥ 0, which needs no further rows.
    """
    program, terms, origin = task.program.loosened(), task.matter.terms, task.origin
    count, rest = len(terms), program.columns - len(terms)
    low, high = program.low[:count] - origin, program.high[:count] - origin
    weight = np.where(terms.price > 0, terms.price, 1.0) * task.scale.unit / task.scale.money
    own, extra = program.matrix[:, :count], program.matrix[:, count:]
    split = Program(
        beside(own, -own, extra),
        program.slack + own @ origin,
        np.concatenate([np.maximum(low, 0.0), np.maximum(-high, 0.0), program.low[count:]]),
        np.concatenate([np.maximum(high, 0.0), np.maximum(-low, 0.0), program.high[count:]]),
        np.zeros(2 * count + rest, dtype=np.bool_),
    )
    task.watch.tell("least change")
    point = maximise(split, -np.concatenate([weight, weight, np.zeros(rest)])).point
    return np.concatenate([origin + point[:count] - point[count : 2 * count], point[2 * count :]])
