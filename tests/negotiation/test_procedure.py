"""The procedure: phases in their order, duties before each step, two persons where a duty is let pass."""

import json
from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from accounts.models import Party
from accounts.refusals import Conflict, DutiesMissing, Invalid, NotAllowed, WrongPhase
from audit.models import Entry
from negotiation import answers, comments, documents, meetings, packages, phases, procedure, rooms, voting
from negotiation.mandates import seat_person
from negotiation.models import Ballot, Decision, Meeting, Override, Revision, Room
from negotiation.packages import withdraw_package
from negotiation.permissions import ACTS, authorize
from negotiation.queries import procedure as queries
from negotiation.queries.packages import latest

P = Room.Phase
TOMORROW = timedelta(days=1)


@pytest.fixture
def convener(mandate):
    return mandate("planner")


@pytest.fixture
def full(convener, zhuxi) -> Room:
    """The room in its full procedure, in preparation."""
    return procedure.choose_procedure(convener, zhuxi)


@pytest.fixture
def fixing(full, convener) -> Room:
    """The same while the text is being fixed: B, whose notice is over, was chosen; none of its terms is negotiable."""
    put(full, P.FIXING)
    Revision.objects.filter(package__room=full, package__code="B").update(negotiable=None)
    return procedure.fix_text(convener, latest(full).get(package__code="B"))


def put(room: Room, phase: str) -> None:
    """Into a phase, whatever its duties."""
    phases.enter(room, phase)


def missing(room: Room) -> list[str]:
    return [row.code for row in queries.missing(Room.objects.get(pk=room.pk))]


def body(action: str) -> str:
    return bytes(Entry.objects.filter(action=action).latest("id").body).decode()


def reviewed(convener, room: Room) -> None:
    procedure.record_review(convener, room, "Zhao Min", timezone.localdate(), "Opinion 2026-7: no objection.")


def test_every_procedure_leads_through_the_vote_in_the_order_of_the_phases() -> None:
    order = list(P)
    for stages in phases.PROCEDURES.values():
        places = [order.index(stage.phase) for stage in stages]
        assert all(one < two for one, two in pairwise(places)) and P.VOTE in [stage.phase for stage in stages]


def test_every_phase_of_the_table_of_acts_is_known() -> None:
    assert {phase for act in ACTS.values() for phase in act.phases} == set(P)


def test_room_begins_in_negotiation_under_the_simple_procedure(zhuxi) -> None:
    assert (zhuxi.procedure, zhuxi.phase, [code for code, _label in phases.choices(zhuxi)]) == (
        "simple",
        "negotiation",
        ["negotiation", "vote", "decided"],
    )


def test_full_procedure_begins_with_preparation(full) -> None:
    assert (full.procedure, full.phase) == ("full", "preparation")
    assert '"procedure":"full"' in body("procedure.choose")


@pytest.mark.parametrize("who", ["finance", "resident", "developer", "auditor", "observer"])
def test_only_the_convener_chooses_and_advances(who: str, mandate, zhuxi, convener) -> None:
    with pytest.raises(NotAllowed):
        procedure.choose_procedure(mandate(who), zhuxi)
    room = procedure.choose_procedure(convener, zhuxi)
    with pytest.raises(NotAllowed):
        procedure.advance(mandate(who), room)


def test_full_procedure_is_chosen_once_and_before_any_vote(convener, zhuxi, hekou, mandate) -> None:
    procedure.choose_procedure(convener, zhuxi)
    with pytest.raises(WrongPhase):
        procedure.choose_procedure(convener, Room.objects.get(pk=zhuxi.pk))
    other = mandate("planner", "HK-2026")
    ballot = voting.open_ballot(other, latest(hekou).get(package__code="B"), timezone.now() + TOMORROW)
    Ballot.objects.filter(pk=ballot.pk).update(closes_at=timezone.now() - TOMORROW)
    voting.decide(other, ballot)
    with pytest.raises(WrongPhase) as refusal:
        procedure.choose_procedure(other, Room.objects.get(pk=hekou.pk))
    assert refusal.value.code == "ballot_was_open"


