"""Conflict: where nothing is feasible, a set of constraints that cannot hold together while any smaller part can.

A first program finds multipliers that add the constraints up to a contradiction; a vertex of these multipliers has an
irreducible support (Gleeson and Ryan, Identifying Minimally Infeasible Subsystems of Inequalities, ORSA Journal on
Computing 2, 1990). A deletion filter then takes out what is not needed, whole blocks first (Chinneck and Dravnieks,
Locating Minimal Infeasible Constraint Sets in Linear Programs, ORSA Journal on Computing 3, 1991).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from negotiation.scoring.exact import Floats, Mask
from negotiation.scoring.mediator.constraints import Rows
from negotiation.scoring.mediator.matrices import below, beside, row
from negotiation.scoring.mediator.matter import Matter
from negotiation.scoring.mediator.names import Name, name
from negotiation.scoring.mediator.program import (
    Infeasible,
    Program,
    Scale,
    Unsolved,
    build_program,
    is_feasible,
    maximise,
)
from negotiation.scoring.mediator.watch import Watch

FILTERED = 400  # a larger set is left as the vertex gives it: each member would cost a program
_SUPPORT = 1e-9


def find_conflict(matter: Matter, rows: Rows, scale: Scale, watch: Watch) -> list[Name]:
    """Name an irreducible infeasible set of rows, bounds and whole items, sorted; [] when all can hold.

    Raises MediationCancelled, or Unsolved when the solver gives up.
    """
    program = build_program(rows, matter.terms, scale)
    if is_feasible(program):
        return []
    members = sorted({*rows.names, *_bounds(matter)})
    if is_feasible(program.relaxed()):
        members += [name("whole", term=matter.terms.pointers[number]) for number in np.flatnonzero(program.whole)]
        return sorted(_filter(matter, rows, program, members, watch))
    members = _support(matter, rows, program, members)
    return members if len(members) > FILTERED else sorted(_filter(matter, rows, program, members, watch))


def _bounds(matter: Matter) -> list[Name]:
    return [name("bound", term=pointer, end=end) for end in ("min", "max") for pointer in matter.terms.pointers]


def _support(matter: Matter, rows: Rows, program: Program, members: list[Name]) -> list[Name]:
    """The constraints with a multiplier above 0 in a vertex of {y, l, h ≥ 0: Mᵀy + l − h = 0, sum of slacks = −1}."""
    eye = sparse.eye_array(program.columns, format="csr")
    sums = beside(program.matrix.T, eye, -eye)
    slack = np.concatenate([program.slack, -program.low, program.high])
    equal = below(sums, -sums, row(slack), row(-slack))
    right = np.concatenate([np.zeros(2 * program.columns), [1.0, -1.0]])
    count = len(slack)
    duals = Program(equal, right, np.zeros(count), np.full(count, np.inf), np.zeros(count, dtype=np.bool_))
    try:
        found = maximise(duals, -np.ones(count)).point
    except (Infeasible, Unsolved):  # the contradiction is too small for the solver's tolerance
        return members
    names = [*rows.names, *_bounds(matter)]
    return sorted({names[number] for number in np.flatnonzero(found > _SUPPORT * found.max())})


def _filter(matter: Matter, rows: Rows, program: Program, members: Sequence[Name], watch: Watch) -> list[Name]:
    """Take out every block without which the rest is still infeasible; halve those that are needed."""
    kept, blocks = set(members), [list(members)]
    while blocks:
        watch.tell(f"conflict {len(kept)}")
        block = blocks.pop()
        if not is_feasible(_part(matter, rows, program, kept - set(block))):
            kept -= set(block)
        elif len(block) > 1:
            half = len(block) // 2
            blocks += [block[half:], block[:half]]
    return list(kept)


def _part(matter: Matter, rows: Rows, program: Program, kept: set[Name]) -> Program:
    """The program with nothing but the constraints kept."""
    own = np.array([one in kept for one in rows.names], dtype=np.bool_)
    low = np.where(_kept(matter, kept, "bound", end="min"), program.low, -np.inf)
    high = np.where(_kept(matter, kept, "bound", end="max"), program.high, np.inf)
    whole = program.whole & _kept(matter, kept, "whole")
    return Program(program.matrix[own], _chosen(program.slack, own), low, high, whole)


def _kept(matter: Matter, kept: set[Name], code: str, **data: str) -> Mask:
    return np.array([name(code, term=pointer, **data) in kept for pointer in matter.terms.pointers], dtype=np.bool_)


def _chosen(slack: Floats, own: Mask) -> Floats:
    chosen: Floats = slack[own]
    return chosen
