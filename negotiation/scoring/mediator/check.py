"""The last word on a result: the engine scores the new package, and everything promised is looked up there."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from negotiation.scoring.allowed import Gates
from negotiation.scoring.limits import judge_limits
from negotiation.scoring.mediator.matter import Matter
from negotiation.scoring.reading import Row
from negotiation.scoring.scored import Scored
from negotiation.scoring.terms import compile_package

Json = dict[str, Any]
KEPT_LIMITS = ("min_recovery", "npv", "peak_gap")


def write_terms(row: Row, pointers: Sequence[str], amounts: Sequence[Decimal]) -> Json:
    """The package with some amounts (each in its unit) replaced; what is not changed is shared with the one given."""
    found: Json = {**row, "allocations": list(row["allocations"]), "flows": list(row["flows"])}
    for pointer, amount in zip(pointers, amounts, strict=True):
        _, kind, place, key = pointer.split("/")
        found[kind][int(place)] = {**found[kind][int(place)], key: write_amount(amount)}
    return found


def write_amount(amount: Decimal) -> str:
    """An amount as a plain decimal text with at least two places."""
    exponent = amount.as_tuple().exponent
    return f"{amount:.2f}" if isinstance(exponent, int) and exponent >= -2 else f"{amount:f}"


def score_again(matter: Matter, row: Row) -> Scored:
    """Score a package that is not in the case. Raises ScoringRefused."""
    arrays = matter.scored.arrays
    return Scored(arrays, compile_package(arrays, {"packages": [row]}, row["code"]))


def is_sound(matter: Matter, after: Scored, *, nobody_worse: bool) -> bool:
    """Tell whether a result breaks nothing that holds today: gates, limits, the project's NPV, everybody's gain."""
    before = matter.scored
    least = min(before.balance.project.npv, before.arrays.limits.get("npv", Fraction(0)))
    return (
        _passing(before.gates) <= _passing(after.gates)
        and not lost_limits(matter, after) & set(KEPT_LIMITS)
        and after.balance.project.npv >= least
        and not (nobody_worse and _is_anybody_worse(matter, after))
    )


def lost_limits(matter: Matter, after: Scored) -> set[str]:
    """The names of the declared limits that are met today and no longer."""
    lights = judge_limits(after)
    return {limit for limit in lights if matter.is_met(limit) and lights[limit].met is not True}


def _passing(gates: Gates) -> set[str]:
    found = {
        "land": not gates.land,
        "supply": gates.supplied,
        "targets": gates.on_target,
        "rights": not gates.unserved,
        "pool": gates.pool_solvent,
    }
    return {gate for gate, passes in found.items() if passes}


def _is_anybody_worse(matter: Matter, after: Scored) -> bool:
    """By the card's count, for everybody who stated nothing in private; the others have rows of their own."""
    old, new = matter.scored.gains, after.gains
    worse = new.gain < old.gain - old.noise - new.noise
    return bool(np.any(worse & ~matter.valuations.stated))
