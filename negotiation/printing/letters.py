"""Letters of invitation: one A4 page for each household, with its code to type and as a QR code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Party, User
from audit.keys import current_key
from audit.notes import fingerprint
from negotiation.models import Room
from negotiation.printing.compiler import compile_pdf
from negotiation.printing.sealed import qr
from negotiation.templatetags.tongchou import cn_date

SUMMARY = 400  # characters of it that a letter has room for


@dataclass(frozen=True)
class Letter:
    number: int
    person: User
    party: Party
    address: str
    code: str
    until: datetime


def letters_pdf(room: Room, address: str, letters: Sequence[Letter]) -> bytes:
    """One page for each letter. The code stands behind `#` in the QR code: a browser sends that to no server."""
    day = timezone.localdate()
    key = current_key()
    data = {
        "lang": "zh",
        "date": day.isoformat(),
        "title": _("Letters of invitation"),
        "author": str(room),
        "plan": room.plan.title,
        "about": _shortened(room.plan.summary or ""),
        "address": address,
        "key": fingerprint(bytes(key.public)) if key else "",
        "words": _words() | {"day": cn_date(day)},
        "letters": [_printed(letter, address) for letter in letters],
    }
    return compile_pdf("letters.typ", data)


def _shortened(text: str) -> str:
    return text if len(text) <= SUMMARY else f"{text[:SUMMARY]}…"


def _printed(letter: Letter, address: str) -> dict[str, Any]:
    return {
        "number": _("Letter no. %(number)s") % {"number": letter.number},
        "name": letter.person.name,
        "username": letter.person.username,
        "party": f"{letter.party.code} {letter.party.name}",
        "address": letter.address,
        "code": letter.code,
        "until": _("Good until %(day)s.") % {"day": cn_date(timezone.localtime(letter.until).date())},
        "qr": qr(f"{address}#{letter.code}"),
    }


def _words() -> dict[str, str]:
    return {
        "kicker": _("Invitation to the negotiation"),
        "greeting": _("For the attention of"),
        "acts": _("You act for"),
        "about": _("What it is about"),
        "why": _(
            "How your land and homes are planned is negotiated in the open. You see what each plan gives to you, "
            "you may ask, object, and vote."
        ),
        "how": _("How to come in"),
        "step1": _("Point the camera of your phone at the square, or type this address:"),
        "step2": _("Type the code below, if it is not there already."),
        "step3": _("Choose a password, or go on with your phone number. From then on the code alone opens nothing."),
        "code": _("Your code"),
        "username": _("With a password you sign in under the name"),
        "keep": _("Keep this letter to yourself: whoever has the code comes in in your name."),
        "help": _("You need help, or have no phone?"),
        "help_text": _("The planning office helps you to come in, and takes what you want to say on paper."),
        "lost": _("Letter lost, or the code does not work?"),
        "lost_text": _(
            "Tell the planning office at once. You get a new letter, and the old code dies. If somebody used your code "
            "before you did, it is found and stopped in the same way."
        ),
        "key": _("Fingerprint of the decision log's key, to compare with the page “The key of the decision log”"),
    }
