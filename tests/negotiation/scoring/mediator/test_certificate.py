"""A certificate proves by plain arithmetic that nothing better exists; another solver finds nothing better either."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import cvxpy
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.scoring import ScoringRefused
from negotiation.scoring.mediator import check_certificate, suggest
from tests.negotiation.scoring.mediator.places import (
    F,
    Plain,
    amounts,
    budget_case,
    case_of,
    give,
    pay,
    random_place,
    today,
)
from tests.negotiation.scoring.tiny import Json, allocation, flow

seeds = st.integers(0, 10**6)
STUCK = ["/flows/0/yuan", "/flows/1/yuan"]


def stuck_case() -> Json:
    """The budget is spent: P 1000, Q 500, nothing left."""
    return budget_case("1500")


def test_certificate_of_a_spent_budget_is_the_price_of_the_projects_money() -> None:
    """One more yuan of the project's would be one more yuan of gains; each payment costs what it brings."""
    found = suggest(stuck_case(), "X", "improve")
    assert found.certificate == {
        "bound": 0.0,
        "multipliers": [{"code": "limit", "limit": "npv", "multiplier": "1.0"}],
    }
    assert check_certificate(stuck_case(), "X", found.certificate) == 0


def test_certificate_counts_bounds() -> None:
    case = case_of([], [flow("outside", "P", "acquire", 0, "700")], [pay(0, "700", "700")])
    found = suggest(case, "X", "improve")
    bound = {"code": "bound", "term": "/flows/0/yuan", "end": "max", "multiplier": "1.0"}
    assert found.certificate == {"bound": 0.0, "multipliers": [bound]}


def test_supply_that_is_used_up_has_a_price() -> None:
    case = case_of([allocation("P", "flat", "10", 0)], [], [give(0, "1", "90")], yields="10")
    multipliers = suggest(case, "X", "improve").certificate["multipliers"]
    assert multipliers == [{"code": "supply", "item": "flat", "multiplier": "10.0"}]


def test_weak_certificate_proves_less() -> None:
    """Without any multiplier only the bounds are left: 4000 and 4500 more."""
    assert check_certificate(stuck_case(), "X", {"multipliers": []}) == 8500


def test_certificate_of_another_case_does_not_prove_this_one() -> None:
    certificate = suggest(stuck_case(), "X", "improve").certificate
    assert check_certificate(budget_case("1700"), "X", certificate) == 200


def test_rise_below_a_hundredth_is_none() -> None:
    found = suggest(budget_case("1500.009"), "X", "improve")
    assert found.status == "none_better"
    assert found.certificate["bound"] == pytest.approx(0.009)


def test_rise_of_a_hundredth_is_one() -> None:
    found = suggest(budget_case("1500.02"), "X", "improve")
    assert (found.status, found.objective["total_gain"]["after"]) == ("found", 0.02)


def test_rise_that_steps_cannot_carry_is_none_and_the_certificate_says_how_much() -> None:
    """Half a hundredth of a flat is worth 0.05 yuan, and cannot be given."""
    case = case_of([allocation("P", "flat", "10", 0)], [], [give(0, "1", "90")], yields="10.005")
    found = suggest(case, "X", "improve")
    assert found.status == "none_better"
    assert found.certificate["bound"] == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"multiplier": "-1"}, "/multipliers/0/multiplier", "not_a_decimal"),
        ({"multiplier": "NaN"}, "/multipliers/0/multiplier", "not_a_decimal"),
        ({"multiplier": 1.0}, "/multipliers/0/multiplier", "not_a_decimal"),
        ({"multiplier": "x"}, "/multipliers/0/multiplier", "not_a_decimal"),
        ({"limit": "beauty"}, "/multipliers/0", "unknown_value"),
        ({"code": ["limit"]}, "/multipliers/0", "unknown_value"),
        ({"limit": {}}, "/multipliers/0", "unknown_value"),
    ],
)
def test_faulty_certificate_is_refused(change: Json, path: str, code: str) -> None:
    certificate: Any = deepcopy(suggest(stuck_case(), "X", "improve").certificate)
    certificate["multipliers"][0] |= change
    with pytest.raises(ScoringRefused) as caught:
        check_certificate(stuck_case(), "X", certificate)
    assert (caught.value.path, caught.value.code) == (path, code)


