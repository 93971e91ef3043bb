"""Straw polls: opened by the convener, answered once a seat, counted after the close, never binding."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Mandate
from accounts.refusals import Invalid, NotAllowed, WrongPhase
from audit.models import Entry
from negotiation import polls, voting
from negotiation.models import Poll, PollAnswer, Room, Seat
from negotiation.queries.packages import latest
from negotiation.table import on_table
from negotiation.tasks import close_due_polls
from notifications.models import Telling

ROOM = "ZX-03-2026"
TOMORROW = timedelta(days=1)
WHERE = f"/rooms/{ROOM}/polls/"


@pytest.fixture
def asked(mandate, zhuxi):
    """`asked("ranked")`: a straw poll about packages A and B."""

    def ask(method: str) -> Poll:
        rows = list(latest(zhuxi).filter(package__code__in=["A", "B"]))
        return polls.open_poll(mandate("planner"), zhuxi, "Which one?", method, rows, timezone.now() + TOMORROW)

    return ask


def end(poll: Poll) -> dict:
    """Let its time be over and have it closed; its result."""
    Poll.objects.filter(pk=poll.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    close_due_polls()
    return Poll.objects.get(pk=poll.pk).result


def answers(poll: Poll, side: str, ranks: dict[str, int], count: int) -> None:
    """Answers of the first seats of a side, as rows of one mandate's making."""
    mandate = Mandate.objects.filter(party__realm=ROOM).first()
    seats = Seat.objects.filter(room=poll.room, party__side=side).order_by("-party__code")[:count]
    common = {"poll": poll, "ranks": ranks, "via": "own", "mandate": mandate, "answered_at": timezone.now()}
    PollAnswer.objects.bulk_create(PollAnswer(seat=seat, **common) for seat in seats)


def body(action: str) -> dict:
    return json.loads(bytes(Entry.objects.filter(action=action).order_by("-id").first().body))


# Opening


def test_poll_is_opened_without_moving_the_room(asked, zhuxi) -> None:
    poll = asked("approval")
    data = body("poll.open")["data"]
    assert (data["poll"], data["method"], data["packages"]) == (poll.pk, "approval", ["A.1", "B.1"])
    assert len(data["title"]) == 64
    assert Room.objects.get(pk=zhuxi.pk).phase == "negotiation"
    assert Telling.objects.get(topic="poll.opened").link == f"/rooms/{zhuxi.code}/polls/{poll.pk}/"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"revisions": 1}, "packages"),
        ({"closes_at": -TOMORROW}, "closes_at"),
    ],
)
def test_opening_is_checked(mandate, zhuxi, change, field: str) -> None:
    rows = list(latest(zhuxi))[: change.get("revisions", 9)]
    closes_at = timezone.now() + change.get("closes_at", TOMORROW)
    with pytest.raises(Invalid) as refusal:
        polls.open_poll(mandate("planner"), zhuxi, change.get("title", "?"), "approval", rows, closes_at)
    assert set(refusal.value.fields) == {field}
    assert not Poll.objects.exists()


def test_package_that_is_not_on_the_table_is_not_asked_about(mandate, zhuxi, hekou) -> None:
    rows = [latest(zhuxi).get(package__code="A"), on_table(hekou).first()]
    with pytest.raises(Invalid):
        polls.open_poll(mandate("planner"), zhuxi, "?", "approval", rows, timezone.now() + TOMORROW)


def test_only_the_convener_opens(mandate, zhuxi) -> None:
    with pytest.raises(NotAllowed):
        polls.open_poll(mandate("finance"), zhuxi, "?", "approval", list(latest(zhuxi)), timezone.now() + TOMORROW)


@pytest.mark.parametrize("phase", ["preparation", "fixing", "vote", "decided", "publication"])
def test_polls_belong_to_notice_and_negotiation(mandate, zhuxi, asked, phase: str) -> None:
    poll = asked("approval")
    Room.objects.filter(pk=zhuxi.pk).update(phase=phase)
    zhuxi.refresh_from_db()
    with pytest.raises(WrongPhase):
        polls.open_poll(mandate("planner"), zhuxi, "?", "approval", list(latest(zhuxi)), timezone.now() + TOMORROW)
    with pytest.raises(WrongPhase):
        polls.answer_poll(mandate("resident"), Poll.objects.get(pk=poll.pk), {"A": 1})


