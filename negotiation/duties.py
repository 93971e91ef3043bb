"""The duties of a procedure: each a small pure function from what is known of a room to what was found."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from negotiation.phases import HEARING


@dataclass(frozen=True)
class Facts:
    """What is known of a room at a moment: all that the duties of any phase look at.

    `notices`: the first days after the notices of the revisions on the table; `demands`: open demands for a hearing by
    seats of the public side; `declared`: the convener has declared one; `hearing_on`: the day of one that is planned.
    `roll_number`: the version of the electoral roll, 0 where none is published; `roll_contested`: objections to it that
    wait for an answer; `roll_owed`: those that are upheld and not corrected yet.
    """

    today: date
    packages: int = 0
    published: bool = False
    notices: tuple[date, ...] = ()
    text: str = ""
    text_newest: bool = True
    text_notice: date | None = None
    text_negotiable: bool = False
    mediated: bool = False
    reviewed: bool = False
    unanswered: int = 0
    demands: int = 0
    public_seats: int = 0
    declared: bool = False
    hearing_on: date | None = None
    documents_missing: int = 0
    documents_promised: int = 0
    documents_broken: int = 0
    roll_days: int = 0
    roll_number: int = 0
    roll_current: bool = True
    roll_ends: date | None = None
    roll_contested: int = 0
    roll_owed: int = 0
    ballot: str = ""
    ballot_closes: date | None = None
    decision_published: date | None = None


@dataclass(frozen=True)
class Finding:
    """Whether a duty is met; while it is not, who must act (`role` as a code, `who` in words) and by when."""

    code: str
    met: bool
    label: str
    words: str
    role: str = "convener"
    until: date | None = None
    waivable: bool = True
    waived: bool = False

    @property
    def passes(self) -> bool:
        """Met, or let pass by two persons."""
        return self.met or self.waived

    @property
    def sentence(self) -> str:
        return _("%(duty)s: %(state)s") % {"duty": self.label, "state": self.words}

    @property
    def who(self) -> str:
        roles = {
            "convener": _("the convener"),
            "seated": _("any party with a seat"),
            "everyone": _("everyone may comment"),
            "owing": _("the parties that owe them"),
            "roll": _("everyone on the roll"),
        }
        return roles[self.role]


def package_tabled(facts: Facts) -> Finding:
    text = _("a package is on the table") if facts.packages else _("no package is on the table yet")
    return Finding("package_tabled", facts.packages > 0, _("A package on the table"), text, "seated")


def room_open(facts: Facts) -> Finding:
    text = _("everyone may read the room") if facts.published else _("the room is not open to everyone yet")
    return Finding("room_open", facts.published, _("An open door"), text)


def notice_run(facts: Facts) -> Finding:
    """Some package has been on public notice for the days that the decision rule asks for."""
    return _notice("notice_run", _("Public notice"), min(facts.notices, default=None), facts.today)


def text_notice_run(facts: Facts) -> Finding:
    """The same for the text that is voted on; the law's days can not be waived."""
    return _notice("text_notice_run", _("Notice of the text"), facts.text_notice, facts.today, waivable=False)


def _notice(code: str, label: str, ends: date | None, today: date, *, waivable: bool = True) -> Finding:
    if ends is None:
        return Finding(code, False, label, _("no public notice is recorded yet"), waivable=waivable)
    if today < ends:
        return Finding(code, False, label, _("the public notice still runs"), "everyone", ends, waivable)
    return Finding(code, True, label, _("the days of notice are over"), until=ends, waivable=waivable)


def comments_answered(facts: Facts) -> Finding:
    count = facts.unanswered
    text = ngettext("%(n)s comment waits for an answer", "%(n)s comments wait for an answer", count) % {"n": count}
    words = text if count else _("every comment is answered")
    return Finding("comments_answered", not count, _("Answers to every comment"), words)


def hearing_held(facts: Facts) -> Finding:
    """A hearing is held once one is due: declared by the convener, or demanded as the rule says."""
    due = facts.declared or HEARING.reached(facts.demands, facts.public_seats)
    label, code = _("Hearing"), "hearing_held"
    if not due:
        text = _("no hearing is due; demanded by %(n)s of %(seats)s seats of the public side")
        return Finding(code, True, label, text % {"n": facts.demands, "seats": facts.public_seats})
    if facts.hearing_on:
        return Finding(code, False, label, _("a hearing is planned and must be held"), until=facts.hearing_on)
    declared, demanded = _("a hearing was declared; it is not planned yet"), _("a hearing is demanded; plan it")
    return Finding(code, False, label, declared if facts.declared else demanded)


