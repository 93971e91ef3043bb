"""What cannot be mediated is refused with its place, and work that is no longer wanted ends."""

from decimal import Decimal
from typing import Any

import pytest

from negotiation.scoring import ScoringRefused
from negotiation.scoring.mediator import MediationCancelled, suggest
from tests.negotiation.scoring.mediator.places import budget_case, pay

WHERE = "/packages/0/negotiable/1"


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"term": "/flows/3/yuan"}, f"{WHERE}/term", "unknown_value"),
        ({"term": "/flows/1/quantity"}, f"{WHERE}/term", "unknown_value"),
        ({"term": "/flows/01/yuan"}, f"{WHERE}/term", "unknown_value"),
        ({"term": "/flows/-1/yuan"}, f"{WHERE}/term", "unknown_value"),
        ({"term": "/rights/0/value"}, f"{WHERE}/term", "unknown_value"),
        ({"term": "/flows/0/yuan"}, f"{WHERE}/term", "duplicate"),
        ({"term": 5}, f"{WHERE}/term", "not_a_code"),
        ({"min": "0"}, f"{WHERE}/min", "not_positive"),
        ({"min": "NaN"}, f"{WHERE}/min", "not_a_decimal"),
        ({"max": float("nan")}, f"{WHERE}/max", "not_a_decimal"),
        ({"max": "99.99"}, f"{WHERE}/max", "out_of_range"),
    ],
)
def test_faulty_bound_is_refused_at_its_place(change: Any, path: str, code: str) -> None:
    case = budget_case()
    case["packages"][0]["negotiable"][1] |= change
    with pytest.raises(ScoringRefused) as caught:
        suggest(case, "X", "improve")
    assert (caught.value.path, caught.value.code) == (path, code)


def test_bounds_that_meet_are_accepted() -> None:
    case = budget_case()
    case["packages"][0]["negotiable"][1] = pay(1, "500", "500.00")
    assert suggest(case, "X", "improve").status == "found"


@pytest.mark.parametrize("mode", ["", "Improve", "best", None, ["improve"]])
def test_unknown_mode_is_refused(mode: Any) -> None:
    with pytest.raises(ScoringRefused) as caught:
        suggest(budget_case(), "X", mode)
    assert (caught.value.path, caught.value.code) == ("/mode", "unknown_value")


def test_unknown_package_is_refused() -> None:
    with pytest.raises(ScoringRefused, match="no package 'Z'"):
        suggest(budget_case(), "Z", "improve")


def test_divisible_is_true_or_false() -> None:
    case = budget_case()
    case["catalogue"][0]["divisible"] = "yes"
    with pytest.raises(ScoringRefused) as caught:
        suggest(case, "X", "improve")
    assert (caught.value.path, caught.value.code) == ("/catalogue/0/divisible", "unknown_value")


def test_missing_list_of_negotiable_terms_is_an_empty_one() -> None:
    case = budget_case()
    del case["packages"][0]["negotiable"]
    assert suggest(case, "X", "improve").status == "none_better"


@pytest.mark.parametrize("mode", ["improve", "fair", "nash"])
def test_work_can_be_cancelled_before_any_step(mode: str) -> None:
    with pytest.raises(MediationCancelled):
        suggest(budget_case(), "X", mode, cancelled=lambda: True)


def test_work_can_be_cancelled_half_way() -> None:
    told: list[str] = []
    with pytest.raises(MediationCancelled):
        suggest(budget_case(), "X", "improve", progress=told.append, cancelled=lambda: len(told) > 1)
    assert told == ["ceiling", "leximin 0/2"]


def test_case_given_is_left_as_it_was() -> None:
    case = budget_case()
    suggest(case, "X", "improve")
    assert case == budget_case()


def test_amounts_with_many_places_are_kept_where_nothing_changes() -> None:
    case = budget_case("1500.1234567")
    case["packages"][0]["flows"][0]["yuan"] = "1000.1234567"
    found = suggest(case, "X", "fair")
    assert all(change.new * 100 == int(change.new * 100) for change in found.changes)
    assert all(isinstance(change.old, Decimal) for change in found.changes)
