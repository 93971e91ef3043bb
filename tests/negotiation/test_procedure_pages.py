"""The procedure on pages and by API, for the convener, a member and a stranger."""

from datetime import timedelta

import pytest
from django.utils import timezone

from negotiation import phases, procedure
from negotiation.models import Decision, Override, Revision, Room
from negotiation.queries.packages import latest

ROOM = "/rooms/ZX-03-2026/"
API = f"/api/v1{ROOM}procedure/"


@pytest.fixture
def full(mandate, zhuxi) -> Room:
    return procedure.choose_procedure(mandate("planner"), zhuxi)


@pytest.fixture
def unnoticed(full) -> Room:
    """On notice without a notice: one duty is missing."""
    phases.enter(full, Room.Phase.NOTICE)
    Revision.objects.filter(package__room=full).update(notice_on=None)
    return full


def text(client, path: str) -> str:
    return client.get(ROOM + path).content.decode()


def send(client, path: str, body: dict[str, object]):
    return client.post(API + path, body, content_type="application/json")


def test_simple_procedure_looks_as_before(signed_in, zhuxi) -> None:
    page = text(signed_in("planner"), "procedure/")
    assert "The notice of package B is over; open the vote" in page
    assert "Follow the full procedure" in page and "Fixing the text" not in page
    assert "Go on without a duty" not in page


def test_full_procedure_is_chosen_and_left_behind_step_by_step_without_script(signed_in, zhuxi) -> None:
    client = signed_in("planner")
    assert client.post(ROOM + "procedure/full/", {"procedure": "full"}).url == ROOM + "procedure/"
    assert client.post(ROOM + "procedure/advance/", {"leaving": "preparation"}).url == ROOM + "procedure/"
    again = client.post(ROOM + "procedure/advance/", {"leaving": "preparation"})
    assert again.status_code == 422 and "in another phase meanwhile" in again.content.decode()
    assert Room.objects.get(pk=zhuxi.pk).phase == "notice"


@pytest.mark.parametrize("who", ["", "stranger", "observer", "resident", "developer", "finance", "planner", "auditor"])
def test_everyone_reads_what_is_missing_and_who_must_act(who: str, unnoticed, signed_in) -> None:
    page = text(signed_in(who), "procedure/")
    assert "no public notice is recorded yet" in page and "the convener" in page
    assert ("Go on without a duty" in page) is (who == "planner")


@pytest.mark.parametrize("path", ["", "mine/", "procedure/"])
def test_next_step_is_the_first_missing_duty(path: str, unnoticed, signed_in) -> None:
    assert "Public notice: no public notice is recorded yet" in text(signed_in("resident"), path)


def test_missing_duties_are_named_one_by_one_to_programs(unnoticed, signed_in) -> None:
    answer = send(signed_in("planner"), "advance/", {"leaving": "notice"})
    assert (answer.status_code, answer.json()["code"]) == (409, "duties_missing")
    assert answer.json()["errors"] == {"notice_run": "Public notice: no public notice is recorded yet"}


def test_programs_read_phases_duties_and_the_override_that_waits(unnoticed, signed_in, mandate) -> None:
    procedure.ask_override(mandate("planner"), unnoticed, "Flood warning.")
    found = signed_in("resident").get(API).json()
    assert (found["procedure"], found["phase"], found["following"]) == ("full", "notice", "negotiation")
    assert [row["code"] for row in found["phases"]] == list(Room.Phase)
    assert [(row["code"], row["met"], row["role"]) for row in found["duties"]] == [("notice_run", False, "convener")]
    assert (found["override"]["reason"], found["override"]["asked_by"]["code"]) == ("Flood warning.", "GOV-NR")


