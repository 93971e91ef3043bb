"""Items that are not divisible stay whole."""

from fractions import Fraction as F
from itertools import product
from math import ceil, floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.scoring.mediator import suggest
from tests.negotiation.scoring.mediator.places import Plain, amounts, case_of, give, pay, random_place, today
from tests.negotiation.scoring.mediator.test_improve import lexically_above
from tests.negotiation.scoring.tiny import Json, allocation, flow

FLATS = ("/allocations/0/quantity", "/allocations/1/quantity")


def flats(yields: str, *places: tuple[str, str], flows: list[Json] | None = None, terms: int = 0) -> Json:
    given = [allocation(party, "flat", quantity, 0) for party, quantity in places]
    bounds = [give(number, "1", "90") for number in range(len(places))] + [pay(n, "1", "900") for n in range(terms)]
    case = case_of(given, flows or [], bounds, yields=yields)
    case["catalogue"][0]["divisible"] = False
    return case


def test_whole_item_is_given_in_whole_numbers() -> None:
    found = suggest(flats("15.9", ("P", "10")), "X", "improve")
    assert amounts(found.draft, FLATS[0]) == [15]


def test_odd_one_out_goes_to_one_of_them() -> None:
    found = suggest(flats("13", ("P", "5"), ("Q", "5")), "X", "improve")
    assert sorted(amounts(found.draft, *FLATS)) == [6, 7]


def test_money_evens_out_what_whole_items_leave_uneven() -> None:
    """Three flats of 10 and 10 yuan for two: rises of 20 each, by 1 flat and 10 yuan or 2 flats and 0 yuan."""
    flows = [
        flow("project", "P", "acquire", 0, "1"),
        flow("project", "Q", "acquire", 0, "1"),
        flow("outside", "project", "build", 0, "12"),
    ]
    found = suggest(flats("13", ("P", "5"), ("Q", "5"), flows=flows, terms=2), "X", "improve")
    assert sorted(amounts(found.draft, *FLATS)) == [6, 7]
    assert sorted(amounts(found.draft, "/flows/0/yuan", "/flows/1/yuan")) == [1, 11]


def test_less_than_one_whole_item_is_nothing_to_share() -> None:
    found = suggest(flats("10.9", ("P", "10")), "X", "improve")
    assert (found.status, found.draft) == ("none_better", None)
    assert found.certificate["bound"] == pytest.approx(9)


def test_fair_shares_whole_items_by_recovery() -> None:
    """30 flats of 10 for B = 1000 and 500: 20 and 10."""
    found = suggest(flats("30", ("P", "2"), ("Q", "5")), "X", "fair")
    assert amounts(found.draft, *FLATS) == [20, 10]


def test_nash_shares_whole_items() -> None:
    """9 flats for three sides, P and Q being paid off: three each."""
    flows = [flow("outside", "P", "acquire", 0, "1000"), flow("outside", "Q", "acquire", 0, "500")]
    case = flats("9", ("G", "1"), ("M", "1"), ("P", "1"), flows=flows)
    found = suggest(case, "X", "nash")
    assert amounts(found.draft, *FLATS, "/allocations/2/quantity") == [3, 3, 3]


def whole_points(case: Json) -> list[list[F]]:
    """Some points inside the bounds with whole flats."""
    axes = []
    for row in case["packages"][0]["negotiable"]:
        low, high = F(row["min"]), F(row["max"])
        if "allocations" in row["term"]:
            numbers = range(ceil(low), floor(high) + 1)
            axes.append([F(number) for number in numbers[:: max(1, len(numbers) // 12)]])
        else:
            axes.append([low + (high - low) * step / 5 for step in range(6)])
    return [list(point) for point in product(*axes)]


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.sampled_from(["improve", "fair", "nash"]))
def test_answer_is_whole_breaks_nothing_and_no_grid_point_is_better(seed: int, mode: str) -> None:
    case = random_place(seed)
    case["catalogue"][0]["divisible"] = False
    terms = [row["term"] for row in case["packages"][0]["negotiable"]]
    found, now = suggest(case, "X", mode), today(case)
    mine = Plain(case, amounts(found.draft or case["packages"][0], *terms))
    assert all(F(row["quantity"]).denominator == 1 for row in mine.rows["allocations"])
    if found.status == "infeasible":
        return
    assert mine.holds_as(now)
    for values in whole_points(case) if mode == "improve" else []:
        point = Plain(case, values)
        if point.holds_as(now) and all(point.gain(party) >= now.gain(party) for party in now.affected()):
            assert not lexically_above(rises(point, now), rises(mine, now))


def rises(point: Plain, now: Plain) -> list[F]:
    return sorted(point.gain(party) - now.gain(party) for party in now.affected())
