"""Amounts are cut towards today's, in steps of 0.01 inside their bounds, and nothing is broken by it."""

from decimal import Decimal as D

import numpy as np
import pytest

from negotiation.scoring.mediator import suggest
from negotiation.scoring.mediator.matter import compile_matter
from negotiation.scoring.mediator.rounding import cut_to_steps
from tests.negotiation.scoring.mediator.places import F, Plain, amounts, case_of, pay, today
from tests.negotiation.scoring.tiny import flow


@pytest.mark.parametrize(
    ("today", "low", "high", "found", "cut"),
    [
        ("100", "1", "900", 123.456, "123.45"),
        ("200", "1", "900", 123.456, "123.46"),
        ("100", "1", "900", 123.4600000001, "123.46"),
        ("100", "1", "900", 123.4599999999, "123.46"),
        ("100.005", "1", "900", 100.007, "100.005"),
        ("100.005", "1", "900", 100.003, "100.005"),
        ("100.005", "1", "900", 100.0123, "100.01"),
        ("100.005", "1", "900", 99.9977, "100.00"),
        ("100", "1", "900", 100.000004, "100"),
        ("100", "1", "100.127", 100.127, "100.12"),
        ("5", "10.005", "900", 10.005, "10.01"),
        ("900", "1", "10.005", 10.005, "10.00"),
        ("5", "10.001", "10.004", 10.003, "10.003"),
    ],
)
def test_amount_is_cut(today: str, low: str, high: str, found: float, cut: str) -> None:
    case = case_of([], [flow("project", "P", "acquire", 0, today)], [pay(0, low, high)])
    assert cut_to_steps(compile_matter(case, "X", None).terms, np.array([found])) == [D(cut)]


def test_hundredths_cut_off_from_payers_are_cut_off_from_receivers_too() -> None:
    """Seven payers in year 1 at d = 2/3, one receiver in year 0: thirds everywhere, and no deficit of a cent."""
    parties = [*({"code": f"M{number}", "side": "market"} for number in range(7)), {"code": "P", "side": "public"}]
    flows = [flow(f"M{number}", "project", "build", 1, "100") for number in range(7)]
    flows += [flow("project", "P", "acquire", 0, "400"), flow("outside", "project", "build", 0, "33.33")]
    case = case_of(
        [],
        flows,
        [pay(number, "50", "150") for number in range(8)],
        parties=parties,
        rights=[],
        plan={"years": 2, "discount_rate": "0.5"},
        outside_options=[{"party": f"M{number}", "gain": "-77.77"} for number in range(7)],
    )
    case["packages"][0]["negotiable"][7] = pay(7, "10", "2000")
    for mode in ("improve", "fair", "nash"):
        found = suggest(case, "X", mode)
        row = found.draft or case["packages"][0]
        point = Plain(case, amounts(row, *(entry["term"] for entry in row["negotiable"])))
        assert point.npv() >= min(F(0), today(case).npv())