def test_convener_closes_before_the_time(mandate, asked, signed_in) -> None:
    poll = asked("approval")
    polls.answer_poll(mandate("resident"), poll, {"A": 1})
    page = signed_in("planner").get(f"{WHERE}{poll.pk}/").content.decode()
    assert "Close the straw poll now" in page
    assert "Close the straw poll now" not in signed_in("resident").get(f"{WHERE}{poll.pk}/").content.decode()
    assert signed_in("planner").post(f"{WHERE}{poll.pk}/close/").url == f"{WHERE}{poll.pk}/"
    closed = Poll.objects.get(pk=poll.pk)
    assert closed.result["total"]["answered"] == 1 and closed.closes_at <= timezone.now()
    said = body("poll.close")
    assert said["actor"]["party"] == "GOV-NR" and said["data"]["result"] == closed.result
    assert said["time"] == closed.closes_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    with pytest.raises(WrongPhase):
        polls.answer_poll(mandate("finance"), closed, {"A": 1})
    assert "Close the straw poll now" not in signed_in("planner").get(f"{WHERE}{poll.pk}/").content.decode()


def test_closed_poll_is_not_closed_again_nor_by_others(mandate, asked) -> None:
    poll = asked("ranked")
    with pytest.raises(NotAllowed):
        polls.close_poll(mandate("finance"), poll)
    polls.close_poll(mandate("planner"), poll)
    with pytest.raises(WrongPhase) as refusal:
        polls.close_poll(mandate("planner"), poll)
    assert refusal.value.code == "poll_closed" and not polls.close_poll_if_due(poll)


# Answering


def test_last_answer_counts_and_ones_own_before_a_proxys(mandate, asked) -> None:
    poll = asked("approval")
    polls.answer_poll(mandate("neighbour"), poll, {"A": 1})
    polls.answer_poll(mandate("neighbour"), poll, {"B": 1})
    polls.answer_poll(mandate("resident", party="HH-018"), poll, {"A": 1, "B": 1})
    assert list(polls.effective(poll.answers.all()).values()) == [{"B": 1}]


def test_log_holds_that_a_seat_answered_and_not_what(mandate, asked) -> None:
    polls.answer_poll(mandate("resident", party="HH-017"), asked("ranked"), {"B": 1, "A": 2})
    data = body("poll.answer")["data"]
    assert (data["seat"], data["via"], len(data["ranks"])) == ("HH-017", "own", 64)


@pytest.mark.parametrize(
    ("method", "ranks"),
    [("approval", {"A": 2}), ("approval", {"Z": 1}), ("ranked", {}), ("ranked", {"A": 3}), ("ranked", {"A": 0})],
)
def test_answer_is_checked(mandate, asked, method: str, ranks: dict[str, int]) -> None:
    with pytest.raises(Invalid) as refusal:
        polls.answer_poll(mandate("resident"), asked(method), ranks)
    assert set(refusal.value.fields) == {"ranks"}
    assert not PollAnswer.objects.exists()


def test_to_approve_of_none_is_an_answer(mandate, asked) -> None:
    poll = asked("approval")
    polls.answer_poll(mandate("resident"), poll, {})
    assert end(poll)["total"] == {"answered": 1, "approvals": {"A": 0, "B": 0}}


def test_nobody_answers_after_the_close(mandate, asked) -> None:
    poll = asked("approval")
    Poll.objects.filter(pk=poll.pk).update(closes_at=timezone.now())
    with pytest.raises(WrongPhase) as refusal:
        polls.answer_poll(mandate("resident"), poll, {"A": 1})
    assert refusal.value.code == "poll_closed"


@pytest.mark.parametrize("who", ["observer", "auditor"])
def test_who_has_no_seat_does_not_answer(mandate, asked, who: str) -> None:
    with pytest.raises(NotAllowed):
        polls.answer_poll(mandate(who), asked("approval"), {"A": 1})


# The result


def test_side_under_five_seats_is_shown_with_another(asked) -> None:
    """The market side has three seats: by itself, or as the total less the others, it would show them."""
    poll = asked("approval")
    answers(poll, "public", {"A": 1}, 40)
    answers(poll, "market", {"B": 1}, 2)
    answers(poll, "government", {"A": 1, "B": 1}, 1)
    result = end(poll)
    assert result["total"] == {"answered": 43, "approvals": {"A": 41, "B": 3}}
    assert result["groups"] == [
        {"sides": ["public"], "answered": 40, "approvals": {"A": 40, "B": 0}},
        {"sides": ["government", "market"], "answered": 3, "approvals": {"A": 1, "B": 3}},
    ]
    assert body("poll.close")["data"] == {"poll": poll.pk, "result": result}


