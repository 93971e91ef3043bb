"""Present value, internal rates and payback against spreadsheets and textbooks, by function and on a whole card.

A published figure is met to the last digit that was printed. Spreadsheets discount the first flow of NPV already, so
their examples begin with nothing in year 0.
"""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from negotiation.scoring import card
from negotiation.scoring.arrays import discount_weights
from negotiation.scoring.cash import present_value
from negotiation.scoring.rates import find_rates
from tests.negotiation.scoring.tiny import flow, tiny_case

Flows = list[float]
EXCEL = [-70000, 12000, 15000, 18000, 21000, 26000]


def exact(flows: Flows) -> list[Fraction]:
    return [Fraction(str(amount)) for amount in flows]


def printed(figure: float, like: str) -> str:
    """A figure with as many decimals as the published one."""
    return f"{figure:.{len(like.partition('.')[2])}f}"


def project(flows: Flows, rate: str = "0.1") -> dict[str, Any]:
    """What the card says of a project with these yearly flows."""
    case = tiny_case()
    case["plan"] |= {"years": len(flows), "discount_rate": rate}
    case["packages"][0] |= {
        "allocations": [],
        "flows": [_row(year, amount) for year, amount in enumerate(flows) if amount],
    }
    found: dict[str, Any] = card(case, "A")["balance"]["project"]
    return found


def _row(year: int, amount: float) -> dict[str, Any]:
    if amount < 0:
        return flow("project", "outside", "build", year, str(-amount))
    return flow("outside", "project", "operate", year, str(amount))


@pytest.mark.parametrize(
    ("rate", "flows", "published"),
    [
        # Microsoft, Excel: NPV function, both examples, the second with its investment of 40,000 in year 0
        ("0.1", [0, -10000, 3000, 4200, 6800], "1188.44"),
        ("0.08", [-40000, 8000, 9200, 10000, 12000, 14500], "1922.06"),
        ("0.08", [-40000, 8000, 9200, 10000, 12000, 14500, -9000], "-3749.47"),
        # OpenOffice and LibreOffice Calc: NPV
        ("0.0875", [0, 1000, 2000, 3000], "4943.21"),
        # MESCIUS Spread: NPV
        ("0.065", [0, -10000, 3000, 3400, 7700], "2055.38"),
        # Adobe LiveCycle, FormCalc: NPV, 4694.83568075117 and 11529.60863329007
        ("0.065", [0, 5000], "4694.83568"),
        ("0.1", [0, 500, 1500, 4000, 10000], "11529.60863"),
        # numpy-financial: npv, its docstring
        ("0.08", [-40000, 5000, 8000, 12000, 30000], "3065.22267"),
        ("0.05", [-4000, 500, 800], "-2798.19"),
        ("0.10", [-4000, 500, 800], "-2884.30"),
        ("0.05", [-5000, 600, 900], "-3612.24"),
        ("0.10", [-5000, 600, 900], "-3710.74"),
        ("0", [-5000, 600, 900], "-3500"),
    ],
)
def test_present_value_is_the_published_one(rate: str, flows: Flows, published: str) -> None:
    found = present_value(exact(flows), discount_weights(Decimal(rate), len(flows)))
    assert printed(float(found), published) == published
    assert project(flows, rate)["npv"] == round(float(published), 2)


