"""Two officials confirm at once; a confirmation against the close; two enter one paper at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.refusals import Conflict, WrongPhase
from audit.models import Entry
from negotiation import papers, voting
from negotiation.mandates import seat_person
from negotiation.models import Ballot
from tests.negotiation.papers import entered, opened
from tests.negotiation.test_voting_concurrency import in_thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ballot(transactional_db, zhuxi, mandate):
    return opened(mandate("planner"), zhuxi)


@pytest.fixture
def officials(zhuxi, mandate, cast):
    """The finance officer, and a colleague of the planner's."""
    party, person = mandate("planner").party, cast("observer")
    with transaction.atomic():
        colleague = seat_person(zhuxi, person, party, "representative", roles=["government"], document="Letter")
    return [mandate("finance"), colleague]


def outcome(act, *args) -> str:
    try:
        return str(act(*args).state)
    except (Conflict, WrongPhase) as refusal:
        return type(refusal).__name__


@pytest.mark.parametrize("choices", [("yes", "yes"), ("yes", "no")])
def test_two_officials_who_confirm_at_once_make_one_vote_at_most(ballot, officials, mandate, choices) -> None:
    entry = entered(mandate("planner"), ballot)
    with ThreadPoolExecutor(2) as pool:
        read = in_thread(lambda who, choice: outcome(papers.confirm_paper, who, entry, choice))
        ended = sorted(pool.map(read, officials, choices))
    assert ended in (["Conflict", "confirmed"], ["Conflict", "mismatch"])
    votes = 1 if "confirmed" in ended else 0
    assert ballot.votes.count() == Entry.objects.filter(action="vote.cast").count() == votes


def test_two_officials_who_enter_one_seats_paper_at_once_enter_one(ballot, officials) -> None:
    with ThreadPoolExecutor(2) as pool:
        enter = in_thread(lambda who: outcome(entered, who, ballot))
        ended = sorted(pool.map(enter, officials))
    assert ended == ["Conflict", "entered"]
    assert ballot.papers.count() == Entry.objects.filter(action="paper.enter").count() == 1


def test_confirmations_racing_the_close_count_as_they_were_answered(ballot, officials, mandate) -> None:
    waiting = [entered(mandate("planner"), ballot, f"HH-{number}") for number in range(150, 170)]
    Ballot.objects.filter(pk=ballot.pk).update(closes_at=timezone.now() + timedelta(milliseconds=200))
    with ThreadPoolExecutor(4) as pool:
        confirm = in_thread(lambda entry: outcome(papers.confirm_paper, officials[0], entry, "yes"))
        ended = list(pool.map(confirm, waiting))
    while not voting.close_if_due(ballot):
        if Ballot.objects.get(pk=ballot.pk).state != "open":
            break
    assert ballot.votes.count() == ended.count("confirmed")
    assert set(ended) <= {"confirmed", "WrongPhase"}
