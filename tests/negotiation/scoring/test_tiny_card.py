"""Every figure of the tiny case's card, worked out by hand beside it. d = 1, 0.8, 0.64, 0.512."""

from math import log, sqrt
from typing import Any

import pytest

from negotiation.scoring import card
from tests.negotiation.scoring.tiny import tiny_case

Json = dict[str, Any]


@pytest.fixture(scope="module")
def scored() -> Json:
    return card(tiny_case(), "A")


def test_card_names_what_was_scored(scored: Json) -> None:
    head = {key: scored[key] for key in ("format", "engine", "case", "package")}
    assert head == {"format": "tongchou-card/1", "engine": "1.0.0", "case": "TINY", "package": "A"}


def test_gates(scored: Json) -> None:
    gates = scored["gates"]
    assert gates["passed"] is True
    assert gates["land"] == {"passed": True, "faults": []}  # 60 + 40 = 100 and 100 = 100
    items = {"flat": {"yielded": 200.0, "used": 0.0, "allocated": 180.0, "rest": 20.0}}
    assert gates["supply"] == {"passed": True, "items": items}
    assert gates["rights"] == {"passed": True, "unserved": []}
    yearly = [0.0, 100.0, 50.0, 50.0]
    pool = {"passed": True, "paid_in": 100.0, "paid_out": 50.0, "lowest": 0.0, "end": 50.0, "yearly": yearly}
    assert gates["pool"] == pool


def test_targets(scored: Json) -> None:
    rows = [tuple(item.values()) for item in scored["gates"]["targets"]["items"]]
    assert rows == [
        ("far", "<=", 2.0, 0.5, 2.0, "met", 0.0),  # 120 ÷ 60, before 50 ÷ 100
        ("farm-share", ">=", 0.25, 0.25, 0.25, "met", 0.0),  # 100 of all 400, though only outside counts
        ("gfa", "<=", 100.0, 50.0, 120.0, "tolerated", -20.0),  # exactly at the end of the tolerance
        ("green", ">=", 240.0, 200.0, 240.0, "met", 0.0),  # 40 planned + 200 left as it is
        ("parks", ">=", 2.0, 1.0, 2.0, "met", 0.0),  # one disposition, one undisposed parcel
    ]


def test_accounts(scored: Json) -> None:
    balance = scored["balance"]
    assert balance["basic"] == {
        "yearly": [0.0, -800.0, 0.0, 0.0],
        "net": -800.0,
        "npv": -640.0,
        "cumulative": [0.0, -800.0, -800.0, -800.0],
        "peak_gap": 800.0,
        "peak_year": 1,
    }
    operating = {"yearly": [0.0, 0.0, 125.0, 125.0], "net": 250.0, "npv": 144.0, "first_year": 2, "present": True}
    assert balance["operating"] == operating  # 80 + 64


def test_project_does_not_pay_back(scored: Json) -> None:
    project = scored["balance"]["project"]
    # 800·v² − 125·v − 125 = 0 with v = 1 + i
    assert project.pop("irr") == pytest.approx([(125 + sqrt(415625)) / 1600 - 1], rel=1e-11)
    assert project == {"npv": -496.0}


def test_market_party(scored: Json) -> None:
    # −500, then 80 flats of 10 yuan: 800 ÷ 500 − 1 = 60 %; at 25 % worth −500 + 640
    stages = {"build": {"npv": -500.0, "irr": []}}
    assert scored["balance"]["market"] == {"M": {"npv": 140.0, "irr": [0.6], "in_kind": 640.0, "stages": stages}}


def test_gains(scored: Json) -> None:
    fairness = scored["fairness"]
    assert fairness["before"] == {"G": 0.0, "M": 0.0, "P1": 600.0, "P2": 560.0}  # 0.6·1000; 500 + 0.6·100
    assert fairness["after"] == {"G": 80.0, "M": 140.0, "P1": 800.0, "P2": 532.0}  # P2: 500 + 50·0.64
    assert fairness["gains"] == {"G": 80.0, "M": 140.0, "P1": 200.0, "P2": -28.0}
    assert fairness["unassigned"] == {"project": -496.0, "pool": 48.0}
    # 1440 − 336 − 1160 + 496 − 48 = 392
    assert fairness["total"] == {"gain": 392.0, "allocations": 1440.0, "from_outside": -336.0, "before": 1160.0}


def test_worse_off(scored: Json) -> None:
    assert scored["fairness"]["worse_off"] == [
        {"party": "M", "gain": 140.0, "outside": 150.0, "shortfall": 10.0},
        {"party": "P2", "gain": -28.0, "outside": 0.0, "shortfall": 28.0},
    ]


