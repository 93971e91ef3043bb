"""A voter's receipt (`tongchou-receipt/1`): the vote's entry, its place in the tree, the proof and the checkpoint."""

import base64
from dataclasses import dataclass
from hashlib import sha256

import rfc8785
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import NotFound, WrongPhase
from audit import log
from audit.keys import current_key
from audit.models import Checkpoint, Entry
from audit.notes import verifier_key
from audit.sequencer import last_checkpoint
from audit.tree import inclusion_proof
from negotiation.models import Ballot, Room, Vote
from negotiation.terms import Document
from negotiation.voting import effective_vote

FORMAT = "tongchou-receipt/1"


def find_vote(mandate: Mandate, ballot: Ballot) -> Vote:
    """The vote that a receipt is for: the last one under this mandate, else the one that counts for its party."""
    related = ("ballot__room__plan", "ballot__revision__package", "seat__party", "mandate__party")
    votes = ballot.votes.select_related(*related).filter(seat__party=mandate.party_id)
    own = votes.filter(mandate=mandate).order_by("-pk").first()
    found = own or effective_vote(ballot, votes.values_list("seat", flat=True))
    if found is None:
        raise NotFound(_("Your party has not voted in this ballot."))
    return found


def find_entry(vote: Vote) -> Entry | None:
    """The vote's entry in the log. A seat's votes come one after the other, so that its moment tells them apart."""
    scope, party = log.room_scope(vote.ballot.room.code), vote.mandate.party.code
    same = Entry.objects.filter(scope=scope, action="vote.cast", party=party, object_id=str(vote.ballot_id))
    # Under an official's mandate votes of several seats may be written at one moment.
    seat, entries = vote.seat.party.code, same.filter(time=vote.cast_at)
    return next((entry for entry in entries if _seat(entry) == seat), None)


def _seat(entry: Entry) -> object:
    """Whose vote it is; nobody's where the bytes are no entry any more."""
    body = log.read_body(bytes(entry.body))
    return body["data"].get("seat") if body else None


def receipt_state(vote: Vote) -> str:
    """`sealed`, `waiting`, or nothing for a vote that no receipt can be made of."""
    entry = find_entry(vote)
    return "" if entry is None else "waiting" if entry.index is None else "sealed"


def receipt(vote: Vote) -> Document:
    """Raises WrongPhase while the entry is not sealed yet, which takes some seconds."""
    entry, last, key = find_entry(vote), last_checkpoint(log.room_scope(vote.ballot.room.code)), current_key()
    if entry is None:
        raise NotFound(_("The log has no entry of this vote that a receipt could be made of."))
    if entry.index is None or last is None or key is None:
        raise WrongPhase(_("Your vote is written down but not yet sealed; try again in a moment."), code="not_sealed")
    proof = inclusion_proof(entry.scope, entry.index, last.size)
    return {
        "format": FORMAT,
        "entry": bytes(entry.body).decode(),
        "index": entry.index,
        "proof": [base64.b64encode(part).decode() for part in proof],
        "checkpoint": last.whole_note,
        "key": verifier_key(last.origin, bytes(key.public)),
    }


def receipt_file(mandate: Mandate, ballot: Ballot) -> tuple[str, bytes]:
    """Name and content of the file that the voter keeps."""
    content = rfc8785.dumps(receipt(find_vote(mandate, ballot)))
    return f"receipt-{ballot.pk}-{mandate.party.code}.json", content


@dataclass(frozen=True)
class Check:
    """Whether an entry stands where a receipt says, and whether the seal on the receipt is ours (None: not asked)."""

    stands: bool
    sealed: bool | None


def check_receipt(room: Room, index: int, digest: str, size: int | None = None, root: str = "") -> Check:
    """Look a receipt up. It tells nothing of the entry that the paper does not say."""
    scope = log.room_scope(room.code)
    entry = Entry.objects.filter(scope=scope, index=index).first()
    stands = entry is not None and sha256(bytes(entry.body)).hexdigest() == digest.lower()
    if size is None:
        return Check(stands, None)
    kept = Checkpoint.objects.filter(scope=scope, size=size).first()
    same = kept is not None and base64.b64encode(bytes(kept.root)).decode() == root
    return Check(stands, same and index < size)
