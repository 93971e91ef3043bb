"""What must not change, and what must change in step, whatever the case: on whole documents."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.scoring import card
from negotiation.scoring.arrays import compile_case
from negotiation.scoring.gains import find_sources, find_unassigned, side_gains
from negotiation.scoring.terms import compile_package
from tests.negotiation.scoring.brute import random_case

Json = dict[str, Any]
seeds = st.integers(0, 10**6)
MONEY = {"value", "price", "yuan", "gain"}


def scaled(value: Any, factor: int) -> Any:
    """The same document in a currency of which a yuan is worth ``factor``."""
    if isinstance(value, dict):
        return {key: str(Decimal(x) * factor) if key in MONEY else scaled(x, factor) for key, x in value.items()}
    return [scaled(entry, factor) for entry in value] if isinstance(value, list) else value


def replicated(case: Json, times: int) -> Json:
    """Every party, right, parcel and term as often as told, the copies beside each other."""
    parcels, package = case["parcels"]["features"], case["packages"][0]

    def copies(rows: list[Json], *keys: str) -> list[Json]:
        return [{**row, **{key: _copy(row[key], n) for key in keys}} for row in rows for n in range(times)]

    terms = {
        "dispositions": copies(package["dispositions"], "parcel"),
        "allocations": copies(package["allocations"], "party"),
        "flows": copies(package["flows"], "from", "to"),
    }
    return {
        **case,
        "parcels": {"features": copies(parcels, "id")},
        "parties": copies(case["parties"], "code"),
        "rights": copies(case["rights"], "id", "parcel", "party"),
        "outside_options": copies(case["outside_options"], "party"),
        "packages": [{**package, **terms}],
    }


def _copy(code: str, number: int) -> str:
    return code if code in ("project", "pool", "outside") else f"{code}-{number}"


@given(seeds)
def test_sum_of_gains_is_accounted_for_to_the_cent(seed: int) -> None:
    case = random_case(seed)
    arrays = compile_case(case)
    package = compile_package(arrays, case, "X")
    sources, rest = find_sources(arrays, package), find_unassigned(arrays, package)
    parts = [sources.allocations, sources.from_outside, -sources.before, -rest.project, -rest.pool]
    assert abs(sum(side_gains(arrays, package).values()) - sum(parts)) < Fraction(1, 10**20)


@given(seeds, st.integers(2, 9))
def test_another_currency_changes_no_ratio(seed: int, factor: int) -> None:
    case = random_case(seed)
    one, other = card(case, "X"), card(scaled(case, factor), "X")
    assert other["fairness"]["recovery"] == pytest.approx(one["fairness"]["recovery"], rel=1e-9, abs=1e-12)
    assert other["balance"]["project"]["irr"] == one["balance"]["project"]["irr"]
    gains = {code: gain * factor for code, gain in one["fairness"]["gains"].items()}
    assert other["fairness"]["gains"] == pytest.approx(gains, abs=0.0051 * (factor + 1))


@given(seeds, st.integers(2, 3))
def test_everybody_twice_changes_no_evenness(seed: int, times: int) -> None:
    case = random_case(seed)
    one, other = card(case, "X")["fairness"], card(replicated(case, times), "X")["fairness"]
    expected = {**one["recovery"], "n": times * one["recovery"]["n"]}
    assert other["recovery"] == pytest.approx(expected, rel=1e-9, abs=1e-11)
    assert other["total"]["gain"] == pytest.approx(times * one["total"]["gain"], abs=0.0051 * (times + 1))
    shares = {side: found.get("contribution_share") for side, found in one["sides"].items()}
    assert {side: found.get("contribution_share") for side, found in other["sides"].items()} == pytest.approx(shares)


@given(seeds, st.randoms())
def test_order_of_parties_and_terms_changes_nothing(seed: int, random: Any) -> None:
    case = random_case(seed)
    one = card(case, "X")
    for rows in (case["parties"], case["rights"], case["packages"][0]["flows"], case["packages"][0]["allocations"]):
        random.shuffle(rows)
    assert {**card(case, "X"), "digest": ""} == {**one, "digest": ""}


@given(seeds, st.integers(1, 10**6))
def test_a_transfer_within_a_side_moves_nothing_else(seed: int, cents: int) -> None:
    case = random_case(seed)
    one = card(case, "X")
    row = {"from": "P", "to": "Q", "stage": "build", "year": 0, "yuan": str(Decimal(cents) / 100)}
    case["packages"][0]["flows"].append(row)
    other = card(case, "X")
    assert other["fairness"]["total"] == one["fairness"]["total"]
    assert other["balance"]["project"] == one["balance"]["project"]
    # Two roundings to the cent of a sum that stands on the half may differ by one.
    gains = [found["fairness"]["sides"]["public"]["gain"] for found in (one, other)]
    assert gains[0] == pytest.approx(gains[1], abs=0.0101)
