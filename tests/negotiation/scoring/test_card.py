"""The card as a document: digest, order, rounding, the demo cases."""

import json
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from negotiation.scoring import ENGINE, card, cards, digest
from negotiation.scoring.rounding import cents, money, ratio
from tests.negotiation.scoring.tiny import tiny_case

Json = dict[str, Any]
DEMO = Path(__file__).parents[3] / "demo"
PAIRS = [("zhuxi", "A"), ("zhuxi", "B"), ("zhuxi", "C"), ("hekou", "A"), ("hekou", "B")]


def load(name: str) -> Json:
    found: Json = json.loads((DEMO / f"{name}.json").read_text(encoding="utf-8"))
    return found


def shuffled(value: Any, random: Random) -> Any:
    """The same JSON with the keys of every object in another order."""
    if isinstance(value, dict):
        keys = random.sample(list(value), len(value))
        return {key: shuffled(value[key], random) for key in keys}
    return [shuffled(entry, random) for entry in value] if isinstance(value, list) else value


def walk(value: Any) -> list[Any]:
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [value, *(found for entry in below for found in walk(entry))]


def test_digest_is_of_the_canonical_input() -> None:
    case = tiny_case()
    package = case.pop("packages")[0]
    text = json.dumps(
        {"case": case, "engine": "1.0.0", "package": package}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )  # equal to RFC 8785 for this document: ASCII keys, whole numbers
    assert digest(tiny_case(), "A") == sha256(text.encode()).hexdigest() == card(tiny_case(), "A")["digest"]
    assert ENGINE == "1.0.0"


@pytest.mark.parametrize(("name", "package"), PAIRS)
def test_digest_of_a_demo_case_by_the_letter(name: str, package: str) -> None:
    case = load(name)
    packages = {found["code"]: found for found in case.pop("packages")}
    whole = rfc8785.dumps({"case": case, "engine": "1.0.0", "package": packages[package]})
    assert digest(load(name), package) == sha256(whole).hexdigest()


@given(st.integers())
def test_order_of_keys_changes_nothing(seed: int) -> None:
    assert card(shuffled(tiny_case(), Random(seed)), "A") == card(tiny_case(), "A")


def test_other_packages_do_not_change_a_digest() -> None:
    case = tiny_case()
    case["packages"].append({**case["packages"][0], "code": "B"})
    assert digest(case, "A") == digest(tiny_case(), "A") != digest(case, "B")


def test_order_of_rows_changes_no_figure() -> None:
    case = load("hekou")
    first = card(case, "B")
    for rows in (case["parties"], case["rights"], case["parcels"]["features"], case["catalogue"], case["targets"]):
        rows.reverse()
    for key in ("dispositions", "allocations", "flows"):
        case["packages"][1][key].reverse()
    second = card(case, "B")
    assert {**first, "digest": ""} == {**second, "digest": ""}


def test_cards_come_sorted_with_a_comparison() -> None:
    case = tiny_case()
    case["packages"].insert(0, {**case["packages"][0], "code": "B"})
    found = cards(case)
    assert list(found) == ["format", "cards", "comparison"]
    assert [one["package"] for one in found["cards"]] == ["A", "B"]
    assert found["cards"][0] == card(case, "A")
    comparison = found["comparison"]
    assert [comparison[key] for key in ("format", "engine", "case")] == ["tongchou-comparison/1", "1.0.0", "TINY"]
    # G − d: government 80, market 140 − 150, public 172
    nobody = {"sides": [], "parties": []}
    standing = {"passed": True, "egalitarian": -10.0, "utilitarian": 392.0, "dominated_by": nobody}
    assert comparison["packages"] == {"A": standing, "B": standing}


@pytest.mark.parametrize(("name", "package"), PAIRS)
def test_demo_gains_are_accounted_for(name: str, package: str) -> None:
    fairness = card(load(name), package)["fairness"]
    total, rest = fairness["total"], fairness["unassigned"]
    parts = total["allocations"] + total["from_outside"] - total["before"] - rest["project"] - rest["pool"]
    assert total["gain"] == pytest.approx(parts, abs=0.031)
    assert sum(fairness["gains"].values()) == pytest.approx(total["gain"], abs=0.005 * len(fairness["gains"]))
    assert sum(side["gain"] for side in fairness["sides"].values()) == pytest.approx(total["gain"], abs=0.021)
    assert sum(fairness["coalitions"]["shapley"].values()) == pytest.approx(total["gain"], abs=0.021)


@pytest.mark.parametrize(("name", "package"), PAIRS)
def test_demo_card_is_plain_json_without_nan(name: str, package: str) -> None:
    found = card(load(name), package)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert not any(entry is None for entry in walk(found))


def test_demo_figures_of_the_specification() -> None:
    found = card(load("zhuxi"), "B")
    assert (found["gates"]["passed"], found["balance"]["basic"]["peak_year"]) == (True, 1)
    assert [round(rate, 2) for rate in found["balance"]["project"]["irr"]] == [0.59]
    assert found["balance"]["operating"]["first_year"] == 4
    assert [row["party"] for row in found["fairness"]["worse_off"]] == ["MKT-OPS"]
    assert (found["fairness"]["recovery"]["n"], found["fairness"]["classes"]["self-built"]["n"]) == (221, 70)


@pytest.mark.parametrize(
    ("yuan", "expected"),
    [(0.125, 0.12), (0.375, 0.38), (1.005, 1.0), (1.015, 1.02), (-1.005, -1.0), (2.675, 2.68), (-0.001, 0.0)],
)
def test_money_is_rounded_half_even(yuan: float, expected: float) -> None:
    assert (money(yuan), money(Fraction(str(yuan))), float(cents(np.array([yuan]))[0])) == (expected,) * 3
    assert str(money(yuan)) == str(expected)  # no minus zero


@given(st.integers(-(10**12), 10**12))
def test_money_in_cents_stays(units: int) -> None:
    assert money(units / 100) == float(cents(np.array([units / 100]))[0]) == units / 100


@pytest.mark.parametrize(
    ("number", "expected"),
    [(2 / 3, 0.666666666667), (2e-9 / 3, 6.66666666667e-10), (12345.678901234567, 12345.6789012), (-0.0, 0.0)],
)
def test_ratio_keeps_twelve_digits_whatever_its_size(number: float, expected: float) -> None:
    assert str(ratio(number)) == str(expected)
