"""Private valuations move the answer, and are told to nobody."""

import json
from decimal import Decimal
from typing import Any

import pytest

from negotiation.scoring import ScoringRefused
from negotiation.scoring.mediator import suggest
from tests.negotiation.scoring.mediator.places import amounts, budget_case, case_of, give, pay
from tests.negotiation.scoring.tiny import Json, allocation, flow

MODES = ["improve", "fair", "nash"]


def swap_case() -> Json:
    """P has 10 flats and M 10, M and P pay each other; who values flats more can buy some."""
    return case_of(
        [allocation("P", "flat", "10", 0), allocation("M", "flat", "10", 0)],
        [flow("M", "P", "build", 0, "100"), flow("P", "M", "build", 0, "100")],
        [give(0, "1", "20"), give(1, "1", "20"), pay(0, "50", "500"), pay(1, "50", "500")],
        yields="20",
    )


def words(document: Json) -> str:
    return json.dumps(document, allow_nan=False)


def roles(document: Json) -> str:
    """Where parties are named as constraints."""
    return words({key: document.get(key) for key in ("binds", "conflict", "certificate")})


def test_flats_go_to_who_values_them_more() -> None:
    """By price nothing can be gained; by P's count a flat is worth 15, and M is paid for it."""
    assert suggest(swap_case(), "X", "improve").status == "none_better"
    found = suggest(swap_case(), "X", "improve", private={"P": {"multipliers": {"flat": "1.5"}}})
    flats = amounts(found.draft, "/allocations/0/quantity", "/allocations/1/quantity")
    paid, back = amounts(found.draft, "/flows/0/yuan", "/flows/1/yuan")
    assert flats == [19, 1]
    assert (back - paid) - 90 == 9 * 15 - (back - paid)  # both rise by 22.5 by their own counts
    assert found.gains["after"]["M"] - found.gains["before"]["M"] == 22.5


def test_multiplier_of_one_and_a_low_walk_away_change_nothing() -> None:
    case = budget_case("3000")
    stated = {"P": {"multipliers": {"flat": 1}, "walk_away": "-5000"}}
    assert suggest(case, "X", "improve", private=stated).changes == suggest(case, "X", "improve").changes


@pytest.mark.parametrize(("mode", "expected"), [("improve", [1900, 1100]), ("fair", [2000, 1000])])
def test_walk_away_is_reached(mode: str, expected: list[int]) -> None:
    found = suggest(budget_case("3000"), "X", mode, private={"P": {"walk_away": "900"}})
    assert amounts(found.draft, "/flows/0/yuan", "/flows/1/yuan") == expected


def test_walk_away_that_binds_is_named_without_its_party() -> None:
    document = suggest(budget_case("3000"), "X", "improve", private={"P": {"walk_away": "900"}}).to_json()
    assert document["binds"] == [{"code": "limit", "limit": "npv"}, {"code": "private"}]


def test_walk_away_out_of_reach_conflicts_without_its_party() -> None:
    document = suggest(budget_case("3000"), "X", "improve", private={"P": {"walk_away": 1501}}).to_json()
    assert document["status"] == "infeasible"
    assert {"code": "private"} in document["conflict"]
    assert '"P"' not in roles(document)


def test_demands_of_two_parties_cannot_be_told_apart() -> None:
    private = {"P": {"walk_away": "1000"}, "Q": {"walk_away": "1000"}}
    document = suggest(budget_case("3000"), "X", "fair", private=private).to_json()
    assert document["conflict"] == [{"code": "limit", "limit": "npv"}, {"code": "private"}]


def test_demand_of_a_party_that_no_term_reaches_is_a_conflict_of_its_own() -> None:
    document = suggest(budget_case("3000"), "X", "improve", private={"M": {"walk_away": "1"}}).to_json()
    assert document["conflict"] == [{"code": "private"}]


def test_outside_option_of_who_stated_something_is_private() -> None:
    case = budget_case("3000", outside_options=[{"party": "P", "gain": "5000"}])
    document = suggest(case, "X", "fair", private={"P": {"walk_away": "-9000"}}).to_json()
    assert document["conflict"][-1] == {"code": "private"}
    assert '"P"' not in roles(document)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("walk_away", ["-731.25", "31.37", "7313.25"])
def test_nothing_private_is_in_the_document(mode: str, walk_away: str) -> None:
    case = swap_case() | {"limits": {"gini": "0.5", "min_recovery": "0.05"}}
    private = {"P": {"multipliers": {"flat": "1.61803"}, "walk_away": walk_away}}
    document = suggest(case, "X", mode, private=private).to_json()
    assert document["private"] is True
    assert "certificate" not in document
    assert "gap" not in document["objective"]
    named = [row for key in ("binds", "conflict") for row in document.get(key, []) if "party" in row]
    assert all(row["party"] != "P" or row == {"code": "limit", "limit": "min_recovery", "party": "P"} for row in named)
    for secret in ("1.61803", "16.1803", walk_away.lstrip("-")):
        assert secret not in words(document)


