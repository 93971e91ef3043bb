"""Secret ballots for tests: a rule, trustees who have accepted, an open ballot, its close."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from accounts.models import Mandate
from negotiation import trustees, unsealing, voting
from negotiation.models import Ballot, BallotShare, Room, Trust
from negotiation.queries.packages import latest

RULE = {
    "code": "own-secret",
    "title": "Owners in secret",
    "basis": "Resolution of the owners",
    "secret": True,
    "chambers": [
        {
            "code": "owners",
            "title": "Owners",
            "who": {"side": "public"},
            "method": "vote",
            "turnout": [{"by": "heads", "at_least": "1/100"}],
            "approval": [
                {"by": "heads", "of": "participating", "more_than": "1/2"},
                {"by": "area", "of": "participating", "more_than": "1/2"},
            ],
        }
    ],
}
TRUSTEES = ("finance", "auditor", "developer")


def passphrase(name: str) -> str:
    return f"lamp river {name} seven stairs"


def trusted(mandate: Callable[..., Mandate], room: Room, rule: dict = RULE, needed: int = 2) -> Trust:
    """The room decides in secret; its trustees have accepted."""
    room.rule = rule
    room.save(update_fields=["rule"])
    trust = trustees.name_trustees(mandate("planner"), room, TRUSTEES, needed)
    for name in TRUSTEES:
        trustees.accept_trust(mandate(name), trust, passphrase(name))
    return trust


def opened_secret(mandate: Callable[..., Mandate], room: Room, rule: dict = RULE) -> Ballot:
    trusted(mandate, room, rule)
    revision = latest(room).get(package__code="B")
    return voting.open_ballot(mandate("planner"), revision, timezone.now() + timedelta(days=1))


def end(ballot: Ballot) -> None:
    """Let the ballot's time be over."""
    Ballot.objects.filter(pk=ballot.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    ballot.refresh_from_db()


def give(mandate: Callable[..., Mandate], ballot: Ballot, name: str) -> BallotShare:
    return unsealing.give_share(mandate(name), ballot, passphrase(name))


def many(ballot: Ballot, choices: list[str], mandate: Mandate) -> list[str]:
    """The first seats of the roll vote so. Returns the marks."""
    marks = []
    for line, choice in zip(ballot.roll.select_related("seat__party").order_by("pk"), choices, strict=False):
        vote = ballot.votes.model(ballot=ballot, seat=line.seat, choice=choice, via="own", mandate=mandate)
        vote.cast_at = timezone.now()
        marks.append(voting.keep_vote(vote).mark)
    return marks
