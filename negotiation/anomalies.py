"""What in a log is worth a look: declared checks, each a plain function of one entry and what was known before it.

They read the sealed entries once, in the order of the tree; `Known` is all that they remember, so that a log that has
grown is read on from where they stopped. None is proof of a wrong. docs/auditor.md has the table.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from audit.log import stamp
from negotiation.permissions import ACTS
from negotiation.queries.spans import MOVES, read_move

NEAR_BALLOT = timedelta(days=3)  # a mandate given so shortly before a vote
OFTEN = 3  # votes of one seat in one ballot
CLOSE_LATE = timedelta(minutes=1)
STEP_BACK = timedelta(minutes=10)  # as in tongchou-verify
# Act whose phases allow them → actions.
OF_ACTS: dict[str, tuple[str, ...]] = {
    "propose": (
        *("package.start", "package.save", "package.import", "package.split", "package.bulk", "package.undo"),
        *("package.name", "package.unname", "package.consent", "package.decline", "package.withdraw_consent"),
        *("package.submit", "package.revise", "package.adopt", "package.discard", "mediator.adopt"),
    ),
    "withdraw": ("package.withdraw",),
    "withdraw_support": ("package.withdraw_support",),
    "mark_acceptable": ("acceptance.seal",),
    "mediate": ("mediator.ask", "mediator.cancel", "mediator.private"),
    "comment": ("comment.add",),
    "agree": ("comment.agree", "comment.take_back"),
    "report_comment": ("comment.report",),
    "attach": ("attachment.add", "attachment.remove"),
    "publish_notice": ("notice.publish",),
    "set_rule": ("rule.set",),
    "publish_roll": ("roll.publish",),
    "correct_roll": ("roll.correct",),
    "object_to_roll": ("roll.object",),
    "name_trustees": ("trustees.name",),
    "accept_trust": ("trustees.accept",),
    "open_ballot": ("ballot.open",),
    "cast": ("vote.cast", "seat.say"),
    "take_roll_call": ("vote.roll_call", "roll.take", "roll.withdraw"),
    "print_papers": ("paper.print",),
    "enter_paper": ("paper.enter", "paper.mismatch", "paper.withdraw"),
    "give_share": ("ballot.share",),
    "decide": ("ballot.give_up", "ballot.decide"),
    "open_poll": ("poll.open",),
    "answer_poll": ("poll.answer",),
    "name_proxy": ("proxy.name",),
    "choose_procedure": ("procedure.choose",),
    "advance": ("procedure.advance",),
    "reopen": ("procedure.reopen",),
    "fix_text": ("procedure.text",),
    "review": ("procedure.review",),
    "ask_override": ("procedure.ask_override", "procedure.withdraw_override"),
    "confirm_override": ("procedure.override",),
    "demand_hearing": ("hearing.demand",),
    "declare_hearing": ("hearing.declare",),
    "publish_decision": ("decision.publish",),
    "report_duty": ("duty.done", "duty.correct"),
}
PHASED = {action: act for act, actions in OF_ACTS.items() for action in actions}
# Acts that are open in every phase, and what the platform does by itself when it is due.
ANY_PHASE = frozenset(
    (
        *("acceptance.open", "answer.link", "ballot.close", "ballot.unseal"),
        *("card.recompute", "card.retry", "card.score", "case.load", "caucus.leave", "caucus.open", "caucus.say"),
        *("clusters.find", "comment.answer", "comment.answer_group", "comment.appeal", "comment.hide", "comment.keep"),
        *("comment.lifted", "comment.upheld", "comparison.retry", "comparison.score"),
        *("document.accept", "document.promise", "document.receive", "document.require"),
        *("finding.answer", "finding.ask_again", "finding.close", "finding.open", "invitation.use"),
        *("invitations.ask", "invitations.confirm", "invitations.download", "invitations.print"),
        *("invitations.withdraw", "log.erase", "log.export", "log.key", "log.restore"),
        *("mandate.grant", "mandate.revoke", "mediator.answer", "meeting.cancel", "meeting.hold", "meeting.plan"),
        *("notice.deliver", "notice.hand", "package.confirm", "package.load", "person.invite", "poll.close"),
        *("proxy.accept", "proxy.limit", "proxy.refuse", "proxy.withdraw", "roll.answer"),
        *("room.publish", "room.withdraw", "share.take"),
    )
)


@dataclass(frozen=True)
class Fact:
    """One sealed entry. `mandate`: the commitment of the actor's; `data` is None where the bytes can not be read.

    `sealed`: when the checkpoint was sealed whose last entry this is.
    """

    id: str
    index: int
    time: datetime
    action: str
    mandate: str = ""
    data: Mapping[str, Any] | None = None
    sealed: datetime | None = None


Place = tuple[str, int]


@dataclass
class Known:
    """What the checks remember of the entries so far, as JSON keeps it. Times are texts as in entries.

    `phase`: the room's before anything moved it; `moves`: time and phase of each move; `used`: mandates that have acted
    and are not known, with the time; `grants`: time, entry, place and party of those of the last days; `ballots`:
    opening and announced close; `votes`: ballot → seat → how many, while it is open; `cards`: revision → SHA-256;
    `oldest`: time, entry and place of the one that has waited longest for the next seal.
    """

    phase: str
    moves: list[list[str]] = field(default_factory=list)
    latest: str = ""
    granted: dict[str, int] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)
    grants: list[list[Any]] = field(default_factory=list)
    ballots: dict[str, list[str]] = field(default_factory=dict)
    votes: dict[str, dict[str, int]] = field(default_factory=dict)
    cards: dict[str, str] = field(default_factory=dict)
    oldest: list[Any] = field(default_factory=list)

    def phase_at(self, time: str) -> str:
        """The act that ends a phase was done in it."""
        return next((phase for moved, phase in reversed(self.moves) if moved < time), self.phase)


@dataclass(frozen=True)
class Found:
    """An entry that is worth a look, and the figures that make it so; found again by the same key it is replaced."""

    code: str
    key: str
    entry: str
    index: int
    figures: Mapping[str, object]


@dataclass(frozen=True)
class Hit:
    """What a check found: at the entry itself, unless at another one (`at`)."""

    figures: Mapping[str, object] = field(default_factory=dict)
    key: str = ""
    at: Place | None = None


Hits = Iterator[Hit]


@dataclass(frozen=True)
class Check:
    """`words` is the sentence about one hit, with the places of its figures. Without `actions` it sees every entry,
    also those whose data can not be read.
    """

    code: str
    title: Any
    explanation: Any
    basis: Any
    words: Any
    find: Callable[[Fact, Known, timedelta], Hits]
    actions: tuple[str, ...] = ()


def outside_phase(fact: Fact, known: Known, _limit: timedelta) -> Hits:
    if fact.action in PHASED:
        phase = known.phase_at(stamp(fact.time))
        if phase not in ACTS[PHASED[fact.action]].phases:
            yield Hit({"phase": phase})


def overrides(fact: Fact, _known: Known, _limit: timedelta) -> Hits:
    yield Hit({"count": len(said(fact)["duties"])})


def used_before_grant(fact: Fact, known: Known, _limit: timedelta) -> Hits:
    first = known.used.get(short(said(fact)["mandate"]))
    if first is not None and first < stamp(fact.time):
        yield Hit({"party": said(fact)["party"], "time": first})


def granted_near_ballot(fact: Fact, known: Known, _limit: timedelta) -> Hits:
    if fact.action == "mandate.grant":
        for number, (_opened, until) in known.ballots.items():
            if stamp(fact.time) < until:
                yield Hit({"party": said(fact)["party"], "ballot": int(number)}, f"{fact.index}/{number}")
        return
    number, since = said(fact)["ballot"], stamp(fact.time - NEAR_BALLOT)
    for time, entry, index, party in known.grants:
        if since < time:
            yield Hit({"party": party, "ballot": number}, f"{index}/{number}", (entry, index))


def document_late(fact: Fact, known: Known, _limit: timedelta) -> Hits:
    now = stamp(fact.time)
    if said(fact)["late"] or any(opened < now < until for opened, until in known.ballots.values()):
        yield Hit({"party": said(fact)["party"]})


def vote_changed_often(fact: Fact, known: Known, _limit: timedelta) -> Hits:
    ballot, seat = said(fact)["ballot"], said(fact)["seat"]
    count = known.votes.get(str(ballot), {}).get(seat, 0) + 1
    if count > OFTEN:
        yield Hit({"ballot": ballot, "seat": seat, "count": count}, f"{ballot}/{seat}")


def score_differs(fact: Fact, known: Known, _limit: timedelta) -> Hits:
    if known.cards.get(revision(fact), said(fact)["sha256"]) != said(fact)["sha256"]:
        yield Hit({"package": said(fact)["package"], "revision": said(fact)["revision"]})


def closed_late(fact: Fact, known: Known, _limit: timedelta) -> Hits:
    number = said(fact)["ballot"]
    if str(number) in known.ballots:
        late = fact.time - moment(known.ballots[str(number)][1])
        if late > CLOSE_LATE:
            yield Hit({"ballot": number, "seconds": int(late.total_seconds())})


def sealed_late(fact: Fact, known: Known, limit: timedelta) -> Hits:
    """Of each checkpoint the entry that waited longest."""
    if fact.sealed is None:
        return
    time, *place = min([row for row in (known.oldest, _waiting(fact)) if row], key=lambda row: row[0])
    waited = fact.sealed - moment(time)
    if waited > limit:
        yield Hit({"seconds": int(waited.total_seconds()), "size": fact.index + 1}, at=(place[0], place[1]))


def time_steps_back(fact: Fact, known: Known, _limit: timedelta) -> Hits:
    if known.latest and moment(known.latest) - fact.time > STEP_BACK:
        yield Hit({"seconds": int((moment(known.latest) - fact.time).total_seconds())})


def finding_overdue(fact: Fact, _known: Known, _limit: timedelta) -> Hits:
    if fact.action == "finding.answer":
        number, late = said(fact)["finding"], said(fact)["late"]
    else:
        number, late = said(fact)["about"].get("finding"), said(fact)["topic"] == "finding.overdue"
    if late:
        yield Hit({"finding": number}, str(number))


def unreadable(fact: Fact, _known: Known, _limit: timedelta) -> Hits:
    if fact.data is None:
        yield Hit()


def said(fact: Fact) -> Mapping[str, Any]:
    """The data of a fact that has some."""
    return fact.data or {}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def short(mandate: str) -> str:
    """Enough of a commitment to tell mandates of one room apart."""
    return mandate[:16]


def revision(fact: Fact) -> str:
    return f"{said(fact)['package']}.{said(fact)['revision']}"


def _waiting(fact: Fact) -> list[Any]:
    return [stamp(fact.time), fact.id, fact.index]


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
        ("procedure.override",),
    ),
    Check(
        "used_before_grant",
        _("A mandate used before it was given"),
        _("An act stands under a mandate that the log knows only from later on."),
        _("The mandate's commitment in mandate.grant and in acts."),
        _("the mandate of %(party)s was first used at %(time)s"),
        used_before_grant,
        ("mandate.grant",),
    ),
    Check(
        "granted_near_ballot",
        _("A mandate given shortly before or during a vote"),
        _("Nobody could look at it in peace. Compare the paper in the file first of all for these."),
        _("mandate.grant later than three days before ballot.open, and before the close."),
        _("mandate for %(party)s, ballot %(ballot)s"),
        granted_near_ballot,
        (
            "mandate.grant",
            "ballot.open",
        ),
    ),
    Check(
        "document_late",
        _("A document given late"),
        _("It came after the day for which it was promised, or while the vote was open."),
        _("document.receive that says late, or between the opening and the close of a vote."),
        _("document of %(party)s"),
        document_late,
        ("document.receive",),
    ),
    Check(
        "vote_changed_often",
        _("A vote changed often"),
        _("Changing one's vote is a right; often changed, it may have been under pressure, or not the voter."),
        _("More than three vote.cast of one seat in one ballot."),
        _("%(seat)s voted %(count)s times in ballot %(ballot)s"),
        vote_changed_often,
        ("vote.cast",),
    ),
    Check(
        "score_differs",
        _("Scored again with another result"),
        _("The same revision has another card than before: by a new engine, or because what it rests on has changed."),
        _("card.score of one revision with another sha256 than the one before."),
        _("another card of %(package)s.%(revision)s"),
        score_differs,
        ("card.score",),
    ),
    Check(
        "closed_late",
        _("A vote closed late"),
        _("Votes after the announced close do not count all the same; but the platform did not do its work."),
        _("ballot.close more than one minute after closes_at."),
        _("ballot %(ballot)s closed %(seconds)s seconds late"),
        closed_late,
        ("ballot.close",),
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
    Check(
        "finding_overdue",
        _("A finding answered late, or not at all"),
        _("The convener has ten working days for each answer to an auditor."),
        _("finding.answer that says late; the notice that an answer is overdue."),
        _("finding %(finding)s"),
        finding_overdue,
        ("finding.answer", "notice.deliver"),
    ),
    Check(
        "unreadable",
        _("An entry that can not be read"),
        _("Its bytes are not those of an entry: they were changed in the database. Check the log in your browser."),
        _("Entries that are no JSON object with its data, or whose data is of another kind than its act has."),
        _("the bytes are no entry"),
        unreadable,
    ),
)
BY_CODE = {check.code: check for check in CHECKS}


def look(fact: Fact, known: Known, limit: timedelta) -> list[Found]:
    """What the checks find at the next entry, which is then known. `limit`: how long an entry may wait for its seal."""
    try:
        found = _find(fact, known, limit)
        _learn(fact, known)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        # Nothing that this platform writes has such data.
        return look(Fact(fact.id, fact.index, fact.time, fact.action, sealed=fact.sealed), known, limit)
    return found


def _find(fact: Fact, known: Known, limit: timedelta) -> list[Found]:
    found = []
    for check in CHECKS:
        if not check.actions or (fact.data is not None and fact.action in check.actions):
            for hit in check.find(fact, known, limit):
                entry, index = hit.at or (fact.id, fact.index)
                found.append(Found(check.code, hit.key or str(index), entry, index, hit.figures))
    return found


def _learn(fact: Fact, known: Known) -> None:
    now = stamp(fact.time)
    if fact.data is not None:
        _learn_data(fact, known, now)
    if fact.mandate and short(fact.mandate) not in known.granted:
        known.used.setdefault(short(fact.mandate), now)
    known.latest = max(known.latest, now)
    known.oldest = [] if fact.sealed else min(filter(None, (known.oldest, _waiting(fact))), key=lambda row: row[0])


def _learn_data(fact: Fact, known: Known, now: str) -> None:
    data = said(fact)
    if fact.action in MOVES and (move := read_move(fact.action, fact.time, data)):
        known.moves.append([now, move.after])
    if fact.action == "mandate.grant":
        since = stamp(fact.time - NEAR_BALLOT)
        known.granted[short(data["mandate"])] = fact.index
        known.grants = [row for row in known.grants if row[0] > since] + [[now, fact.id, fact.index, data["party"]]]
    elif fact.action == "ballot.open":
        known.ballots[str(int(data["ballot"]))] = [now, stamp(moment(data["closes_at"]))]
    elif fact.action == "vote.cast":
        counts = known.votes.setdefault(str(data["ballot"]), {})
        counts[data["seat"]] = counts.get(data["seat"], 0) + 1
    elif fact.action == "ballot.close":
        known.votes.pop(str(data["ballot"]), None)
    elif fact.action == "card.score":
        known.cards[revision(fact)] = data["sha256"]


def edition(limit: timedelta) -> str:
    """Names the checks as they are now, with what they rest on: what others have found is found anew."""
    phases = {action: ACTS[act].phases for action, act in PHASED.items()}
    return sha256(Path(__file__).read_bytes() + repr((phases, limit)).encode()).hexdigest()
