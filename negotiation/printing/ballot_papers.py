"""Ballot papers: one A4 page for each seat, with what it votes on, its choices to tick and its code."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import segno
from django.utils import timezone
from django.utils.translation import gettext as _

from negotiation.models import Ballot, BallotSeat
from negotiation.papercodes import paper_code
from negotiation.printing.compiler import compile_pdf
from negotiation.templatetags.tongchou import cast_words, cn_time

SHORT = 16  # places of the digest that stand on a paper, in groups of four


def ballot_papers_pdf(ballot: Ballot, place: str, papers: Sequence[tuple[BallotSeat, Sequence[str]]]) -> bytes:
    """One page for each line of the roll and its choices. The QR code holds the paper's code and nothing else."""
    revision, room = ballot.revision, ballot.room
    named = {"code": revision.package.code, "number": revision.number}
    closes = {row.chamber: row.closes_at for row in ballot.sittings.all()}
    data = {
        "lang": "zh",
        "date": timezone.localdate().isoformat(),
        "title": _("Ballot papers"),
        "author": str(room),
        "plan": room.plan.title,
        "package": f"{revision.package.code} · {revision.title}",
        "revision": _("Package %(code)s, revision %(number)s") % named,
        "digest": short_digest(revision.digest),
        "rule": str(ballot.rule.get("title", "")),
        "place": place,
        "words": _words(),
        "papers": [_printed(line, choices, closes[line.chamber]) for line, choices in papers],
    }
    return compile_pdf("ballot_papers.typ", data)


def short_digest(digest: str) -> str:
    """`1a2b 3c4d …`: enough to see that it is the text that is on the table."""
    return " ".join(digest[at : at + 4] for at in range(0, SHORT, 4))


def _printed(line: BallotSeat, choices: Sequence[str], closes_at: datetime) -> dict[str, Any]:
    code = paper_code(line.pk)
    return {
        "party": line.seat.party.name,
        "seat": line.seat.party.code,
        "code": code,
        "choices": [cast_words(choice) for choice in choices],
        "reason": "object" in choices,
        "qr": _qr(code),
        "until": cn_time(closes_at),
    }


def _qr(text: str) -> str:
    drawn = io.BytesIO()
    segno.make(text, error="q", micro=False).save(drawn, kind="svg", border=2, scale=4)
    return drawn.getvalue().decode()


def _words() -> dict[str, str]:
    return {
        "kicker": _("Ballot paper"),
        "seat": _("Seat"),
        "asked": _("What is voted on"),
        "digest": _("Begin of the text's digest, as on the ballot's page"),
        "rule": _("Rule"),
        "tick": _("Tick one box only. A paper with no tick, or with several, is not entered as a vote."),
        "object": _("Tick the box only if you object. Who does not object by the close consents."),
        "reason": _("Reason of the objection (an objection needs one)"),
        "name": _("Name in block letters"),
        "signature": _("Signature or seal"),
        "day": _("Date"),
        "where": _("Hand it in here"),
        "until": _("It must be there in good time, so that two officials can enter it before"),
        "named": _("Open and named: the vote stands in the log under the seat's code."),
        "own": _("Whoever votes on the site too: the vote on the site counts, and the paper does not."),
        "code": _("Code of this paper"),
    }
