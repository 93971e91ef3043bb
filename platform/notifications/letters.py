"""E-mails about one notice, and the digest of a day, in the language that is active."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from notifications import outbox
from notifications.models import Message, Notice, Telling
from notifications.preferences import stop_token
from notifications.topics import TOPICS, Group

STOP = "/notices/stop/"
CHOICES = "/notices/preferences/"


def letter(telling: Telling, user: User, link: str) -> Message:
    """The e-mail about one notice, not yet written; one that is not required says how to end it (RFC 8058)."""
    topic, subject = TOPICS[telling.topic], f"{telling.title}: {telling.words}"
    lines = [_greeting(user), telling.words, settings.SITE_ADDRESS + link]
    if topic.required:
        lines.append(_("The law requires that you are told this; it comes whatever you chose."))
        return _message(user, subject, lines, telling.room)
    return _stoppable(_message(user, subject, lines, room_of(telling)), user, topic.group)


def room_of(telling: Telling) -> str:
    """The room in whose outbox a message stands; who is in a private thread is not for the convener to see."""
    return "" if TOPICS[telling.topic].group == Group.PRIVATE else telling.room


def digest_letter(user: User, notices: Iterable[Notice]) -> Message:
    """The e-mail that tells of several notices together, not yet written."""
    rows = list(notices)
    subject = ngettext("%(n)s notice", "%(n)s notices", len(rows)) % {"n": len(rows)}
    lines = [f"{row.telling.title}: {row.telling.words}\n{settings.SITE_ADDRESS}{row.link}" for row in rows]
    title = _("Tongchou")
    return _stoppable(_message(user, f"{title}: {subject}", [_greeting(user), *lines]), user, "")


def _greeting(user: User) -> str:
    return str(_("%(name)s, good day.") % {"name": user})


def _message(user: User, subject: str, lines: list[str], room: str = "") -> Message:
    return outbox.compose(Message.Channel.EMAIL, user.email, "\n\n".join(lines), subject=subject, user=user, room=room)


def _stoppable(message: Message, user: User, group: str) -> Message:
    stop = f"{settings.SITE_ADDRESS}{STOP}{stop_token(user.pk, group)}/"
    message.headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    ends = [_("No more e-mails of this kind: %(address)s"), _("Choose how you are told: %(address)s")]
    places = [stop, settings.SITE_ADDRESS + CHOICES]
    feet = [str(words) % {"address": place} for words, place in zip(ends, places, strict=True)]
    message.text += "\n\n-- \n" + "\n".join(feet)
    return message
