"""Gates: each at its edge, one step over it, and where nothing is defined."""

from decimal import Decimal
from typing import Any

import pytest

from negotiation.scoring import card
from tests.negotiation.scoring.tiny import disposition, flow, indicator, right, target, tiny_case

Json = dict[str, Any]


def gates(case: Json) -> Json:
    found: Json = card(case, "A")["gates"]
    return found


@pytest.mark.parametrize(
    ("planned", "passed"), [("40.01", True), ("39.99", True), ("40.0101", False), ("39.98", False)]
)
def test_land_may_differ_by_a_hundredth(planned: str, passed: bool) -> None:
    case = tiny_case()
    case["packages"][0]["dispositions"][1]["site_area"] = planned
    land = gates(case)["land"]
    assert land["passed"] is passed
    total = float(60 + Decimal(planned))
    assert land["faults"] == ([] if passed else [{"parcel": "L1", "planned": total, "actual": 100.0}])


@pytest.mark.parametrize(("quantity", "passed"), [("120", True), ("120.01", False)])
def test_supply_may_be_used_up(quantity: str, passed: bool) -> None:
    case = tiny_case()
    case["packages"][0]["allocations"][0]["quantity"] = quantity
    assert gates(case)["supply"]["passed"] is passed


def test_supply_takes_off_what_the_plan_itself_uses() -> None:
    case = tiny_case()
    case["packages"][0]["dispositions"][2]["uses"] = [{"item": "flat", "quantity": "20.5"}]
    supply = gates(case)["supply"]
    assert (supply["passed"], supply["items"]["flat"]["used"], supply["items"]["flat"]["rest"]) == (False, 20.5, -0.5)


@pytest.mark.parametrize(
    ("limit", "tolerance", "status"),
    [("120", None, "met"), ("119.99", None, "broken"), ("100", "0.2", "tolerated"), ("100", "0.1999", "broken")],
)
def test_upper_target(limit: str, tolerance: str | None, status: str) -> None:
    case = tiny_case()
    case["targets"] = [target("gfa", "<=", limit, tolerance)]
    assert gates(case)["targets"]["items"][0]["status"] == status


@pytest.mark.parametrize(
    ("limit", "tolerance", "status"),
    [("240", None, "met"), ("240.01", None, "broken"), ("300", "0.2", "tolerated"), ("300.01", "0.2", "broken")],
)
def test_lower_target(limit: str, tolerance: str | None, status: str) -> None:
    case = tiny_case()
    case["targets"] = [target("green", ">=", limit, tolerance)]
    assert gates(case)["targets"]["items"][0]["status"] == status


def test_undefined_figure_is_broken_and_absent() -> None:
    case = tiny_case()
    case["indicators"] = [indicator("far", "far", "09")]
    case["targets"] = [target("far", "<=", "2", "1")]
    assert gates(case)["targets"] == {
        "passed": False,
        "items": [{"indicator": "far", "op": "<=", "limit": 2.0, "status": "broken"}],
    }


def test_ratio_is_compared_exactly() -> None:
    case = tiny_case()
    case["packages"][0]["dispositions"][0]["floor_area"] = "180"  # 180 ÷ 60 = 3 and no double in between
    case["indicators"] = [indicator("far", "far", "07")]
    case["targets"] = [target("far", ">=", "3.000000000000000000000000000001")]
    assert gates(case)["targets"]["passed"] is False


def test_rights_want_something_in_return() -> None:
    case = tiny_case()
    case["rights"].append(right("R4", "L2", "G", "a", "1"))
    case["packages"][0]["flows"].pop()
    case["packages"][0]["flows"].append(flow("G", "project", "build", 1, "5"))  # paying is not receiving
    assert gates(case)["rights"] == {"passed": False, "unserved": ["G"]}


def test_protected_rights_want_nothing() -> None:
    case = tiny_case()
    case["rights"].append(right("R4", "L3", "G", "a", "1"))
    case["packages"][0]["dispositions"].append(disposition("L3", "protect", "1401", "200", "0"))
    case["packages"][0]["flows"].pop()
    assert gates(case)["rights"]["passed"] is True


@pytest.mark.parametrize(("paid", "lowest"), [("100", 0.0), ("100.01", -0.01)])
def test_pool_may_be_emptied(paid: str, lowest: float) -> None:
    case = tiny_case()
    case["packages"][0]["flows"][6]["yuan"] = paid
    pool = gates(case)["pool"]
    assert (pool["passed"], pool["lowest"]) == (lowest >= 0, lowest)


def test_pool_is_looked_at_at_year_ends() -> None:
    case = tiny_case()
    case["packages"][0]["flows"][6]["year"] = 1  # paid out in the year it is paid in
    assert gates(case)["pool"]["passed"] is True
    case["packages"][0]["flows"][6]["year"] = 0
    assert gates(case)["pool"]["passed"] is False


def test_amounts_beyond_doubles_stay_exact() -> None:
    case = tiny_case()
    case["packages"][0]["flows"] += [
        flow("outside", "pool", "build", 0, "999999999999999999"),
        flow("pool", "outside", "build", 0, "999999999999999998.999999999999"),
        flow("pool", "outside", "build", 0, "0.000000000002"),
    ]
    assert gates(case)["pool"]["passed"] is False