@pytest.mark.parametrize("mode", MODES)
def test_digest_is_of_the_public_input(mode: str) -> None:
    private = {"P": {"multipliers": {"flat": "1.5"}}}
    assert suggest(swap_case(), "X", mode, private=private).digest == suggest(swap_case(), "X", mode).digest


def test_figures_are_the_cards_not_the_partys() -> None:
    """A sum by its own count beside the gains by the card's would give the multiplier away."""
    document = suggest(swap_case(), "X", "improve", private={"P": {"multipliers": {"flat": "1.5"}}}).to_json()
    assert document["objective"]["total_gain"] == {"before": -1300.0, "after": -1300.0}
    assert document["objective"]["rises"]["lowest"] == -22.5


def test_number_of_parties_that_rise_does_not_tell_who_counts_for_nothing() -> None:
    case = case_of([allocation("P", "flat", "10", 0)], [], [give(0, "1", "90")], yields="10")
    public = suggest(case, "X", "improve").objective
    assert suggest(case, "X", "improve", private={"P": {"multipliers": {"flat": 0}}}).objective == public


def test_walk_away_counts_what_is_not_negotiable_too() -> None:
    """P's 10 fixed flats count 200 by its own count: with a payment of 1000 it gains 200."""
    case = budget_case("1500")
    case["packages"][0]["allocations"] = [allocation("P", "flat", "10", 0)]
    assert suggest(case, "X", "fair", private={"P": {"multipliers": {"flat": 2}, "walk_away": "1000"}}).status == (
        "infeasible"
    )
    found = suggest(case, "X", "improve", private={"P": {"multipliers": {"flat": 2}, "walk_away": "200"}})
    assert found.status == "none_better"


def test_nothing_stated_is_nothing_private() -> None:
    assert suggest(budget_case(), "X", "improve", private={}) == suggest(budget_case(), "X", "improve")


@pytest.mark.parametrize(
    ("private", "path", "code"),
    [
        ({"X": {}}, "/private/X", "unknown_code"),
        ({"pool": {}}, "/private/pool", "unknown_code"),
        ({"P": []}, "/private/P", "not_an_object"),
        ([], "/private", "not_an_object"),
        ({1: {}}, "/private", "not_an_object"),
        ({"P": {"walkaway": "1"}}, "/private/P/walkaway", "unknown_value"),
        ({"P": {"multipliers": []}}, "/private/P/multipliers", "not_an_object"),
        ({"P": {"multipliers": {"boat": "1"}}}, "/private/P/multipliers/boat", "unknown_code"),
        ({"P": {"multipliers": {"a/b~": "1"}}}, "/private/P/multipliers/a~1b~0", "unknown_code"),
        ({"P": {"multipliers": {"flat": "-0.1"}}}, "/private/P/multipliers/flat", "negative"),
        ({"P": {"multipliers": {"flat": float("nan")}}}, "/private/P/multipliers/flat", "not_a_decimal"),
        ({"P": {"multipliers": {"flat": "NaN"}}}, "/private/P/multipliers/flat", "not_a_decimal"),
        ({"P": {"multipliers": {"flat": None}}}, "/private/P/multipliers/flat", "not_a_decimal"),
        ({"P": {"multipliers": {"flat": True}}}, "/private/P/multipliers/flat", "not_a_decimal"),
        ({"P": {"walk_away": float("inf")}}, "/private/P/walk_away", "not_a_decimal"),
        ({"P": {"walk_away": Decimal("NaN")}}, "/private/P/walk_away", "not_a_decimal"),
        ({"P": {"walk_away": 10**400}}, "/private/P/walk_away", "not_a_decimal"),
        ({"P": {"walk_away": "1e5"}}, "/private/P/walk_away", "not_a_decimal"),
    ],
)
def test_faulty_statement_is_refused_at_its_place(private: Any, path: str, code: str) -> None:
    with pytest.raises(ScoringRefused) as caught:
        suggest(budget_case(), "X", "fair", private=private)
    assert (caught.value.path, caught.value.code) == (path, code)


def test_refusal_does_not_repeat_the_amount() -> None:
    with pytest.raises(ScoringRefused) as caught:
        suggest(budget_case(), "X", "fair", private={"P": {"walk_away": "31,415"}})
    assert "31,415" not in str(caught.value)
