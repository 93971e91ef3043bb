"""Improve: everyone at least as well off, the smallest rise as large as it gets, then the next; or nothing better."""

from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.scoring.mediator import suggest
from tests.negotiation.scoring.mediator.places import (
    SIDES,
    Plain,
    amounts,
    budget_case,
    case_of,
    give,
    grid,
    pay,
    random_place,
    today,
)
from tests.negotiation.scoring.tiny import Json, allocation, flow

seeds = st.integers(0, 10**6)
PAYMENTS = ("/flows/0/yuan", "/flows/1/yuan")


def improved(case: Json) -> Plain:
    """The package that `improve` suggests, or today's."""
    row = suggest(case, "X", "improve").draft or case["packages"][0]
    return Plain(case, amounts(row, *(entry["term"] for entry in row["negotiable"])))


def rises(case: Json, point: Plain) -> list[F]:
    now = today(case)
    return sorted(point.gain(party) - now.gain(party) for party in now.affected())


def test_money_that_nobody_owns_is_shared_evenly() -> None:
    found = suggest(budget_case("3000"), "X", "improve")
    assert found.status == "found"
    assert amounts(found.draft, *PAYMENTS) == [1750, 1250]
    assert found.objective["total_gain"] == {"before": 0.0, "after": 1500.0}
    assert [one.to_json() for one in found.binds] == [{"code": "limit", "limit": "npv"}]


def test_who_reaches_its_bound_leaves_the_rest_to_the_others() -> None:
    case = budget_case("3000")
    case["packages"][0]["negotiable"][0]["max"] = "1100"
    assert amounts(suggest(case, "X", "improve").draft, *PAYMENTS) == [1100, 1900]


def test_declared_npv_limit_is_left_to_the_project() -> None:
    case = budget_case("3000", limits={"npv": "500"})
    assert amounts(suggest(case, "X", "improve").draft, *PAYMENTS) == [1500, 1000]


def test_npv_at_its_limit_leaves_nothing_to_share() -> None:
    found = suggest(budget_case("3000", limits={"npv": "1500"}), "X", "improve")
    assert (found.status, found.changes, found.draft) == ("none_better", [], None)


def test_project_in_deficit_gets_no_deeper_into_it() -> None:
    assert suggest(budget_case("1400"), "X", "improve").status == "none_better"


def test_later_payment_is_worth_less_and_costs_less() -> None:
    """d(1) = 0.8: P, paid in year 0, and Q, paid in year 1, both rise by 500 when Q is paid 625 more."""
    flows = [
        flow("project", "P", "acquire", 0, "1000"),
        flow("project", "Q", "acquire", 1, "500"),
        flow("outside", "project", "build", 0, "2400"),
    ]
    case = case_of([], flows, [pay(0, "1", "9000"), pay(1, "1", "9000")], plan={"years": 2, "discount_rate": "0.25"})
    assert amounts(suggest(case, "X", "improve").draft, *PAYMENTS) == [1500, 1125]


def test_peak_gap_limit_stops_early_payments() -> None:
    """Paying in year 0 what comes in year 1 may run 200 into deficit, no more."""
    flows = [
        flow("project", "P", "acquire", 0, "100"),
        flow("outside", "project", "build", 1, "1000"),
    ]
    case = case_of([], flows, [pay(0, "50", "900")], limits={"peak_gap": "200"})
    found = suggest(case, "X", "improve")
    assert amounts(found.draft, "/flows/0/yuan") == [200]
    assert found.binds[0].to_json() == {"code": "limit", "limit": "peak_gap", "year": 0}


def test_limit_that_is_missed_today_does_not_stop_anything() -> None:
    case = case_of(
        [],
        [flow("project", "P", "acquire", 0, "300"), flow("outside", "project", "build", 1, "1000")],
        [pay(0, "50", "900")],
        limits={"peak_gap": "200"},
    )
    assert amounts(suggest(case, "X", "improve").draft, "/flows/0/yuan") == [900]


def test_supply_is_given_out_to_the_last_unit() -> None:
    case = case_of([allocation("P", "flat", "10", 0)], [], [give(0, "1", "90")], yields="12.34")
    found = suggest(case, "X", "improve")
    assert amounts(found.draft, "/allocations/0/quantity") == [F("12.34")]
    assert [one.to_json() for one in found.binds] == [{"code": "supply", "item": "flat"}]


