"""Measures of inequality: worked values, definitions, and the digits that float64 can keep."""

from fractions import Fraction
from math import e, exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.scoring import inequality as measure

incomes = st.lists(st.integers(1, 10**6).map(float), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 1, 1, 1], 0),
        ([0, 0, 0, 1], Fraction(3, 4)),  # one has everything: (n − 1)/n
        ([1, 2, 3, 4], Fraction(1, 4)),  # Σ|xi − xj| = 20, 2·16·2.5 = 80
        ([1, 3], Fraction(1, 4)),  # 4 ÷ (2·4·2)
        ([1, 2, 3, 4, 5], Fraction(4, 15)),  # arithmetic series: (n² − 1)/(3n(n + 1))
        ([20, 30, 50], Fraction(1, 5)),  # 120 ÷ (2·9·100/3)
    ],
)
def test_gini_worked(values: list[float], expected: Fraction) -> None:
    assert measure.gini(values) == pytest.approx(float(expected), abs=1e-15)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([5, 5, 5], 0.0),
        ([0, 0, 0, 1], log(4)),  # one has everything: ln n (Theil 1967, 4.2)
        ([1, 3], (0.5 * log(0.5) + 1.5 * log(1.5)) / 2),
    ],
)
def test_theil_worked(values: list[float], expected: float) -> None:
    assert measure.theil(values) == pytest.approx(expected, abs=1e-15)


def test_atkinson_half_worked() -> None:
    assert measure.atkinson_half([1, 9]) == pytest.approx(1 - 4 / 5)  # ((1 + 3)/2)² ÷ 5


def test_atkinson_one_worked() -> None:
    assert measure.atkinson_one([1, 9]) == pytest.approx(1 - 3 / 5)  # √9 ÷ 5
    assert measure.atkinson_one([e, e**3]) == pytest.approx(1 - e**2 / ((e + e**3) / 2))


def test_atkinson_one_is_one_when_somebody_has_nothing() -> None:
    assert measure.atkinson_one([0.0, 5.0]) == 1.0


def test_world_bank_example() -> None:
    # Foster, Seth, Lokshin, Sajaia, A Unified Approach to Measuring Poverty and Inequality (World Bank 2013),
    # incomes 2, 4, 8 and 10: mean 6 and geometric mean 5.03 (example 2.2), Gini 0.292 (below 2.24).
    incomes = [2.0, 4.0, 8.0, 10.0]
    assert round(measure.gini(incomes), 3) == 0.292
    assert measure.atkinson_one(incomes) == pytest.approx(1 - 5.03 / 6, abs=1e-3)
    assert measure.gini(incomes) == pytest.approx(56 / 192)  # by hand: Σ|xi − xj| = 56, 2·16·6 = 192
    assert measure.atkinson_one(incomes) == pytest.approx(1 - 640 ** (1 / 4) / 6)
    assert measure.jain(incomes) == pytest.approx(24**2 / (4 * 184))


def test_jain_published() -> None:
    # Jain, Chiu, Hawe (1984), section 4: a share of k users equally and nothing for the rest gives k/n.
    assert measure.jain([1.0] * 20 + [0.0] * 80) == pytest.approx(0.2)
    assert measure.jain([50, 30, 50]) == pytest.approx(130**2 / (3 * 5900))  # by hand: 0.955


def test_variation_is_of_the_population() -> None:
    assert measure.variation([2, 4, 4, 4, 5, 5, 7, 9]) == pytest.approx(2 / 5)  # σ = 2, μ = 5


def test_median_of_even_count_is_the_mean_of_the_middle_two() -> None:
    assert measure.median([4.0, 1.0, 3.0, 2.0]) == 2.5


@pytest.mark.parametrize(("values", "expected"), [([], False), ([0, 0], False), ([-1, 5], False), ([0, 1], True)])
def test_measures_defined_only_without_negatives_and_with_a_positive_mean(values: list[float], expected: bool) -> None:
    assert measure.is_measurable(values) is expected


@given(st.lists(incomes, min_size=1, max_size=6))
def test_theil_parts_add_up(groups: list[list[float]]) -> None:
    between, within = measure.theil_split(groups)
    whole = measure.theil([income for group in groups for income in group])
    assert between + within == pytest.approx(whole, rel=1e-9, abs=1e-12)


def test_theil_split_worked() -> None:
    # Groups {1, 1} and {3, 3}: nothing within, all between.
    between, within = measure.theil_split([[1, 1], [3, 3]])
    assert (between, within) == (pytest.approx((0.5 * log(0.5) + 1.5 * log(1.5)) / 2), 0.0)


@given(incomes)
def test_gini_is_half_the_relative_mean_difference(values: list[float]) -> None:
    exact = [Fraction(value) for value in values]
    pairs = sum(abs(left - right) for left in exact for right in exact)
    assert measure.gini(values) == pytest.approx(float(pairs / (2 * len(exact) * sum(exact))), abs=1e-12)


def test_logarithms_agree_with_the_geometric_mean() -> None:
    values = [1.0, 2.0, 4.0]
    assert measure.atkinson_one(values) == pytest.approx(1 - exp(log(8) / 3) / (7 / 3))


def test_next_to_nothing_and_next_to_equal_keep_their_digits() -> None:
    almost_nothing = [1e-12, 1.0]  # √: (1e-6 + 1)² ÷ 4 over (1 + 1e-12) ÷ 2; geometric: 1e-6 over the same
    assert measure.atkinson_half(almost_nothing) == pytest.approx(
        1 - (1 + 1e-6) ** 2 / 2 / (1 + 1e-12), rel=1e-13, abs=0
    )
    assert measure.atkinson_one(almost_nothing) == pytest.approx(1 - 2e-6 / (1 + 1e-12), rel=1e-13, abs=0)
    almost_equal = [1 - 2.0**-20, 1 + 2.0**-20]  # δ = ±2^−20 exactly
    assert measure.theil(almost_equal) == pytest.approx(2.0**-41, rel=1e-11, abs=0)
    assert measure.atkinson_half(almost_equal) == pytest.approx(2.0**-42, rel=1e-11, abs=0)
    assert measure.atkinson_one(almost_equal) == pytest.approx(2.0**-41, rel=1e-11, abs=0)
