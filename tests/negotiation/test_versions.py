"""Computations of one scorecard by several engines: the newest finished one is shown, the earlier ones stay."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.refusals import NotAllowed, WrongPhase
from audit.models import Entry
from negotiation import scorecards, voting
from negotiation.models import Revision, Room, Scorecard
from negotiation.queries.packages import latest, listed, tabled
from tests.negotiation.test_comparisons import words

EARLIER = "0.9.0"
PAGE, API = "/rooms/ZX-03-2026/packages/B/", "/api/v1/rooms/ZX-03-2026/packages/B/revisions/1/"


@pytest.fixture
def revision(zhuxi) -> Revision:
    """Package B, scored by an earlier engine alone."""
    found = latest(zhuxi).get(package__code="B")
    card = Scorecard.objects.get(revision=found)
    card.engine, card.digest, card.card = EARLIER, "0" * 64, {**card.card, "engine": EARLIER, "digest": "0" * 64}
    card.save()
    return found


@pytest.fixture
def resident(mandate):
    return mandate("resident")


def shown(room: Room) -> Scorecard:
    return listed(tabled(room).get(package__code="B")).card


def test_page_says_which_engine_computed(revision, signed_in) -> None:
    page = words(signed_in("resident").get(PAGE))
    assert "This scorecard was computed by engine 0.9.0; today's is 1.0.0." in page
    assert "Recompute with today's engine" in page
    assert "Recompute with today's engine" not in words(signed_in("").get(PAGE))


def test_api_says_which_engine_computed(revision, signed_in) -> None:
    answer = signed_in("").get(f"{API}card/").json()
    told = {key: answer[key] for key in ("state", "engine", "todays_engine", "newer")}
    assert told == {"state": "done", "engine": EARLIER, "todays_engine": "1.0.0", "newer": None}


def test_card_of_todays_engine_is_not_recomputed(zhuxi, resident, signed_in) -> None:
    with pytest.raises(WrongPhase) as refusal:
        scorecards.recompute_card(resident, latest(zhuxi).get(package__code="B"))
    assert refusal.value.code == "card_current"
    assert "today's is" not in words(signed_in("resident").get(PAGE))


def test_recomputed_card_is_shown_and_the_earlier_one_stays(revision, zhuxi, resident, signed_in) -> None:
    asked = scorecards.recompute_card(resident, revision)
    assert (asked.engine, asked.state) == ("1.0.0", "pending")
    scorecards.compute_card(revision)
    assert (shown(zhuxi).engine, shown(zhuxi).pk) == ("1.0.0", asked.pk)
    page = signed_in("resident").get(PAGE)
    assert "today's is" not in words(page) and "Earlier computations 1" in words(page)
    assert f"{PAGE}1/cards/0.9.0/" in page.content.decode()
    earlier = signed_in("").get(f"{PAGE}1/cards/0.9.0/")
    assert "Scorecard of engine 0.9.0" in words(earlier)
    assert signed_in("").get(f"{PAGE}1/cards/0.8.0/", follow=False).status_code == 302
    assert signed_in("resident").get(f"{PAGE}1/cards/0.8.0/").status_code == 404


def test_computations_are_read_by_api(revision, resident, signed_in) -> None:
    scorecards.recompute_card(resident, revision)
    scorecards.compute_card(revision)
    rows = signed_in("").get(f"{API}cards/").json()["results"]
    assert [(row["engine"], row["state"]) for row in rows] == [("1.0.0", "done"), (EARLIER, "done")]
    assert rows[1]["digest"] == "0" * 64
    earlier = signed_in("resident").get(f"{API}cards/{EARLIER}/").json()
    assert (earlier["state"], earlier["engine"]) == ("done", EARLIER)
    assert earlier["card"]["gates"]["passed"] is True and "HH-150" not in json.dumps(earlier)
    assert signed_in("").get(f"{API}cards/0.8.0/").status_code == 404


@pytest.mark.parametrize("state", ["pending", "running", "failed"])
def test_unfinished_card_hides_no_finished_one(state: str, revision, zhuxi, resident, signed_in) -> None:
    scorecards.recompute_card(resident, revision)
    Scorecard.objects.filter(revision=revision, engine="1.0.0").update(state=state, error="full disk")
    assert (shown(zhuxi).engine, shown(zhuxi).state) == (EARLIER, "done")
    client = signed_in("resident")
    answer = client.get(f"{API}card/").json()
    assert (answer["state"], answer["newer"], answer["card"]["package"]) == ("done", state, "B")
    assert client.get(API).json()["card"] == "done"
    lights = [row["state"] for row in client.get(API).json()["lights"]]
    assert "unknown" not in lights
    for path in ("mine/", "packages/", "compare/?p=B&p=C", "packages/B/"):
        page = client.get(f"/rooms/ZX-03-2026/{path}")
        assert "not yet known" not in words(page)
    outcomes = client.get("/api/v1/rooms/ZX-03-2026/mine/").json()["outcomes"]
    assert all(row["gain"] is not None for row in outcomes)


def test_page_says_that_it_is_computed_anew(revision, resident, signed_in) -> None:
    scorecards.recompute_card(resident, revision)
    page = words(signed_in("resident").get(f"{PAGE}1/card/versions/"))
    assert "It is being computed anew; until then the last one stands here." in page
    assert "Recompute with today's engine" not in page


def test_failed_recomputation_is_tried_again(revision, resident, signed_in) -> None:
    scorecards.recompute_card(resident, revision)
    Scorecard.objects.filter(revision=revision, engine="1.0.0").update(state="failed", error="full disk")
    client = signed_in("resident")
    page = words(client.get(PAGE))
    assert "could not be computed anew: full disk" in page and "Try again" in page
    assert client.post(f"{PAGE}1/rescore/").status_code == 302
    assert Scorecard.objects.get(revision=revision, engine="1.0.0").state == "pending"


def test_failure_of_an_earlier_engine_is_tried_with_todays(revision, resident, zhuxi) -> None:
    Scorecard.objects.filter(revision=revision).update(state="failed", card=None)
    card = scorecards.retry_card(resident, revision)
    assert (card.engine, card.state) == ("1.0.0", "pending")
    assert scorecards.compute_card(revision).state == "done"
    assert shown(zhuxi).engine == "1.0.0"


def test_what_an_earlier_engine_left_waiting_is_dropped(revision, resident) -> None:
    Scorecard.objects.filter(revision=revision).update(state="running", card=None)
    scorecards.compute_card(revision)
    assert [(row.engine, row.state) for row in Scorecard.objects.filter(revision=revision)] == [("1.0.0", "done")]


def test_recomputation_is_asked_for_once_and_logged(revision, resident, signed_in) -> None:
    client = signed_in("resident")
    assert client.post(f"{PAGE}1/recompute/").status_code == 302
    assert client.post(f"{PAGE}1/recompute/").status_code == 409
    answer = client.post(f"{API}card/recompute/", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "card_current")
    entry = json.loads(bytes(Entry.objects.get(action="card.recompute").body))
    assert entry["data"] == {"engine": "1.0.0", "package": "B", "revision": 1}
    assert entry["actor"]["party"] == "HH-017"


def test_recomputation_by_api_is_accepted(revision, signed_in) -> None:
    answer = signed_in("developer").post(f"{API}card/recompute/", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["newer"], answer.json()["engine"]) == (202, "pending", EARLIER)


def test_mandate_of_another_room_recomputes_nothing(revision, mandate) -> None:
    with pytest.raises(NotAllowed):
        scorecards.recompute_card(mandate("resident", "HK-2026"), revision)


def test_ballot_keeps_the_card_that_it_opened_with(revision, zhuxi, mandate, resident) -> None:
    ballot = voting.open_ballot(mandate("planner"), revision, timezone.now() + timedelta(days=1))
    scorecards.recompute_card(resident, revision)
    scorecards.compute_card(revision)
    ballot.refresh_from_db()
    assert ballot.card_digest == "0" * 64
    assert Scorecard.objects.filter(revision=revision, digest=ballot.card_digest).exists()
