"""A voter's receipt on one page, with a QR code that leads to the page where it is checked."""

from hashlib import sha256
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from negotiation.models import Vote
from negotiation.printing.papers import Paper
from negotiation.printing.sealed import Facts, frame, part, qr, seal_facts
from negotiation.queries.tallies import way_words
from negotiation.receipts import receipt
from negotiation.templatetags.tongchou import choice_name, cn_time


def receipt_paper(vote: Vote, address: str) -> Paper:
    """`address` is that of the page where receipts are checked. Raises WrongPhase while the vote is not sealed."""
    document = receipt(vote)
    digest = sha256(document["entry"].encode()).hexdigest()
    _origin, size, root = document["checkpoint"].split("\n")[:3]
    place = {"index": document["index"], "entry": digest, "size": size, "root": root}
    data = frame(vote.ballot, _("Receipt of a vote"), vote.cast_at, digest) | {
        "head": _vote_facts(vote),
        "parts": [part(_("Where it stands"), seal_facts(digest, document["index"], document["checkpoint"]))],
        "check": _check(vote),
        "qr": qr(f"{address}?{urlencode(place)}"),
    }
    return Paper("sealed.typ", data, f"receipt-{vote.ballot_id}-{vote.seat.party.code}.pdf")


def _vote_facts(vote: Vote) -> Facts:
    revision = vote.ballot.revision
    return [
        [_("Room"), f"{vote.ballot.room.code} · {vote.ballot.room.plan.title}"],
        [_("Revision voted on"), str(revision)],
        [_("Digest of the revision"), revision.digest, "mono"],
        [_("Seat"), vote.seat.party.code],
        [_("Choice"), _("sealed") if vote.sealed else choice_name(vote.choice)],
        [_("Way of voting"), way_words(vote.via)],
        [_("Time"), cn_time(vote.cast_at)],
    ]


def _check(vote: Vote) -> list[str]:
    return [
        _(
            "Point the camera of your phone at the square: the page says whether the log holds this entry "
            "at this place."
        ),
        _("Compare the key's fingerprint with the one in the printed notice. If they differ, believe the notice."),
        _(
            "If you do not want to trust our page: keep the file of the receipt as well. Anybody can check it without "
            "us with tongchou-verify --receipt FILE."
        ),
        _("The vote is secret: this paper shows that you have voted, and not how.")
        if vote.sealed
        else _("Whoever has this paper sees how you voted."),
    ]
