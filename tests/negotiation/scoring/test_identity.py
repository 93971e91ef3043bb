"""ΣG = allocations at price + discounted net from outside − ΣB − project NPV − pool net, on the figures of the card.

The figures are read as the decimals that are written. Each may be off by half a cent, a sum by half a cent for each
figure in it and no more.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.scoring import card
from tests.negotiation.scoring.brute import random_case

Json = dict[str, Any]
DEMO = Path(__file__).parents[3] / "demo"
PACKAGES = [("zhuxi", "A"), ("zhuxi", "B"), ("zhuxi", "C"), ("hekou", "A"), ("hekou", "B")]
HALF_CENT = Decimal("0.005")


def exact(figure: float) -> Decimal:
    return Decimal(str(figure))


def gap(whole: float, *parts: float) -> Decimal:
    """How far a figure is from the sum of others, over the half cents that rounding may take: at most 1."""
    return abs(exact(whole) - sum(map(exact, parts), Decimal(0))) / (HALF_CENT * (len(parts) + 1))


def gaps(found: Json) -> dict[str, Decimal]:
    """Every sum that a card holds twice."""
    fairness, balance = found["fairness"], found["balance"]
    total, rest, sides = fairness["total"], fairness["unassigned"], fairness["sides"].values()
    return {
        "identity": gap(
            total["gain"],
            total["allocations"],
            total["from_outside"],
            -total["before"],
            -rest["project"],
            -rest["pool"],
        ),
        "gain by party": gap(total["gain"], *fairness["gains"].values()),
        "gain by side": gap(total["gain"], *(side["gain"] for side in sides)),
        "gain by Shapley": gap(total["gain"], *fairness["coalitions"]["shapley"].values()),
        "before by party": gap(total["before"], *fairness["before"].values()),
        "project by account": gap(balance["project"]["npv"], balance["basic"]["npv"], balance["operating"]["npv"]),
    }


def party_gaps(found: Json) -> list[Decimal]:
    """G = A − B of every party."""
    fairness = found["fairness"]
    return [
        gap(gain, fairness["after"][party], -fairness["before"][party]) for party, gain in fairness["gains"].items()
    ]


@pytest.mark.parametrize(("name", "package"), PACKAGES)
def test_demo_card_is_accounted_for_to_the_cent(name: str, package: str) -> None:
    found = card(json.loads((DEMO / f"{name}.json").read_text(encoding="utf-8")), package)
    assert {what: figure for what, figure in gaps(found).items() if figure > 1} == {}
    assert max(party_gaps(found)) <= 1
    assert found["fairness"]["unassigned"]["project"] == found["balance"]["project"]["npv"]


@given(st.integers(0, 10**6))
def test_random_card_is_accounted_for_to_the_cent(seed: int) -> None:
    found = card(random_case(seed), "X")
    assert {what: figure for what, figure in gaps(found).items() if figure > 1} == {}
    assert max(party_gaps(found), default=0) <= 1
    assert found["fairness"]["unassigned"]["project"] == found["balance"]["project"]["npv"]


@pytest.mark.parametrize("cents", [1, 7])
@pytest.mark.parametrize("key", ["gain", "allocations", "from_outside", "before"])
def test_a_few_cents_too_many_are_seen(key: str, cents: int) -> None:
    """Of six figures rounding may take three cents; in the demo it takes less than two."""
    found = card(json.loads((DEMO / "hekou.json").read_text(encoding="utf-8")), "B")
    found["fairness"]["total"][key] += cents / 100
    assert (gaps(found)["identity"] > 1) is (cents == 7)
