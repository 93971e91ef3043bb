"""Nash: the product of what the sides gain above their outside options is as large as it gets."""

from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.scoring.mediator import suggest
from tests.negotiation.scoring.mediator.places import (
    SIDES,
    F,
    Plain,
    amounts,
    case_of,
    grid,
    pay,
    random_place,
    today,
)
from tests.negotiation.scoring.tiny import Json, flow

seeds = st.integers(0, 10**6)
TERMS = ("/flows/0/yuan", "/flows/1/yuan", "/flows/2/yuan")


def table(money: str = "900", **more: object) -> Json:
    """P and Q are paid off; a sum is left for G, M and P, each of which may get between 1 and 9000 of it."""
    flows = [
        flow("project", "G", "build", 0, "10"),
        flow("project", "M", "build", 0, "10"),
        flow("project", "P", "acquire", 0, "10"),
        flow("outside", "P", "acquire", 0, "1000"),
        flow("outside", "Q", "acquire", 0, "500"),
        flow("outside", "project", "build", 0, money),
    ]
    return case_of([], flows, [pay(place, "1", "9000") for place in range(3)], **more)


def surplus(case: Json, point: Plain) -> list[F]:
    """G − d of the three sides."""
    outside = {row["party"]: F(row["gain"]) for row in case.get("outside_options", [])}
    sums: dict[str, F] = {}
    for party, side in SIDES.items():
        sums[side] = sums.get(side, F(0)) + point.gain(party) - outside.get(party, F(0))
    return list(sums.values())


def test_sum_is_split_evenly() -> None:
    found = suggest(table(), "X", "nash")
    assert amounts(found.draft, *TERMS) == [300, 300, 300]
    assert found.objective["nash"]["after"] == pytest.approx(3 * log(300))
    assert found.objective["gap"] < 1e-6


def test_outside_option_comes_first_and_the_rest_is_split() -> None:
    case = table("1000", outside_options=[{"party": "G", "gain": "400"}])
    assert amounts(suggest(case, "X", "nash").draft, *TERMS) == [600, 200, 200]


def test_yuan_that_cost_less_to_give_are_given_more() -> None:
    """G is paid in year 1, d = 0.5: a budget of 900 gives each side a surplus of 300, which is 600 in year 1."""
    case = table(plan={"years": 2, "discount_rate": "1"})
    case["packages"][0]["flows"][0]["year"] = 1
    assert amounts(suggest(case, "X", "nash").draft, *TERMS) == [600, 300, 300]


def test_party_at_its_bound_leaves_the_rest_to_be_split() -> None:
    case = table()
    case["packages"][0]["negotiable"][1]["max"] = "100"
    assert amounts(suggest(case, "X", "nash").draft, *TERMS) == [400, 100, 400]


def test_parties_of_one_side_rise_together() -> None:
    case = table("900")
    case["packages"][0]["flows"].append(flow("project", "Q", "acquire", 0, "10"))
    case["packages"][0]["negotiable"].append(pay(6, "1", "9000"))
    assert amounts(suggest(case, "X", "nash").draft, *TERMS, "/flows/6/yuan") == [300, 300, 150, 150]


def test_side_that_cannot_be_above_its_outside_option_ends_the_bargain() -> None:
    case = table("1000", outside_options=[{"party": "G", "gain": "400"}, {"party": "M", "gain": "700"}])
    found = suggest(case, "X", "nash")
    assert (found.status, found.draft, found.changes) == ("no_bargain", None, [])
    conflict = found.to_json()["conflict"]
    assert [one for one in conflict if one["code"] != "bound"] == [
        {"code": "limit", "limit": "npv"},
        {"code": "outside", "side": "government"},
        {"code": "outside", "side": "market"},
    ]


def test_side_exactly_at_its_outside_option_is_no_bargain() -> None:
    case = table("900", outside_options=[{"party": "G", "gain": "898"}])
    assert suggest(case, "X", "nash").status == "no_bargain"


def test_losses_on_two_sides_are_no_gain() -> None:
    """Two surpluses below zero have a product above zero, which is no agreement."""
    case = table("900", outside_options=[{"party": party, "gain": "5000"} for party in ("G", "M")])
    assert suggest(case, "X", "nash").status == "no_bargain"


@settings(max_examples=20)
@given(seeds)
def test_no_point_of_a_grid_has_a_larger_product(seed: int) -> None:
    case = random_place(seed)
    found = suggest(case, "X", "nash")
    now = today(case)
    best = float("-inf")
    if found.draft is not None:
        point = Plain(case, amounts(found.draft, *(row["term"] for row in case["packages"][0]["negotiable"])))
        assert point.holds_as(now)
        best = sum(log(value) for value in surplus(case, point))
        assert found.objective["gap"] < 1e-6
    for values in grid(case, 6):
        point = Plain(case, values)
        if point.holds_as(now) and min(surplus(case, point)) > F(1, 50):
            assert sum(log(value) for value in surplus(case, point)) <= best + 1e-3
