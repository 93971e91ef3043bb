"""Co-owners who decide together: each says a choice, and once all say the same it is the vote of their seat.

An agreed vote stands until all agree on another one: one of them alone can neither cast nor take back.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import NotAllowed
from audit.log import Private
from negotiation.acting import mandate_commitment, record
from negotiation.models import Ballot, BallotSeat, CoOwnerChoice, Deciding, Vote
from negotiation.permissions import authorize
from negotiation.telling import tell
from negotiation.voting import check_choice, keep_vote, lock_line, lock_open


def say(mandate: Mandate, ballot: Ballot, choice: str, *, reason: str = "") -> CoOwnerChoice:
    """Say how the seat should vote, or change it before the close. Saying the same again changes nothing."""
    authorize(mandate, ballot.room, "cast")
    line = ballot.roll.select_related("seat__party").filter(seat__party=mandate.party_id).first()
    if line is None or line.deciding != Deciding.ALL or mandate.pk not in line.owners:
        text = _("You are none of the co-owners who decide together for a seat of this ballot.")
        raise NotAllowed(text, code="not_a_co_owner")
    check_choice(ballot, line.chamber, choice, reason)
    with transaction.atomic():
        lock_line(ballot, line.seat)
        now = lock_open(ballot, mandate, [line.chamber])
        said = {"choice": choice, "reason": reason.strip()}
        known = ballot.co_owner_choices.filter(seat=line.seat, mandate=mandate).first()
        changed = known is None or (known.choice, known.reason) != (choice, said["reason"])
        if changed:
            key: dict[str, Any] = {"ballot": ballot, "seat": line.seat, "mandate": mandate}
            known, _made = CoOwnerChoice.objects.update_or_create(**key, defaults={**said, "said_at": now})
            data = {"ballot": ballot.pk, "seat": line.seat.party.code, "choice": Private.text(choice)}
            record(ballot.room, "seat.say", mandate, "ballot", ballot.pk, data, time=now)
        assert known is not None  # noqa: S101  (it was there or has been made)
        if not _conclude(known, line, now) and changed:
            _tell(line, mandate)
    return known


def _conclude(said: CoOwnerChoice, line: BallotSeat, now: datetime) -> bool:
    """Write the vote once every co-owner whose mandate holds has said the same; whether they agree."""
    mandates = _holding(line, now)
    rows = list(said.ballot.co_owner_choices.filter(seat=line.seat, mandate__in=mandates).order_by("pk"))
    spoken = {row.mandate_id for row in rows}
    persons = {mandate.user_id for mandate in mandates if mandate.pk in spoken}
    if {row.choice for row in rows} != {said.choice} or any(mandate.user_id not in persons for mandate in mandates):
        return False
    standing = said.ballot.votes.filter(seat=line.seat, via="own").order_by("-pk").first()
    if standing is None or standing.choice != said.choice:
        reasons = list(dict.fromkeys(row.reason for row in rows if row.reason))
        vote = Vote(ballot=said.ballot, seat=line.seat, choice=said.choice, reason="\n".join(reasons)[:2000])
        vote.mandate, vote.cast_at = said.mandate, now
        keep_vote(vote, together=sorted(map(mandate_commitment, mandates)))
    return True


def _holding(line: BallotSeat, now: datetime) -> list[Mandate]:
    """The co-owners' mandates that still hold, kept from being revoked before the vote stands."""
    rows = Mandate.objects.select_for_update(of=("self",)).filter(pk__in=line.owners).order_by("pk")
    return [mandate for mandate in rows if mandate.held_at(now)]


def _tell(line: BallotSeat, by: Mandate) -> None:
    """The other co-owners, who are to agree or to say otherwise."""
    ballot, party = line.ballot, line.seat.party
    link = reverse("ballot", args=[ballot.room.code, ballot.pk])
    tell(ballot.room, "seat.said", link, {"package": ballot.revision.package.code}, parties={party.code: ""}, by=by)
