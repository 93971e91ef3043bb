"""A published roll, one whose days are over, and a household with two co-owners."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Mandate
from negotiation import electoral, mandates, voting
from negotiation.models import Ballot, ElectoralRoll, Room
from negotiation.queries.packages import latest


def asking(room: Room, days: int = 5) -> Room:
    """The room's rule asks for so many days."""
    room.rule["roll_days"] = days
    room.save(update_fields=["rule"])
    return room


def published(convener: Mandate, room: Room, days: int = 5) -> ElectoralRoll:
    """A roll that lies open since today."""
    return electoral.publish_roll(convener, asking(room, days), timezone.localdate(), "Town hall")


def over(room: Room) -> None:
    """Let the days of every version be over."""
    past = timezone.localdate() - timedelta(days=9)
    room.rolls.update(published_on=past, ends=timezone.localdate(), made_at=timezone.now() - timedelta(days=9))


def settled(convener: Mandate, room: Room, *changes: electoral.Change) -> ElectoralRoll:
    """A published roll with these corrections, whose days are over."""
    roll = published(convener, room)
    if changes:
        roll = electoral.correct_roll(convener, room, changes, "As declared")
    over(room)
    return roll


def co_owner(convener: Mandate, room: Room, user: object, party: str = "HH-017") -> Mandate:
    """Another person who acts for the household in their own right."""
    line = room.seats.select_related("party").get(party__code=party)
    return mandates.seat_person(room, user, line.party, "self", by=convener)  # type: ignore[arg-type]


def opened(convener: Mandate, room: Room) -> Ballot:
    """An open ballot on package B."""
    return voting.open_ballot(convener, latest(room).get(package__code="B"), timezone.now() + timedelta(days=1))