def test_step_waits_for_its_duties_and_names_them(full, convener) -> None:
    closed = rooms.publish_room(convener, full, published=False)
    with pytest.raises(DutiesMissing) as refusal:
        procedure.advance(convener, closed)
    assert (refusal.value.code, refusal.value.status, list(refusal.value.fields)) == (
        "duties_missing",
        409,
        ["room_open"],
    )
    rooms.publish_room(convener, closed)
    assert procedure.advance(convener, closed).phase == "notice"


def test_a_step_pressed_twice_is_one_step(full, convener) -> None:
    """Preparation and notice both have their duties met: the second press would go on."""
    procedure.advance(convener, full)
    with pytest.raises(Conflict):
        procedure.advance(convener, full)
    with pytest.raises(Conflict):
        procedure.advance(convener, Room.objects.get(pk=full.pk), leaving="preparation")
    assert Room.objects.get(pk=full.pk).phase == "notice"


def test_notice_phase_waits_for_a_notice_that_has_run(full, convener) -> None:
    put(full, P.NOTICE)
    Revision.objects.filter(package__room=full).update(notice_on=timezone.localdate() - timedelta(days=30))
    assert missing(full) == ["notice_run"]
    Revision.objects.filter(package__room=full, package__code="B").update(
        notice_on=timezone.localdate() - timedelta(days=31)
    )
    assert procedure.advance(convener, full).phase == "negotiation"


def test_negotiation_waits_until_every_comment_is_answered(full, convener, mandate) -> None:
    put(full, P.NEGOTIATION)
    comment = comments.add_comment(mandate("resident"), full, "How loud is the road?")
    comments.add_comment(mandate("finance"), full, "A reply is no comment of its own.", parent=comment)
    assert missing(full) == ["comments_answered"]
    answers.answer_comment(convener, comment, "explained", "55 dB at night.")
    assert procedure.advance(convener, full).phase == "fixing"


def test_nobody_proposes_while_the_text_is_fixed_but_everyone_may_comment(fixing, mandate) -> None:
    with pytest.raises(WrongPhase):
        packages.start_package(mandate("developer"), fixing)
    assert comments.add_comment(mandate("resident"), fixing, "Page 3 has a slip.").pk


def test_text_needs_review_before_the_vote_opens(fixing, convener) -> None:
    revision = latest(fixing).get(package__code="B")
    assert missing(fixing) == ["legal_review"]
    with pytest.raises(DutiesMissing) as refusal:
        voting.open_ballot(convener, revision, timezone.now() + TOMORROW)
    assert list(refusal.value.fields) == ["legal_review"]
    reviewed(convener, fixing)
    with pytest.raises(WrongPhase) as gate:
        procedure.advance(convener, fixing)
    assert gate.value.code == "ballot_needed"
    assert voting.open_ballot(convener, revision, timezone.now() + TOMORROW).state == "open"
    assert Room.objects.get(pk=fixing.pk).phase == "vote"


def test_vote_does_not_open_from_negotiation_in_the_full_procedure(full, convener) -> None:
    put(full, P.NEGOTIATION)
    with pytest.raises(WrongPhase):
        voting.open_ballot(convener, latest(full).get(package__code="B"), timezone.now() + TOMORROW)


def test_only_the_fixed_text_is_voted_on(fixing, convener) -> None:
    reviewed(convener, fixing)
    other = latest(fixing).get(package__code="A")
    Revision.objects.filter(pk=other.pk).update(notice_on=timezone.localdate() - timedelta(days=40))
    other.refresh_from_db()
    with pytest.raises(WrongPhase) as refusal:
        voting.open_ballot(convener, other, timezone.now() + TOMORROW)
    assert refusal.value.code == "not_the_text"


def test_another_text_needs_its_own_notice_and_review(fixing, convener) -> None:
    reviewed(convener, fixing)
    procedure.fix_text(convener, latest(fixing).get(package__code="A"))
    assert {"text_notice_run", "legal_review"} <= set(missing(fixing))
    with pytest.raises(Conflict):
        procedure.fix_text(convener, latest(fixing).get(package__code="A"))


