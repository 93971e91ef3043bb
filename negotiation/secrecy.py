"""What is different about a secret ballot: its key, how a choice is sealed, and which count there is.

`negotiation.voting` calls this module; who opens the ballot, and how, is in `negotiation.unsealing`.
"""

import base64
import os
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Invalid, WrongPhase
from audit.log import room_scope
from negotiation import ballotkeys
from negotiation.models import Ballot, BallotKey, BallotShare, Deciding, Trust, Trustee, Vote
from negotiation.rules import parse_rule, turnout
from negotiation.telling import tell

Document = dict[str, Any]


def freeze_key(ballot: Ballot) -> Document:
    """Make the key of a ballot that opens, share it out and forget its private half; what the opening's entry says.

    Nothing for an open ballot. Raises WrongPhase unless all trustees have accepted.
    """
    if not ballot.is_secret:
        return {}
    if ballot.roll.filter(deciding=Deciding.ALL).exists():
        text = _("Co-owners who decide together would learn each other's choice: have them name a representative.")
        raise WrongPhase(text, code="secret_together")
    trust, trustees = _ready_trust(ballot)
    private, public = ballotkeys.new_pair()
    key = BallotKey.objects.create(ballot=ballot, trust=trust, public=public)
    parts = ballotkeys.split(private, trust.needed, len(trustees))
    shares = [_share(key, trustee, part) for trustee, part in zip(trustees, parts, strict=True)]
    BallotShare.objects.bulk_create(shares)
    told = {"public": encode(public), "needed": trust.needed, "trustees": [_told(share) for share in shares]}
    return {"secret": told}


def _ready_trust(ballot: Ballot) -> tuple[Trust, Sequence[Trustee]]:
    trust = ballot.room.trusts.select_for_update().filter(stands=True).first()
    if trust is None:
        text = _("The rule says that the vote is secret: name those who open it together first.")
        raise WrongPhase(text, code="no_trustees")
    trustees = list(trust.trustees.select_related("mandate__party", "mandate__user").order_by("number"))
    waiting = [trustee.mandate.party.code for trustee in trustees if trustee.accepted_at is None]
    if waiting:
        text = _("These have not accepted yet to open the vote together: %(codes)s.")
        raise WrongPhase(text % {"codes": ", ".join(waiting)}, code="trustees_waiting")
    ended = [trustee.mandate.party.code for trustee in trustees if not _still_acts(trustee)]
    if ended:
        text = _("Mandates of these trustees have ended: %(codes)s. Name others.")
        raise WrongPhase(text % {"codes": ", ".join(ended)}, code="trustees_ended")
    return trust, trustees


def _still_acts(trustee: Trustee) -> bool:
    """Whether the person acts for the party, under the mandate of the naming or a later one."""
    valid = trustee.mandate.user.mandates.valid().exclude(kind=Mandate.Kind.PROXY)
    return bool(valid.filter(party=trustee.mandate.party_id).exists())


def _share(key: BallotKey, trustee: Trustee, share: bytes) -> BallotShare:
    sealed = ballotkeys.seal(bytes(trustee.public or b""), share, **share_purpose(key.ballot, trustee))
    return BallotShare(key=key, trustee=trustee, sealed=sealed, sha256=sha256(share).hexdigest())


def _told(share: BallotShare) -> Document:
    trustee = share.trustee
    return {
        "party": trustee.mandate.party.code,
        "key": encode(trustee.public),
        "sealed": encode(share.sealed),
        "sha256": share.sha256,
    }


def share_purpose(ballot: Ballot, trustee: Trustee) -> Document:
    """What a share is sealed for."""
    return {"scope": room_scope(ballot.room.code), "ballot": ballot.pk, "trustee": trustee.mandate.party.code}


def choice_purpose(ballot: Ballot, seat: str, via: str) -> Document:
    """What a choice is sealed for: in no other place does it open."""
    return {"scope": room_scope(ballot.room.code), "ballot": ballot.pk, "seat": seat, "via": via}


def seal_choice(vote: Vote) -> Document:
    """What the entry of a vote says of its choice. That of a secret ballot is sealed here and leaves the vote."""
    ballot = vote.ballot
    if not ballot.is_secret:
        return {"choice": vote.choice}
    if vote.reason:
        raise Invalid({"reason": _("A reason would show what was chosen; a secret vote has none.")})
    mark, public = os.urandom(ballotkeys.MARK), bytes(ballot.key.public)
    purpose = choice_purpose(ballot, vote.seat.party.code, vote.via)
    vote.sealed = ballotkeys.seal_choice(public, vote.choice, mark, **purpose)
    vote.choice, vote.mark = "", mark.hex()
    return {"sealed": encode(vote.sealed)}


def refuse_secret(ballot: Ballot) -> None:
    """Raise where others than the voter would learn the choice: on paper and in a roll call."""
    if ballot.is_secret:
        text = _("This vote is secret: whoever handles a paper or takes a roll call would learn what was chosen.")
        raise WrongPhase(text, code="secret_ballot")


def ask_trustees(ballot: Ballot) -> None:
    """Tell the trustees of a secret ballot that it is closed."""
    if ballot.is_secret:
        rows = ballot.key.trust.trustees.select_related("mandate__user")
        link, named = (
            reverse("give-share", args=[ballot.room.code, ballot.pk]),
            {"package": ballot.revision.package.code},
        )
        tell(ballot.room, "shares.wanted", link, named, users=[row.mandate.user for row in rows])


def opened_count(ballot: Ballot) -> Document:
    """The published count. Raises WrongPhase before the trustees have opened it."""
    if ballot.key.count is None:
        raise WrongPhase(_("The trustees have not opened this secret vote yet."), code="not_opened")
    return ballot.key.count  # type: ignore[no-any-return]


def count_so_far(ballot: Ballot, seats: Sequence[Document], votes: Iterable[Document]) -> Document:
    """The published count, or before the opening the turnout."""
    if ballot.key.count is not None:
        return ballot.key.count  # type: ignore[no-any-return]
    return turnout(parse_rule(ballot.rule), seats, list(votes))


def encode(content: Any) -> str:
    return base64.b64encode(bytes(content or b"")).decode()