@pytest.mark.parametrize(
    ("flows", "published"),
    [
        # Microsoft, Excel: IRR function, after five, four and two years
        (EXCEL, ["0.087"]),
        (EXCEL[:5], ["-0.021"]),
        (EXCEL[:3], ["-0.444"]),
        # Cellworks: Irr, the same flows with four decimals
        (EXCEL, ["0.0866"]),
        # LibreOffice Calc: IRR, 11.33 %
        ([-10000, 3500, 7600, 1000], ["0.1133"]),
        # Grey Trout, Spreadsheet user guide: IRR
        ([-700, 750, 900, 600, 850], ["1.0462142"]),
        # numpy-financial: irr, docstring and tests
        ([-100, 39, 59, 55, 20], ["0.28095"]),
        ([-100, 0, 0, 74], ["-0.09550"]),
        ([-100, 100, 0, 7], ["0.06206"]),
        ([-150000, 15000, 25000, 35000, 45000, 60000], ["0.0524"]),
        # Lorie and Savage, Three Problems in Rationing Capital, Journal of Business 28 (1955): the oil pump
        ([-1600, 10000, -10000], ["0.25", "4.00"]),
        # Ross, Westerfield, Jordan, Fundamentals of Corporate Finance, the exercise "useful for testing the ability of
        # financial calculators and computer software"; by hand: −252·(v − 5/4)(v − 4/3)(v − 10/7)(v − 5/3)
        ([-252, 1431, -3035, 2850, -1000], ["0.2500", "0.3333", "0.4286", "0.6667"]),
        # Brealey, Myers, Allen, Principles of Corporate Finance, ch. 5, pitfall 2: no rate
        ([1000, -3000, 2500], []),
    ],
)
def test_rates_are_the_published_ones(flows: Flows, published: list[str]) -> None:
    for rates in (find_rates(exact(flows)), project(flows)["irr"]):
        assert [printed(rate, text) for rate, text in zip(rates, published, strict=True)] == published


@pytest.mark.parametrize(
    ("flows", "published", "all_rates"),
    [
        # Grey Trout, Spreadsheet user guide: IRR
        ([-80, 90, 67, 72, -90], "-0.32606171", ["-0.32606171", "0.70006503"]),
        # numpy-financial: irr, docstring
        ([-100, 100, 0, -7], "-0.0833", ["-0.6789", "-0.0833"]),
        ([-5, 10.5, 1, -8, 1], "0.0886", ["-0.8702", "0.0886", "0.7096"]),
    ],
)
def test_one_published_rate_may_be_one_of_several(flows: Flows, published: str, all_rates: list[str]) -> None:
    """At each of them the present value changes its sign."""
    found = find_rates(exact(flows))
    assert [printed(rate, published) for rate in found] == all_rates
    assert project(flows)["irr"] == pytest.approx(found, rel=1e-11)
    assert all(_value(flows, rate - 1e-6) * _value(flows, rate + 1e-6) < 0 for rate in found)


def _value(flows: Flows, rate: float) -> float:
    return sum(amount / (1 + rate) ** year for year, amount in enumerate(flows))


@pytest.mark.parametrize(
    ("flows", "npv", "plain", "discounted"),
    [
        # Brealey, Myers, Allen, ch. 5, payback: projects A, B and C at 10 %, worth 2,624, −58 and 50
        ([-2000, 500, 500, 5000], 2624, 3, 3),
        ([-2000, 500, 1800, 0], -58, 2, None),
        ([-2000, 1800, 500, 0], 50, 2, 2),
    ],
)
def test_payback_is_the_published_one(flows: Flows, npv: int, plain: int, discounted: int | None) -> None:
    found = project(flows)
    assert round(found["npv"]) == npv
    assert (found["payback_year"], found.get("discounted_payback_year")) == (plain, discounted)


@pytest.mark.parametrize("flows", [EXCEL, EXCEL[:5], [-1600, 10000, -10000], [-252, 1431, -3035, 2850, -1000]])
def test_a_project_discounted_at_its_own_rate_is_worth_nothing(flows: Flows) -> None:
    for rate in find_rates(exact(flows)):
        assert project(flows, f"{rate:.18f}")["npv"] == 0.0


def test_a_project_is_paid_back_when_it_is_even_to_the_cent() -> None:
    assert project([-1000, 550, 605])["discounted_payback_year"] == 2  # by hand: 550 ÷ 1.1 = 605 ÷ 1.21 = 500
    assert "discounted_payback_year" not in project([-1000, 550, 604.98])
