"""Hearings and meetings as a viewer may see them."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import Party
from negotiation.models import Attendance, HearingDemand, Meeting, Room
from negotiation.permissions import Viewer, is_personal, personal
from negotiation.phases import HEARING


def meetings(viewer: Viewer) -> QuerySet[Meeting]:
    """All of the room, the latest first."""
    return viewer.room.meetings.order_by("-begins_at", "-pk")


def upcoming(room: Room) -> Meeting | None:
    """The next hearing or meeting that everyone is invited to. One statement."""
    planned = room.meetings.filter(state=Meeting.State.PLANNED, begins_at__gt=timezone.now())
    return planned.order_by("begins_at", "pk").first()


def find_meeting(viewer: Viewer, number: int) -> Meeting:
    """One of the viewer's room. Raises Http404."""
    found = viewer.room.meetings.select_related("room__plan", "planned_by__party", "ended_by__party").filter(pk=number)
    meeting = found.first()
    if meeting is None:
        raise Http404
    return meeting


def attendance(viewer: Viewer, meeting: Meeting) -> dict[str, int]:
    """How many were there, and how many of them are households that the viewer is not shown."""
    unseen = Q(party__in=personal(_parties(viewer))) & ~Q(party__code__in=viewer.parties)
    found = meeting.attendances.aggregate(all=Count("pk"), unseen=Count("pk", filter=unseen))
    return {"all": found["all"], "hidden": 0 if viewer.may("read_households") else found["unseen"]}


def seen_attendances(viewer: Viewer, meeting: Meeting) -> QuerySet[Attendance]:
    """Those whose presence the viewer may see: bodies, their own parties; the government sees all."""
    rows = meeting.attendances.select_related("party").order_by("party__side", "party__code")
    if viewer.may("read_households"):
        return rows
    return rows.exclude(Q(party__in=personal(_parties(viewer))) & ~Q(party__code__in=viewer.parties))


def _parties(viewer: Viewer) -> QuerySet[Party]:
    return Party.objects.filter(realm=viewer.room.code)


def bodies(viewer: Viewer) -> list[tuple[str, str]]:
    """(code, name) of the parties with a seat that are no persons."""
    seats = viewer.room.seats.select_related("party").order_by("party__side", "party__code")
    seats = seats.exclude(party__in=personal(_parties(viewer)))
    return [(seat.party.code, seat.party.name) for seat in seats if not is_personal(seat.party)]


def demand_state(viewer: Viewer) -> dict[str, Any]:
    """How far a hearing is from being due, and whether the viewer's party has asked for one. Two statements."""
    own = viewer.mandate.party_id if viewer.mandate else 0
    open_ = HearingDemand.objects.filter(room=viewer.room, settled_by=None)
    found = open_.aggregate(
        demands=Count("pk", filter=Q(declared=False)),
        declared=Count("pk", filter=Q(declared=True)),
        own=Count("pk", filter=Q(party=own)),
    )
    seats = viewer.room.seats.filter(party__side="public").count()
    due = found["declared"] > 0 or HEARING.reached(found["demands"], seats)
    return {**found, "seats": seats, "due": due, "needed": HEARING.seats, "share": HEARING.share}
