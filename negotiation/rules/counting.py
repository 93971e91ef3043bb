"""A count that anyone can repeat: votes under a rule, in exact fractions, as at the close."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from negotiation.places import Place, show
from negotiation.rules.refusal import Fault, Faults, RuleRefused
from negotiation.rules.roll import place_seats, weigh
from negotiation.rules.rule import HEADS, Chamber, Measure, Rule, parse_rule

# Own wins over paper, paper over proxy.
WAYS = {"own": 0, "paper": 1, "proxy": 2}
CHOICES = {
    "vote": ("yes", "no", "abstain"),
    "no_objection": ("object",),
    "acceptance": ("accept", "decline"),
}
PARTS: dict[str, type] = {"rule": Mapping, "seats": list, "votes": list}
VOTE_KEYS = ("seat", "choice", "via", "reason")
FAVOUR = {
    "turnout": ("yes", "no", "abstain"),
    "approval": ("yes",),
    "objection": ("object", "no"),
}
COUNTED = {"participating": ("yes", "no", "abstain", "object"), "deciding": ("yes", "no", "object")}


@dataclass(frozen=True)
class Sums:
    """For one measure: weight in favour, weight of its base, weight of those who have not voted."""

    favour: Fraction
    base: Fraction
    rest: Fraction

    @property
    def share(self) -> Fraction:
        """Favour over base; 0 with nobody counted."""
        return self.favour / self.base if self.base else Fraction(0)


@dataclass(frozen=True)
class Bench:
    """A chamber with its seats' weights and the choice of each that counts."""

    chamber: Chamber
    weights: dict[str, Mapping[str, Fraction]]
    choices: dict[str, str]

    def sums(self, measure: Measure) -> Sums:
        def weight(*choices: str) -> Fraction:
            picked = (seat for seat, choice in self.choices.items() if choice in choices)
            return sum((self.weights[seat][measure.by] for seat in picked), Fraction(0))

        everyone = sum((row[measure.by] for row in self.weights.values()), Fraction(0))
        voted = sum((self.weights[seat][measure.by] for seat in self.choices), Fraction(0))
        base = everyone if measure.of == "entitled" else weight(*COUNTED[measure.of])
        return Sums(weight(*FAVOUR[measure.kind]), base, everyone - voted)


def tally(document: object) -> dict[str, Any]:
    """Count `{"rule", "seats", "votes"}` and return state and chambers, as rules.md fixes them.

    Raises RuleRefused with every fault of the part that is read first: rule, then seats, then votes.
    """
    _rule, benches = read(document)
    return conclude([count(bench) for bench in benches])


def conclude(chambers: list[dict[str, Any]]) -> dict[str, Any]:
    """Counted chambers with the state that they lead to, and the duty that comes before all else where one is due."""
    duties = [chamber["then"] for chamber in chambers if _blocks(chamber) and "then" in chamber]
    return {"state": state(chambers), **({"then": duties[0]} if duties else {}), "chambers": chambers}


def read(document: object) -> tuple[Rule, list[Bench]]:
    """The rule, and its chambers with seats and effective votes."""
    row = document if isinstance(document, Mapping) else {}
    faults = Faults()
    faults.check_keys((), row, PARTS)
    for key, kind in PARTS.items():
        if not isinstance(row.get(key), kind):
            faults.add((key,), "missing", f"{'an object' if kind is Mapping else 'a list'} is expected")
    faults.settle()
    rule = _parse(row["rule"])
    return rule, benches(rule, row["seats"], row["votes"], everyone=True)


def benches(
    rule: Rule, seats: Sequence[Mapping[str, Any]], votes: Sequence[Mapping[str, Any]], *, everyone: bool
) -> list[Bench]:
    placed = place_seats(rule, seats, everyone=everyone)
    choices = effective(placed, votes)
    quiet = Faults()
    weights = {row["seat"]: weigh(row, placed[row["seat"]], (), quiet) for row in seats if row["seat"] in placed}
    filled = {chamber.code: Bench(chamber, {}, {}) for chamber in rule.chambers}
    for seat, chamber in placed.items():
        filled[chamber.code].weights[seat] = weights[seat]
        if seat in choices:
            filled[chamber.code].choices[seat] = choices[seat]
    return list(filled.values())


def _parse(document: object) -> Rule:
    """The rule, with the paths of its faults as they stand in the whole input."""
    try:
        return parse_rule(document)
    except RuleRefused as refusal:
        rows = [Fault(("rule", *fault.place), fault.code, fault.message) for fault in refusal.faults]
        raise RuleRefused(rows) from None


