"""Opening a secret ballot: after the close each trustee gives its share, and enough of them open all votes at once.

The ballot's key lives in memory for that moment only; with it go the opened shares, and no choice is kept by its seat.
"""

from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import rfc8785
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import sealing
from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid, WrongPhase
from audit.log import Private, clock, room_scope
from negotiation import ballotkeys, rules
from negotiation.acting import record
from negotiation.live.events import announce, announce_tally
from negotiation.models import Ballot, BallotKey, BallotShare, Decision, Room, Vote
from negotiation.permissions import authorize
from negotiation.rules.counting import CHOICES, WAYS
from negotiation.secrecy import choice_purpose, encode, share_purpose
from negotiation.telling import tell_phase
from negotiation.texts import clean_text
from negotiation.trustees import own_trustee
from negotiation.voting import close_if_due, end_vote, last_votes, roll_rows

FORMAT = "tongchou-share/1"
NOT_OPENED = "not_opened"
PATIENCE = timedelta(days=14)  # that the trustees have after the close
Document = dict[str, Any]
Opened = list[tuple[Vote, str, str]]  # vote, choice or INVALID, mark


def give_share(mandate: Mandate, ballot: Ballot, passphrase: str) -> BallotShare:
    """Give one's share of a closed ballot's key; the last one that is needed opens and counts. Twice is once.

    Raises Invalid for a wrong passphrase.
    """
    authorize(mandate, ballot.room, "give_share")
    share = _own_share(mandate, ballot)
    content = _open_share(share, passphrase)
    with transaction.atomic():
        rows = BallotKey.objects.select_for_update(of=("self",)).select_related("ballot__room", "trust")
        key = rows.get(pk=share.key_id)
        share.refresh_from_db(fields=["given_at"])
        if share.given_at is not None:
            return share
        if key.opened_at is not None:
            raise WrongPhase(_("Enough others have opened this vote already."), code="opened")
        # Asked anew, for the lock may have waited for somebody who gave it up.
        if not Ballot.objects.filter(pk=ballot.pk, state=Ballot.State.CLOSED).exists():
            raise WrongPhase(_("This vote was given up."), code="given_up")
        share.opened, share.given_at = sealing.seal(content.hex(), _kept_as(share)), clock()
        share.save(update_fields=["opened", "given_at"])
        record(ballot.room, "ballot.share", mandate, "ballot", ballot.pk, {"ballot": ballot.pk}, time=share.given_at)
        if key.given >= key.trust.needed:
            _open(key)
        announce(ballot.room, "room")
        announce_tally(ballot.pk)
    return share


def take_share(mandate: Mandate, ballot: Ballot, passphrase: str) -> tuple[str, bytes]:
    """Name and content of the file with which a trustee counts again elsewhere. That it was taken stands in the log."""
    authorize(mandate, ballot.room, "take_share")
    share = _own_share(mandate, ballot)
    content = _open_share(share, passphrase)
    with transaction.atomic():
        record(ballot.room, "share.take", mandate, "ballot", ballot.pk, {"ballot": ballot.pk})
    told: Document = {
        "format": FORMAT,
        "scope": room_scope(ballot.room.code),
        "ballot": ballot.pk,
        "number": share.trustee.number,
        "share": encode(content),
    }
    return f"share-{ballot.pk}-{share.trustee.number}.json", rfc8785.dumps(told)


def give_up(mandate: Mandate, ballot: Ballot, reason: str) -> Decision:
    """End a closed secret ballot that too few trustees can open, some weeks after the close. It decides nothing."""
    authorize(mandate, ballot.room, "decide")
    _check_closed(ballot)
    reason = clean_text(reason, "reason", 400)
    with transaction.atomic():
        rows = BallotKey.objects.select_for_update(of=("self",)).select_related("ballot__room__plan")
        key = rows.get(ballot=ballot)
        if key.opened_at is not None or hasattr(key.ballot, "decision"):
            raise Conflict(_("This vote was opened or given up already."))
        now = clock()
        if now < key.ballot.closes_at + PATIENCE:
            text = _("The trustees have until %(day)s to open this vote.")
            day = timezone.localdate(key.ballot.closes_at + PATIENCE)
            raise WrongPhase(text % {"day": day.isoformat()}, code="too_early")
        count = {"state": NOT_OPENED, "chambers": []}
        made = Decision.objects.create(ballot=key.ballot, outcome=NOT_OPENED, count=count, mandate=mandate)
        key.shares.update(opened=None)
        end_vote(key.ballot, NOT_OPENED)
        data = {"ballot": ballot.pk, "reason": Private.text(reason)}
        record(ballot.room, "ballot.give_up", mandate, "ballot", ballot.pk, data, time=now)
        tell_phase(Room.objects.get(pk=ballot.room_id), mandate)
        announce(ballot.room, "room")
    return made


