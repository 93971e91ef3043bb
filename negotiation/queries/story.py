"""The log as a story: each entry in words."""

import hashlib
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.log import read_body, stamp
from audit.models import Entry
from negotiation.duties import DUTIES, Facts
from negotiation.models import Finding, Room
from notifications import topics

# What a sentence may name.
NAMED = (
    *("draft", "source", "package", "revision", "comment", "count", "party"),
    *("from", "to", "reason", "due", "letters", "letter", "told"),
    *("seat", "papers", "seats", "votes", "most", "roll", "objection"),
    *("finding", "verdict"),
)
# What went past a duty is shown in red.
ALARMS = frozenset(("procedure.ask_override", "procedure.override"))
UNREADABLE = _("This entry can not be read: its bytes do not match its hash")

WORDS = {
    "case.load": _("loaded the case"),
    "package.load": _("laid package %(package)s of the case on the table"),
    "package.start": _("began package %(package)s"),
    "package.revise": _("opened the next revision of package %(package)s"),
    "package.save": _("saved a draft of package %(package)s"),
    "package.import": _("brought a workbook into a draft of package %(package)s"),
    "package.split": _("split a parcel in a draft of package %(package)s"),
    "package.bulk": _("changed many amounts in a draft of package %(package)s"),
    "package.undo": _("went a step back in a draft of package %(package)s"),
    "package.name": _("named %(party)s as proposing package %(package)s too"),
    "package.unname": _("took %(party)s off the parties that propose package %(package)s"),
    "package.consent": _("consented to propose package %(package)s too"),
    "package.decline": _("declined to propose package %(package)s too"),
    "package.withdraw_consent": _("took its consent to propose package %(package)s back"),
    "package.withdraw_support": _("no longer stands by package %(package)s, revision %(revision)s"),
    "package.submit": _("put package %(package)s on the table, revision %(revision)s"),
    "package.confirm": _("confirmed its part in package %(package)s, revision %(revision)s"),
    "package.adopt": _("took parts of %(source)s into the draft of package %(package)s"),
    "package.withdraw": _("took package %(package)s off the table, revision %(revision)s"),
    "package.discard": _("threw a draft of package %(package)s away"),
    "card.score": _("scored package %(package)s, revision %(revision)s"),
    "card.retry": _("asked for the scoring of package %(package)s again"),
    "card.recompute": _("asked for the scoring of package %(package)s with today's engine"),
    "comparison.score": _("compared the packages on the table with each other"),
    "comparison.retry": _("asked for the comparison of the packages again"),
    "mediator.ask": _("asked the mediator about package %(package)s"),
    "mediator.answer": _("looked for a suggestion for package %(package)s"),
    "mediator.cancel": _("stopped a run of the mediator"),
    "mediator.adopt": _("adopted the mediator's suggestion as draft %(draft)s"),
    "mediator.private": _("told the mediator something in private"),
    "acceptance.seal": _("sealed which packages it would accept"),
    "acceptance.open": _("found that every side would accept package %(package)s, revision %(revision)s"),
    "attachment.add": _("attached a file"),
    "attachment.remove": _("removed a file"),
    "comment.add": _("commented"),
    "comment.agree": _("agreed with comment %(comment)s"),
    "comment.take_back": _("no longer agrees with comment %(comment)s"),
    "comment.answer": _("answered comment %(comment)s"),
    "comment.answer_group": _("gave %(count)s comments one answer"),
    "comment.report": _("reported comment %(comment)s"),
    "comment.keep": _("let comment %(comment)s stand in spite of reports"),
    "comment.hide": _("hid comment %(comment)s"),
    "comment.appeal": _("appealed against the hiding of comment %(comment)s"),
    "comment.upheld": _("upheld the hiding of comment %(comment)s"),
    "comment.lifted": _("had comment %(comment)s shown again"),
    "caucus.open": _("began a private thread"),
    "caucus.say": _("said something in a private thread"),
    "caucus.leave": _("left a private thread"),
    "clusters.find": _("had like comments looked for"),
    "answer.link": _("named revision %(revision)s as the one that carries an answer"),
    "notice.deliver": _("sent a notice that the law requires: %(told)s"),
    "notice.hand": _("handed a notice that the law requires to %(party)s"),
    "notice.publish": _("recorded the public notice"),
    "rule.set": _("set another decision rule"),
    "roll.publish": _("published the electoral roll, version %(roll)s"),
    "roll.correct": _("corrected the electoral roll, version %(roll)s"),
    "roll.object": _("objected to the electoral roll"),
    "roll.answer": _("answered objection %(objection)s to the electoral roll"),
    "seat.say": _("said, as one of several co-owners, how the seat %(seat)s should vote"),
    "ballot.open": _("opened the vote on package %(package)s"),
    "vote.cast": _("voted"),
    "vote.paper": _("confirmed, as the second official, the vote of %(seat)s on paper"),
    "proxy.name": _("named a proxy"),
    "proxy.accept": _("accepted the proxy that %(party)s named"),
    "proxy.refuse": _("refused the proxy that %(party)s named"),
    "proxy.withdraw": _("took the naming of a proxy back"),
    "proxy.limit": _("let one person be the proxy of %(most)s principals at the most"),
    "vote.roll_call": _("confirmed, as the second official, %(votes)s votes of a roll call"),
    "roll.take": _("took a roll call of %(seats)s seats down"),
    "roll.withdraw": _("withdrew a roll call"),
    "paper.print": _("asked for %(papers)s ballot papers"),
    "paper.enter": _("entered the paper of %(seat)s"),
    "paper.mismatch": _("read the paper of %(seat)s otherwise than the first official; neither counts"),
    "paper.withdraw": _("withdrew the entered paper of %(seat)s"),
    "ballot.close": _("closed the vote"),
    "trustees.name": _("named those who open secret votes together"),
    "trustees.accept": _("accepted to open secret votes together with others"),
    "ballot.share": _("gave its share of the key of a secret vote"),
    "ballot.unseal": _("opened and counted a secret vote"),
    "ballot.give_up": _("gave a secret vote up that too few trustees could open"),
    "share.take": _("took its share of the key of a secret vote away"),
    "ballot.decide": _("set the decision down"),
    "poll.open": _("opened a straw poll"),
    "poll.answer": _("answered a straw poll"),
    "poll.close": _("closed a straw poll"),
    "person.invite": _("invited a person"),
    "invitations.ask": _("asked for %(letters)s letters of invitation"),
    "invitations.confirm": _("confirmed, as the second person, %(letters)s letters of invitation"),
    "invitations.withdraw": _("took the asking for %(letters)s letters of invitation back"),
    "invitations.download": _("took %(letters)s letters of invitation away to print them"),
    "invitations.print": _("confirmed that %(letters)s letters of invitation are printed"),
    "invitation.use": _("came in with letter %(letter)s"),
    "mandate.grant": _("gave a mandate for %(party)s"),
    "mandate.revoke": _("revoked a mandate for %(party)s"),
    "room.publish": _("published the room"),
    "room.withdraw": _("closed the room to the public"),
    "procedure.choose": _("chose the full procedure"),
    "procedure.advance": _("led the room from %(from)s on to %(to)s"),
    "procedure.reopen": _("led the room from %(from)s back to %(to)s"),
    "procedure.text": _("fixed package %(package)s, revision %(revision)s, as the text to be voted on"),
    "procedure.review": _("recorded a legal review of package %(package)s, revision %(revision)s"),
    "procedure.ask_override": _("asked to go on without: %(duties)s. Reason: %(reason)s"),
    "procedure.override": _("confirmed, as the second person, to go on without: %(duties)s. Reason: %(reason)s"),
    "procedure.withdraw_override": _("took the asking for an override back"),
    "decision.publish": _("recorded the publication of the decision"),
    "hearing.demand": _("demanded a hearing"),
    "hearing.declare": _("declared a hearing"),
    "meeting.plan": _("announced a hearing or a meeting"),
    "meeting.hold": _("recorded a hearing or a meeting"),
    "meeting.cancel": _("cancelled a hearing or a meeting"),
    "document.require": _("required a document of %(party)s"),
    "document.promise": _("promised a document by %(due)s"),
    "document.accept": _("accepted the promise of %(party)s until %(due)s"),
    "document.receive": _("recorded that a document of %(party)s is there"),
    "duty.done": _("reported term %(term)s of package %(package)s, due on %(due)s, done"),
    "duty.correct": _("corrected the report that term %(term)s of package %(package)s is done"),
    "finding.open": _("opened finding %(finding)s; an answer is due by %(due)s"),
    "finding.answer": _("answered finding %(finding)s"),
    "finding.ask_again": _("asked again about finding %(finding)s; an answer is due by %(due)s"),
    "finding.close": _("closed finding %(finding)s: %(verdict)s"),
    "log.export": _("took the log away"),
    "log.key": _("took another key to seal the log with"),
    "log.erase": _("had %(count)s pieces of personal data erased from the log"),
    "log.restore": _("stated that the log was restored from a backup"),
}


