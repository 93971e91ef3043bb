"""The summary in plain English."""

from negotiation.scoring.mediator import suggest, summarize
from tests.negotiation.scoring.mediator.places import budget_case


def told(money: str, mode: str, **more: object) -> list[str]:
    return [line[2:] for line in summarize(suggest(budget_case(money, **more), "X", mode).to_json())[1:]]


def test_improvement() -> None:
    assert told("3000", "improve") == [
        "answer     a draft",
        "change     /flows/0/yuan from 1000.00 to 1750.00",
        "change     /flows/1/yuan from 500.00 to 1250.00",
        "gains      0.00 today, 1,500.00 then",
        "rises      2 parties, lowest / median / highest 750.00 / 750.00 / 750.00",
        "binds      limit npv",
    ]


def test_nothing_better() -> None:
    assert told("1500", "improve") == [
        "answer     nobody can be better off without somebody being worse off, inside the bounds",
        "gains      0.00 today, 0.00 then",
        "rises      2 parties, lowest / median / highest 0.00 / 0.00 / 0.00",
        "proof      ΣG cannot rise by more than 0.0000",
    ]


def test_fair_package_with_a_shortfall() -> None:
    lines = told("3000", "fair", outside_options=[{"party": "P", "gain": "3000"}])
    assert lines[-5:] == [
        "gains      0.00 today, 1,500.00 then",
        "recovery   2 parties, lowest / median / highest 1.0000 / 1.7500 / 2.5000",
        "shortfall  1,500.00 below the outside options",
        "binds      limit npv, outside P, outside Q",
        "conflict   limit npv, outside P, outside Q",
    ]


def test_private_demand_has_no_party() -> None:
    found = suggest(budget_case("3000"), "X", "improve", private={"P": {"walk_away": "9999"}})
    assert summarize(found.to_json())[-1].endswith("a party's private demand, 1 bounds")