def test_recovery(scored: Json) -> None:
    low, high = 532 / 560, 800 / 600
    centre = (low + high) / 2
    entropy = sum(x / centre * log(x / centre) for x in (low, high)) / 2
    assert scored["fairness"]["recovery"] == pytest.approx(
        {
            "n": 2,
            "min": low,
            "mean": centre,
            "median": centre,
            "max": high,
            "gini": (high - low) / (4 * centre),  # two ordered pairs over 2·2²·μ
            "theil": entropy,
            "theil_between": entropy,  # each is alone in its class
            "theil_within": 0.0,
            "atkinson_0.5": 1 - ((sqrt(low) + sqrt(high)) / 2) ** 2 / centre,
            "atkinson_1": 1 - sqrt(low * high) / centre,
            "jain": (low + high) ** 2 / (2 * (low**2 + high**2)),
        },
        rel=1e-10,
    )


def test_classes(scored: Json) -> None:
    def alone(recovery: float) -> Json:
        spread = dict.fromkeys(("mean", "median", "min", "q1", "q3", "max"), recovery)
        return {"n": 1, **spread, "cv": 0.0, "outliers": [], "envy_pairs": 0}

    assert scored["fairness"]["classes"] == {"a": alone(1.33333333333), "b": alone(0.95)}


def test_sides(scored: Json) -> None:
    sides = scored["fairness"]["sides"]
    assert [sides[side]["gain"] for side in ("government", "market", "public")] == [80.0, 140.0, 172.0]
    assert [sides[side]["contribution"] for side in ("government", "market", "public")] == [0.0, 500.0, 1160.0]
    assert sides["market"]["gain_share"] == pytest.approx(140 / 392, rel=1e-11)
    assert sides["market"]["contribution_share"] == pytest.approx(500 / 1660, rel=1e-11)
    assert sides["market"]["gap"] == pytest.approx(140 / 392 - 500 / 1660, rel=1e-10)


def test_coalitions(scored: Json) -> None:
    # v: market 150, government+public 260, with market 150 else 0, all 392.
    # government: (260 − 0)/6 + (392 − 150)/3; market: 150/3 + 150/6 + 150/6 + (392 − 260)/3
    assert scored["fairness"]["coalitions"] == {
        "shapley": {"government": 124.0, "market": 144.0, "public": 124.0},
        "in_core": False,
        "blocking": [
            {"sides": ["government", "public"], "value": 260.0, "gain": 252.0, "shortfall": 8.0},
            {"sides": ["market"], "value": 150.0, "gain": 140.0, "shortfall": 10.0},
        ],
    }


def test_price_break_evens(scored: Json) -> None:
    price = scored["sensitivity"]["price"]
    assert price["project_npv_zero"] == pytest.approx(1 + 496 / 144, rel=1e-11)
    assert price["first_worse_off"] == {"factor": 0.75, "party": "P1"}  # 800·0.75 = 600; M and P2 are below today
    row = {"factor": 0.7, "project_npv": -539.2, "worse_off": 3}
    assert price["rows"][0] == row | {"gains": {"government": 56.0, "market": -52.0, "public": -68.0}}


def test_cost_break_evens(scored: Json) -> None:
    cost = scored["sensitivity"]["cost"]
    assert cost["project_npv_zero"] == pytest.approx(1 - 496 / 560, rel=1e-11)
    assert "first_worse_off" not in cost  # no party pays outside
    assert [row["factor"] for row in cost["rows"]] == [0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3]
    assert cost["rows"][-1]["project_npv"] == -664.0  # −496 − 0.3·560


def test_delay_break_evens(scored: Json) -> None:
    delay = scored["sensitivity"]["delay"]
    assert "project_npv_zero" not in delay  # nothing in year 0: a deficit stays one however late
    assert delay["first_worse_off"].pop("years") == pytest.approx(log(4 / 3) / log(1.25), rel=1e-11)
    assert delay["first_worse_off"] == {"party": "P1"}
    assert [row["project_npv"] for row in delay["rows"]] == [-496.0, -396.8, -317.44, -253.95]


def test_limits_at_equality(scored: Json) -> None:
    limits = scored["limits"]
    assert limits["min_recovery"] == {"limit": 0.95, "value": 0.95, "met": True}
    assert limits["npv"] == {"limit": -496.0, "value": -496.0, "met": True}
    assert limits["peak_gap"] == {"limit": 799.99, "value": 800.0, "met": False}
    assert limits["gini"]["met"] is True
