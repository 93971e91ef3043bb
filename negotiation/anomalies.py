"""What in a log is worth a look: declared checks, each a plain function over the log's facts.

None is proof of a wrong; each says what it looks at and why. docs/auditor.md has the table.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from negotiation.permissions import ACTS
from negotiation.queries.spans import MOVES, Span, phase_at, read_move, spans

NEAR_BALLOT = timedelta(days=3)  # a mandate given so shortly before a vote
OFTEN = 3  # votes of one seat in one ballot
CLOSE_LATE = timedelta(minutes=1)
STEP_BACK = timedelta(minutes=10)  # as in tongchou-verify
# Actions → the act whose phases allow them.
PHASED = {
    "package.submit": "propose",
    "package.withdraw": "withdraw",
    "package.withdraw_support": "withdraw_support",
    "acceptance.seal": "mark_acceptable",
    "mediator.ask": "mediate",
    "comment.add": "comment",
    "comment.agree": "agree",
    "comment.report": "report_comment",
    "notice.publish": "publish_notice",
    "ballot.open": "open_ballot",
    "vote.cast": "cast",
    "ballot.decide": "decide",
    "poll.open": "open_poll",
    "poll.answer": "answer_poll",
    "paper.print": "print_papers",
    "paper.enter": "enter_paper",
    "proxy.name": "name_proxy",
    "roll.take": "take_roll_call",
    "rule.set": "set_rule",
    "procedure.reopen": "reopen",
    "procedure.text": "fix_text",
    "procedure.review": "review",
    "procedure.ask_override": "ask_override",
    "hearing.demand": "demand_hearing",
    "hearing.declare": "declare_hearing",
    "decision.publish": "publish_decision",
    "duty.done": "report_duty",
}
# Whose content the checks read; of all other entries the heads are enough.
READ = (*MOVES, "ballot.close", "card.score", "document.receive", "mandate.grant", "procedure.override")


@dataclass(frozen=True)
class Fact:
    """One entry. `data` is empty where no check reads it; `index` None while the entry is not sealed."""

    id: UUID
    index: int | None
    time: datetime
    action: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """A room's log. `facts` in the order of time; `used`: each mandate's commitment → its first use."""

    facts: Sequence[Fact]
    checkpoints: Sequence[tuple[int, datetime]]  # size and when it was sealed, ascending
    used: Mapping[str, datetime]
    phase: str  # the room's, where no entry moved it
    seal_limit: timedelta

    def of(self, action: str) -> Iterator[Fact]:
        return (fact for fact in self.facts if fact.action == action)

    @property
    def spans(self) -> list[Span]:
        moves = (read_move(fact.action, fact.time, fact.data) for fact in self.facts if fact.action in MOVES)
        return spans(moves, self.phase)

    @property
    def sealed(self) -> list[Fact]:
        """The entries with a place, in its order."""
        return sorted((fact for fact in self.facts if fact.index is not None), key=lambda fact: fact.index or 0)


@dataclass(frozen=True)
class Found:
    """An entry that is worth a look, and the figures that make it so."""

    code: str
    fact: Fact
    figures: Mapping[str, object]


Figures = dict[str, object]
Hits = Iterator[tuple[Fact, Figures]]


@dataclass(frozen=True)
class Check:
    """`words` is the sentence about one hit, with the places of its figures."""

    code: str
    title: Any
    explanation: Any
    basis: Any
    words: Any
    find: Callable[[Facts], Hits]


def outside_phase(facts: Facts) -> Hits:
    found = facts.spans
    for fact in facts.facts:
        if fact.action in PHASED:
            phase = phase_at(found, fact.time)
            if phase not in ACTS[PHASED[fact.action]].phases:
                yield fact, {"phase": phase}


def overrides(facts: Facts) -> Hits:
    for fact in facts.of("procedure.override"):
        yield fact, {"count": len(fact.data["duties"])}


def used_before_grant(facts: Facts) -> Hits:
    for fact in facts.of("mandate.grant"):
        first = facts.used.get(fact.data["mandate"])
        if first is not None and first < fact.time:
            yield fact, {"party": fact.data["party"], "time": first}


def granted_near_ballot(facts: Facts) -> Hits:
    for opening, until in ballots(facts):
        for fact in facts.of("mandate.grant"):
            if opening.time - NEAR_BALLOT < fact.time < until:
                yield fact, {"party": fact.data["party"], "ballot": opening.data["ballot"]}


def document_late(facts: Facts) -> Hits:
    votes = ballots(facts)
    for fact in facts.of("document.receive"):
        if fact.data["late"] or any(opening.time < fact.time < until for opening, until in votes):
            yield fact, {"party": fact.data["party"]}


def vote_changed_often(facts: Facts) -> Hits:
    votes = [fact for fact in facts.of("vote.cast") if fact.data]
    counts = Counter((fact.data["ballot"], fact.data["seat"]) for fact in votes)
    last = {(fact.data["ballot"], fact.data["seat"]): fact for fact in votes}
    for (ballot, seat), count in counts.items():
        if count > OFTEN:
            yield last[ballot, seat], {"ballot": ballot, "seat": seat, "count": count}


def score_differs(facts: Facts) -> Hits:
    before: dict[tuple[str, int], str] = {}
    for fact in facts.of("card.score"):
        key = (fact.data["package"], fact.data["revision"])
        if before.setdefault(key, fact.data["sha256"]) != fact.data["sha256"]:
            yield fact, {"package": key[0], "revision": key[1]}
        before[key] = fact.data["sha256"]


def closed_late(facts: Facts) -> Hits:
    due = {fact.data["ballot"]: moment(fact.data["closes_at"]) for fact in facts.of("ballot.open")}
    for fact in facts.of("ballot.close"):
        number = fact.data["ballot"]
        if number in due and fact.time - due[number] > CLOSE_LATE:
            yield fact, {"ballot": number, "seconds": int((fact.time - due[number]).total_seconds())}


def sealed_late(facts: Facts) -> Hits:
    """Of each checkpoint the entry that waited longest."""
    entries, held = facts.sealed, 0
    for size, created in facts.checkpoints:
        oldest = min(entries[held:size], key=lambda fact: fact.time, default=None)
        if oldest and created - oldest.time > facts.seal_limit:
            yield oldest, {"seconds": int((created - oldest.time).total_seconds()), "size": size}
        held = size


def time_steps_back(facts: Facts) -> Hits:
    latest: datetime | None = None
    for fact in facts.sealed:
        if latest and latest - fact.time > STEP_BACK:
            yield fact, {"seconds": int((latest - fact.time).total_seconds())}
        latest = max(latest, fact.time) if latest else fact.time


def ballots(facts: Facts) -> list[tuple[Fact, datetime]]:
    """Each opening of a vote, with its close as announced."""
    return [(fact, moment(fact.data["closes_at"])) for fact in facts.of("ballot.open")]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


CHECKS: tuple[Check, ...] = (
    Check(
        "outside_phase",
        _("An act outside its phase"),
        _("The act was done while the room was in a phase in which it is not open."),
        _("The table of acts and phases; the phases as the log's own entries lead from one to the next."),
        _("done in the phase %(phase)s"),
        outside_phase,
    ),
    Check(
        "override",
        _("Duties were passed over"),
        _("Two people let the procedure go on without duties that were not met. The entry has their reason."),
        _("Each procedure.override."),
        _("%(count)s duties passed over"),
        overrides,
    ),
    Check(
        "used_before_grant",
        _("A mandate used before it was given"),
        _("An act stands under a mandate that the log knows only from later on."),
        _("The mandate's commitment in mandate.grant and in acts."),
        _("the mandate of %(party)s was first used at %(time)s"),
        used_before_grant,
    ),
    Check(
        "granted_near_ballot",
        _("A mandate given shortly before or during a vote"),
        _("Nobody could look at it in peace. Compare the paper in the file first of all for these."),
        _("mandate.grant later than three days before ballot.open, and before the close."),
        _("mandate for %(party)s, ballot %(ballot)s"),
        granted_near_ballot,
    ),
    Check(
        "document_late",
        _("A document given late"),
        _("It came after the day for which it was promised, or while the vote was open."),
        _("document.receive that says late, or between the opening and the close of a vote."),
        _("document of %(party)s"),
        document_late,
    ),
    Check(
        "vote_changed_often",
        _("A vote changed often"),
        _("Changing one's vote is a right; often changed, it may have been under pressure, or not the voter."),
        _("More than three vote.cast of one seat in one ballot."),
        _("%(seat)s voted %(count)s times in ballot %(ballot)s"),
        vote_changed_often,
    ),
    Check(
        "score_differs",
        _("Scored again with another result"),
        _("The same revision has another card than before: by a new engine, or because what it rests on has changed."),
        _("card.score of one revision with another sha256 than the one before."),
        _("another card of %(package)s.%(revision)s"),
        score_differs,
    ),
    Check(
        "closed_late",
        _("A vote closed late"),
        _("Votes after the announced close do not count all the same; but the platform did not do its work."),
        _("ballot.close more than one minute after closes_at."),
        _("ballot %(ballot)s closed %(seconds)s seconds late"),
        closed_late,
    ),
    Check(
        "sealed_late",
        _("Entries waited long for their seal"),
        _("What is not sealed could still be withheld."),
        _("The time of a checkpoint less that of its oldest entry, above the limit that the operator sets."),
        _("waited %(seconds)s seconds for checkpoint %(size)s"),
        sealed_late,
    ),
    Check(
        "time_steps_back",
        _("The clock stepped back"),
        _("The order of entries is proven, their time is not: here the two do not agree."),
        _("An entry dated more than ten minutes before an earlier one."),
        _("%(seconds)s seconds before an earlier entry"),
        time_steps_back,
    ),
)
BY_CODE = {check.code: check for check in CHECKS}


def find_anomalies(facts: Facts) -> list[Found]:
    """Every hit of every check, in the order of the checks and of time."""
    return [Found(check.code, fact, figures) for check in CHECKS for fact, figures in check.find(facts)]
