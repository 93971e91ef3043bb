"""Chambers of one ballot that vote on days of their own, and rules by which a vote is final."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.refusals import Conflict, Invalid, WrongPhase
from audit.models import Entry
from negotiation import voting
from negotiation.models import Ballot, Room, Sitting
from negotiation.queries.packages import latest
from negotiation.queries.standing import standing
from negotiation.sittings import Days
from notifications.models import Telling

ROOM = "ZX-03-2026"
HOUR = timedelta(hours=1)


@pytest.fixture
def opened(mandate, zhuxi):
    """Opens the vote on package B, an hour long, with days of chambers as offsets in hours from now."""

    def open_ballot(**hours: tuple[float | None, float | None]) -> Ballot:
        now = timezone.now()
        days = {
            code: Days(*(None if hour is None else now + HOUR * hour for hour in both)) for code, both in hours.items()
        }
        return voting.open_ballot(mandate("planner"), latest(zhuxi).get(package__code="B"), now + HOUR, days)

    return open_ballot


def code_of(act) -> str:
    with pytest.raises((WrongPhase, Conflict)) as refusal:
        act()
    return refusal.value.code


def test_each_chamber_votes_on_its_own_days_and_the_ballot_closes_with_the_last(opened, mandate) -> None:
    ballot = opened(owners=(1, 3), departments=(None, 2))
    found = {row.chamber: (row.opens_at, row.closes_at) for row in ballot.sittings.all()}
    assert ballot.closes_at == found["owners"][1] > found["departments"][1] > found["investors"][1]
    assert found["investors"][0] == ballot.opens_at == found["departments"][0] < found["owners"][0]
    resident, finance = mandate("resident", party="HH-017"), mandate("finance")
    assert code_of(lambda: voting.cast(resident, ballot, "yes")) == "chamber_not_open"
    voting.cast(finance, ballot, "object", reason="The fund is short.")
    Sitting.objects.filter(ballot=ballot, chamber="departments").update(closes_at=timezone.now())
    assert code_of(lambda: voting.cast(finance, ballot, "object", reason="Still short.")) == "chamber_closed"
    Sitting.objects.filter(ballot=ballot, chamber="owners").update(opens_at=timezone.now())
    assert voting.cast(resident, ballot, "yes").choice == "yes"


def test_decision_waits_for_the_last_chamber(opened, mandate) -> None:
    ballot = opened(owners=(None, 3))
    past = timezone.now() - HOUR
    Sitting.objects.filter(ballot=ballot).exclude(chamber="owners").update(closes_at=past)
    assert not voting.close_if_due(ballot)
    assert code_of(lambda: voting.decide(mandate("planner"), ballot)) == "ballot_open"


def test_log_says_the_days_of_each_chamber(opened) -> None:
    ballot = opened(owners=(1, 3))
    data = json.loads(bytes(Entry.objects.get(action="ballot.open").body))["data"]
    assert data["days"]["owners"]["closes_at"] == data["closes_at"] > data["days"]["investors"]["closes_at"]
    assert data["days"]["owners"]["opens_at"] > data["opens_at"] == data["days"]["investors"]["opens_at"]
    assert len(data["days"]) == ballot.sittings.count() == 3


@pytest.mark.parametrize(
    ("hours", "place"),
    [
        ({"owners": (-1, None)}, "days.owners.opens_at"),
        ({"owners": (3, 2)}, "days.owners.closes_at"),
        ({"owners": (2, None)}, "closes_at"),  # it would open after the common close
        ({"nobody": (1, 2)}, "days.nobody"),
    ],
)
def test_days_that_can_not_be(opened, hours, place: str) -> None:
    with pytest.raises(Invalid) as refusal:
        opened(**hours)
    assert set(refusal.value.fields) == {place}
    assert not Ballot.objects.exists()


def test_each_chamber_is_told_its_own_days(opened) -> None:
    opened(owners=(1, 3))
    own = {row.audience["parties"].keys() >= {"HH-017"}: row for row in Telling.objects.filter(topic="ballot.days")}
    assert own[True].parameters["since"] != own[False].parameters["since"]
    rest = Telling.objects.get(topic="ballot.opened").audience["parties"]
    assert rest and not rest.keys() & own[True].audience["parties"].keys()


def test_without_days_of_their_own_everybody_is_told_at_once(opened) -> None:
    opened()
    assert Telling.objects.get(topic__startswith="ballot.").audience == {}


def test_pages_say_when_one_may_vote(opened, signed_in) -> None:
    ballot = opened(owners=(1, 3))
    page = signed_in("resident").get(f"/rooms/{ROOM}/ballots/{ballot.pk}/").content.decode()
    assert "You may vote from" in page and "This chamber votes from" in page and "?choice=yes" not in page
    shown = signed_in("developer").get(f"/rooms/{ROOM}/ballots/{ballot.pk}/").content.decode()
    assert "You may vote until" in shown and "?choice=accept" in shown


def test_form_and_api_open_with_days(mandate, signed_in, zhuxi) -> None:
    planner = signed_in("planner")
    address = f"/rooms/{ROOM}/packages/B/ballot/"
    assert "days.owners.opens_at" in planner.get(address).content.decode()
    wrong = {"closes_at": "2999-01-02T00:00", "days.owners.closes_at": "2999-01-01T00:00"}
    refused = planner.post(address, wrong | {"days.owners.opens_at": "2999-01-01T12:00"})
    assert refused.status_code == 422 and "must come after" in refused.content.decode()
    body = {"closes_at": "2999-01-02T00:00:00Z", "days": {"investors": {"closes_at": "2998-01-01T00:00:00Z"}}}
    made = planner.post(f"/api/v1/rooms/{ROOM}/packages/B/ballot/", json.dumps(body), content_type="application/json")
    assert made.status_code == 201
    shown = planner.get(f"/api/v1/rooms/{ROOM}/ballots/{made.json()['id']}/").json()["sittings"]
    assert {row["chamber"]: row["closes_at"][:4] for row in shown} == {
        "owners": "2999",
        "departments": "2999",
        "investors": "2998",
    }


@pytest.fixture
def final(zhuxi) -> Room:
    Room.objects.filter(pk=zhuxi.pk).update(rule=zhuxi.rule | {"final": True})
    return zhuxi


def test_a_final_vote_can_not_be_changed_but_the_owner_still_overrules_the_proxy(final, opened, mandate) -> None:
    ballot = opened()
    resident = mandate("resident", party="HH-017")
    first = voting.cast(resident, ballot, "yes", key="one")
    assert voting.cast(resident, ballot, "yes", key="one") == first  # a retry is no change
    assert code_of(lambda: voting.cast(resident, ballot, "no")) == "vote_final"
    assert code_of(lambda: voting.cast(resident, ballot, "yes")) == "vote_final"


def test_where_votes_are_final_the_page_says_when_nothing_can_change_any_more(
    final, opened, mandate, signed_in
) -> None:
    ballot = opened()
    assert standing(ballot).can_change
    voting.cast(mandate("finance"), ballot, "object", reason="The fund is short in year 2.")
    assert standing(ballot).can_change  # the turnout is open: rejected, or too few
    page = signed_in("resident").get(f"/rooms/{ROOM}/ballots/{ballot.pk}/").content.decode()
    assert "By this rule a vote once cast is final" in page
