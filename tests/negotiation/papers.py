"""An open ballot, the codes of its papers, and papers as officials enter them."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Mandate
from negotiation import papers, voting
from negotiation.models import Ballot, Meeting, PaperEntry, Room
from negotiation.papercodes import paper_code
from negotiation.queries.packages import latest
from tests.negotiation.files import picture


def opened(convener: Mandate, room: Room) -> Ballot:
    """An open ballot on package B."""
    return voting.open_ballot(convener, latest(room).get(package__code="B"), timezone.now() + timedelta(days=1))


def code_of(ballot: Ballot, party: str) -> str:
    return paper_code(ballot.roll.get(seat__party__code=party).pk)


def entered(official: Mandate, ballot: Ballot, party: str = "HH-150", choice: str = "yes", **more: str) -> PaperEntry:
    return papers.enter_paper(official, ballot, code_of(ballot, party), choice, picture(), **more)


def begun(planner: Mandate, room: Room) -> Meeting:
    """A meeting that goes on now."""
    return Meeting.objects.create(
        room=room, kind="meeting", begins_at=timezone.now(), place="Hall", agenda="Vote", planned_by=planner
    )
