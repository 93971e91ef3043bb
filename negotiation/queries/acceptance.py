"""Who has answered in sealed acceptance: how many of each side, never what."""

from dataclasses import dataclass

from django.db.models import Count, Q

from accounts.models import Side
from negotiation.models import Acceptance
from negotiation.permissions import Viewer


@dataclass(frozen=True)
class Answered:
    """Of one side: how many of its seats have answered."""

    side: str
    answered: int
    seats: int


def answered(viewer: Viewer) -> list[Answered]:
    """The sides that have seats, in their order. Two statements."""
    room = viewer.room
    parties = Acceptance.objects.filter(room=room).values("party")
    counts = Count("pk", filter=Q(party__in=parties))
    rows = room.seats.order_by().values("party__side").annotate(seats=Count("pk"), answered=counts)
    found = {row["party__side"]: Answered(row["party__side"], row["answered"], row["seats"]) for row in rows}
    return [found[side] for side in Side.values if side in found]
