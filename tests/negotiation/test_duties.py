"""Duties as pure functions: met at the threshold, with a sentence, an actor and a day where there is one."""

from datetime import date, timedelta

import pytest

from negotiation.duties import DUTIES, Facts, findings
from negotiation.phases import HEARING, PROCEDURES

TODAY = date(2026, 11, 26)
DAY = timedelta(days=1)


def found(code: str, **facts):
    return DUTIES[code](Facts(today=TODAY, **facts))


def test_each_declared_duty_exists_and_says_itself() -> None:
    codes = tuple({code for stages in PROCEDURES.values() for stage in stages for code in stage.duties})
    rows = findings(codes, Facts(today=TODAY))
    assert [row.code for row in rows] == list(codes) and set(codes) == set(DUTIES)
    assert all(row.label and row.words and row.who for row in rows)


@pytest.mark.parametrize("code", ["notice_run", "text_notice_run"])
@pytest.mark.parametrize(("ends", "met"), [(None, False), (TODAY + DAY, False), (TODAY, True), (TODAY - DAY, True)])
def test_notice_is_over_on_its_first_free_day(code: str, ends: date | None, met: bool) -> None:
    row = found(code, notices=(ends,) if ends else (), text_notice=ends)
    assert (row.met, row.until) == (met, ends)


def test_earliest_notice_counts() -> None:
    assert found("notice_run", notices=(TODAY + DAY, TODAY)).met


@pytest.mark.parametrize(
    ("demands", "seats", "due"),
    [
        (0, 0, False),
        (0, 5, False),
        (9, 100, False),
        (10, 100, True),
        (10, 3000, True),
        (9, 90, True),
        (1, 10, True),
        (1, 11, False),
    ],
)
def test_hearing_is_due_at_ten_seats_or_a_tenth_of_them(demands: int, seats: int, due: bool) -> None:
    assert HEARING.reached(demands, seats) is due
    assert found("hearing_held", demands=demands, public_seats=seats).met is not due


def test_hearing_that_is_planned_says_its_day() -> None:
    row = found("hearing_held", declared=True, hearing_on=TODAY + DAY)
    assert (row.met, row.until) == (False, TODAY + DAY)


@pytest.mark.parametrize(
    ("facts", "met", "role"),
    [
        ({}, True, "convener"),
        ({"documents_missing": 1}, False, "owing"),
        ({"documents_broken": 1, "documents_promised": 1}, False, "owing"),
        ({"documents_promised": 1}, False, "convener"),
    ],
)
def test_documents_say_who_must_act(facts: dict[str, int], met: bool, role: str) -> None:
    row = found("documents_there", **facts)
    assert (row.met, row.role) == (met, role)


@pytest.mark.parametrize(
    ("facts", "met"),
    [
        ({}, True),
        ({"roll_days": 5}, False),
        ({"roll_number": 1, "roll_ends": TODAY + DAY}, False),
        ({"roll_number": 1, "roll_ends": TODAY}, True),
        ({"roll_number": 1, "roll_ends": TODAY, "roll_current": False}, False),
        ({"roll_number": 1, "roll_ends": TODAY, "roll_contested": 1}, False),
        ({"roll_number": 1, "roll_ends": TODAY, "roll_owed": 1}, False),
    ],
)
def test_roll_is_settled_once_its_days_are_over_and_nothing_is_open(facts: dict, met: bool) -> None:
    assert found("roll_settled", **facts).met is met


def test_vote_is_the_rolls_while_it_is_open_and_the_conveners_after() -> None:
    assert found("ballot_decided", ballot="open", ballot_closes=TODAY).role == "roll"
    assert found("ballot_decided", ballot="closed").role == "convener"
    assert found("ballot_decided", ballot="decided").met


def test_what_the_law_asks_can_not_be_let_pass() -> None:
    strict = {code for code in DUTIES if not found(code).waivable}
    assert strict == {"text_fixed", "text_notice_run", "roll_settled", "ballot_decided", "decision_published"}


def test_text_with_a_newer_revision_is_no_text() -> None:
    assert not found("text_fixed", text="B.1", text_newest=False).met
    assert found("text_fixed", text="B.1").met