def test_a_package_that_was_withdrawn_is_no_text(full, convener, mandate) -> None:
    put(full, P.NEGOTIATION)
    withdrawn = withdraw_package(mandate("developer"), latest(full).get(package__code="A").package, "Too dear for us.")
    put(full, P.FIXING)
    with pytest.raises(WrongPhase) as refusal:
        procedure.fix_text(convener, Revision.objects.get(pk=withdrawn.revision_id))
    assert refusal.value.code == "withdrawn"


def test_mediator_must_have_looked_at_a_negotiable_text(fixing, convener) -> None:
    Revision.objects.filter(pk=fixing.text_id).update(negotiable=[{"term": "/flows/0", "min": "0", "max": "1"}])
    assert missing(fixing) == ["mediator_run", "legal_review"]
    Revision.objects.get(pk=fixing.text_id).mediations.create(mode="improve", mandate=convener, state="running")
    assert "mediator_run" in missing(fixing)
    Revision.objects.get(pk=fixing.text_id).mediations.update(state="done")
    assert missing(fixing) == ["legal_review"]


@pytest.mark.parametrize(
    ("person", "day", "document", "field"),
    [
        (" ", 0, "x", "person"),
        ("Zhao", 1, "x", "reviewed_on"),
        ("Zhao", 0, "", "document"),
        ("Z" * 81, 0, "x", "person"),
    ],
)
def test_faulty_review_is_refused_beside_its_field(fixing, convener, person, day, document, field) -> None:
    with pytest.raises(Invalid) as refusal:
        procedure.record_review(convener, fixing, person, timezone.localdate() + timedelta(days=day), document)
    assert set(refusal.value.fields) == {field}


def test_review_names_nobody_in_the_log(fixing, convener) -> None:
    reviewed(convener, fixing)
    assert "Zhao" not in body("procedure.review") and "objection" not in body("procedure.review")
    assert '"package":"B"' in body("procedure.review")


def test_way_back_to_the_table_drops_the_text(fixing, convener) -> None:
    room = procedure.reopen(convener, fixing, "The road is drawn wrong.")
    assert (room.phase, room.text_id) == ("negotiation", None)
    assert "road" not in body("procedure.reopen")
    with pytest.raises(WrongPhase):
        procedure.reopen(convener, room, "Again")


def test_failed_vote_leads_back_to_the_table_without_a_text(fixing, convener) -> None:
    reviewed(convener, fixing)
    revision = latest(fixing).get(package__code="B")
    ballot = voting.open_ballot(convener, revision, timezone.now() + TOMORROW)
    assert missing(fixing) == ["ballot_decided"]
    Ballot.objects.filter(pk=ballot.pk).update(closes_at=timezone.now() - TOMORROW)
    voting.decide(convener, Ballot.objects.select_related("room").get(pk=ballot.pk))
    room = Room.objects.get(pk=fixing.pk)
    assert (room.phase, room.text_id) == ("negotiation", None)


def test_decision_is_published_before_the_procedure_ends(fixing, convener) -> None:
    reviewed(convener, fixing)
    ballot = voting.open_ballot(convener, latest(fixing).get(package__code="B"), timezone.now() + TOMORROW)
    Decision.objects.create(ballot=ballot, outcome="passed", count={}, mandate=convener)
    Ballot.objects.filter(pk=ballot.pk).update(state="decided")
    room = Room.objects.get(pk=fixing.pk)
    put(room, P.DECIDED)
    assert missing(room) == ["decision_published"]
    for day, field in ((1, "published_on"), (-1, "published_on")):
        with pytest.raises(Invalid) as refusal:
            procedure.publish_decision(convener, room, timezone.localdate() + timedelta(days=day), "Town hall")
        assert set(refusal.value.fields) == {field}
    procedure.publish_decision(convener, room, timezone.localdate(), "Town hall")
    with pytest.raises(Conflict):
        procedure.publish_decision(convener, room, timezone.localdate(), "Town hall")
    done = procedure.advance(convener, room)
    assert (done.phase, missing(done)) == ("publication", [])
    with pytest.raises(WrongPhase):
        procedure.advance(convener, done)


def test_simple_procedure_ends_with_the_decision(convener, zhuxi) -> None:
    put(zhuxi, P.DECIDED)
    with pytest.raises(WrongPhase):
        procedure.advance(convener, zhuxi)