def effective(placed: Mapping[str, Chamber], votes: Sequence[Any]) -> dict[str, str]:
    """Seat → the choice that counts: the best way of voting, and within it the last vote."""
    faults = Faults()
    best: dict[str, tuple[int, str]] = {}
    for number, vote in enumerate(votes):
        found = _vote(vote, placed, ("votes", number), faults)
        if found is not None:
            seat, way, choice = found
            if seat not in best or way <= best[seat][0]:
                best[seat] = (way, choice)
    faults.settle()
    return {seat: choice for seat, (_way, choice) in best.items()}


def _vote(vote: Any, placed: Mapping[str, Chamber], place: Place, faults: Faults) -> tuple[str, int, str] | None:
    if not isinstance(vote, Mapping):
        faults.add(place, "not_an_object", "an object is expected")
        return None
    faults.check_keys(place, vote, VOTE_KEYS)
    seat, choice, via = vote.get("seat"), vote.get("choice"), vote.get("via", "own")
    chamber = placed.get(seat) if isinstance(seat, str) else None
    if chamber is None:
        faults.add((*place, "seat"), "unknown_seat", "this seat is not on the roll")
    elif choice not in CHOICES[chamber.method]:
        allowed = ", ".join(CHOICES[chamber.method])
        faults.add((*place, "choice"), "bad_choice", f"in chamber {show(chamber.code)} one of {allowed} is expected")
    elif choice == "object" and not (isinstance(vote.get("reason"), str) and vote["reason"].strip()):
        faults.add((*place, "reason"), "no_reason", "an objection needs a reason")
    if not isinstance(via, str) or via not in WAYS:
        faults.add((*place, "via"), "bad_way", f"one of {', '.join(WAYS)} is expected")
        return None
    return (str(seat), WAYS[via], str(choice)) if chamber else None


def count(bench: Bench) -> dict[str, Any]:
    measures = [judge(measure, bench.sums(measure)) for measure in bench.chamber.measures]
    row: dict[str, Any] = {"code": bench.chamber.code, "passed": _passes(bench, measures), "measures": measures}
    return row | ({"then": bench.chamber.then} if bench.chamber.then else {})


def _passes(bench: Bench, measures: list[dict[str, Any]]) -> bool:
    """Turnout and approval must hold, an objection must not; without measures the method alone decides."""
    if bench.chamber.method == "acceptance":
        return len(bench.choices) == len(bench.weights) and set(bench.choices.values()) == {"accept"}
    if not measures:
        return "object" not in bench.choices.values()
    return all(row["passed"] is (row["kind"] != "objection") for row in measures)


def judge(measure: Measure, sums: Sums) -> dict[str, Any]:
    """A measure with what it has reached and what is missing, as `tally` says it."""
    passed = bool(sums.base) and measure.holds(sums.share)
    missing, strict = (Fraction(0), False) if passed else shortfall(measure, sums)
    row = {
        "kind": measure.kind,
        "by": measure.by,
        "of": measure.of,
        "reached": str(sums.share),
        "needed": str(measure.needed),
        "test": measure.test,
        "passed": passed,
        "missing": None if missing is None else str(missing),
        "reachable": missing is not None and (missing < sums.rest if strict else missing <= sums.rest),
    }
    return row | ({"strict": True} if strict else {})


def shortfall(measure: Measure, sums: Sums) -> tuple[Fraction | None, bool]:
    """The further weight in favour that would pass a failed measure, and whether it must be exceeded.

    Of the entitled: x ≥ t·base − favour. Of those counted x joins both sides: x ≥ (t·base − favour) / (1 − t).
    Heads come in whole seats. None where no weight could.
    """
    needed, strict = measure.needed, measure.test == "more_than"
    if measure.of == "entitled":
        if not sums.base or (strict and needed == 1):
            return None, False
        bound = needed * sums.base - sums.favour
    elif needed == 1:
        if strict or sums.base > sums.favour:
            return None, False
        bound = Fraction(0)
    else:
        bound = (needed * sums.base - sums.favour) / (1 - needed)
    # With nobody counted the measure fails even at a bound of 0: somebody must come.
    strict = strict or not sums.base
    if measure.by == HEADS:
        return Fraction(floor(bound) + 1 if strict else ceil(bound)), False
    return bound, strict


def state(chambers: list[dict[str, Any]]) -> str:
    """`blocked` before `no_quorum` before `rejected` before `passed`."""
    measures = [row for chamber in chambers for row in chamber["measures"]]
    if any(map(_blocks, chambers)):
        return "blocked"
    if any(row["kind"] == "turnout" and not row["passed"] for row in measures):
        return "no_quorum"
    return "passed" if all(chamber["passed"] for chamber in chambers) else "rejected"


def _blocks(chamber: dict[str, Any]) -> bool:
    return any(row["kind"] == "objection" and row["passed"] for row in chamber["measures"])
