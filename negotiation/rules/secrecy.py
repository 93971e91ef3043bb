"""What a secret ballot may show: turnout while it is open, totals once it is opened, and of small groups nothing.

Who has voted is known: the log names the seats. So the total of a chamber in which fewer than FEW have voted would give
those few away, and of it only whether each measure was passed is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from negotiation.rules.counting import Bench, Sums, benches, conclude, count
from negotiation.rules.roll import FEW
from negotiation.rules.rule import HEADS, Rule

INVALID = "invalid"  # a sealed choice that does not open: present, neither for nor against
CLOSE_TOGETHER = 20  # in a chamber of fewer seats an exact sum of unequal weights can be taken apart
Row = dict[str, Any]
Seats = Sequence[Mapping[str, Any]]
Votes = Sequence[Mapping[str, Any]]


def turnout(rule: Rule, seats: Seats, votes: Votes) -> Row:
    """State `sealed`, and for each chamber how many have voted and its turnout measures. `votes` name no choice."""
    present = [{**vote, "choice": "abstain"} for vote in votes]
    return {"state": "sealed", "chambers": [_present(bench) for bench in benches(rule, seats, present, everyone=False)]}


def _present(bench: Bench) -> Row:
    measures = [row for row in count(bench)["measures"] if row["kind"] == "turnout"]
    return {"code": bench.chamber.code, "cast": len(bench.choices), "measures": measures}


def opened(rule: Rule, seats: Seats, votes: Votes) -> Row:
    """The count as it is published, see `tally`: each measure with the exact `favour` and `base` of its share.

    A choice may be INVALID. A chamber in which fewer than FEW have voted is `withheld`.
    """
    counted = [
        {**vote, "choice": "abstain" if vote["choice"] == INVALID else vote["choice"], "reason": ""} for vote in votes
    ]
    filled = benches(rule, seats, counted, everyone=False)
    rows = [count(bench) for bench in filled]
    return conclude([_told(row, bench) for row, bench in zip(rows, filled, strict=True)])


def _told(row: Row, bench: Bench) -> Row:
    withheld = len(bench.choices) < FEW
    pairs = zip(row["measures"], bench.chamber.measures, strict=True)
    measures = [_measure(told, bench.sums(measure), withheld) for told, measure in pairs]
    return {**row, "cast": len(bench.choices), "withheld": withheld, "measures": measures}


def _measure(row: Row, sums: Sums, withheld: bool) -> Row:
    if withheld and row["kind"] != "turnout":
        hidden = dict.fromkeys(("reached", "missing", "reachable", "favour", "base"))
        return {key: value for key, value in row.items() if key != "strict"} | hidden
    return {**row, "favour": str(sums.favour), "base": str(sums.base)}


def warnings(rule: Rule, seats: Seats) -> list[tuple[str, str, str]]:
    """Chamber, weight and why its published totals may show single choices: `half` or `unequal`."""
    found = []
    for bench in benches(rule, seats, [], everyone=False) if rule.secret else ():
        for by in sorted(bench.chamber.weighed - {HEADS}):
            weights = [row[by] for row in bench.weights.values()]
            if 2 * max(weights) > sum(weights, Fraction(0)):
                found.append((bench.chamber.code, by, "half"))
            elif len(weights) < CLOSE_TOGETHER and len(set(weights)) > 1:
                found.append((bench.chamber.code, by, "unequal"))
    return found