@pytest.mark.parametrize("act", ["advance", "ask_override", "demand_hearing", "declare_hearing"])
def test_simple_procedure_knows_none_of_the_acts_of_the_full_one(act: str, mandate, zhuxi) -> None:
    who = mandate("resident" if act == "demand_hearing" else "planner")
    with pytest.raises(WrongPhase):
        authorize(who, zhuxi, act)


def test_required_document_holds_the_vote_back(fixing, convener, mandate) -> None:
    reviewed(convener, fixing)
    document = documents.require_document(convener, fixing, "Soil survey", "MKT-TEX")
    assert missing(fixing) == ["documents_there"]
    documents.promise_document(mandate("factory"), document, timezone.localdate() + timedelta(days=30))
    assert missing(fixing) == ["documents_there"]
    documents.accept_promise(convener, document)
    assert missing(fixing) == []


def test_hearing_holds_the_step_back_until_it_was_held(full, convener, mandate) -> None:
    put(full, P.NEGOTIATION)
    assert missing(full) == []
    meetings.declare_hearing(convener, full, "Many are moved.")
    assert missing(full) == ["hearing_held"]
    meeting = meetings.plan_meeting(
        convener, full, "hearing", timezone.now() + timedelta(days=8), "Town hall", "Resettlement"
    )
    found = queries.standing(full)[1]
    assert (found.met, found.until) == (False, timezone.localdate(meeting.begins_at))
    Meeting.objects.filter(pk=meeting.pk).update(begins_at=timezone.now() + timedelta(milliseconds=1))
    meetings.hold_meeting(convener, meeting, ["GOV-NR", "HH-017"], "All were heard.")
    assert missing(full) == []


# Two persons


def test_override_needs_a_second_person(full, convener, mandate) -> None:
    put(full, P.NOTICE)
    Revision.objects.filter(package__room=full).update(notice_on=None)
    asked = procedure.ask_override(convener, full, "Flood warning: the dyke can not wait.")
    assert (asked.duties, asked.until) == (["notice_run"], timezone.localdate() + timedelta(days=7))
    assert Room.objects.get(pk=full.pk).phase == "notice"
    with pytest.raises(NotAllowed) as refusal:
        procedure.confirm_override(convener, queries_override(asked))
    assert refusal.value.code == "same_person"
    done = procedure.confirm_override(mandate("finance"), queries_override(asked))
    assert (done.state, Room.objects.get(pk=full.pk).phase) == ("confirmed", "negotiation")


def queries_override(asked: Override) -> Override:
    return Override.objects.select_related("room", "asked_by__user").get(pk=asked.pk)


def test_override_stands_in_the_log_with_both_persons_and_the_reason(full, convener, mandate) -> None:
    put(full, P.NOTICE)
    Revision.objects.filter(package__room=full).update(notice_on=None)
    asked = procedure.ask_override(convener, full, "Flood warning.")
    procedure.confirm_override(mandate("finance"), queries_override(asked))
    text = body("procedure.override")
    assert '"reason":"Flood warning."' in text and '"duties":["notice_run"]' in text
    granted = [bytes(row.body).decode() for row in Entry.objects.filter(action="mandate.grant", party="")]
    entry = json.loads(text)
    assert sum(entry["data"]["asked_by"] in row for row in granted) == 1
    assert entry["actor"]["party"] == "GOV-FIN"


@pytest.mark.parametrize("who", ["resident", "developer", "factory", "auditor", "observer"])
def test_second_person_is_of_the_government(full, convener, mandate, who: str) -> None:
    put(full, P.NOTICE)
    Revision.objects.filter(package__room=full).update(notice_on=None)
    asked = procedure.ask_override(convener, full, "Flood warning.")
    with pytest.raises(NotAllowed):
        procedure.confirm_override(mandate(who), queries_override(asked))


def test_same_person_under_another_mandate_does_not_confirm(full, convener, cast) -> None:
    party = Party.objects.get(realm=full.code, code="GOV-FIN")
    second = seat_person(full, cast("planner"), party, "representative", roles=["government"], document="2026-3")
    put(full, P.NOTICE)
    Revision.objects.filter(package__room=full).update(notice_on=None)
    asked = procedure.ask_override(convener, full, "Flood warning.")
    with pytest.raises(NotAllowed):
        procedure.confirm_override(second, queries_override(asked))


