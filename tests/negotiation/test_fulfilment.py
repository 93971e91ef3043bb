"""After the decision: a dated term is reported done or is overdue, and who owes it and the convener are told once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid, NotAllowed, NotFound, WrongPhase
from audit.models import Commitment, Entry
from negotiation.fulfilment import correct_report, report_done
from negotiation.models import Ballot, Decision, DueDate, DutyReport, Revision, Room
from negotiation.permissions import look, viewer_of
from negotiation.queries import due as queries
from negotiation.queries.matrix import matrix
from negotiation.responsibilities import duties_of
from negotiation.telling import tell_overdue
from notifications.models import Telling
from tests.negotiation.test_due_dates import SOON, revised

ROOM = "/rooms/ZX-03-2026/"
DAY = timedelta(days=1)


@pytest.fixture
def revision(mandate, zhuxi) -> Revision:
    """A.2: the developer's land, a household's money from the project, and a plot that nobody answers for."""
    return revised(mandate, zhuxi, dispositions_1=SOON, dispositions_4=SOON, flows_0=SOON)


@pytest.fixture
def decided(revision, mandate, zhuxi) -> Revision:
    decide(revision, mandate("planner"))
    return revision


def decide(revision: Revision, convener: Mandate, outcome: str = "passed") -> None:
    now, frozen = timezone.now(), {"rule": {}, "rule_digest": "", "card_digest": "", "roll_digest": ""}
    room = revision.package.room
    common = {"state": "decided", "opened_by": convener, "opens_at": now, "closes_at": now}
    ballot = Ballot.objects.create(room=room, revision=revision, **common, **frozen)
    Decision.objects.create(ballot=ballot, outcome=outcome, count={}, mandate=convener)
    Room.objects.filter(pk=room.pk).update(phase="decided")


def term(revision: Revision, pointer: str) -> DueDate:
    kind, place = pointer.strip("/").split("/")
    rows = DueDate.objects.select_related("revision__package__room", "party")
    return rows.get(revision=revision, kind=kind, place=int(place))


def state(row: DueDate) -> str:
    return queries.with_state(DueDate.objects.filter(pk=row.pk)).get().state


def past(*rows: DueDate) -> None:
    DueDate.objects.filter(pk__in=[row.pk for row in rows]).update(on=timezone.localdate() - DAY)


def test_term_goes_from_proposed_to_open_to_overdue_to_done_and_back(revision, mandate) -> None:
    row = term(revision, "/dispositions/1")
    assert state(row) == "proposed"
    decide(revision, mandate("planner"))
    row = term(revision, "/dispositions/1")
    assert state(row) == "open"
    DueDate.objects.filter(pk=row.pk).update(on=timezone.localdate())
    assert state(row) == "open"
    past(row)
    assert state(row) == "overdue"
    report_done(mandate("developer"), row, "Handed over.")
    assert state(row) == "done"
    correct_report(mandate("developer"), row, "The north corner is still fenced.")
    assert state(row) == "overdue"
    report_done(mandate("developer"), row)
    assert (state(row), DutyReport.objects.count()) == ("done", 2)


def test_log_holds_when_and_which_term_but_no_words(decided, mandate) -> None:
    row = term(decided, "/dispositions/1")
    report_done(mandate("developer"), row, "Handed over at noon.")
    correct_report(mandate("developer"), row, "It was another plot.")
    done, correction = (bytes(Entry.objects.get(action=f"duty.{act}").body).decode() for act in ("done", "correct"))
    assert '"term":"/dispositions/1"' in done and f'"due":"{SOON}"' in done and '"late":false' in done
    assert "noon" not in done and "another plot" not in correction
    texts = Commitment.objects.filter(entry__action="duty.done", path="/data/note")
    assert [bytes(text.content) for text in texts] == [b"Handed over at noon."]


def test_only_who_owes_a_term_reports_it_and_the_convener_what_nobody_owes(decided, mandate) -> None:
    own, nobodys = term(decided, "/dispositions/1"), term(decided, "/dispositions/4")
    for name in ("planner", "finance", "resident", "factory"):
        with pytest.raises(NotAllowed):
            report_done(mandate(name), own)
    for name in ("developer", "resident", "auditor"):
        with pytest.raises(NotAllowed):
            report_done(mandate(name), nobodys)
    assert report_done(mandate("planner"), nobodys).due == nobodys


@pytest.mark.parametrize("phase", ["preparation", "notice", "negotiation", "fixing", "vote"])
def test_nothing_is_reported_before_the_decision(phase: str, decided, mandate, zhuxi) -> None:
    Room.objects.filter(pk=zhuxi.pk).update(phase=phase)
    with pytest.raises(WrongPhase):
        report_done(mandate("developer"), term(decided, "/dispositions/1"))


def test_failed_package_binds_nobody(revision, mandate) -> None:
    decide(revision, mandate("planner"), "failed")
    with pytest.raises(WrongPhase) as refusal:
        report_done(mandate("developer"), term(revision, "/dispositions/1"))
    assert refusal.value.code == "not_decided"


def test_done_twice_and_corrected_twice_is_refused(decided, mandate) -> None:
    row, developer = term(decided, "/dispositions/1"), mandate("developer")
    with pytest.raises(Conflict):
        correct_report(developer, row, "Why?")
    report_done(developer, row)
    with pytest.raises(Conflict):
        report_done(developer, row)
    with pytest.raises(Invalid):
        correct_report(developer, row, "  ")


def test_household_rows_are_for_their_own_eyes(decided, mandate, cast) -> None:
    row = term(decided, "/flows/0")
    for name, seen in (("developer", False), ("planner", True), ("auditor", True)):
        shown = queries.of_revision(look(cast(name), "ZX-03-2026"), decided)
        assert shown.filter(pk=row.pk).exists() is seen
    with pytest.raises(NotFound):
        queries.find_due(viewer_of(mandate("developer"), decided.package.room), row.pk)


def test_matrix_and_confirmation_say_the_dates(decided, mandate, zhuxi) -> None:
    row = term(decided, "/dispositions/1")
    past(row)
    line = next(line for line in matrix(viewer_of(mandate("resident"), zhuxi), decided, None) if line.code == "MKT-DEV")
    assert (line.dates.last, line.dates.count, line.dates.overdue, line.dates.done) == (
        term(decided, row.term).on,
        1,
        1,
        0,
    )
    (land,) = duties_of(decided, mandate("developer").party).land
    assert land.due == line.dates.first


class TestTelling:
    @pytest.fixture
    def told(self, zhuxi):
        return lambda: Telling.objects.filter(topic="duty.overdue").order_by("pk")

    def test_who_owes_and_the_convener_are_told_once_when_the_day_is_past(self, decided, told) -> None:
        row = term(decided, "/dispositions/1")
        tell_overdue()
        assert list(told()) == []
        past(row)
        tell_overdue()
        tell_overdue()
        (telling,) = told()
        assert sorted(telling.audience["parties"]) == ["GOV-NR", "MKT-DEV"]
        assert telling.parameters["package"] == "A"
        assert telling.link == f"{ROOM}packages/A/2/due/"

    def test_of_what_nobody_owes_the_convener_alone_is_told(self, decided, told) -> None:
        past(term(decided, "/flows/0"), term(decided, "/dispositions/4"))
        tell_overdue()
        assert [sorted(row.audience["parties"]) for row in told()] == [["GOV-NR"]]

    def test_done_in_time_or_never_decided_is_not_told(self, revision, mandate, told) -> None:
        row = term(revision, "/dispositions/1")
        past(row)
        tell_overdue()
        decide(revision, mandate("planner"))
        report_done(mandate("developer"), term(revision, "/dispositions/1"))
        tell_overdue()
        assert list(told()) == []


class TestPages:
    def test_page_says_overdue_in_a_word_and_leads_to_the_report(self, decided, signed_in) -> None:
        row = term(decided, "/dispositions/1")
        past(row)
        client, where = signed_in("developer"), f"{ROOM}due/{row.pk}/"
        page = client.get(f"{ROOM}packages/A/2/due/").content.decode()
        assert "✗ overdue" in page and f"{where}done/" in page
        assert "Overdue:" in client.get(ROOM).content.decode()
        assert client.get(f"{where}done/").status_code == 200
        assert client.post(f"{where}done/", {"note": "", "sure": "yes"}).url == f"{ROOM}packages/A/2/due/"
        assert "Overdue:" not in client.get(ROOM).content.decode()
        assert client.post(f"{where}done/", {"sure": "yes"}).status_code == 422
        assert client.post(f"{where}correct/", {"reason": "Not yet."}).url == f"{ROOM}packages/A/2/due/"

    def test_note_is_read_by_who_wrote_it_and_the_convener(self, decided, mandate, signed_in) -> None:
        report_done(mandate("developer"), term(decided, "/dispositions/1"), "Handed over at noon.")
        read = {
            name: "Handed over" in signed_in(name).get(f"{ROOM}packages/A/2/due/").content.decode()
            for name in ("developer", "planner", "resident", "auditor", "")
        }
        assert read == {"developer": True, "planner": True, "resident": False, "auditor": False, "": False}

    def test_correction_is_read_by_the_same(self, decided, mandate, signed_in) -> None:
        row = term(decided, "/dispositions/1")
        report_done(mandate("developer"), row, "Handed over at noon.")
        correct_report(mandate("developer"), row, "It was another plot.")
        for name, seen in (("developer", True), ("planner", True), ("resident", False)):
            page = signed_in(name).get(f"{ROOM}packages/A/2/due/").content.decode()
            assert ("another plot" in page) is seen and "noon" not in page

    def test_api_reads_reports_and_corrects(self, decided, signed_in) -> None:
        row = term(decided, "/dispositions/1")
        past(row)
        api, client = f"/api/v1{ROOM}", signed_in("developer")
        assert client.get(api).json()["overdue"] == 1
        (shown,) = client.get(f"{api}packages/A/revisions/2/due/").json()["results"][:1]
        assert (shown["term"], shown["party"], shown["state"]) == ("/dispositions/1", "MKT-DEV", "overdue")
        post = {"content_type": "application/json"}
        done = client.post(f"{api}due/{row.pk}/report/", {"note": "Over."}, **post)
        assert (done.status_code, done.json()["state"], done.json()["note"]) == (201, "done", "Over.")
        assert client.post(f"{api}due/{row.pk}/report/", {}, **post).status_code == 409
        undone = client.post(f"{api}due/{row.pk}/correction/", {"reason": "No."}, **post)
        assert (undone.status_code, undone.json()["state"], undone.json()["done_at"]) == (200, "overdue", None)
        assert undone.json()["correction"] == "No."
        place = client.get(f"{api}packages/A/revisions/2/dispositions/").json()["results"][1]
        assert place["due"] == term(decided, "/dispositions/1").on.isoformat()

    @pytest.mark.parametrize("count", [1, 3])
    def test_list_takes_the_same_statements_for_one_and_three(self, count: int, decided, signed_in) -> None:
        DueDate.objects.filter(revision=decided).exclude(place=1).delete()
        row = term(decided, "/dispositions/1")
        for place in range(2, count + 1):
            DueDate.objects.create(
                revision=decided, kind=row.kind, place=place, row=row.row, on=row.on, party=row.party, ends=row.ends
            )
        client = signed_in("developer")
        with CaptureQueriesContext(connection) as found:
            page = client.get(f"{ROOM}packages/A/2/due/")
        assert len(page.context["rows"].object_list) == count
        assert len(found) == 16