def test_item_that_is_short_today_gets_no_shorter() -> None:
    case = case_of([allocation("P", "flat", "10", 0)], [], [give(0, "1", "90")], yields="4")
    assert suggest(case, "X", "improve").status == "none_better"


def test_pool_is_below_zero_at_no_year_end() -> None:
    flows = [
        flow("outside", "pool", "build", 1, "100"),
        flow("pool", "P", "acquire", 1, "40"),
        flow("pool", "outside", "operate", 2, "30"),
    ]
    found = suggest(case_of([], flows, [pay(1, "10", "999")]), "X", "improve")
    assert amounts(found.draft, "/flows/1/yuan") == [70]
    assert found.binds[0].to_json() == {"code": "pool", "year": 2}


def test_gini_that_is_lost_is_said() -> None:
    case = budget_case("3000", limits={"gini": "0.1"})
    case["packages"][0]["negotiable"][0]["max"] = "1000"
    found = suggest(case, "X", "improve")
    assert (amounts(found.draft, *PAYMENTS), found.limits_lost) == ([1000, 2000], ["gini"])


def test_least_change_leaves_alone_what_helps_nobody() -> None:
    """More money for the pool is nobody's gain."""
    case = budget_case("2000")
    case["packages"][0]["flows"].append(flow("outside", "pool", "build", 0, "10"))
    case["packages"][0]["negotiable"].append(pay(3, "5", "50"))
    found = suggest(case, "X", "improve")
    assert [(change.term, str(change.new)) for change in found.changes] == [
        (PAYMENTS[0], "1250.00"),
        (PAYMENTS[1], "750.00"),
    ]


def test_package_without_negotiable_terms_cannot_be_improved() -> None:
    case = budget_case()
    case["packages"][0]["negotiable"] = []
    found = suggest(case, "X", "improve")
    assert (found.status, found.certificate) == ("none_better", {"bound": 0.0, "multipliers": []})


def test_amount_outside_its_bounds_is_brought_inside() -> None:
    case = budget_case("3000")
    case["packages"][0]["negotiable"][0] = pay(0, "1200", "1300")
    assert amounts(suggest(case, "X", "improve").draft, *PAYMENTS) == [1300, 1700]


@settings(max_examples=40)
@given(seeds)
def test_answer_breaks_nothing_and_makes_nobody_worse(seed: int) -> None:
    case = random_place(seed)
    found, now = improved(case), today(case)
    assert found.holds_as(now)
    assert all(found.gain(party) >= now.gain(party) for party in SIDES)


@settings(max_examples=25)
@given(seeds)
def test_no_point_of_a_grid_has_a_better_leximin(seed: int) -> None:
    case = random_place(seed)
    now, mine = today(case), rises(case, improved(case))
    for values in grid(case, 6):
        point = Plain(case, values)
        if point.holds_as(now) and all(point.gain(party) >= now.gain(party) for party in SIDES):
            assert not lexically_above(rises(case, point), mine)


def lexically_above(first: list[F], second: list[F], step: F = F(3, 10)) -> bool:
    """Tell whether a sorted vector is leximin-better by more than what rounding may cost."""
    for one, other in zip(first, second, strict=True):
        if abs(one - other) > step:
            return one > other
    return False


@settings(max_examples=25)
@given(seeds)
def test_what_is_improved_cannot_be_improved_again(seed: int) -> None:
    case = random_place(seed)
    draft = suggest(case, "X", "improve").draft
    if draft is not None:
        again = suggest(case | {"packages": [draft]}, draft["code"], "improve")
        assert (again.status, again.changes) == ("none_better", [])


@settings(max_examples=25)
@given(seeds, st.sampled_from(["improve", "fair", "nash"]))
def test_amounts_stay_inside_their_bounds_and_on_steps(seed: int, mode: str) -> None:
    case = random_place(seed)
    draft = suggest(case, "X", mode).draft
    for row in case["packages"][0]["negotiable"] if draft else []:
        (amount,) = amounts(draft, row["term"])
        assert F(row["min"]) <= amount <= F(row["max"])
        assert amount * 100 == int(amount * 100)


@pytest.mark.parametrize("limit", ["npv", "min_recovery", "peak_gap"])
def test_limit_met_exactly_today_stays_met(limit: str) -> None:
    today_figures = {"npv": "0", "min_recovery": "1", "peak_gap": "0"}
    case = budget_case("1500", limits={limit: today_figures[limit]})
    assert suggest(case, "X", "improve").status == "none_better"
