"""Fair: nobody below the outside option if that can be, then even recoveries, then as much as there is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.scoring.mediator import suggest
from tests.negotiation.scoring.mediator.places import (
    SIDES,
    F,
    Plain,
    amounts,
    budget_case,
    case_of,
    grid,
    pay,
    random_place,
    today,
)
from tests.negotiation.scoring.mediator.test_improve import PAYMENTS, lexically_above
from tests.negotiation.scoring.tiny import Json, flow

seeds = st.integers(0, 10**6)


def test_recoveries_are_even() -> None:
    """3000 over B = 1000 and 500 is ρ = 2 for both."""
    found = suggest(budget_case("3000"), "X", "fair")
    assert amounts(found.draft, *PAYMENTS) == [2000, 1000]
    assert found.objective["recovery"]["after"] == {"n": 2, "lowest": 2.0, "median": 2.0, "highest": 2.0}
    assert found.conflict is None


def test_outside_option_comes_before_evenness() -> None:
    """Q walks away below a gain of 800: A = 1300, the rest is P's."""
    case = budget_case("3000", outside_options=[{"party": "Q", "gain": "800"}])
    found = suggest(case, "X", "fair")
    assert amounts(found.draft, *PAYMENTS) == [1700, 1300]
    assert {"code": "outside", "party": "Q"} in found.to_json()["binds"]


def test_outside_options_out_of_reach_are_missed_by_the_least_sum_and_said() -> None:
    """P and Q want gains of 1500 and 1000: 4000 in all, and there are 3000."""
    outside = [{"party": "P", "gain": "1500"}, {"party": "Q", "gain": "1000"}]
    found = suggest(budget_case("3000", outside_options=outside), "X", "fair")
    assert found.objective["shortfall"] == {"before": 2500.0, "after": 1000.0}
    assert amounts(found.draft, *PAYMENTS) == [2000, 1000]
    assert found.to_json()["conflict"] == [
        {"code": "limit", "limit": "npv"},
        {"code": "outside", "party": "P"},
        {"code": "outside", "party": "Q"},
    ]


def test_party_that_no_term_reaches_may_stay_below_its_outside_option() -> None:
    case = budget_case("3000", outside_options=[{"party": "M", "gain": "10"}])
    case["packages"][0]["flows"].append(flow("M", "outside", "build", 0, "5"))
    found = suggest(case, "X", "fair")
    assert found.objective["shortfall"] == {"before": 15.0, "after": 15.0}
    assert found.to_json()["conflict"] == [{"code": "outside", "party": "M"}]


def test_recovery_may_fall_where_others_recover_less() -> None:
    found = suggest(budget_case("1500", outside_options=[{"party": "P", "gain": "-1000"}]), "X", "fair")
    assert found.status == "found"
    case = budget_case("1500")
    case["packages"][0]["flows"][0]["yuan"] = "1200"
    case["packages"][0]["flows"][1]["yuan"] = "300"
    assert amounts(suggest(case, "X", "fair").draft, *PAYMENTS) == [1000, 500]


def test_rest_of_the_sum_goes_to_those_without_recovery() -> None:
    """P and Q are at their bounds; what is left of the budget is M's."""
    flows = [
        flow("project", "P", "acquire", 0, "1000"),
        flow("project", "M", "build", 0, "10"),
        flow("outside", "project", "build", 0, "2000"),
    ]
    case = case_of([], flows, [pay(0, "100", "1200"), pay(1, "10", "9000")])
    assert amounts(suggest(case, "X", "fair").draft, *PAYMENTS) == [1200, 800]


def test_case_without_holders_maximises_the_sum() -> None:
    case = case_of(
        [],
        [flow("project", "M", "build", 0, "10"), flow("outside", "project", "build", 0, "100")],
        [pay(0, "1", "70")],
        rights=[],
    )
    found = suggest(case, "X", "fair")
    assert (amounts(found.draft, "/flows/0/yuan"), found.objective["recovery"]["after"]) == ([70], {"n": 0})


def score(case: Json, point: Plain) -> tuple[F, list[F], F]:
    """−shortfall, recoveries in thousands sorted, ΣG."""
    outside = {row["party"]: F(row["gain"]) for row in case["outside_options"]}
    missing = [max(F(0), outside.get(party, F(0)) - gain) for party, gain in point.gains().items()]
    recoveries = sorted(1000 * recovery for recovery in point.recoveries().values())
    return -sum(missing, F(0)), recoveries, sum(point.gains().values(), F(0))


@settings(max_examples=20)
@given(seeds)
def test_no_point_of_a_grid_is_fairer(seed: int) -> None:
    case = random_place(seed)
    row = suggest(case, "X", "fair").draft
    assert row is not None
    now = today(case)
    found = Plain(case, amounts(row, *(entry["term"] for entry in row["negotiable"])))
    assert found.holds_as(now)
    missing, recoveries, total = score(case, found)
    for values in grid(case, 6):
        point = Plain(case, values)
        if point.holds_as(now):
            other = score(case, point)
            assert not lexically_above([other[0], *other[1], other[2]], [missing, *recoveries, total])


@pytest.mark.parametrize("party", SIDES)
def test_unaffected_party_is_not_counted(party: str) -> None:
    case = budget_case("3000", outside_options=[{"party": party, "gain": "1"}])
    found = suggest(case, "X", "fair")
    assert found.objective["shortfall"]["after"] == 0.0
