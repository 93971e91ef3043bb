"""Hearings and meetings: announced, held with minutes and resolutions, cancelled; demanded by the public side."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.refusals import Conflict, Invalid, NotAllowed, WrongPhase
from audit.models import Entry
from negotiation import meetings, phases
from negotiation.meetings import Resolved
from negotiation.models import HearingDemand, Meeting, Room
from negotiation.queries.packages import latest

ROOM = "/rooms/ZX-03-2026/"
HOUR = timedelta(hours=1)


@pytest.fixture
def zhuxi(zhuxi) -> Room:
    """The room in negotiation under the full procedure."""
    zhuxi.procedure = "full"
    zhuxi.save(update_fields=["procedure"])
    return zhuxi


@pytest.fixture
def convener(mandate):
    return mandate("planner")


@pytest.fixture
def planned(convener, zhuxi) -> Meeting:
    return meetings.plan_meeting(convener, zhuxi, "meeting", timezone.now() + HOUR, "Town hall", "The road")


@pytest.fixture
def begun(planned) -> Meeting:
    """The same once its hour has come."""
    Meeting.objects.filter(pk=planned.pk).update(begins_at=timezone.now() - HOUR)
    return Meeting.objects.select_related("room").get(pk=planned.pk)


def body(action: str) -> str:
    return bytes(Entry.objects.get(action=action).body).decode()


def test_announcement_reaches_every_seat_and_names_no_text_in_the_log(planned, zhuxi) -> None:
    assert f'"invited":{zhuxi.seats.count()}' in body("meeting.plan") and "road" not in body("meeting.plan")


@pytest.mark.parametrize(("days", "fits"), [(6, False), (7, True)])
def test_hearing_is_announced_seven_days_before(convener, zhuxi, days: int, fits: bool) -> None:
    day = timezone.localtime().replace(hour=23, minute=0) + timedelta(days=days)
    if fits:
        assert meetings.plan_meeting(convener, zhuxi, "hearing", day, "Town hall", "All").state == "planned"
        return
    with pytest.raises(Invalid) as refusal:
        meetings.plan_meeting(convener, zhuxi, "hearing", day, "Town hall", "All")
    assert set(refusal.value.fields) == {"begins_at"}


@pytest.mark.parametrize(
    ("kind", "hours", "place", "agenda", "field"),
    [
        ("party", 1, "x", "x", "kind"),
        ("meeting", -1, "x", "x", "begins_at"),
        ("meeting", 1, " ", "x", "place"),
        ("meeting", 1, "x", "", "agenda"),
    ],
)
def test_faulty_announcement_is_refused_beside_its_field(convener, zhuxi, kind, hours, place, agenda, field) -> None:
    with pytest.raises(Invalid) as refusal:
        meetings.plan_meeting(convener, zhuxi, kind, timezone.now() + hours * HOUR, place, agenda)
    assert set(refusal.value.fields) == {field}


@pytest.mark.parametrize("who", ["finance", "resident", "developer", "auditor", "observer"])
def test_only_the_convener_plans_records_and_cancels(who: str, mandate, zhuxi, begun) -> None:
    acting = mandate(who)
    for act in (
        lambda: meetings.plan_meeting(acting, zhuxi, "meeting", timezone.now() + HOUR, "x", "x"),
        lambda: meetings.hold_meeting(acting, begun, ["GOV-NR"], "x"),
        lambda: meetings.cancel_meeting(acting, begun, "x"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_meeting_is_not_recorded_before_it_begins(convener, planned) -> None:
    with pytest.raises(WrongPhase) as refusal:
        meetings.hold_meeting(convener, planned, ["GOV-NR"], "We met.")
    assert refusal.value.code == "meeting_to_come"


def test_record_keeps_attendance_minutes_and_what_was_resolved_about_a_term(convener, begun, zhuxi) -> None:
    revision = latest(zhuxi).get(package__code="B")
    resolved = [Resolved("The yard stays open.", revision, "/flows/0"), Resolved("We meet again.")]
    held = meetings.hold_meeting(convener, begun, ["GOV-NR", "HH-017", "HH-017"], "All were heard.", resolved)
    assert (held.state, held.minutes, held.attendances.count()) == ("held", "All were heard.", 2)
    rows = held.resolutions.order_by("pk").values_list("text", "revision__package__code", "term")
    assert list(rows) == [("The yard stays open.", "B", "/flows/0"), ("We meet again.", None, "")]
    text = body("meeting.hold")
    assert '"present":["GOV-NR"]' in text and '"households":1' in text
    assert "HH-017" not in text and "heard" not in text and "yard" not in text


def test_faulty_records_are_refused_beside_their_field(convener, begun, zhuxi) -> None:
    revision = latest(zhuxi).get(package__code="B")
    for present, minutes, resolved, field in (
        ([], "x", [], "present"),
        (["NOBODY"], "x", [], "present"),
        (["GOV-NR"], " ", [], "minutes"),
        (["GOV-NR"], "x", [Resolved("Fine."), Resolved(" ")], "resolutions[1].text"),
        (["GOV-NR"], "x", [Resolved("Fine.", revision, "/flows/999999")], "resolutions[0].term"),
        (["GOV-NR"], "x", [Resolved("Fine.")] * 51, "resolutions"),
    ):
        with pytest.raises(Invalid) as refusal:
            meetings.hold_meeting(convener, begun, present, minutes, resolved)
        assert set(refusal.value.fields) == {field}
    assert Meeting.objects.get(pk=begun.pk).state == "planned"


def test_ended_meeting_stays_as_it_is(convener, begun, planned) -> None:
    meetings.cancel_meeting(convener, begun, "Heavy rain.")
    assert "rain" not in body("meeting.cancel")
    with pytest.raises(Conflict):
        meetings.hold_meeting(convener, begun, ["GOV-NR"], "We met.")
    with pytest.raises(Conflict):
        meetings.cancel_meeting(convener, begun, "Again.")


# Demands


def test_seat_of_the_public_side_demands_once_until_a_hearing_settles_it(mandate, convener, zhuxi) -> None:
    resident = mandate("resident", party="HH-017")
    demand = meetings.demand_hearing(resident, zhuxi, "I was not heard.")
    with pytest.raises(Conflict):
        meetings.demand_hearing(resident, zhuxi, "Again.")
    assert "heard" not in body("hearing.demand")
    hearing = meetings.plan_meeting(convener, zhuxi, "hearing", timezone.now() + timedelta(days=8), "Hall", "All")
    Meeting.objects.filter(pk=hearing.pk).update(begins_at=timezone.now())
    late = meetings.demand_hearing(mandate("chair"), zhuxi, "We come after it began.")
    meetings.hold_meeting(convener, hearing, ["HH-017"], "She was heard.")
    assert HearingDemand.objects.get(pk=demand.pk).settled_by_id == hearing.pk
    assert HearingDemand.objects.get(pk=late.pk).settled_by_id is None
    assert meetings.demand_hearing(resident, zhuxi, "Once more.").pk != demand.pk


@pytest.mark.parametrize("who", ["finance", "developer", "planner", "auditor", "observer"])
def test_nobody_else_demands(who: str, mandate, zhuxi) -> None:
    with pytest.raises(NotAllowed):
        meetings.demand_hearing(mandate(who), zhuxi, "I demand it.")


@pytest.mark.parametrize("phase", list(Room.Phase))
def test_demand_and_declaration_in_their_phases(phase: str, mandate, convener, zhuxi) -> None:
    phases.enter(zhuxi, phase)
    acts = (
        lambda: meetings.demand_hearing(mandate("resident"), zhuxi, "I was not heard."),
        lambda: meetings.declare_hearing(convener, zhuxi, "Many are moved."),
    )
    for act in acts:
        if phase in ("notice", "negotiation", "fixing"):
            assert act().pk
            continue
        with pytest.raises(WrongPhase):
            act()


def test_meeting_of_another_kind_settles_no_demand(mandate, convener, zhuxi, begun) -> None:
    demand = meetings.demand_hearing(mandate("resident"), zhuxi, "I was not heard.")
    meetings.hold_meeting(convener, begun, ["HH-017"], "We talked.")
    assert HearingDemand.objects.get(pk=demand.pk).settled_by_id is None


# Pages


def test_next_meeting_stands_under_what_comes_next(planned, signed_in, convener) -> None:
    for who in ("", "resident"):
        assert f'href="{ROOM}meetings/{planned.pk}/"' in signed_in(who).get(ROOM).content.decode()
    meetings.cancel_meeting(convener, planned, "Heavy rain.")
    assert f'href="{ROOM}meetings/{planned.pk}/"' not in signed_in("").get(ROOM).content.decode()


def test_page_records_a_meeting_without_script(begun, signed_in, zhuxi) -> None:
    client = signed_in("planner")
    place = f"{ROOM}meetings/{begun.pk}/"
    rows = {"resolutions-TOTAL_FORMS": "2", "resolutions-INITIAL_FORMS": "0"}
    rows |= {"resolutions-0-text": "The yard stays.", "resolutions-0-package": "B", "resolutions-0-term": "/flows/0"}
    data = {"bodies": ["GOV-NR"], "households": "HH-017, HH-018", "minutes": "All were heard."}
    faulty = client.post(place + "record/", {**data, **rows, "resolutions-0-term": "/flows/99999"})
    assert faulty.status_code == 422 and "There is no such term in this package." in faulty.content.decode()
    assert client.post(place + "record/", {**data, **rows}).url == place
    page = client.get(place).content.decode()
    assert "All were heard." in page and "The yard stays." in page and "东街017户" in page


def test_public_sees_that_households_were_there_but_not_which(convener, begun, signed_in) -> None:
    meetings.hold_meeting(convener, begun, ["GOV-NR", "HH-017", "HH-150"], "All were heard.")
    resident, observer = (
        signed_in(who).get(f"{ROOM}meetings/{begun.pk}/").content.decode() for who in ("resident", "")
    )
    assert "东街017户" in resident and "HH-150" not in resident and "1 household of them is not shown" in resident
    assert "东街017户" not in observer and "2 households of them are not shown" in observer


def test_reasons_of_demands_are_for_the_government_and_ones_own(mandate, zhuxi, signed_in) -> None:
    meetings.demand_hearing(mandate("resident", party="HH-017"), zhuxi, "My mother is ill.")
    shown = {
        who: "My mother is ill." in signed_in(who).get(ROOM + "meetings/").content.decode()
        for who in ("", "developer", "chair", "resident", "finance", "planner")
    }
    assert shown == {"": False, "developer": False, "chair": False, "resident": True, "finance": True, "planner": True}
    assert "Demanded by 1 of" in signed_in("").get(ROOM + "meetings/").content.decode()


def test_api_records_and_shows_a_meeting(begun, signed_in) -> None:
    planner = signed_in("planner")
    place = f"/api/v1{ROOM}meetings/{begun.pk}/"
    body = {"present": ["GOV-NR", "HH-017"], "minutes": "Heard.", "resolutions": [{"text": "Go on.", "package": "B"}]}
    done = planner.post(place + "record/", body, content_type="application/json")
    assert (done.status_code, done.json()["present"]) == (200, 2)
    assert done.json()["resolutions"] == [{"text": "Go on.", "revision": "B.1", "term": ""}]
    seen = [row["party"]["code"] for row in signed_in("").get(place + "attendance/").json()["results"]]
    assert seen == ["GOV-NR"]
