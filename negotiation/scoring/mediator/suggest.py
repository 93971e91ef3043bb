"""The mediator's answer to one question: `suggest`. What each mode looks for is in improve.py, fair.py and nash.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from negotiation.scoring.digest import digest_suggestion
from negotiation.scoring.exact import Floats
from negotiation.scoring.mediator import document
from negotiation.scoring.mediator.certificate import improving_rows, write_certificate
from negotiation.scoring.mediator.check import is_sound, lost_limits, score_again, write_terms
from negotiation.scoring.mediator.conflict import find_conflict
from negotiation.scoring.mediator.constraints import Rows, hold_all, hold_outside, stacked
from negotiation.scoring.mediator.document import Change, Suggestion
from negotiation.scoring.mediator.fair import share_fairly
from negotiation.scoring.mediator.improve import CENT, find_ceiling, improve
from negotiation.scoring.mediator.matrices import columns_times, row_sums
from negotiation.scoring.mediator.matter import Matter, compile_matter
from negotiation.scoring.mediator.names import Name, name
from negotiation.scoring.mediator.nash import NoBargain, bargain, outside_rows
from negotiation.scoring.mediator.program import Infeasible, Unsolved, is_feasible
from negotiation.scoring.mediator.rounding import MARGIN, STEP, Amounts, change_of, cut_to_steps, is_held, mend
from negotiation.scoring.mediator.task import Task, start_task
from negotiation.scoring.mediator.watch import Cancelled, Progress, Watch
from negotiation.scoring.reading import below, get_rows, read_texts
from negotiation.scoring.refusal import ScoringRefused
from negotiation.scoring.scored import Scored

Json = dict[str, Any]
MODES = ("improve", "fair", "nash")
LONGEST_CODE = 64


@dataclass(frozen=True)
class Answer:
    """A point in steps: the amounts, the package scored anew, and what held the point back before it was rounded."""

    amounts: Amounts
    row: Json
    scored: Scored
    binds: list[Name]


def suggest(
    case: Mapping[str, Any],
    package: str,
    mode: str,
    *,
    private: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Suggestion:
    """Look for a better, a fair or the Nash package among those that the negotiable terms of one allow.

    Args:
        case: a case (``tongchou-case/1``) as parsed JSON.
        package: the code of the package to start from.
        mode: ``improve``, ``fair`` or ``nash``.
        private: ``{party: {"multipliers": {item: m ≥ 0}, "walk_away": yuan}}``; its allocations then count m times
            their price, and its gain so counted stays at or above the walk-away.
        progress: told of each step in a few words.
        cancelled: asked before each step.

    Raises ScoringRefused with the path of the first fault, MediationCancelled when ``cancelled`` says so, Unsolved when
    the solver gives up on numbers that are too far apart.
    """
    if mode not in MODES:
        raise ScoringRefused("/mode", "unknown_value", f"{mode!r:.60} is not one of {list(MODES)}")
    matter = compile_matter(case, package, private)
    watch = Watch(progress, cancelled)
    blank = Suggestion(
        mode=mode,
        digest=digest_suggestion(case, package, mode),
        case=matter.scored.arrays.code,
        package=package,
        status="found",
        private=bool(matter.valuations.stated.any()),
    )
    try:
        return {"improve": _improve, "fair": _fair, "nash": _nash}[mode](matter, watch, blank)
    except Infeasible as fault:  # each mode has found a point before, so that this is one of rounding only
        raise Unsolved("a point that was found is lost by rounding") from fault


def _improve(matter: Matter, watch: Watch, blank: Suggestion) -> Suggestion:
    rows = improving_rows(matter)
    task = start_task(matter, rows, watch)
    if not is_feasible(task.program):
        return _infeasible(task, blank)
    watch.tell("ceiling")
    ceiling = find_ceiling(task)
    if ceiling.value * task.scale.money >= CENT:
        answer = _round(task, rows, improve(task), nobody_worse=True)
        if answer is not None and _rise(matter, answer) >= CENT:
            return _found(matter, blank, answer)
    certificate = None if blank.private else write_certificate(matter, rows, task.scale, ceiling.prices)
    return replace(_unchanged(matter, blank, "none_better"), certificate=certificate)


def _fair(matter: Matter, watch: Watch, blank: Suggestion) -> Suggestion:
    rows, outside = hold_all(matter), hold_outside(matter)
    task = start_task(matter, rows, watch)
    if not is_feasible(task.program):
        return _infeasible(task, blank)
    point = share_fairly(task, outside)
    missing = np.maximum(-outside.after(task.scale.amounts(point) - matter.terms.start), 0.0)
    reached = stacked(rows, replace(outside, slack=outside.slack + missing))
    answer = _round(task, reached, point) or _round(task, rows, point)
    if answer is None:
        return _unchanged(matter, blank, "not_in_steps")
    conflict = find_conflict(matter, stacked(rows, outside), task.scale, watch)
    return replace(_found(matter, blank, answer), conflict=conflict or None)


def _nash(matter: Matter, watch: Watch, blank: Suggestion) -> Suggestion:
    rows = hold_all(matter)
    task = start_task(matter, rows, watch)
    if not is_feasible(task.program):
        return _infeasible(task, blank)
    try:
        found = bargain(task)
    except NoBargain:
        sides = outside_rows(matter)
        above = stacked(rows, replace(sides, slack=sides.slack - CENT))
        conflict = find_conflict(matter, above, task.scale, watch)
        return replace(_unchanged(matter, blank, "no_bargain"), conflict=conflict)
    answer = _round(task, rows, found.point)
    if answer is None:
        return _unchanged(matter, blank, "not_in_steps")
    return _found(matter, blank, answer, found.gap)


def _infeasible(task: Task, blank: Suggestion) -> Suggestion:
    """Say which constraints cannot hold together."""
    conflict = find_conflict(task.matter, task.rows, task.scale, task.watch)
    return replace(_unchanged(task.matter, blank, "infeasible"), conflict=conflict)


def _unchanged(matter: Matter, blank: Suggestion, status: str) -> Suggestion:
    """An answer without a package: today's figures only."""
    before = document.write_gains(matter.scored, matter.scored)
    objective = document.write_objective(matter, matter.scored, blank.mode, None)
    return replace(blank, status=status, gains=before, objective=objective)


