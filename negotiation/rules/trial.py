"""What would be, if: totals of each choice instead of votes, judged under a rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from negotiation.places import show
from negotiation.rules.counting import CHOICES, Bench, benches, count, state
from negotiation.rules.live import outcome
from negotiation.rules.refusal import Faults
from negotiation.rules.roll import DECIMAL
from negotiation.rules.rule import HEADS, Rule

Given = Mapping[str, Mapping[str, Mapping[str, str]]]  # chamber → choice → heads or a weight → decimal
REST = "rest"  # stands for all seats that have not voted


def trial(rule: Rule, seats: Sequence[Mapping[str, Any]], given: Given) -> dict[str, Any]:
    """State and chambers as `tally` says them, of `given` totals; each chamber with what it has in all (`entitled`).

    `outcome` is the state that no vote still to come could change, or None. Totals that are left out are 0. Raises
    RuleRefused where more is given than there is, or for heads that are not whole.
    """
    faults = Faults()
    filled = [
        _bench(bench, given.get(bench.chamber.code, {}), faults) for bench in benches(rule, seats, [], everyone=False)
    ]
    faults.settle()
    rows = [{**count(bench), "entitled": _texts(_entitled(bench))} for bench in filled]
    return {"state": state(rows), "outcome": outcome(filled), "chambers": rows}


def entitled(rule: Rule, seats: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Fraction]]:
    """Chamber → heads and each weight that is counted in it, of all its seats."""
    return {bench.chamber.code: _entitled(bench) for bench in benches(rule, seats, [], everyone=False)}


def _entitled(bench: Bench) -> dict[str, Fraction]:
    names = (HEADS, *sorted(bench.chamber.weighed))
    return {by: sum((row[by] for row in bench.weights.values()), Fraction(0)) for by in names}


def _bench(bench: Bench, given: Mapping[str, Mapping[str, str]], faults: Faults) -> Bench:
    """The chamber with one seat for each choice, as heavy as its total, and one for the rest."""
    place, everyone = ("given", bench.chamber.code), _entitled(bench)
    weights: dict[str, Mapping[str, Fraction]] = {}
    for choice, totals in given.items():
        if choice not in CHOICES[bench.chamber.method]:
            faults.add((*place, choice), "bad_choice", f"not a choice in chamber {show(bench.chamber.code)}")
        found = {by: _total(totals.get(by, "0"), (*place, choice, by), by, faults) for by in everyone}
        if any(found.values()):
            weights[choice] = found
    rest = {by: whole - sum((row[by] for row in weights.values()), Fraction(0)) for by, whole in everyone.items()}
    for by in (by for by, left in rest.items() if left < 0):
        faults.add((*place, by), "too_much", "this is more than the chamber has in all")
    choices = {choice: choice for choice in weights}
    return Bench(bench.chamber, {**weights, **({REST: rest} if any(rest.values()) else {})}, choices)


def _total(value: object, place: tuple[str, ...], by: str, faults: Faults) -> Fraction:
    if isinstance(value, str) and DECIMAL.fullmatch(value) and (by != HEADS or "." not in value):
        return Fraction(value)
    faults.add(
        place, "bad_total", "a whole number is expected" if by == HEADS else "a decimal of at least 0 is expected"
    )
    return Fraction(0)


def _texts(amounts: Mapping[str, Fraction]) -> dict[str, str]:
    return {by: str(amount) for by, amount in amounts.items()}
