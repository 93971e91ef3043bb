"""A decided ballot: the arithmetic spelled out with exact fractions, who voted how, and what seals it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.refusals import WrongPhase
from audit import log
from audit.models import Checkpoint, Entry
from negotiation.models import Ballot, BallotSeat, Decision, Vote
from negotiation.permissions import Viewer
from negotiation.queries.tallies import find_ballot, measure_label
from negotiation.rules import INVALID, Bench, Measure, benches, chamber_titles, parse_rule
from negotiation.rules.counting import CHOICES, WAYS
from negotiation.terms import amount
from negotiation.voting import roll_rows, vote_rows

Row = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """One measure: `favour` of `base` is `reached`; both in the measure's own unit, exact."""

    kind: str
    by: str
    of: str
    favour: str
    base: str
    reached: str
    needed: str
    test: str
    passed: bool

    @property
    def label(self) -> str:
        return measure_label(vars(self))

    @property
    def percent(self) -> str:
        return "—" if self.reached == "—" else f"{float(Fraction(self.reached) * 100):.1f} %"

    @property
    def wanted(self) -> str:
        return f"{'>' if self.test == 'more_than' else '≥'} {self.needed}"

    @property
    def verdict(self) -> str:
        if self.kind == "objection":
            return _("it blocks") if self.passed else _("it does not block")
        return _("reached") if self.passed else _("not reached")


@dataclass(frozen=True)
class Chamber:
    code: str
    title: str
    method: str
    passed: bool
    seats: int
    choices: dict[str, int]
    silent: int
    measures: list[Line]
    withheld: bool = False  # a secret ballot with too few votes: it is said what was passed, and nothing else


def find_decision(viewer: Viewer, number: int) -> Decision:
    """The decision of a ballot of the viewer's room. Raises Http404, or WrongPhase while there is none."""
    ballot = find_ballot(viewer, number)
    if not hasattr(ballot, "decision"):
        raise WrongPhase(_("This ballot is not decided yet."), code="not_decided")
    # The decision leads back to this very ballot: nothing is read twice.
    ballot.decision.ballot = ballot
    return ballot.decision


def chambers(decision: Decision) -> list[Chamber]:
    """The count of the decision with the sums behind its shares, from the frozen roll and the votes."""
    ballot = decision.ballot
    titles = chamber_titles(ballot.rule)
    if ballot.is_secret:
        return _opened(decision, titles)
    filled = benches(parse_rule(ballot.rule), roll_rows(ballot), vote_rows(ballot), everyone=True)
    counted = {row["code"]: row for row in decision.count["chambers"]}
    return [_chamber(bench, counted[bench.chamber.code], titles[bench.chamber.code]) for bench in filled]


def _chamber(bench: Bench, counted: Row, title: str) -> Chamber:
    chosen = Counter(bench.choices.values())
    pairs = zip(bench.chamber.measures, counted["measures"], strict=True)
    return Chamber(
        code=bench.chamber.code,
        title=title,
        method=bench.chamber.method,
        passed=counted["passed"],
        seats=len(bench.weights),
        choices={choice: chosen[choice] for choice in CHOICES[bench.chamber.method]},
        silent=len(bench.weights) - len(bench.choices),
        measures=[_line(bench, measure, row) for measure, row in pairs],
    )


def _opened(decision: Decision, titles: Mapping[str, str]) -> list[Chamber]:
    """The chambers of a secret ballot as its trustees have opened them, with the heads that stand on the board."""
    boards = {row["chamber"]: row["votes"] for row in decision.ballot.key.boards or ()}
    seats = Counter(decision.ballot.roll.values_list("chamber", flat=True))
    return [_told(row, titles[row["code"]], boards[row["code"]], seats) for row in decision.count["chambers"]]


def _told(row: Row, title: str, board: Sequence[Sequence[str]] | None, seats: Mapping[str, int]) -> Chamber:
    chosen = Counter(choice for _mark, choice in board or ())
    invalid = {INVALID: chosen[INVALID]} if chosen[INVALID] else {}
    return Chamber(
        code=row["code"],
        title=title,
        method="vote",
        passed=row["passed"],
        seats=seats[row["code"]],
        choices={} if board is None else {choice: chosen[choice] for choice in CHOICES["vote"]} | invalid,
        silent=seats[row["code"]] - row["cast"],
        measures=[_published(measure) for measure in row["measures"]],
        withheld=row["withheld"],
    )


def _published(row: Row) -> Line:
    sums = {key: "—" if row[key] is None else quantity(row["by"], Fraction(row[key])) for key in ("favour", "base")}
    told: Row = {key: row[key] for key in ("kind", "by", "of", "needed", "test", "passed")}
    return Line(favour=sums["favour"], base=sums["base"], **told, reached=row["reached"] or "—")


def _line(bench: Bench, measure: Measure, row: Row) -> Line:
    sums = bench.sums(measure)
    told = {key: row[key] for key in ("kind", "by", "of", "reached", "needed", "test", "passed")}
    return Line(favour=quantity(measure.by, sums.favour), base=quantity(measure.by, sums.base), **told)


def quantity(by: str, value: Fraction) -> str:
    """An exact sum in its unit."""
    if by == "heads":
        return ngettext("%(n)s seat", "%(n)s seats", int(value)) % {"n": int(value)}
    unit = {"area": "m²", "value": _("yuan")}.get(by, "")
    return f"{amount(Decimal(value.numerator) / Decimal(value.denominator))} {unit}".strip()


def roll(viewer: Viewer, ballot: Ballot) -> QuerySet[BallotSeat]:
    """The lines of the frozen roll that the viewer may see: all of them by code, or one's own."""
    rows = ballot.roll.select_related("seat__party")
    return rows if viewer.may("read_households") else rows.filter(seat__party__code__in=viewer.parties)


def dress_roll(_viewer: Viewer, lines: Sequence[BallotSeat]) -> None:
    """Give each line its `vote`, the one that counts, or None. All lines are of one ballot."""
    found: dict[int, Vote] = {}
    if lines:
        votes = Vote.objects.filter(ballot=lines[0].ballot_id, seat__in=[line.seat_id for line in lines])
        for vote in votes.order_by("pk"):
            before = found.get(vote.seat_id)
            if before is None or WAYS[vote.via] <= WAYS[before.via]:
                found[vote.seat_id] = vote
    for line in lines:
        line.vote = found.get(line.seat_id)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Seal:
    """The decision's entry and the first signed checkpoint over it: they never change again."""

    entry: Entry
    checkpoint: Checkpoint


def find_seal(decision: Decision) -> Seal | None:
    """None while the entry of the decision is not sealed yet, which takes some seconds."""
    ballot = decision.ballot
    scope = log.room_scope(ballot.room.code)
    ends = ("ballot.decide", "ballot.give_up")
    same = Entry.objects.filter(scope=scope, action__in=ends, object_id=str(ballot.pk))
    entry = same.exclude(index=None).first()
    if entry is None:
        return None
    checkpoint = Checkpoint.objects.filter(scope=scope, size__gt=entry.index).order_by("size").first()
    return Seal(entry, checkpoint) if checkpoint else None