def _check_closed(ballot: Ballot) -> None:
    if not ballot.is_secret:
        raise WrongPhase(_("This vote is open; there is nothing to unseal."), code="not_secret")
    close_if_due(ballot)
    ballot.refresh_from_db(fields=["state"])
    if ballot.state == Ballot.State.OPEN:
        raise WrongPhase(_("This ballot is still open."), code="ballot_open")


def _own_share(mandate: Mandate, ballot: Ballot) -> BallotShare:
    _check_closed(ballot)
    trustee = own_trustee(mandate, ballot.key.trust)
    return ballot.key.shares.select_related("trustee__mandate__party").get(trustee=trustee)


def _open_share(share: BallotShare, passphrase: str) -> bytes:
    try:
        private = ballotkeys.unlock(bytes(share.trustee.locked or b""), passphrase)
    except ballotkeys.CannotOpen:
        raise Invalid({"passphrase": _("This is not your passphrase.")}, code="wrong_passphrase") from None
    try:
        content = ballotkeys.unseal(private, bytes(share.sealed), **share_purpose(share.key.ballot, share.trustee))
    except ballotkeys.CannotOpen:
        content = b""
    if sha256(content).hexdigest() != share.sha256:
        raise Conflict(_("Your share is not the one that the log names. Tell the auditor."), code="share_broken")
    return content


def _kept_as(share: BallotShare) -> str:
    return f"ballot share {share.pk}"


def _open(key: BallotKey) -> None:
    """Open every vote that counts, count under the rule, publish, and forget."""
    ballot = key.ballot
    given = list(
        key.shares.exclude(given_at=None).select_related("trustee__mandate__party").order_by("trustee__number")
    )
    shares = {row.trustee.number: bytes.fromhex(sealing.unseal(row.opened or b"", _kept_as(row))) for row in given}
    private = ballotkeys.combine(shares)
    if ballotkeys.public_of(private) != bytes(key.public):
        raise Conflict(_("The shares do not give the key of this vote. Tell the auditor."), code="share_broken")
    opened = [(vote, *_choice(private, ballot, vote)) for vote in counting_votes(ballot)]
    votes = [{"seat": str(vote.seat_id), "choice": choice, "via": vote.via} for vote, choice, _mark in opened]
    key.count = rules.opened(rules.parse_rule(ballot.rule), roll_rows(ballot), votes)
    key.boards, key.opened_at = _boards(ballot, key.count, opened), clock()
    key.save(update_fields=["count", "boards", "opened_at"])
    key.shares.update(opened=None)
    codes = [row.trustee.mandate.party.code for row in given]
    data = {"ballot": ballot.pk, "trustees": codes, "count": key.count, "boards": key.boards}
    record(ballot.room, "ballot.unseal", None, "ballot", ballot.pk, data, time=key.opened_at)


def counting_votes(ballot: Ballot) -> Iterable[Vote]:
    """Of each seat the vote that counts: own over proxy, then the last."""
    best: dict[int, Vote] = {}
    for vote in last_votes(ballot).select_related("seat__party"):
        if vote.seat_id not in best or WAYS[vote.via] < WAYS[best[vote.seat_id].via]:
            best[vote.seat_id] = vote
    return best.values()


def _choice(private: bytes, ballot: Ballot, vote: Vote) -> tuple[str, str]:
    """Choice and mark. One that does not open was cast all the same: it takes part, and is for nobody."""
    purpose = choice_purpose(ballot, vote.seat.party.code, vote.via)
    try:
        choice, mark = ballotkeys.unseal_choice(private, bytes(vote.sealed or b""), **purpose)
    except ballotkeys.CannotOpen:
        return rules.INVALID, ""
    return (choice, mark.hex()) if choice in CHOICES["vote"] else (rules.INVALID, "")


def _boards(ballot: Ballot, count: Document, opened: Opened) -> list[Document]:
    """For each chamber the marks with their choices, in the order of the marks; nothing where it is withheld."""
    chambers = dict(ballot.roll.values_list("seat_id", "chamber"))
    found: dict[str, list[list[str]]] = {row["code"]: [] for row in count["chambers"]}
    for vote, choice, mark in opened:
        found[chambers[vote.seat_id]].append([mark, choice])
    withheld = {row["code"] for row in count["chambers"] if row["withheld"]}
    return [{"chamber": code, "votes": None if code in withheld else sorted(votes)} for code, votes in found.items()]
