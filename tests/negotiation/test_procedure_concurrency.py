"""Steps, texts and overrides that two people take at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from accounts.refusals import Refusal
from audit.models import Entry
from negotiation import documents, meetings, phases, procedure
from negotiation.models import Attendance, Meeting, Override, Revision, Room

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def full(transactional_db, zhuxi, mandate) -> Room:
    return procedure.choose_procedure(mandate("planner"), zhuxi)


def at_once(work, times: int = 4) -> list[str]:
    """Run it so many times at the same moment; what each came to: "done" or the code of its refusal."""
    barrier = Barrier(times)

    def run(_number: int) -> str:
        try:
            barrier.wait(10)
            work()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(times) as pool:
        return sorted(pool.map(run, range(times)))


def test_step_pressed_by_four_at_once_is_one_step(full, mandate) -> None:
    convener = mandate("planner")
    assert at_once(lambda: procedure.advance(convener, full)) == ["conflict", "conflict", "conflict", "done"]
    assert Room.objects.get(pk=full.pk).phase == "notice"
    assert Entry.objects.filter(action="procedure.advance").count() == 1


def test_override_confirmed_by_many_at_once_goes_on_once(full, mandate) -> None:
    phases.enter(full, Room.Phase.NOTICE)
    Revision.objects.filter(package__room=full).update(notice_on=None)
    asked = procedure.ask_override(mandate("planner"), full, "Flood warning.")
    override = Override.objects.select_related("room", "asked_by__user").get(pk=asked.pk)
    second = mandate("finance")
    found = at_once(lambda: procedure.confirm_override(second, override))
    assert found.count("done") == 1
    assert Room.objects.get(pk=full.pk).phase == "negotiation"
    assert Entry.objects.filter(action="procedure.override").count() == 1


def test_one_override_is_asked_however_many_ask(full, mandate) -> None:
    phases.enter(full, Room.Phase.NOTICE)
    Revision.objects.filter(package__room=full).update(notice_on=None)
    convener = mandate("planner")
    found = at_once(lambda: procedure.ask_override(convener, full, "Flood warning."))
    assert found == ["conflict", "conflict", "conflict", "done"]


def test_one_demand_of_a_party_however_often_it_is_sent(full, mandate) -> None:
    phases.enter(full, Room.Phase.NEGOTIATION)
    resident = mandate("resident", party="HH-017")
    found = at_once(lambda: meetings.demand_hearing(resident, full, "I was not heard."))
    assert found == ["conflict", "conflict", "conflict", "done"]


def test_meeting_is_ended_once(full, mandate) -> None:
    convener = mandate("planner")
    meeting = meetings.plan_meeting(convener, full, "meeting", timezone.now() + timedelta(1), "Town hall", "Roads")
    Meeting.objects.filter(pk=meeting.pk).update(begins_at=timezone.now())
    found = at_once(lambda: meetings.hold_meeting(convener, meeting, ["GOV-NR"], "We met."))
    assert found == ["conflict", "conflict", "conflict", "done"]
    assert Attendance.objects.count() == 1


def test_document_is_received_once(full, mandate) -> None:
    convener = mandate("planner")
    document = documents.require_document(convener, full, "Soil survey", "MKT-TEX")
    found = at_once(lambda: documents.receive_document(convener, document, "File 7"))
    assert found == ["conflict", "conflict", "conflict", "done"]
