"""What people are told about: the topics as data, and their words.

Who is told is the negotiation's business (`negotiation.telling`). The words name nothing that anybody who is told might
not see: codes of packages, days, one's own party.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Group(models.TextChoices):
    """Topics for which one choice is made. What the law requires can not be chosen away."""

    MINE = "mine", _("What concerns me: answers, counter-proposals, mandates")
    TABLE = "table", _("Packages on the table")
    PROCEDURE = "procedure", _("Phases and meetings")
    DOCUMENTS = "documents", _("Promised documents")
    PRIVATE = "private", _("Private threads")
    REQUIRED = "required", _("Notices that the law requires")


@dataclass(frozen=True)
class Topic:
    """`words` with the places of its parameters; those in `labels` hold an English label, shown as it is translated."""

    group: Group
    words: Any
    labels: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        return self.group == Group.REQUIRED


TOPICS: dict[str, Topic] = {
    "comment.answered": Topic(Group.MINE, _("What you said has been answered.")),
    "package.countered": Topic(Group.MINE, _("Package %(package)s is a counter-proposal to your package %(own)s.")),
    "joint.named": Topic(
        Group.MINE, _("Package %(package)s names your party as proposing it too. Please read it and answer.")
    ),
    "joint.unnamed": Topic(Group.MINE, _("Package %(package)s no longer names your party.")),
    "joint.changed": Topic(
        Group.MINE,
        _("Package %(package)s has changed, so that your party's answer no longer counts. Please answer again."),
    ),
    "joint.consented": Topic(Group.MINE, _("A named party consents to your package %(package)s.")),
    "joint.complete": Topic(
        Group.MINE, _("All named parties consent to your package %(package)s; you can put it on the table.")
    ),
    "joint.declined": Topic(Group.MINE, _("A named party declines to propose your package %(package)s too.")),
    "joint.taken_back": Topic(Group.MINE, _("A named party has taken its consent to your package %(package)s back.")),
    "mandate.granted": Topic(Group.MINE, _("You have been given a mandate for %(party)s.")),
    "mandate.revoked": Topic(Group.MINE, _("Your mandate for %(party)s has been revoked.")),
    "vote.entered": Topic(
        Group.MINE, _("Officials have entered a vote of your party on package %(package)s. If it is not yours, say so.")
    ),
    "trustee.named": Topic(
        Group.MINE, _("You are named as one of those who open secret votes together. Please accept.")
    ),
    "shares.wanted": Topic(
        Group.MINE, _("The secret vote on package %(package)s is closed: please open it with your passphrase.")
    ),
    "proxy.answered": Topic(Group.MINE, _("The convener has answered about the proxy that you named.")),
    "seat.said": Topic(
        Group.MINE,
        _("A co-owner has said how your seat should vote on package %(package)s. It counts once all say the same."),
    ),
    "roll.objected": Topic(Group.MINE, _("There is an objection to the electoral roll that concerns you.")),
    "roll.answered": Topic(Group.MINE, _("An objection to the electoral roll that concerns you has been answered.")),
    "finding.answered": Topic(Group.MINE, _("The convener has answered finding %(finding)s.")),
    "finding.closed": Topic(Group.MINE, _("The auditor has closed finding %(finding)s.")),
    "package.submitted": Topic(Group.TABLE, _("Package %(package)s is on the table, revision %(revision)s.")),
    "poll.opened": Topic(Group.TABLE, _("A straw poll asks which packages to pursue, until %(until)s.")),
    "agreement.opened": Topic(Group.TABLE, _("Every side would accept package %(package)s, revision %(revision)s.")),
    "joint.unsupported": Topic(
        Group.TABLE, _("A party no longer stands by package %(package)s, revision %(revision)s.")
    ),
    "phase.entered": Topic(Group.PROCEDURE, _("The room is in another phase: %(phase)s."), ("phase",)),
    "meeting.announced": Topic(Group.PROCEDURE, _("A meeting is announced for %(day)s.")),
    "meeting.cancelled": Topic(Group.PROCEDURE, _("The meeting of %(day)s is cancelled.")),
    "promise.due": Topic(Group.DOCUMENTS, _("A document that was promised is due on %(day)s.")),
    "promise.broken": Topic(Group.DOCUMENTS, _("A document that was promised for %(day)s is not there.")),
    "duty.overdue": Topic(Group.DOCUMENTS, _("What package %(package)s asks for by %(day)s is not reported done.")),
    "caucus.said": Topic(Group.PRIVATE, _("Something was said in a private thread.")),
    "finding.opened": Topic(
        Group.REQUIRED, _("Finding %(finding)s of the auditor must be answered by %(day)s at the latest.")
    ),
    "finding.overdue": Topic(
        Group.REQUIRED, _("Finding %(finding)s of the auditor was to be answered by %(day)s and is not.")
    ),
    "hearing.announced": Topic(Group.REQUIRED, _("A hearing is announced for %(day)s.")),
    "hearing.cancelled": Topic(Group.REQUIRED, _("The hearing of %(day)s is cancelled.")),
    "notice.published": Topic(
        Group.REQUIRED, _("Package %(package)s, revision %(revision)s, is on public notice since %(day)s.")
    ),
    "rule.set": Topic(Group.REQUIRED, _("The room decides by another rule now: %(title)s. Public notices start anew.")),
    "roll.published": Topic(
        Group.REQUIRED,
        _("The electoral roll lies open since %(day)s. Please check your entry; from %(until)s on the vote may open."),
    ),
    "roll.corrected": Topic(Group.REQUIRED, _("Your entry on the electoral roll was corrected. Please check it.")),
    "ballot.opened": Topic(Group.REQUIRED, _("The vote on package %(package)s is open until %(until)s.")),
    "ballot.days": Topic(Group.REQUIRED, _("You may vote on package %(package)s from %(since)s until %(until)s.")),
    "decision.published": Topic(Group.REQUIRED, _("The decision on package %(package)s was published on %(day)s.")),
}

CHOSEN = [group for group in Group if group != Group.REQUIRED]
REQUIRED = [code for code, topic in TOPICS.items() if topic.required]


def words(code: str, parameters: Mapping[str, str]) -> str:
    """What is told, in the language that is active."""
    topic = TOPICS[code]
    named = {key: gettext(value) if key in topic.labels else day_word(value) for key, value in parameters.items()}
    return str(topic.words) % named


MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2})?")


def day_word(text: str) -> str:
    """A day or a moment, which are kept as 2026-10-26 and 2026-10-26 14:00, as the reader writes it; else the text."""
    try:
        found = datetime.fromisoformat(text) if MOMENT.fullmatch(text) else None
    except ValueError:
        found = None
    form = gettext("Y-m-d H:i") if len(text) > 10 else gettext("Y-m-d")
    return date_format(found, form) if found else text


def outline(code: str) -> str:
    """The words without what they are about in a single case."""
    return str(TOPICS[code].words) % _Blanks()


class _Blanks(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"
