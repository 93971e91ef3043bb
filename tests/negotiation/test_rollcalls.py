"""Roll calls: what those present say becomes their own votes, once a second official has heard the same."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid, NotAllowed, WrongPhase
from audit.models import Entry
from negotiation import mandates, receipts, rollcalls, voting
from negotiation.models import Attendance, Ballot, Meeting
from negotiation.rollcalls import Answer, confirm_roll_call, take_roll_call
from tests.negotiation.papers import begun, opened
from tests.negotiation.test_paper_pages import statements
from tests.negotiation.test_voting_concurrency import in_thread

ROOM = "/rooms/ZX-03-2026/"
SAID = {"HH-017": ("resident", "yes"), "HH-018": ("neighbour", "no"), "MKT-DEV": ("developer", "accept")}


@pytest.fixture
def planner(mandate):
    return mandate("planner")


@pytest.fixture
def finance(mandate):
    return mandate("finance")


@pytest.fixture
def ballot(planner, zhuxi):
    return opened(planner, zhuxi)


@pytest.fixture
def meeting(planner, zhuxi) -> Meeting:
    return begun(planner, zhuxi)


@pytest.fixture
def answers(mandate) -> list[Answer]:
    return [Answer(party, mandate(who, party=party).pk, choice) for party, (who, choice) in SAID.items()]


def test_list_is_no_vote_before_a_second_official_confirms(ballot, meeting, planner, answers) -> None:
    call = take_roll_call(planner, ballot, meeting, answers)
    assert (call.state, len(call.answers), ballot.votes.count()) == ("taken", 3, 0)


def test_confirmed_list_is_the_own_vote_of_each_under_their_mandate(
    ballot, meeting, planner, finance, answers, mandate
) -> None:
    confirm_roll_call(finance, take_roll_call(planner, ballot, meeting, answers))
    rows = ballot.votes.select_related("seat__party", "mandate__user").order_by("seat__party__code")
    assert [(row.seat.party.code, row.choice, row.via, row.mandate.user.username) for row in rows] == [
        ("HH-017", "yes", "own", "resident"),
        ("HH-018", "no", "own", "neighbour"),
        ("MKT-DEV", "accept", "own", "developer"),
    ]


def test_log_has_the_list_its_confirmation_and_each_vote(ballot, meeting, planner, finance, answers) -> None:
    call = confirm_roll_call(finance, take_roll_call(planner, ballot, meeting, answers))
    rows = Entry.objects.filter(action__in=["roll.take", "vote.roll_call", "vote.cast"]).order_by("time", "id")
    bodies = [json.loads(bytes(row.body)) for row in rows]
    assert [(row["action"], row["actor"]["party"]) for row in bodies[:2]] == [
        ("roll.take", "GOV-NR"),
        ("vote.roll_call", "GOV-FIN"),
    ]
    assert sorted(row["actor"]["party"] for row in bodies[2:]) == sorted(SAID)
    assert {row["data"]["roll_call"] for row in bodies} == {call.pk}
    assert bodies[1]["data"]["votes"] == 3


def test_proxy_who_is_present_votes_as_a_proxy(ballot, meeting, planner, finance, mandate) -> None:
    said = [Answer("HH-018", mandate("resident", party="HH-018").pk, "yes")]
    confirm_roll_call(finance, take_roll_call(planner, ballot, meeting, said))
    assert ballot.votes.get().via == "proxy"


def test_seat_is_refused_unless_its_own_mandate_is_there(ballot, meeting, planner, mandate, answers) -> None:
    wrong = [Answer("HH-150", mandate("resident", party="HH-017").pk, "yes"), *answers]
    with pytest.raises(Invalid) as refusal:
        take_roll_call(planner, ballot, meeting, wrong)
    assert set(refusal.value.fields) == {"HH-150"}
    assert ballot.roll_calls.count() == 0


@pytest.mark.parametrize(
    ("party", "choice"), [("HH-017", "accept"), ("NOBODY", "yes"), ("HH-017", ""), ("GOV-FIN", "object")]
)
def test_answer_must_fit_seat_and_chamber(ballot, meeting, planner, mandate, party: str, choice: str) -> None:
    own = mandate("finance") if party == "GOV-FIN" else mandate("resident", party="HH-017")
    with pytest.raises(Invalid) as refusal:
        take_roll_call(planner, ballot, meeting, [Answer(party, own.pk, choice)])
    assert set(refusal.value.fields) == {party}


def test_seat_stands_in_a_list_once(ballot, meeting, planner, answers) -> None:
    with pytest.raises(Invalid):
        take_roll_call(planner, ballot, meeting, [*answers, answers[0]])
    with pytest.raises(Invalid):
        take_roll_call(planner, ballot, meeting, [])


def test_absent_seat_is_refused_where_the_record_says_who_was_there(ballot, meeting, planner, answers) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(state="held")
    meeting.refresh_from_db()
    present = ballot.roll.get(seat__party__code="HH-017").seat.party
    Attendance.objects.create(meeting=meeting, party=present)
    with pytest.raises(Invalid) as refusal:
        take_roll_call(planner, ballot, meeting, answers)
    assert set(refusal.value.fields) == {"HH-018", "MKT-DEV"}


@pytest.mark.parametrize(("state", "hours"), [("cancelled", 0), ("planned", 1)])
def test_meeting_must_have_begun(ballot, meeting, planner, answers, state: str, hours: int) -> None:
    meeting.state, meeting.begins_at = state, timezone.now() + timedelta(hours=hours)
    with pytest.raises(WrongPhase):
        take_roll_call(planner, ballot, meeting, answers)


def test_same_key_is_the_same_list(ballot, meeting, planner, answers) -> None:
    first = take_roll_call(planner, ballot, meeting, answers, key="k")
    assert take_roll_call(planner, ballot, meeting, answers, key="k").pk == first.pk
    assert ballot.roll_calls.count() == 1


def test_only_the_convener_takes_a_list_down_and_never_for_an_own_party(
    ballot, meeting, planner, finance, mandate
) -> None:
    with pytest.raises(NotAllowed):
        take_roll_call(finance, ballot, meeting, [])
    with pytest.raises(NotAllowed) as refusal:
        take_roll_call(planner, ballot, meeting, [Answer("GOV-NR", planner.pk, "object", "Too dear")])
    assert refusal.value.code == "own_seat"


def test_convener_who_acts_under_a_household_takes_no_list_down(ballot, meeting, planner, zhuxi, answers) -> None:
    party = ballot.roll.get(seat__party__code="HH-150").seat.party
    with pytest.raises(NotAllowed) as refusal:
        take_roll_call(mandates.seat_person(zhuxi, planner.user, party, "self"), ballot, meeting, answers)
    assert refusal.value.code == "not_an_official"


def test_second_official_is_another_person_and_not_on_the_list(ballot, meeting, planner, finance, mandate) -> None:
    call = take_roll_call(planner, ballot, meeting, [Answer("GOV-FIN", finance.pk, "object", "Too dear")])
    for who, code in ((planner, "same_person"), (finance, "own_seat")):
        with pytest.raises(NotAllowed) as refusal:
            confirm_roll_call(who, call)
        assert refusal.value.code == code
    with pytest.raises(NotAllowed):
        confirm_roll_call(mandate("developer"), call)


def test_list_of_one_whose_mandate_has_ended_since_is_not_voted(ballot, meeting, planner, finance, answers) -> None:
    call = take_roll_call(planner, ballot, meeting, answers)
    Mandate.objects.filter(pk=answers[0].mandate).update(revoked_at=timezone.now())
    with pytest.raises(Conflict):
        confirm_roll_call(finance, call)
    assert ballot.votes.count() == 0


def test_list_is_not_voted_after_the_close(ballot, meeting, planner, finance, answers) -> None:
    call = take_roll_call(planner, ballot, meeting, answers)
    Ballot.objects.filter(pk=ballot.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(WrongPhase):
        confirm_roll_call(finance, call)
    assert ballot.votes.count() == 0


def test_withdrawn_list_is_not_voted(ballot, meeting, planner, finance, answers) -> None:
    call = rollcalls.withdraw_roll_call(finance, take_roll_call(planner, ballot, meeting, answers), "Misheard")
    with pytest.raises(Conflict):
        confirm_roll_call(finance, call)
    assert Entry.objects.filter(action="roll.withdraw").count() == 1


def test_voter_may_change_what_was_said_and_has_a_receipt(ballot, meeting, planner, finance, answers, mandate) -> None:
    confirm_roll_call(finance, take_roll_call(planner, ballot, meeting, answers))
    resident = mandate("resident", party="HH-017")
    assert receipts.find_entry(receipts.find_vote(resident, ballot)).party == "HH-017"
    voting.cast(resident, ballot, "abstain")
    seat = ballot.roll.get(seat__party__code="HH-017").seat_id
    assert voting.effective_vote(ballot, [seat]).choice == "abstain"


def test_page_takes_the_buttons_that_were_chosen(signed_in, ballot, meeting, mandate) -> None:
    own = mandate("resident", party="HH-017").pk
    chosen = {"seat": ["HH-017", "HH-018"], "mandate-HH-017": own, "choice-HH-017": "yes", "choice-HH-018": ""}
    address = f"{ROOM}meetings/{meeting.pk}/roll-call/"
    page = signed_in("planner").get(address)
    codes = [place.line.seat.party.code for place in page.context["places"]]
    assert "HH-017" in codes and "HH-150" not in codes and "GOV-NR" not in codes
    done = signed_in("planner").post(address, chosen | {"key": "k"})
    call = ballot.roll_calls.get()
    assert (done.status_code, done["Location"]) == (302, f"{ROOM}roll-calls/{call.pk}/")
    assert [row["party"] for row in call.answers] == ["HH-017"]
    assert signed_in("finance").post(done["Location"], {"sure": "yes"}).status_code == 302
    assert ballot.votes.count() == 1


def test_refused_list_comes_back_as_it_was_chosen(signed_in, ballot, meeting, mandate) -> None:
    chosen = {"seat": ["GOV-FIN", "HH-017"], "choice-GOV-FIN": "object", "choice-HH-017": "abstain"}
    chosen |= {"mandate-GOV-FIN": mandate("finance").pk, "mandate-HH-017": mandate("resident", party="HH-017").pk}
    answer = signed_in("planner").post(f"{ROOM}meetings/{meeting.pk}/roll-call/", chosen)
    assert (answer.status_code, list(answer.context["faults"])) == (422, ["GOV-FIN"])
    given = {place.given.party: place.given.choice for place in answer.context["places"] if place.given}
    assert given == {"GOV-FIN": "object", "HH-017": "abstain"}


def test_pages_take_the_same_statements_for_one_list_and_for_three(
    signed_in, ballot, meeting, planner, zhuxi, answers
) -> None:
    client, first = signed_in("planner"), take_roll_call(planner, ballot, meeting, answers[:1])
    addresses = [
        f"{ROOM}meetings/{meeting.pk}/",
        f"{ROOM}meetings/{meeting.pk}/roll-call/",
        f"/api/v1{ROOM}ballots/{ballot.pk}/roll-calls/",
    ]
    client.get(ROOM)
    one = [statements(client, address) for address in addresses]
    three = [take_roll_call(planner, ballot, meeting, answers) for _time in range(2)]
    party = ballot.roll.get(seat__party__code="HH-150").seat.party
    mandates.seat_person(zhuxi, planner.user.__class__.objects.get(username="observer"), party, "self")
    assert [statements(client, address) for address in addresses] == one
    assert one == [13, 12, 8]
    small, large = (statements(client, f"{ROOM}roll-calls/{call.pk}/") for call in (first, three[0]))
    assert small == large


def test_lists_are_taken_and_confirmed_by_api(signed_in, ballot, meeting, mandate) -> None:
    said = [{"party": "HH-017", "mandate": mandate("resident", party="HH-017").pk, "choice": "yes"}]
    body = {"meeting": meeting.pk, "answers": said}
    address = f"/api/v1{ROOM}ballots/{ballot.pk}/roll-calls/"
    sent = signed_in("planner").post(address, body, content_type="application/json")
    assert (sent.status_code, sent.json()["seats"], sent.json()["state"]) == (201, 1, "taken")
    where = f"/api/v1{ROOM}roll-calls/{sent.json()['id']}/"
    done = signed_in("finance").post(f"{where}confirmation/", {}, content_type="application/json")
    assert (done.status_code, done.json()["state"]) == (200, "confirmed")
    assert signed_in("finance").get(address).json()["results"][0]["ended_by"] == "周正"


@pytest.mark.django_db(transaction=True)
def test_two_officials_who_confirm_at_once_cast_each_vote_once(planner, finance, zhuxi, answers, cast) -> None:
    ballot, meeting = opened(planner, zhuxi), begun(planner, zhuxi)
    with transaction.atomic():
        colleague = mandates.seat_person(
            zhuxi, cast("observer"), planner.party, "representative", roles=["government"], document="Letter"
        )
    call = take_roll_call(planner, ballot, meeting, answers)

    def confirm(who: Mandate) -> str:
        try:
            return str(confirm_roll_call(who, call).state)
        except Conflict:
            return "Conflict"

    with ThreadPoolExecutor(2) as pool:
        ended = sorted(pool.map(in_thread(confirm), [finance, colleague]))
    assert ended == ["Conflict", "confirmed"]
    assert ballot.votes.count() == Entry.objects.filter(action="vote.cast").count() == 3
