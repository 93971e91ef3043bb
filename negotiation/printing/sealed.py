"""What papers about entries of the log have in common: `sealed.typ`."""

import io
from collections.abc import Sequence
from datetime import datetime

import segno
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audit.keys import current_key
from audit.notes import fingerprint
from negotiation.models import Ballot
from negotiation.printing.shapes import Shape

Facts = list[list[str]]


def frame(ballot: Ballot, kicker: str, moment: datetime, digest: str) -> Shape:
    """What every page carries. Its date is that of the act: a print of tomorrow is the same paper."""
    room, revision = ballot.room, ballot.revision
    return {
        "lang": "zh" if (get_language() or "").startswith("zh") else "en",
        "date": timezone.localtime(moment).date().isoformat(),
        "title": f"{revision.package.code} · {revision.title}",
        "author": str(room),
        "running": {"left": f"{room.code} {room.plan.title}", "right": kicker},
        "footer": {"text": kicker, "digest": digest},
        "verdict": "",
        "qr": "",
        "note": "",
        "words": {"kicker": kicker, "check": _("How to check this"), "page_of": _("page {page} of {pages}")},
    }


def part(title: str, facts: Facts, notes: Sequence[str] = (), tables: Sequence[Shape] = ()) -> Shape:
    return {"title": title, "facts": facts, "notes": list(notes), "tables": list(tables)}


def seal_facts(digest: str, index: int, checkpoint: str) -> Facts:
    """Where an entry stands and what seals it; `checkpoint` is a signed note."""
    origin, size, root = checkpoint.split("\n")[:3]
    key = current_key()
    return [
        [_("Hash of the entry (SHA-256)"), digest, "mono"],
        [_("Place in the log"), str(index)],
        [_("Log"), origin, "mono"],
        [_("Entries under the seal"), size],
        [_("Root of the seal"), root, "mono"],
        [_("Fingerprint of the log's key"), fingerprint(bytes(key.public)) if key else "—", "mono"],
    ]


def qr(text: str) -> str:
    """A QR code as SVG."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", border=2, scale=4)
    return drawn.getvalue().decode()