def test_multiplier_that_comes_twice_is_refused() -> None:
    certificate = {"multipliers": suggest(stuck_case(), "X", "improve").certificate["multipliers"] * 2}
    with pytest.raises(ScoringRefused, match="twice"):
        check_certificate(stuck_case(), "X", certificate)


def linear(case: Json) -> tuple[list[F], list[F], list[list[F]], list[F]]:
    """∂ΣG and ∂slack of each term by differences, and the slacks today; gains are the last slacks."""
    now = today(case)
    start = amounts(case["packages"][0], *(row["term"] for row in case["packages"][0]["negotiable"]))

    def measure(values: list[F]) -> list[F]:
        point = Plain(case, values)
        return [*point.slacks(now), *(point.gain(party) - now.gain(party) for party in now.affected())]

    base = measure(start)
    columns = []
    for place in range(len(start)):
        moved = [value + (number == place) for number, value in enumerate(start)]
        columns.append([new - old for new, old in zip(measure(moved), base, strict=True)])
    people = len(now.affected())
    return start, [sum(column[-people:], F(0)) for column in columns], columns, base


def rise_by_another_solver(case: Json) -> float:
    start, effect, columns, base = linear(case)
    bounds = case["packages"][0]["negotiable"]
    change = cvxpy.Variable(len(start))
    matrix = np.array([[float(value) for value in column] for column in columns]).T
    low = np.array([float(F(row["min"]) - value) for row, value in zip(bounds, start, strict=True)])
    high = np.array([float(F(row["max"]) - value) for row, value in zip(bounds, start, strict=True)])
    slacks = np.array([float(value) for value in base])
    held = [matrix @ change + slacks >= 0, change >= low, change <= high]
    problem = cvxpy.Problem(cvxpy.Maximize(np.array([float(value) for value in effect]) @ change), held)
    problem.solve(solver=cvxpy.CLARABEL)
    return float(problem.value)


@settings(max_examples=40)
@given(seeds)
def test_another_solver_finds_no_more_than_the_certificate_allows(seed: int) -> None:
    case = random_place(seed)
    found = suggest(case, "X", "improve")
    best = rise_by_another_solver(case)
    if found.certificate is None:
        assert best >= found.objective["total_gain"]["after"] - found.objective["total_gain"]["before"] - 0.02
    else:
        assert best <= found.certificate["bound"] + 1e-4


@settings(max_examples=40)
@given(seeds)
def test_certificate_holds_in_exact_fractions(seed: int) -> None:
    """y·slack + Σ over the terms of the most that effect + Mᵀy brings inside the bounds, worked out from the JSON."""
    case = random_place(seed)
    certificate = suggest(case, "X", "improve").certificate
    if certificate is None:
        return
    start, effect, columns, base = linear(case)
    named = {key(row): F(Decimal(row["multiplier"])) for row in certificate["multipliers"]}
    prices = [named.get(name, F(0)) for name in slack_names(case)]
    total = sum((price * slack for price, slack in zip(prices, base, strict=True)), F(0))
    for value, gain, column, row in zip(start, effect, columns, case["packages"][0]["negotiable"], strict=True):
        rest = gain + sum((price * entry for price, entry in zip(prices, column, strict=True)), F(0))
        total += max(rest * (F(row["min"]) - value), rest * (F(row["max"]) - value))
    assert total <= F(certificate["bound"]) + F(1, 10**6)
    assert all(price >= 0 for price in prices)


def key(row: Json) -> tuple[Any, ...]:
    return tuple(value for name, value in row.items() if name != "multiplier")


def slack_names(case: Json) -> list[tuple[Any, ...]]:
    """What the slacks of `Plain` are called, in their order."""
    now, limits = today(case), {name: F(value) for name, value in case["limits"].items()}
    names: list[tuple[Any, ...]] = [("supply", "flat"), ("limit", "npv")]
    names += [("pool", year) for year in range(3)]
    if "peak_gap" in limits and min(now.basic()) >= -limits["peak_gap"]:
        names += [("limit", "peak_gap", year) for year in range(3)]
    if "min_recovery" in limits and min(now.recoveries().values()) >= limits["min_recovery"]:
        names += [("limit", "min_recovery", party) for party in now.recoveries()]
    return names + [("gain", party) for party in now.affected()]
