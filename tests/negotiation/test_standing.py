"""How a ballot stands: whether it can still change, and how far groups have come."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from negotiation import voting
from negotiation.live.tally import render
from negotiation.models import Ballot
from negotiation.queries.packages import latest
from negotiation.queries.standing import OTHERS, standing
from negotiation.queries.tallies import live_tally
from tests.negotiation.votes import vote_as

ROOM = "ZX-03-2026"


@pytest.fixture
def ballot(mandate, zhuxi) -> Ballot:
    revision = latest(zhuxi).get(package__code="B")
    return voting.open_ballot(mandate("planner"), revision, timezone.now() + timedelta(days=1))


def owners(ballot: Ballot):
    return ballot.roll.filter(chamber="owners").order_by("seat__party__code")


@translation.override("en")
def test_open_ballot_can_still_change(ballot) -> None:
    vote_as(ballot, "yes", owners(ballot)[:3])
    found = standing(ballot)
    assert (found.can_change, found.expected, found.voted, found.seats) == (True, None, 3, 229)
    assert live_tally(ballot)["change_words"] == "The outcome can still change."


@translation.override("en")
def test_outcome_that_only_changed_votes_could_turn_is_told(ballot) -> None:
    vote_as(ballot, "no", owners(ballot)[:200])
    assert standing(ballot).expected == "rejected"
    words = (
        "If nobody changes a vote, the outcome can no longer change: Not passed. Votes may be changed until the close."
    )
    assert live_tally(ballot)["change_words"] == words


@translation.override("en")
def test_measure_that_only_changed_votes_can_pass_says_so(ballot) -> None:
    vote_as(ballot, "no", owners(ballot)[:200])
    assert live_tally(ballot)["chambers"][0]["measures"][2]["words"].endswith(" missing · only if votes are changed")
    ballot.state = Ballot.State.CLOSED
    assert live_tally(ballot)["chambers"][0]["measures"][2]["words"].endswith(" missing · can no longer be reached")


@translation.override("en")
def test_closed_ballot_can_not_change(ballot) -> None:
    ballot.state = Ballot.State.CLOSED
    found = standing(ballot)
    assert (found.can_change, found.expected) == (False, None)
    assert live_tally(ballot)["change_words"] == "The outcome can no longer change: the vote is closed."


def test_groups_under_five_are_put_together_with_one_that_hides_them(ballot) -> None:
    """Four seats have other rights than the 149 flats and 68 houses; they are not to be had from the total."""
    found = standing(ballot).groups
    assert set(found) == {"owners"}
    for rows in found["owners"].values():
        assert min(row.seats for row in rows) >= 5 and sum(row.seats for row in rows) == 221
        assert rows[-1].code == OTHERS and len(rows[-1].together) == 1


def test_steps_of_five_until_the_close_and_exact_figures_after_it(ballot) -> None:
    vote_as(ballot, "yes", owners(ballot)[:14])
    rows = standing(ballot).groups["owners"]["class"]
    assert {(row.voted % 5, row.choices["yes"] % 5, row.exact) for row in rows} == {(0, 0, False)}
    ballot.state = Ballot.State.CLOSED
    rows = standing(ballot).groups["owners"]["class"]
    assert (sum(row.voted for row in rows), sum(row.choices["yes"] for row in rows)) == (14, 14)


def test_way_of_each_seat_is_that_of_the_vote_that_counts(ballot) -> None:
    first, second, third = owners(ballot)[:3]
    vote_as(ballot, "no", [first, second], "proxy")
    vote_as(ballot, "no", [first, third], "paper")
    vote_as(ballot, "yes", [first])
    assert standing(ballot).ways == {"own": 1, "paper": 1, "proxy": 1}


@pytest.mark.parametrize("votes", [1, 3, 200])
def test_pushed_tally_takes_four_statements_however_many_votes(ballot, votes: int) -> None:
    vote_as(ballot, "yes", owners(ballot)[:votes])
    found = Ballot.objects.select_related("room", "revision__package", "decision").get(pk=ballot.pk)
    with CaptureQueriesContext(connection) as captured:
        html = render(found, "en")
    assert (len(captured), "By class of rights" in html) == (4, True)


def test_api_tells_the_same(signed_in, ballot) -> None:
    vote_as(ballot, "yes", owners(ballot)[:14])
    told = signed_in().get(f"/api/v1/rooms/{ROOM}/ballots/{ballot.pk}/").json()["standing"]
    found = standing(ballot)
    assert (told["can_change"], told["expected"], told["voted"], told["ways"]) == (True, None, 14, found.ways)
    rows = found.groups["owners"]["class"]
    assert [row["voted"] for row in told["groups"]["owners"]["class"]] == [row.voted for row in rows]