def _found(matter: Matter, blank: Suggestion, answer: Answer, gap: float | None = None) -> Suggestion:
    terms = matter.terms
    return replace(
        blank,
        changes=[
            Change(*row) for row in zip(terms.pointers, terms.today, answer.amounts, strict=True) if row[1] != row[2]
        ],
        gains=document.write_gains(matter.scored, answer.scored),
        limits_lost=sorted(lost_limits(matter, answer.scored)),
        binds=answer.binds,
        objective=document.write_objective(matter, answer.scored, blank.mode, gap),
        draft=answer.row | {"code": _free_code(matter, blank.mode), "counters": blank.package},
    )


def _round(task: Task, rows: Rows, point: Floats, *, nobody_worse: bool = False) -> Answer | None:
    """The point in steps of 0.01 that holds the rows, checked by the engine; None where no near one does."""
    matter, terms = task.matter, task.matter.terms
    exact = task.scale.amounts(point)
    cut = cut_to_steps(terms, exact)
    lost = float(matter.total @ (exact - terms.start - change_of(terms, cut)))
    plain = _check(task, rows, exact, cut, nobody_worse)
    if plain is not None and not (nobody_worse and lost >= CENT):
        return plain
    for margin in (0.0, MARGIN):
        task.watch.tell("rounding")
        mended = mend(rows, terms, cut, matter.total if nobody_worse else None, margin)
        answer = None if mended is None else _check(task, rows, exact, mended, nobody_worse)
        if answer is not None:
            return answer
    return plain


def _check(task: Task, rows: Rows, exact: Floats, amounts: Amounts, nobody_worse: bool) -> Answer | None:
    """Score the amounts; None if they break anything."""
    matter = task.matter
    if not is_held(rows, change_of(matter.terms, amounts)):
        return None
    changed = [row for row in zip(matter.terms.pointers, matter.terms.today, amounts, strict=True) if row[1] != row[2]]
    row = write_terms(matter.row, [pointer for pointer, _, _ in changed], [amount for _, _, amount in changed])
    scored = score_again(matter, row)
    if not is_sound(matter, scored, nobody_worse=nobody_worse):
        return None
    return Answer(amounts, row, scored, _find_binding(matter, rows, exact))


def _find_binding(matter: Matter, rows: Rows, exact: Floats) -> list[Name]:
    """Rows that a step of their terms can break and bounds reached, at a point before it is rounded."""
    terms = matter.terms
    steps = np.where(terms.whole, 1.0, float(STEP))
    tight = rows.after(exact - terms.start) < row_sums(columns_times(rows.matrix, steps))
    ends = (("min", exact - terms.least), ("max", terms.most - exact))
    return [rows.names[number] for number in np.flatnonzero(tight)] + [
        name("bound", term=terms.pointers[number], end=end)
        for end, room in ends
        for number in np.flatnonzero(room < steps)
    ]


def _rise(matter: Matter, answer: Answer) -> float:
    """By how much ΣG rises, each party by its own count, yuan."""
    change = change_of(matter.terms, answer.amounts)
    return float(matter.total @ change)


def _free_code(matter: Matter, mode: str) -> str:
    """A code for the draft that no package has."""
    taken = set(read_texts(get_rows(matter.case, "packages", ""), "code", below("/packages")))
    stem, number = f"{matter.scored.package.code[: LONGEST_CODE - 16]}-{mode}", 2
    code = stem
    while code in taken:
        code, number = f"{stem}-{number}", number + 1
    return code