def test_ranking_is_put_in_order(asked) -> None:
    poll = asked("ranked")
    answers(poll, "public", {"B": 1, "A": 2}, 7)
    answers(poll, "market", {"A": 1}, 3)
    result = end(poll)
    assert (result["total"]["order"], result["total"]["pairs"]) == ([["B"], ["A"]], [["A", "B", 3], ["B", "A", 7]])
    assert [row["order"] for row in result["groups"]] == [[["B"], ["A"]], [["A"], ["B"]]]


def test_poll_is_closed_once_and_not_before_its_time(asked) -> None:
    poll = asked("approval")
    assert not polls.close_poll_if_due(poll)
    end(poll)
    assert not polls.close_poll_if_due(poll)
    assert Entry.objects.filter(action="poll.close").count() == 1


def test_poll_binds_nobody(asked, mandate, zhuxi) -> None:
    """Whatever it says, either package may be voted on."""
    poll = asked("approval")
    answers(poll, "public", {"A": 1}, 200)
    end(poll)
    voting.open_ballot(mandate("planner"), latest(zhuxi).get(package__code="B"), timezone.now() + TOMORROW)


# Pages and API


def test_page_says_that_it_is_not_binding_and_shows_ones_own_answer_alone(signed_in, asked, mandate) -> None:
    poll = asked("ranked")
    polls.answer_poll(mandate("neighbour"), poll, {"B": 1, "A": 2})
    pages = {role: signed_in(role).get(f"{WHERE}{poll.pk}/").content.decode() for role in ("", "planner", "neighbour")}
    assert {role for role, text in pages.items() if "A straw poll binds nobody" in text} == set(pages)
    assert {role for role, text in pages.items() if "B (1)" in text} == {"neighbour"}
    assert "A straw poll binds nobody" in signed_in().get(WHERE).content.decode()


def test_result_is_read_after_the_close_only(signed_in, asked) -> None:
    poll = asked("ranked")
    answers(poll, "public", {"B": 1, "A": 2}, 7)
    api = f"/api/v1{WHERE}{poll.pk}/"
    assert signed_in().get(api).json()["result"] is None
    assert "7 seats have answered" in signed_in().get(f"{WHERE}{poll.pk}/").content.decode()
    result = end(poll)
    assert signed_in().get(api).json()["result"] == result
    page = signed_in().get(f"{WHERE}{poll.pk}/")
    assert page.context["result"][0]["steps"] == [(1, ["B"]), (2, ["A"])]
    assert "Result of the straw poll, not binding" in page.content.decode()


def test_form_and_api_open_and_answer(signed_in, zhuxi) -> None:
    planner, resident = signed_in("planner"), signed_in("resident")
    numbers = [str(row.pk) for row in latest(zhuxi).filter(package__code__in=["A", "B"])]
    form = {"title": "Which?", "method": "ranked", "packages": numbers, "closes_at": "2999-01-01T00:00:00"}
    assert planner.post(f"{WHERE}new/", form).status_code == 302
    marks = [{"package": code, "revision": 1} for code in "AB"]
    sent = {"title": "Which?", "method": "approval", "packages": marks, "closes_at": "2999-01-01T00:00:00Z"}
    answer = planner.post(f"/api/v1{WHERE}", sent, content_type="application/json")
    assert (answer.status_code, answer.json()["packages"]) == (201, ["A.1", "B.1"])
    ranked, approval = Poll.objects.order_by("pk")
    assert resident.post(f"{WHERE}{ranked.pk}/", {"rank_A": "2", "rank_B": "1"}).status_code == 302
    assert resident.post(f"{WHERE}{approval.pk}/", {"approved": ["B"]}).status_code == 302
    told = {"ranks": {"A": 1}}
    done = resident.post(f"/api/v1{WHERE}{approval.pk}/answers/", told, content_type="application/json")
    assert (done.status_code, done.json()["ranks"]) == (201, {"A": 1})
    assert resident.get(f"/api/v1{WHERE}{ranked.pk}/").json()["ranks"] == {"A": 2, "B": 1}
    assert [row["answered"] for row in resident.get(f"/api/v1{WHERE}").json()["results"]] == [1, 1]


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_the_same_statements_however_many_polls(signed_in, asked, count: int) -> None:
    for _time in range(count):
        answers(asked("approval"), "public", {"A": 1}, 3)
    client = signed_in("planner")
    found = []
    for path in (WHERE, f"/api/v1{WHERE}"):
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        found.append(len(captured))
    assert found == [9, 7]
