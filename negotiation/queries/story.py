"""The log as a story: each entry in words."""

import hashlib
import json
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.models import Entry


def tell(entry: Entry) -> dict[str, Any]:
    """What a line of the log's page shows: who, what, when, the bytes and their hash."""
    raw = bytes(entry.body)
    body = json.loads(raw)
    local = timezone.localtime(entry.time)
    return {
        "entry": entry,
        "body": body,
        "text": raw.decode(),
        "digest": hashlib.sha256(raw).hexdigest(),
        "words": action_words(entry.action, body["data"]),
        "day": local.date(),
        "time": local.strftime("%H:%M:%S"),
    }


def action_words(action: str, data: dict[str, Any]) -> str:
    words = {
        "case.load": _("loaded the case"),
        "package.load": _("laid package %(package)s of the case on the table"),
        "package.start": _("began package %(package)s"),
        "package.revise": _("opened the next revision of package %(package)s"),
        "package.save": _("saved a draft of package %(package)s"),
        "package.import": _("brought a workbook into a draft of package %(package)s"),
        "package.bulk": _("changed many amounts in a draft of package %(package)s"),
        "package.undo": _("went a step back in a draft of package %(package)s"),
        "package.submit": _("put package %(package)s on the table, revision %(revision)s"),
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
        "attachment.add": _("attached a file"),
        "attachment.remove": _("removed a file"),
        "comment.add": _("commented"),
        "comment.answer": _("answered comment %(comment)s"),
        "notice.publish": _("recorded the public notice"),
        "ballot.open": _("opened the vote on package %(package)s"),
        "vote.cast": _("voted"),
        "ballot.close": _("closed the vote"),
        "ballot.decide": _("set the decision down"),
        "person.invite": _("invited a person"),
        "mandate.grant": _("gave a mandate for %(party)s"),
        "mandate.revoke": _("revoked a mandate for %(party)s"),
        "room.publish": _("published the room"),
        "room.withdraw": _("closed the room to the public"),
        "log.export": _("took the log away"),
    }
    known = {"draft": "", "package": "", "revision": "", "comment": "", "party": "", **data}
    return words[action] % known if action in words else action
