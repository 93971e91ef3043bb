"""The verifier on votes on paper: two mandates of officials, one after the other, for a seat that is not theirs."""

import copy
import json
import re
from collections.abc import Callable

import pytest

from audit.models import Entry
from negotiation import papers, rollcalls
from negotiation.rollcalls import Answer
from tests.negotiation.papers import begun, entered
from tests.verifier.conftest import SCOPE
from tests.verifier.test_audit_doc import table
from tongchou_verify.course import Course
from tongchou_verify.entries import check_entry
from tongchou_verify.faults import Fault

Rows = list[dict]


def follow(rows: Rows) -> Course:
    course = Course()
    for index, row in enumerate(rows):
        course.follow(check_entry(row, index, SCOPE))
    return course


def find(rows: Rows, action: str) -> int:
    return next(number for number, row in enumerate(rows) if row["action"] == action)


@pytest.fixture
def rows(ballot, mandate) -> Rows:
    """A paper read alike, one that was read in two ways, one that was withdrawn."""
    planner, finance = mandate("planner"), mandate("finance")
    papers.confirm_paper(finance, entered(planner, ballot), "yes")
    papers.confirm_paper(finance, entered(planner, ballot, "HH-151"), "no")
    papers.withdraw_paper(planner, entered(planner, ballot, "HH-152"), "Torn")
    found = Entry.objects.filter(scope=SCOPE).order_by("time", "id")
    return [json.loads(bytes(row.body)) for row in found]


def test_paper_of_two_officials_counts_and_the_others_do_not(rows, ballot) -> None:
    found = follow(rows).ballots[ballot.pk]
    assert {seat: vote.choice for seat, vote in found.votes.items()} == {("HH-150", "paper"): "yes"}
    assert found.papers == {}


def test_keys_of_the_entries_are_named_in_the_page(rows) -> None:
    named = table()
    for row in rows:
        if row["action"].startswith("paper.") or row["data"].get("via") == "paper":
            assert set(row["data"]) <= set(re.findall(r"`([a-z_0-9]+)`", named[row["action"]])), row["action"]


def without_entry(rows: Rows) -> None:
    del rows[find(rows, "paper.enter")]


def under_one_mandate(rows: Rows) -> None:
    rows[find(rows, "vote.cast")]["actor"] = rows[find(rows, "paper.enter")]["actor"]


def of_another_paper(rows: Rows) -> None:
    rows[find(rows, "vote.cast")]["data"]["paper"] += 1


def of_another_seat(rows: Rows) -> None:
    rows[find(rows, "vote.cast")]["data"]["seat"] = "HH-153"


def of_the_officials_own_seat(rows: Rows) -> None:
    for action in ("paper.enter", "vote.cast"):
        rows[find(rows, action)]["data"]["seat"] = "GOV-FIN"


def by_a_resident(rows: Rows) -> None:
    grants = (row for row in rows if row["action"] == "mandate.grant" and row["data"]["party"] == "HH-017")
    rows[find(rows, "vote.cast")]["actor"] = {"mandate": next(grants)["data"]["mandate"], "party": "HH-017"}


def twice(rows: Rows) -> None:
    place = find(rows, "vote.cast")
    rows.insert(place + 1, rows[place])


def entered_twice(rows: Rows) -> None:
    place = find(rows, "paper.enter")
    rows.insert(place + 1, rows[place])


def after_it_was_read_in_two_ways(rows: Rows) -> None:
    place = find(rows, "paper.mismatch")
    vote = copy.deepcopy(rows[find(rows, "vote.cast")])
    vote["data"] |= {key: rows[place]["data"][key] for key in ("seat", "paper")}
    rows.insert(place + 1, vote)


def after_the_close(rows: Rows) -> None:
    rows[find(rows, "paper.enter")]["time"] = rows[find(rows, "ballot.open")]["data"]["closes_at"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without_entry, "no paper .* of seat HH-150 was entered before"),
        (under_one_mandate, "a paper is entered and confirmed under one mandate"),
        (of_another_paper, "no paper .* of seat HH-150 was entered before"),
        (of_another_seat, "no paper .* of seat HH-153 was entered before"),
        (of_the_officials_own_seat, "GOV-FIN takes the paper of its own seat"),
        (by_a_resident, "HH-017 takes a vote down without an official's mandate"),
        (twice, "no paper .* of seat HH-150 was entered before"),
        (entered_twice, "a paper of seat HH-150 was entered before and still waits"),
        (after_it_was_read_in_two_ways, "no paper .* of seat HH-151 was entered before"),
        (after_the_close, "the vote lies outside of ballot"),
    ],
)
def test_paper_that_may_not_be_is_found(rows, change: Callable[[Rows], None], words: str) -> None:
    change(rows)
    with pytest.raises(Fault, match=words):
        follow(rows)


@pytest.fixture
def called_rows(ballot, mandate, zhuxi) -> Rows:
    """A list of two seats that was taken down and confirmed, one that was withdrawn."""
    planner, finance = mandate("planner"), mandate("finance")
    meeting = begun(planner, zhuxi)
    said = [
        Answer("HH-017", mandate("resident", party="HH-017").pk, "yes"),
        Answer("HH-018", mandate("neighbour").pk, "no"),
    ]
    rollcalls.confirm_roll_call(finance, rollcalls.take_roll_call(planner, ballot, meeting, said))
    rollcalls.withdraw_roll_call(planner, rollcalls.take_roll_call(planner, ballot, meeting, said), "Misheard")
    found = Entry.objects.filter(scope=SCOPE).order_by("time", "id")
    return [json.loads(bytes(row.body)) for row in found]


def test_votes_of_a_roll_call_count_as_own(called_rows, ballot) -> None:
    found = follow(called_rows).ballots[ballot.pk]
    assert sorted(found.votes) == [("HH-017", "own"), ("HH-018", "own")]
    assert (found.calls, list(found.heard.values())) == ({}, [0])


def test_keys_of_roll_calls_are_named_in_the_page(called_rows) -> None:
    named = table()
    for row in called_rows:
        if "roll_call" in row["data"]:
            assert set(row["data"]) <= set(re.findall(r"`([a-z_0-9]+)`", named[row["action"]])), row["action"]


def not_taken(rows: Rows) -> None:
    del rows[find(rows, "roll.take")]


def not_confirmed(rows: Rows) -> None:
    del rows[find(rows, "vote.roll_call")]


def more_votes_than_confirmed(rows: Rows) -> None:
    rows[find(rows, "vote.roll_call")]["data"]["votes"] = 1


def confirmed_under_one_mandate(rows: Rows) -> None:
    rows[find(rows, "vote.roll_call")]["actor"] = rows[find(rows, "roll.take")]["actor"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (not_taken, "roll call .* was not taken down before"),
        (not_confirmed, "a vote of roll call .*, which was not confirmed before"),
        (more_votes_than_confirmed, "or for fewer votes"),
        (confirmed_under_one_mandate, "a roll call is taken down and confirmed under one mandate"),
    ],
)
def test_roll_call_that_may_not_be_is_found(called_rows, change: Callable[[Rows], None], words: str) -> None:
    change(called_rows)
    with pytest.raises(Fault, match=words):
        follow(called_rows)