def test_override_lets_the_vote_open_without_the_named_duty(fixing, convener, mandate) -> None:
    asked = procedure.ask_override(convener, fixing, "The reviewer is ill.")
    procedure.confirm_override(mandate("finance"), queries_override(asked))
    assert Room.objects.get(pk=fixing.pk).phase == "fixing"
    revision = latest(fixing).get(package__code="B")
    late = comments.add_comment(mandate("resident"), fixing, "One more question.")
    with pytest.raises(DutiesMissing) as refusal:
        voting.open_ballot(convener, revision, timezone.now() + TOMORROW)
    assert list(refusal.value.fields) == ["comments_answered"]
    answers.answer_comment(convener, late, "explained", "Yes.")
    assert voting.open_ballot(convener, revision, timezone.now() + TOMORROW).state == "open"


def test_override_falls_with_another_text(fixing, convener, mandate) -> None:
    asked = procedure.ask_override(convener, fixing, "The reviewer is ill.")
    procedure.confirm_override(mandate("finance"), queries_override(asked))
    procedure.fix_text(convener, latest(fixing).get(package__code="A"))
    procedure.fix_text(convener, latest(fixing).get(package__code="B"))
    assert queries.waived(Room.objects.get(pk=fixing.pk)) == frozenset()


def test_what_the_law_asks_is_not_let_pass(fixing, convener) -> None:
    procedure.fix_text(convener, latest(fixing).get(package__code="A"))
    with pytest.raises(DutiesMissing) as refusal:
        procedure.ask_override(convener, fixing, "No time.")
    assert list(refusal.value.fields) == ["text_notice_run"]


def test_nothing_to_override_and_no_reason_are_refused(full, convener) -> None:
    with pytest.raises(WrongPhase) as refusal:
        procedure.ask_override(convener, full, "No time.")
    assert refusal.value.code == "nothing_missing"
    with pytest.raises(Invalid):
        procedure.ask_override(convener, full, " ")


def test_time_to_confirm_ends_and_another_may_be_asked(fixing, convener, mandate) -> None:
    asked = procedure.ask_override(convener, fixing, "The reviewer is ill.")
    with pytest.raises(Conflict):
        procedure.ask_override(convener, fixing, "Again.")
    Override.objects.filter(pk=asked.pk).update(until=timezone.localdate() - TOMORROW)
    with pytest.raises(WrongPhase) as refusal:
        procedure.confirm_override(mandate("finance"), queries_override(asked))
    assert refusal.value.code == "override_lapsed"
    procedure.ask_override(convener, fixing, "Again.")
    assert Override.objects.get(pk=asked.pk).state == "lapsed"


def test_last_day_to_confirm_counts(fixing, convener, mandate) -> None:
    asked = procedure.ask_override(convener, fixing, "The reviewer is ill.")
    Override.objects.filter(pk=asked.pk).update(until=timezone.localdate())
    assert procedure.confirm_override(mandate("finance"), queries_override(asked)).state == "confirmed"


def test_withdrawn_override_is_not_confirmed(fixing, convener, mandate) -> None:
    asked = procedure.ask_override(convener, fixing, "The reviewer is ill.")
    procedure.withdraw_override(convener, queries_override(asked))
    with pytest.raises(Conflict):
        procedure.confirm_override(mandate("finance"), queries_override(asked))
    with pytest.raises(Conflict):
        procedure.withdraw_override(convener, queries_override(asked))


def test_override_does_not_outlive_its_stay_in_the_phase(fixing, convener, mandate) -> None:
    asked = procedure.ask_override(convener, fixing, "The reviewer is ill.")
    procedure.confirm_override(mandate("finance"), queries_override(asked))
    room = procedure.reopen(convener, fixing, "A slip on page 3.")
    put(room, P.FIXING)
    procedure.fix_text(convener, latest(room).get(package__code="B"))
    assert missing(room) == ["legal_review"] and queries.waived(room) == frozenset()
