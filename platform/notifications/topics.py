"""What people are told about: the topics as data, and their words.

Who is told is the negotiation's business (`negotiation.telling`). The words name nothing that anybody who is told might
not see: codes of packages, days, one's own party.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
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
    "mandate.granted": Topic(Group.MINE, _("You have been given a mandate for %(party)s.")),
    "mandate.revoked": Topic(Group.MINE, _("Your mandate for %(party)s has been revoked.")),
    "vote.entered": Topic(
        Group.MINE, _("Officials have entered a vote of your party on package %(package)s. If it is not yours, say so.")
    ),
    "proxy.answered": Topic(Group.MINE, _("The convener has answered about the proxy that you named.")),
    "package.submitted": Topic(Group.TABLE, _("Package %(package)s is on the table, revision %(revision)s.")),
    "agreement.opened": Topic(Group.TABLE, _("Every side would accept package %(package)s, revision %(revision)s.")),
    "phase.entered": Topic(Group.PROCEDURE, _("The room is in another phase: %(phase)s."), ("phase",)),
    "meeting.announced": Topic(Group.PROCEDURE, _("A meeting is announced for %(day)s.")),
    "meeting.cancelled": Topic(Group.PROCEDURE, _("The meeting of %(day)s is cancelled.")),
    "promise.due": Topic(Group.DOCUMENTS, _("A document that was promised is due on %(day)s.")),
    "promise.broken": Topic(Group.DOCUMENTS, _("A document that was promised for %(day)s is not there.")),
    "caucus.said": Topic(Group.PRIVATE, _("Something was said in a private thread.")),
    "hearing.announced": Topic(Group.REQUIRED, _("A hearing is announced for %(day)s.")),
    "hearing.cancelled": Topic(Group.REQUIRED, _("The hearing of %(day)s is cancelled.")),
    "notice.published": Topic(
        Group.REQUIRED, _("Package %(package)s, revision %(revision)s, is on public notice since %(day)s.")
    ),
    "ballot.opened": Topic(Group.REQUIRED, _("The vote on package %(package)s is open until %(until)s.")),
    "decision.published": Topic(Group.REQUIRED, _("The decision on package %(package)s was published on %(day)s.")),
}

CHOSEN = [group for group in Group if group != Group.REQUIRED]
REQUIRED = [code for code, topic in TOPICS.items() if topic.required]


def words(code: str, parameters: Mapping[str, str]) -> str:
    """What is told, in the language that is active."""
    topic = TOPICS[code]
    named = {key: gettext(value) if key in topic.labels else value for key, value in parameters.items()}
    return str(topic.words) % named


def outline(code: str) -> str:
    """The words without what they are about in a single case."""
    return str(TOPICS[code].words) % _Blanks()


class _Blanks(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"
