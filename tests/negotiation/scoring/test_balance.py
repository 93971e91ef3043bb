"""Accounts at their edges."""

from fractions import Fraction
from typing import Any

import pytest

from negotiation.scoring import card
from negotiation.scoring.balance import Account, first_lasting_year
from tests.negotiation.scoring.tiny import flow, tiny_case

Json = dict[str, Any]


def balance(*flows: Json) -> Json:
    case = tiny_case()
    case["packages"][0]["flows"] = list(flows)
    found: Json = card(case, "A")["balance"]
    return found


def test_npv_textbook() -> None:
    # Brealey, Myers, Allen, ch. 2: 420,000 in a year at 5 % for 370,000 today is worth 30,000.
    case = tiny_case()
    case["plan"]["discount_rate"] = "0.05"
    case["packages"][0]["flows"] = [
        flow("project", "outside", "build", 0, "370000"),
        flow("outside", "project", "build", 1, "420000"),
    ]
    assert card(case, "A")["balance"]["project"]["npv"] == 30000.0


def test_payback_textbook() -> None:
    # −1,000 then 600 a year at 25 %: plain after 2 years; discounted 480 + 384 + 307.2 after 3.
    flows = [flow("outside", "project", "operate", year, "600") for year in (1, 2, 3)]
    project = balance(flow("project", "outside", "build", 0, "1000"), *flows)["project"]
    assert (project["payback_year"], project["discounted_payback_year"]) == (2, 3)


def test_payback_must_stay() -> None:
    flows = [flow("outside", "project", "build", 0, "10"), flow("project", "outside", "build", 2, "20")]
    assert "payback_year" not in balance(*flows)["project"]
    assert balance(*flows, flow("outside", "project", "build", 3, "10"))["project"]["payback_year"] == 3


@pytest.mark.parametrize(("short", "year"), [("100.005", 1), ("100.006", None)])
def test_payback_forgives_half_a_cent(short: str, year: int | None) -> None:
    flows = flow("project", "outside", "build", 0, short), flow("outside", "project", "build", 1, "100")
    assert balance(*flows)["project"].get("payback_year") == year


def test_no_operation_says_so() -> None:
    operating = balance(flow("G", "M", "operate", 1, "5"))["operating"]  # not the project's
    assert operating == {"yearly": [0.0] * 4, "net": 0.0, "npv": 0.0, "present": False}


def test_operation_begins_with_its_first_flow_even_at_zero() -> None:
    flows = flow("outside", "project", "operate", 2, "5"), flow("project", "outside", "operate", 2, "5")
    assert balance(*flows)["operating"]["first_year"] == 2


def test_operation_in_deficit_at_the_end_has_no_first_year() -> None:
    operating = balance(flow("project", "outside", "operate", 3, "5"))["operating"]
    assert (operating["present"], "first_year" in operating) == (True, False)


def test_peak_gap_is_the_first_deepest() -> None:
    account = Account([Fraction(net) for net in (5, -15, 10, -10, 3)], 0.0)
    assert (account.peak_gap, account.peak_year) == (10, 1)


def test_no_deficit_no_peak_year() -> None:
    basic = balance(flow("outside", "project", "build", 0, "5"))["basic"]
    assert (basic["peak_gap"], "peak_year" in basic) == (0.0, False)


def test_project_without_flows_has_no_rate() -> None:
    assert balance()["project"] == {"npv": 0.0, "irr": [], "payback_year": 0, "discounted_payback_year": 0}


def test_project_with_two_rates() -> None:
    flows = [("M", "project", 230), ("project", "M", 100), ("project", "M", 132)]
    rows = [flow(a, b, "build", y, str(n)) for (a, b, n), y in zip(flows, (1, 0, 2), strict=True)]
    assert balance(*rows)["project"]["irr"] == [0.1, 0.2]


@pytest.mark.parametrize(("start", "expected"), [(0, 2), (2, 2), (3, 3)])
def test_first_lasting_year_starts_not_before(start: int, expected: int) -> None:
    assert first_lasting_year([Fraction(1), Fraction(-1), Fraction(0), Fraction(1)], start, Fraction(0)) == expected
