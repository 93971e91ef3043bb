"""Whether the outcome of an open ballot can still change."""

from collections.abc import Mapping, Sequence
from typing import Any

from negotiation.rules.counting import CHOICES, FAVOUR, Bench, Sums, benches
from negotiation.rules.rule import Measure, Rule

# True: surely so at the close. False: surely not. None: it depends on votes still to come.
Verdict = bool | None


def live_state(rule: Rule, seats: Sequence[Mapping[str, Any]], votes: Sequence[Mapping[str, Any]]) -> str:
    """`open`, or `decided` where votes are final once cast and no vote still to come can change the outcome.

    What a proxy or a paper said gives way to the seat's own vote, which may still come: it is not counted here.

    Each measure is judged by itself between its worst and best case: `decided` is never said too early, and may be
    said a little late where two measures could only fail one instead of the other.
    """
    if not rule.final:
        return "open"
    own = [vote for vote in votes if vote.get("via", "own") == "own"]
    return "open" if outcome(benches(rule, seats, own, everyone=False)) is None else "decided"


def outcome(filled: list[Bench]) -> str | None:
    """The state that no vote still to come can change, or None."""
    judged = [(measure.kind, verdict(measure, bench)) for bench in filled for measure in bench.chamber.measures]
    objections = [value for kind, value in judged if kind == "objection"]
    turnouts = [value for kind, value in judged if kind == "turnout"]
    if True in objections:
        return "blocked"
    if None in objections:
        return None
    if False in turnouts:
        return "no_quorum"
    if None in turnouts:
        return None
    rest = [value for kind, value in judged if kind == "approval"] + [method_verdict(bench) for bench in filled]
    if False in rest:
        return "rejected"
    return None if None in rest else "passed"


def method_verdict(bench: Bench) -> Verdict:
    """What the method alone says, beside the measures."""
    everyone = len(bench.choices) == len(bench.weights)
    if bench.chamber.method == "acceptance":
        return False if "decline" in bench.choices.values() else True if everyone else None
    if bench.chamber.method == "no_objection" and not bench.chamber.measures:
        return False if "object" in bench.choices.values() else True if everyone else None
    return True


def verdict(measure: Measure, bench: Bench) -> Verdict:
    """A measure between the worst and the best that the votes still to come can make of it."""
    found = {_holds(measure, case) for case in _extremes(measure, bench)}
    return found.pop() if len(found) == 1 else None


def _extremes(measure: Measure, bench: Bench) -> list[Sums]:
    """Nobody else comes; all others come and are in favour; all others come and are against, where one can be."""
    now = bench.sums(measure)
    wider = now.base if measure.of == "entitled" else now.base + now.rest
    cases = [now, Sums(now.favour + now.rest, wider, now.rest)]
    if set(CHOICES[bench.chamber.method]) <= set(FAVOUR[measure.kind]):
        return cases
    return [*cases, Sums(now.favour, wider, now.rest)]


def _holds(measure: Measure, sums: Sums) -> bool:
    return bool(sums.base) and measure.holds(sums.share)
