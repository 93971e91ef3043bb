"""Where nothing is feasible, the constraints named cannot hold together, and any of them left out makes it feasible."""

from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from negotiation.scoring.mediator import suggest
from negotiation.scoring.mediator.certificate import improving_rows
from negotiation.scoring.mediator.constraints import Rows, hold_all, hold_outside, stacked
from negotiation.scoring.mediator.matter import compile_matter
from negotiation.scoring.mediator.variables import Terms
from tests.negotiation.scoring.mediator.places import budget_case, case_of, give, pay, random_place
from tests.negotiation.scoring.tiny import Json, allocation, flow

seeds = st.integers(0, 10**6)


def is_feasible(rows: Rows, terms: Terms, names: list[Json]) -> bool:
    """Tell whether the constraints named hold together, in the units of the document."""
    own = [number for number, one in enumerate(rows.names) if one.to_json() in names]
    ends = {
        end: np.array([{"code": "bound", "term": term, "end": end} in names for term in terms.pointers])
        for end in ("min", "max")
    }
    whole = np.array([{"code": "whole", "term": term} in names for term in terms.pointers])
    found = milp(
        np.zeros(len(terms)),
        integrality=whole.astype(int),
        bounds=Bounds(np.where(ends["min"], terms.least, -np.inf), np.where(ends["max"], terms.most, np.inf)),
        constraints=LinearConstraint(
            rows.matrix[own].toarray().reshape(len(own), len(terms)),
            rows.matrix[own] @ terms.start - rows.slack[own],
            np.inf,
        ),
    )
    return found.status == 0


def check_irreducible(case: Json, rows: Rows, terms: Terms, conflict: list[Json]) -> None:
    assert not is_feasible(rows, terms, conflict)
    for member in conflict:
        assert is_feasible(rows, terms, [one for one in conflict if one != member]), member


def test_bound_that_costs_more_than_there_is_conflicts_with_the_budget() -> None:
    """P must get 1200 and Q 500 at least, and there are 1500: nobody may lose, the project may not go into deficit."""
    case = budget_case("1500")
    case["packages"][0]["negotiable"] = [pay(0, "1200", "1300"), pay(1, "100", "5000")]
    found = suggest(case, "X", "improve")
    assert (found.status, found.draft, found.certificate) == ("infeasible", None, None)
    assert found.to_json()["conflict"] == [
        {"code": "bound", "end": "min", "term": "/flows/0/yuan"},
        {"code": "gain", "party": "Q"},
        {"code": "limit", "limit": "npv"},
    ]


def test_supply_and_pool_and_peak_gap_are_named_with_item_and_year() -> None:
    case = case_of([allocation("P", "flat", "10", 0)], [], [give(0, "12", "20")], yields="10")
    assert suggest(case, "X", "improve").to_json()["conflict"] == [
        {"code": "bound", "end": "min", "term": "/allocations/0/quantity"},
        {"code": "supply", "item": "flat"},
    ]
    flows = [flow("outside", "pool", "build", 0, "10"), flow("pool", "P", "acquire", 1, "5")]
    assert suggest(case_of([], flows, [pay(1, "11", "12")]), "X", "fair").to_json()["conflict"] == [
        {"code": "bound", "end": "min", "term": "/flows/1/yuan"},
        {"code": "pool", "year": 1},
    ]
    case = case_of(
        [],
        [flow("project", "P", "acquire", 0, "5"), flow("outside", "project", "build", 2, "90")],
        [pay(0, "11", "12")],
        limits={"peak_gap": "8"},
    )
    assert suggest(case, "X", "nash").to_json()["conflict"] == [
        {"code": "bound", "end": "min", "term": "/flows/0/yuan"},
        {"code": "limit", "limit": "peak_gap", "year": 0},
    ]


def test_whole_item_without_a_whole_number_inside_its_bounds_is_named() -> None:
    case = case_of([allocation("P", "flat", "2", 0)], [], [give(0, "2.2", "2.8")], yields="10")
    case["catalogue"][0]["divisible"] = False
    assert suggest(case, "X", "improve").to_json()["conflict"] == [
        {"code": "bound", "end": "max", "term": "/allocations/0/quantity"},
        {"code": "bound", "end": "min", "term": "/allocations/0/quantity"},
        {"code": "whole", "term": "/allocations/0/quantity"},
    ]


def test_conflict_of_many_is_found_whole() -> None:
    """60 holders must each get 2, and there are 100: without any one bound one payment could be anything."""
    codes = [f"H{number:02}" for number in range(60)]
    flows = [flow("project", code, "acquire", 0, "1") for code in codes]
    case = case_of(
        [],
        [*flows, flow("outside", "project", "build", 0, "100")],
        [pay(number, "2", "3") for number in range(60)],
        parties=[{"code": code, "side": "public"} for code in codes],
        rights=[],
    )
    conflict = suggest(case, "X", "improve").to_json()["conflict"]
    assert conflict[-1] == {"code": "limit", "limit": "npv"}
    assert len(conflict) == 61
    matter = compile_matter(case, "X", None)
    check_irreducible(case, improving_rows(matter), matter.terms, conflict)


def narrowed(case: Json, shift: F) -> Json:
    """Each term must rise by a share of what it is."""
    for row in case["packages"][0]["negotiable"]:
        low, high = (F(row[key]) * (1 + shift) for key in ("min", "max"))
        row |= {"min": f"{float(max(low, high) * F(3, 4)):.2f}", "max": f"{float(max(low, high)):.2f}"}
    return case


@settings(max_examples=40)
@given(seeds, st.integers(1, 4))
def test_conflict_is_irreducible(seed: int, shift: int) -> None:
    case = narrowed(random_place(seed), F(shift, 2))
    matter = compile_matter(case, "X", None)
    found = suggest(case, "X", "improve").to_json()
    if found["status"] == "infeasible":
        check_irreducible(case, improving_rows(matter), matter.terms, found["conflict"])
    found = suggest(case, "X", "fair").to_json()
    rows = hold_all(matter) if found["status"] == "infeasible" else stacked(hold_all(matter), hold_outside(matter))
    if "conflict" in found:
        check_irreducible(case, rows, matter.terms, found["conflict"])


@pytest.mark.parametrize("mode", ["improve", "fair", "nash"])
def test_answer_that_exists_has_no_conflict(mode: str) -> None:
    assert suggest(budget_case("3000"), "X", mode).conflict is None or mode == "nash"
