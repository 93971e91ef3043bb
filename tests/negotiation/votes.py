"""Votes written past their acts, for tests that need many of them at once."""

from collections.abc import Iterable

from django.utils import timezone

from accounts.models import Mandate
from negotiation.models import Ballot, BallotSeat, Vote


def vote_as(ballot: Ballot, choice: str, lines: Iterable[BallotSeat], via: str = "own") -> None:
    """Votes of these lines of the roll, as rows of one mandate's making, with their marks."""
    mandate = Mandate.objects.filter(party__realm=ballot.room.code).first()
    common = {"ballot": ballot, "choice": choice, "via": via, "mandate": mandate, "cast_at": timezone.now()}
    reason = "x" if choice == "object" else ""
    lines = list(lines)
    Vote.objects.bulk_create(Vote(seat_id=line.seat_id, reason=reason, **common) for line in lines)
    BallotSeat.objects.filter(pk__in=[line.pk for line in lines]).update(**{via: choice})