def text_fixed(facts: Facts) -> Finding:
    label = _("The text to be voted on")
    if not facts.text:
        return Finding("text_fixed", False, label, _("no revision is chosen yet"), waivable=False)
    if not facts.text_newest:
        text = _("%(text)s is chosen, but its package has a newer revision")
        return Finding("text_fixed", False, label, text % {"text": facts.text}, waivable=False)
    return Finding("text_fixed", True, label, _("revision %(text)s") % {"text": facts.text}, waivable=False)


def mediator_run(facts: Facts) -> Finding:
    """The mediator has looked at the text, unless none of its terms is negotiable."""
    label, code = _("The mediator's look at the text"), "mediator_run"
    if facts.mediated:
        return Finding(code, True, label, _("the mediator has answered"))
    if facts.text and not facts.text_negotiable:
        return Finding(code, True, label, _("no term of the text is negotiable"))
    return Finding(code, False, label, _("the mediator was not asked about the text yet"), "seated")


def legal_review(facts: Facts) -> Finding:
    text = _("a legal review of the text is recorded") if facts.reviewed else _("the text has no legal review yet")
    return Finding("legal_review", facts.reviewed, _("Legal review"), text)


def documents_there(facts: Facts) -> Finding:
    """Each required document is there, or stands against an accepted promise that is not broken."""
    label, code = _("Required documents"), "documents_there"
    if facts.documents_broken:
        count = facts.documents_broken
        text = ngettext("%(n)s promise is broken", "%(n)s promises are broken", count) % {"n": count}
        return Finding(code, False, label, text, "owing")
    if facts.documents_missing:
        count = facts.documents_missing
        text = ngettext("%(n)s document is missing", "%(n)s documents are missing", count) % {"n": count}
        return Finding(code, False, label, text, "owing")
    if facts.documents_promised:
        return Finding(code, False, label, _("a promise waits to be accepted"))
    return Finding(code, True, label, _("all there, or promised with a date"))


def roll_settled(facts: Facts) -> Finding:
    """The electoral roll has lain open for its days, every objection is answered and what was upheld is corrected."""
    label, code = _("The electoral roll"), "roll_settled"
    if not facts.roll_number:
        asked = (
            _("the electoral roll is not published yet")
            if facts.roll_days
            else _("the rule asks for no published roll")
        )
        return Finding(code, not facts.roll_days, label, asked, waivable=False)
    if not facts.roll_current:
        text = _("the rule has changed since the electoral roll was published; publish it anew")
        return Finding(code, False, label, text, waivable=False)
    if facts.roll_contested or facts.roll_owed:
        return Finding(code, False, label, _contested(facts), until=facts.roll_ends, waivable=False)
    if facts.roll_ends and facts.today < facts.roll_ends:
        text = _("the electoral roll still lies open for objections")
        return Finding(code, False, label, text, "roll", facts.roll_ends, waivable=False)
    text = _("version %(number)s stands") % {"number": facts.roll_number}
    return Finding(code, True, label, text, waivable=False)


def _contested(facts: Facts) -> str:
    if count := facts.roll_contested:
        text = ngettext("%(n)s objection waits for an answer", "%(n)s objections wait for an answer", count)
    else:
        count = facts.roll_owed
        text = ngettext(
            "%(n)s upheld objection is not corrected yet", "%(n)s upheld objections are not corrected yet", count
        )
    return text % {"n": count}


def ballot_decided(facts: Facts) -> Finding:
    label, code = _("The vote"), "ballot_decided"
    if facts.ballot == "open":
        return Finding(code, False, label, _("the vote is open"), "roll", facts.ballot_closes, waivable=False)
    done = facts.ballot == "decided"
    text = _("counted and decided") if done else _("the votes are to be counted")
    return Finding(code, done, label, text, waivable=False)


def decision_published(facts: Facts) -> Finding:
    done = facts.decision_published is not None
    text = (
        _("the decision is published") if done else _("where and when the decision was published is not recorded yet")
    )
    return Finding("decision_published", done, _("The published decision"), text, waivable=False)


Duty = Callable[[Facts], Finding]
DUTIES: dict[str, Duty] = {
    duty.__name__: duty
    for duty in (
        package_tabled,
        room_open,
        notice_run,
        text_notice_run,
        comments_answered,
        hearing_held,
        text_fixed,
        mediator_run,
        legal_review,
        documents_there,
        roll_settled,
        ballot_decided,
        decision_published,
    )
}


def findings(codes: tuple[str, ...], facts: Facts, waived: Collection[str] = ()) -> list[Finding]:
    """What was found for each of the duties, in their order; `waived` are those that two persons let pass."""
    return [replace(DUTIES[code](facts), waived=code in waived) for code in codes]
