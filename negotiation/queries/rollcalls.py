"""Reads of roll calls, for officials: who may answer in a meeting, and lists that were taken down."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from accounts.models import Mandate
from accounts.refusals import NotFound
from negotiation.models import Ballot, BallotSeat, Meeting, RollCall
from negotiation.permissions import Viewer
from negotiation.rollcalls import Answer
from negotiation.voting import choices

PER_PAGE = 100
RELATED = ("meeting", "taken_by__user", "taken_by__party", "ended_by__user")


@dataclass(frozen=True)
class Place:
    """A seat on the list: who could answer for it, what it may say, and what was chosen so far."""

    line: BallotSeat
    choices: tuple[str, ...]
    given: Answer | None = None
    holders: list[Mandate] = field(default_factory=list)


def open_ballot(viewer: Viewer) -> Ballot | None:
    rows = viewer.room.ballots.filter(state=Ballot.State.OPEN)
    found = rows.select_related("room__plan", "revision__package").first()
    return found


def callable_lines(viewer: Viewer, ballot: Ballot, meeting: Meeting) -> QuerySet[BallotSeat]:
    """Lines of the roll that may answer: somebody holds a mandate, and was there where the record says who was.

    Those that the viewer acts for are left out: another official takes their answer.
    """
    holding = Mandate.objects.valid().filter(party__realm=viewer.room.code)
    rows = ballot.roll.filter(seat__party__in=holding.values("party")).exclude(seat__party__code__in=viewer.parties)
    if meeting.state == Meeting.State.HELD:
        rows = rows.filter(seat__party__in=meeting.attendances.values("party"))
    return rows.select_related("seat__party").order_by("seat__party__code")


def places(ballot: Ballot, lines: list[BallotSeat], given: Sequence[Answer] = ()) -> list[Place]:
    """The lines with their holders: those in their own right first. One statement."""
    said = {answer.party: answer for answer in given}
    found = [Place(line, choices(ballot, line.chamber), said.get(line.seat.party.code)) for line in lines]
    by_party = {place.line.seat.party_id: place for place in found}
    holding = Mandate.objects.valid().filter(party__in=by_party).select_related("user", "party")
    for mandate in sorted(holding, key=lambda row: (row.kind == Mandate.Kind.PROXY, row.pk)):
        by_party[mandate.party_id].holders.append(mandate)
    return found


def roll_calls(ballot: Ballot) -> QuerySet[RollCall]:
    return ballot.roll_calls.select_related(*RELATED).order_by("-pk")


def calls_of(meeting: Meeting) -> QuerySet[RollCall]:
    return meeting.roll_calls.select_related("taken_by__user").order_by("-pk")


def find_roll_call(viewer: Viewer, number: int) -> RollCall:
    """Raises NotFound."""
    rows = RollCall.objects.select_related("ballot__room__plan", "ballot__revision__package", *RELATED)
    found = rows.filter(pk=number, ballot__room=viewer.room).first()
    if found is None:
        raise NotFound
    return found
