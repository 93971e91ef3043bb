"""Periods in law. The holidays of 2026: 国务院办公厅关于2026年部分节假日安排的通知."""

from datetime import date

import pytest

from negotiation.calendars import first_day_after


def test_first_day_of_a_period_does_not_count() -> None:
    # Civil Code art. 201: published on the 1st, thirty days are the 2nd to the 31st.
    assert first_day_after(date(2026, 10, 1), days=30) == date(2026, 11, 1)


def test_nothing_asked_for_is_over_at_once() -> None:
    assert first_day_after(date(2026, 10, 1)) == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("begins", "days", "over"),
    [
        (date(2026, 11, 2), 5, date(2026, 11, 10)),  # Monday; the fifth working day is the next Monday
        (date(2026, 9, 30), 1, date(2026, 10, 9)),  # National Day: 1 to 7 October; the 8th is the first working day
        (date(2026, 10, 9), 1, date(2026, 10, 11)),  # Saturday 10 October is worked
    ],
)
def test_working_days_follow_the_official_arrangement(begins: date, days: int, over: date) -> None:
    assert first_day_after(begins, working_days=days) == over


def test_the_later_of_both_counts() -> None:
    assert first_day_after(date(2026, 11, 2), days=30, working_days=5) == date(2026, 12, 3)
    assert first_day_after(date(2026, 11, 2), days=2, working_days=5) == date(2026, 11, 10)
