"""Fairness details: envy, outliers, classes, thresholds at equality, undefined figures."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.scoring import card
from negotiation.scoring.fairness import count_envy, is_outlier
from tests.negotiation.scoring.tiny import flow, right, tiny_case

Json = dict[str, Any]


def fairness(case: Json) -> Json:
    found: Json = card(case, "A")["fairness"]
    return found


@given(st.lists(st.floats(-10, 10) | st.sampled_from([1.0, 1 + 5e-10, 1 + 2e-9]), max_size=40))
def test_envy_counts_ordered_pairs(values: list[float]) -> None:
    brute = sum(right > left + 1e-9 * max(1, abs(left)) for left in values for right in values)
    assert count_envy(np.array(values, dtype=np.float64)) == brute


def test_outliers_begin_beyond_five_percent() -> None:
    marks = is_outlier(np.array([0.95, 0.9499, 1.0, 1.05, 1.0501]), 1.0)
    assert marks.tolist() == [False, True, False, False, True]


@pytest.mark.parametrize(("outside", "below"), [("-28", False), ("-27.995", False), ("-27.99", True)])
def test_worse_off_begins_beyond_half_a_cent(outside: str, below: bool) -> None:
    case = tiny_case()
    case["outside_options"] = [{"party": "P2", "gain": outside}]
    assert bool(fairness(case)["worse_off"]) is below


@pytest.mark.parametrize(("value", "name"), [("439.99", "b"), ("440", "a"), ("440.01", "a")])
def test_class_is_that_of_the_largest_sum(value: str, name: str) -> None:
    case = tiny_case()  # P2 loses 60 and this in class a, 500 in class b
    case["rights"].append(right("R4", "L2", "P2", "a", value))
    assert fairness(case)["classes"][name]["n"] + (name == "b") == 2


def test_without_holders_only_their_number() -> None:
    case = tiny_case()
    case["rights"] = []
    found = fairness(case)
    assert (found["recovery"], found["classes"]) == ({"n": 0}, {})


def test_negative_recovery_leaves_evenness_undefined() -> None:
    case = tiny_case()
    case["packages"][0]["flows"].append(flow("P2", "outside", "build", 0, "600"))
    recovery = fairness(case)["recovery"]
    assert sorted(recovery) == ["max", "mean", "median", "min", "n"]
    limits = card(case, "A")["limits"]
    assert limits["gini"] == {"limit": 0.1}
    assert limits["min_recovery"]["met"] is False


def test_zero_recovery_is_measured() -> None:
    case = tiny_case()
    case["packages"][0]["flows"] = [flow("outside", "M", "build", 0, "1")]
    recovery = fairness(case)["recovery"]
    assert (recovery["min"], recovery["gini"], recovery["atkinson_1"], recovery["jain"]) == (0.0, 0.5, 1.0, 0.5)


def test_what_is_paid_back_to_the_cent_is_nothing() -> None:
    case = tiny_case()  # 0.1 + 0.2 − 0.3 is not 0 in float64
    case["packages"][0]["allocations"] = []
    case["packages"][0]["flows"] = [
        flow("outside", "P2", "build", 0, "0.1"),
        flow("outside", "P2", "build", 0, "0.2"),
        flow("P2", "outside", "build", 0, "0.3"),
        flow("outside", "P1", "build", 0, "600"),
    ]
    recovery = fairness(case)["recovery"]
    assert (recovery["min"], recovery["gini"], recovery["atkinson_1"]) == (0.0, 0.5, 1.0)


def test_shares_are_absent_when_nothing_is_gained() -> None:
    case = tiny_case()
    case["packages"][0]["flows"].append(flow("G", "outside", "build", 0, "392"))
    sides = fairness(case)["sides"]
    assert [sorted(side) for side in sides.values()] == [["contribution", "contribution_share", "gain"]] * 3


def test_maps_hold_affected_parties_only() -> None:
    case = tiny_case()
    case["packages"][0]["flows"].pop()
    found = fairness(case)
    assert list(found["gains"]) == ["M", "P1", "P2"]
    assert "government" in found["sides"]  # a side with parties stays, with nothing