def test_override_goes_through_two_persons_by_api(unnoticed, signed_in) -> None:
    planner, finance = signed_in("planner"), signed_in("finance")
    asked = send(planner, "overrides/", {"reason": "Flood warning."})
    assert (asked.status_code, asked.json()["state"]) == (201, "asked")
    place = f"overrides/{asked.json()['id']}/"
    assert send(planner, place + "confirmation/", {}).json()["code"] == "same_person"
    done = send(finance, place + "confirmation/", {})
    assert (done.status_code, done.json()["state"], done.json()["confirmed_by"]["code"]) == (
        200,
        "confirmed",
        "GOV-FIN",
    )
    assert Room.objects.get(pk=unnoticed.pk).phase == "negotiation"
    assert send(planner, place + "withdrawal/", {}).status_code == 409


def test_override_stands_in_red_on_the_page_and_in_the_log(unnoticed, signed_in, mandate) -> None:
    procedure.ask_override(mandate("planner"), unnoticed, "Flood warning.")
    override = Override.objects.get()
    finance = signed_in("finance")
    assert "Look at it" in text(finance, "procedure/")
    assert "Look at it" not in text(signed_in("resident"), "procedure/")
    assert finance.post(f"{ROOM}procedure/override/{override.pk}/", {"answer": "confirm"}).url == ROOM + "procedure/"
    page = text(signed_in(""), "procedure/")
    assert "Gone on without a duty" in page and "Flood warning." in page
    story = text(signed_in("auditor"), "log/")
    assert 'class="status-broken">✗ confirmed, as the second person, to go on without: Public notice.' in story


def test_vote_is_offered_once_nothing_is_missing(full, signed_in, mandate) -> None:
    convener = mandate("planner")
    phases.enter(full, Room.Phase.FIXING)
    Revision.objects.filter(package__room=full, package__code="B").update(negotiable=None)
    procedure.fix_text(convener, latest(full).get(package__code="B"))
    client = signed_in("planner")
    assert "Open the vote</a>" not in text(client, "procedure/")
    data = {"person": "Zhao Min", "reviewed_on": timezone.localdate().isoformat(), "document": "No objection."}
    assert client.post(ROOM + "procedure/review/", data).url == ROOM + "procedure/"
    page = text(client, "procedure/")
    assert page.count("Open the vote</a>") == 1 and "All duties are met; open the vote on the fixed text" in page
    assert "Zhao Min" in page


def test_duty_that_two_persons_let_pass_says_so(full, signed_in, mandate) -> None:
    convener = mandate("planner")
    phases.enter(full, Room.Phase.FIXING)
    Revision.objects.filter(package__room=full, package__code="B").update(negotiable=None)
    procedure.fix_text(convener, latest(full).get(package__code="B"))
    asked = procedure.ask_override(convener, full, "The reviewer is ill.")
    override = Override.objects.select_related("room", "asked_by__user").get(pk=asked.pk)
    procedure.confirm_override(mandate("finance"), override)
    page = text(signed_in("planner"), "procedure/")
    assert "let pass by two persons" in page and page.count("Open the vote</a>") == 1


def test_published_decision_stands_on_the_page(full, signed_in, mandate) -> None:
    convener = mandate("planner")
    revision = latest(full).get(package__code="B")
    past = timezone.now() - timedelta(days=1)
    ballot = full.ballots.create(
        revision=revision, state="decided", rule=full.rule, opened_by=convener, opens_at=past, closes_at=past
    )
    Decision.objects.create(ballot=ballot, outcome="passed", count={}, mandate=convener)
    phases.enter(full, Room.Phase.DECIDED)
    client = signed_in("planner")
    data = {"published_on": timezone.localdate().isoformat(), "place": "Town hall"}
    assert client.post(ROOM + "procedure/publication/", data).url == ROOM + "procedure/"
    assert "Town hall" in text(signed_in(""), "procedure/")
    assert client.post(ROOM + "procedure/advance/", {"leaving": "decided"}).status_code == 302
    assert "The procedure is at its end; no duty is left." in text(client, "procedure/")
    assert "Package B is decided; it is now carried out" in text(client, "")