def tell(entry: Entry) -> dict[str, Any]:
    """What a line of the log's page shows: who, what, when, the bytes and their hash.

    `body` is None and `alarm` stands where the bytes can not be read as the entry that they were.
    """
    raw = bytes(entry.body)
    body, words = _read(entry.action, raw)
    local = timezone.localtime(entry.time)
    return {
        "entry": entry,
        "body": body,
        "text": raw.decode(errors="backslashreplace"),
        "digest": hashlib.sha256(raw).hexdigest(),
        "words": words,
        "alarm": body is None or entry.action in ALARMS,
        "moment": stamp(entry.time),
        "day": local.date(),
        "time": local.strftime("%H:%M:%S"),
    }


def _read(action: str, raw: bytes) -> tuple[dict[str, Any] | None, str]:
    body = read_body(raw)
    if body is not None:
        try:
            return body, action_words(action, body["data"])
        except (AttributeError, KeyError, TypeError, ValueError):
            pass  # nothing that this platform writes has such data
    return None, str(UNREADABLE)


def outline(action: str) -> str:
    """The words without what they are about in a single case."""
    return str(WORDS[action]) % dict.fromkeys((*NAMED, "duties", "term"), "…")


def action_words(action: str, data: dict[str, Any]) -> str:
    if data.get("via") == "paper":
        action = "vote.paper"
    return str(WORDS[action]) % _known(data) if action in WORDS else action


def _known(data: dict[str, Any]) -> dict[str, Any]:
    """What a sentence may name: phases and duties in words, and nothing for what the entry does not hold."""
    blank = dict.fromkeys(NAMED, "")
    facts = Facts(today=timezone.localdate())
    duties = [DUTIES[code](facts).label for code in data.get("duties", ()) if code in DUTIES]
    phases: dict[str, Any] = {
        key: dict(Room.Phase.choices).get(data[key], data[key]) for key in ("from", "to") if key in data
    }
    told = {"told": topics.words(data["topic"], data["about"])} if "about" in data else {}
    due = {"due": topics.day_word(data["due"])} if isinstance(data.get("due"), str) else {}
    verdict = {"verdict": dict(Finding.Verdict.choices).get(data.get("verdict", ""), "")}
    return {**blank, **data, **phases, **told, **due, **verdict, "duties": " · ".join(duties)}
