"""Where libraries of finance agree with ours, and where they fail: why rates.py is ours.

numpy-financial takes the eigenvalues of a matrix and tells the rate nearest to 0; pyxirr looks from a guess and says
that it tells the lowest. Both are in the environment of tests only.
"""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import isnan

import numpy_financial
import pytest
import pyxirr
from hypothesis import given
from hypothesis import strategies as st

from negotiation.scoring.arrays import discount_weights
from negotiation.scoring.cash import present_value
from negotiation.scoring.rates import find_rates

Flows = list[float]
LIBRARIES: list[Callable[[Flows], float | None]] = [numpy_financial.irr, pyxirr.irr]


def rates(flows: Flows) -> list[float]:
    return find_rates([Fraction(str(amount)) for amount in flows])


def found_by(library: Callable[[Flows], float | None], flows: Flows) -> float | None:
    """The one rate that a library tells; None for none."""
    try:
        rate = library(flows)
    except pyxirr.InvalidPaymentsError:
        return None
    return None if rate is None or isnan(rate) else rate


# Where they agree


@given(st.integers(1, 10_000), st.lists(st.integers(0, 10_000), min_size=1, max_size=12).filter(any))
def test_a_single_rate_is_the_same_everywhere(outlay: int, returns: list[int]) -> None:
    flows = [-outlay, *returns]
    (ours,) = rates(flows)
    for library in LIBRARIES:
        assert found_by(library, flows) == pytest.approx(ours, rel=1e-9, abs=1e-9)


@given(st.integers(-50, 100), st.lists(st.integers(-10_000, 10_000), min_size=1, max_size=12))
def test_present_value_is_the_same_where_year_0_is_not_discounted(percent: int, flows: list[int]) -> None:
    rate = Decimal(percent) / 100
    ours = float(present_value(list(map(Fraction, flows)), discount_weights(rate, len(flows))))
    for library in (numpy_financial.npv, pyxirr.npv):
        assert library(float(rate), flows) == pytest.approx(ours, rel=1e-9, abs=1e-9)


def test_present_value_of_spreadsheets_is_that_of_a_year_earlier() -> None:
    # Microsoft, Excel: NPV(10 %, −10,000, 3,000, 4,200, 6,800) = 1,188.44, one year less than ours
    flows = [-10000.0, 3000.0, 4200.0, 6800.0]
    as_in_excel = pyxirr.npv(0.1, flows, start_from_zero=False)
    assert round(as_in_excel, 2) == 1188.44
    assert numpy_financial.npv(0.1, flows) == pytest.approx(as_in_excel * 1.1, rel=1e-12)


# Several rates: each tells one, not always the same, and none says that there are more


@pytest.mark.parametrize(
    ("flows", "ours", "numpy_s", "pyxirr_s"),
    [
        ([-1, 2.3, -1.32], [0.1, 0.2], 0.1, 0.1),
        ([-1600, 10000, -10000], [0.25, 4.0], 0.25, 4.0),  # Lorie and Savage (1955): not the lowest
        ([-100, 240, -143], [0.1, 0.3], 0.1, 0.3),  # nor here
        ([-1, 1.7, -0.72], [-0.2, -0.1], -0.1, -0.2),
        ([-1, 1.6, -0.55], [-0.5, 0.1], 0.1, -0.5),
        ([-1, 3.45, -3.9575, 1.509375], [0.05, 0.15, 0.25], 0.05, 0.25),  # the highest of three
        ([-1, 4.9, -6.48, 2.34], [-0.4, 0.3, 2.0], 0.3, 0.3),  # the middle one
        ([-1000, 800, 150, 150, 150, 150, -150], [-0.5, 0.15238], 0.15238, 0.15238),  # Brealey, Myers, Allen, ch. 5
    ],
)
def test_of_several_rates_each_library_tells_one(
    flows: Flows, ours: list[float], numpy_s: float, pyxirr_s: float
) -> None:
    assert rates(flows) == pytest.approx(ours, abs=1e-5)
    assert [found_by(library, flows) for library in LIBRARIES] == pytest.approx([numpy_s, pyxirr_s], abs=1e-5)


def test_a_small_last_flow_turns_a_hundred_percent_into_minus_a_hundred() -> None:
    # numpy-financial, issue 44: 1.00426 by Google Sheets; it tells the first up to 1.0 and the second from 1.1 on.
    flows: Flows = [-1678.87, 771.96, 1814.05, 3520.30, 3552.95, 3584.99, 4789.91, -1]
    assert rates(flows) == pytest.approx([-0.99979, 1.00427], abs=1e-5)
    told = found_by(numpy_financial.irr, flows)
    assert [rate for rate in rates(flows) if told == pytest.approx(rate, rel=1e-9)] == [pytest.approx(told)]


# No rate, and every rate


@pytest.mark.parametrize(
    "flows",
    [
        [1000, -3000, 2500],  # Brealey, Myers, Allen, ch. 5: the present value is positive at every rate
        [-100, 220, -121.0000000001],  # by hand: −100·(v − 1.1)² − 10⁻¹⁰
        [-100, -50],
        [0, 0, 0],
    ],
)
def test_without_a_rate_nobody_tells_one(flows: Flows) -> None:
    assert rates(flows) == []
    assert [found_by(library, flows) for library in LIBRARIES] == [None, None]


def test_without_payments_of_both_signs_pyxirr_raises_and_numpy_tells_nan() -> None:
    with pytest.raises(pyxirr.InvalidPaymentsError):
        pyxirr.irr([5.0])
    assert isnan(numpy_financial.irr([5.0]))


# Multiple rates: what libraries tell is off by the square or cube root of what float64 loses


@pytest.mark.parametrize(
    ("flows", "ours"),
    [
        ([-1, 6, -12, 8], 1.0),  # −(v − 2)³
        ([-1, 3, -3, 1], 0.0),  # −(v − 1)³
        ([-8, 36, -54, 27], 0.5),  # −(2v − 3)³
        ([-1, 8, -24, 32, -16], 1.0),  # −(v − 2)⁴
    ],
)
def test_a_multiple_rate_is_exact_with_us_only(flows: Flows, ours: float) -> None:
    assert rates(flows) == [pytest.approx(ours, abs=1e-15)]
    for library in LIBRARIES:
        told = found_by(library, flows)
        assert told is None or 1e-8 < abs(told - ours) < 0.1
