"""How a ballot stands: the count, whether it can still change, and how far groups of right-holders have come."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from negotiation.models import Ballot
from negotiation.pooling import Cells, Pools, pool
from negotiation.rules import Bench, benches, live_state, outcome, parse_rule, tally
from negotiation.rules.counting import WAYS
from negotiation.secrecy import count_so_far
from negotiation.visibility import FEW
from negotiation.voting import marked_rows, roll_rows
from units.models import Right

Row = dict[str, Any]
OTHERS = ""
NOWHERE = "-"  # a seat without a right


@dataclass(frozen=True)
class Group:
    """Seats of a chamber that have something in common. While the vote is open the figures are whole steps of five:
    so a single vote, which everybody sees come in, does not show which group it came from."""

    code: str  # OTHERS: those that would be too few by themselves, and whoever hides them
    together: tuple[str, ...]  # of the others, those that are large enough to be named
    seats: int
    voted: int
    choices: dict[str, int]
    exact: bool


@dataclass(frozen=True)
class Standing:
    count: Row
    seats: int
    voted: int
    ways: dict[str, int]
    can_change: bool
    expected: str | None  # the outcome if nobody changes a vote, where no vote still to come can change it
    groups: dict[str, dict[str, list[Group]]]  # chamber → "class" or "building" → groups


def standing(ballot: Ballot) -> Standing:
    """The count now, or the decided one; of a secret ballot the turnout until the trustees have opened it."""
    seats, votes = roll_rows(ballot), marked_rows(ballot)
    if ballot.is_secret:
        return _secret_standing(ballot, seats, votes)
    decision, is_open = getattr(ballot, "decision", None), ballot.state == Ballot.State.OPEN
    rule = parse_rule(ballot.rule)
    filled = benches(rule, seats, votes, everyone=False)
    settled = live_state(rule, seats, votes) == "decided"
    return Standing(
        count=decision.count if decision else tally({"rule": ballot.rule, "seats": seats, "votes": votes}),
        seats=len(seats),
        voted=sum(len(bench.choices) for bench in filled),
        ways=ways(votes),
        can_change=is_open and not settled,
        expected=outcome(filled) if is_open else None,
        groups=_groups(ballot, filled, {row["seat"]: row["party"] for row in seats}),
    )


def _secret_standing(ballot: Ballot, seats: list[Row], votes: list[Row]) -> Standing:
    """Without groups: their figures would narrow down who chose what."""
    count = count_so_far(ballot, seats, votes)
    return Standing(
        count=count,
        seats=len(seats),
        voted=sum(row["cast"] for row in count["chambers"]),
        ways=ways(votes),
        can_change=ballot.state == Ballot.State.OPEN,
        expected=None,
        groups={},
    )


def ways(votes: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many seats' votes count that came in each way."""
    best: dict[str, str] = {}
    for vote in votes:
        best[vote["seat"]] = min(vote["via"], best.get(vote["seat"], vote["via"]), key=WAYS.__getitem__)
    found = Counter(best.values())
    return {way: found[way] for way in WAYS}


def _groups(ballot: Ballot, filled: Sequence[Bench], parties: Mapping[str, str]) -> dict[str, dict[str, list[Group]]]:
    classes, buildings = _places(ballot)
    exact = ballot.state != Ballot.State.OPEN
    found = {}
    for bench in filled:
        if bench.chamber.method == "vote" and len(bench.weights) >= FEW:
            of_class = {seat: classes.get(parties[seat], NOWHERE) for seat in bench.weights}
            of_building = {seat: buildings.get(parties[seat], NOWHERE) for seat in bench.weights}
            found[bench.chamber.code] = _tables(bench, of_class, of_building, exact)
    return found


def _places(ballot: Ballot) -> tuple[dict[str, str], dict[str, str]]:
    """Party → the class of rights, and the parcel, in which it holds most: floor area, then site area, then by code."""
    areas = {"floor": Sum("floor_area"), "site": Sum("site_area")}
    rights = Right.objects.filter(plan=ballot.room.plan_id).order_by()
    rows = list(rights.values_list("party__code", "class_code", "parcel__code", "parcel__name").annotate(**areas))
    return _largest(rows, lambda row: row[1]), _largest(rows, lambda row: f"{row[2]} {row[3]}")


def _largest(rows: Sequence[Sequence[Any]], name: Callable[[Sequence[Any]], str]) -> dict[str, str]:
    held: dict[str, dict[str, tuple[Decimal, Decimal]]] = {}
    for row in rows:
        mine = held.setdefault(row[0], {})
        floor, site = mine.get(name(row), (Decimal(0), Decimal(0)))
        mine[name(row)] = (floor + row[4], site + row[5])
    return {party: min(mine, key=lambda code: (-mine[code][0], -mine[code][1], code)) for party, mine in held.items()}


def _tables(
    bench: Bench, of_class: Mapping[str, str], of_building: Mapping[str, str], exact: bool
) -> dict[str, list[Group]]:
    first = pool(_cells(of_class, dict.fromkeys(of_class, "")))
    shown = {seat: name if name in first.shown else OTHERS for seat, name in of_class.items()}
    second = pool(_cells(of_building, shown if first.shown else dict.fromkeys(shown, "")))
    tables = {"class": _table(bench, of_class, first, exact), "building": _table(bench, of_building, second, exact)}
    return {name: rows for name, rows in tables.items() if rows}


def _cells(groups: Mapping[str, str], cuts: Mapping[str, str]) -> dict[str, Cells]:
    found: dict[str, Cells] = {}
    for seat, name in groups.items():
        found.setdefault(name, Cells())[cuts[seat]] += 1
    return found


def _table(bench: Bench, groups: Mapping[str, str], pools: Pools, exact: bool) -> list[Group]:
    sizes = Counter(groups.values())
    if not pools.shown:
        return []
    rows = [
        _group(bench, name, [seat for seat, group in groups.items() if group == name], exact) for name in pools.shown
    ]
    if not pools.others:
        return rows
    rest = set(pools.others)
    named = tuple(name for name in pools.others if sizes[name] >= FEW)
    return [*rows, _group(bench, OTHERS, [seat for seat, group in groups.items() if group in rest], exact, named)]


def _group(bench: Bench, code: str, seats: Sequence[str], exact: bool, together: tuple[str, ...] = ()) -> Group:
    chosen = Counter(bench.choices[seat] for seat in seats if seat in bench.choices)
    step = 1 if exact else FEW
    choices = {choice: chosen[choice] // step * step for choice in ("yes", "no", "abstain")}
    return Group(code, together, len(seats), chosen.total() // step * step, choices, exact)
