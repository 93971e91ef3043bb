"""Measures of inequality against published values, to the last digit that was printed; what was worked here says so."""

from collections.abc import Callable
from fractions import Fraction
from math import log, sqrt

import pytest

from negotiation.scoring import inequality as measure
from tests.negotiation.scoring.mexico import REGIONS

# The example vector of the R packages ineq and DescTools (help pages of Gini and Atkinson).
R_INCOMES = [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]
# The example of PySAL's inequality.atkinson.
PYSAL_INCOMES = [10, 20, 30, 40, 50]
# Foster, Seth, Lokshin, Sajaia, A Unified Approach to Measuring Poverty and Inequality, World Bank (2013), example 2.2.
BANK_INCOMES = [2, 4, 8, 10]


def states_in(year: int) -> list[int]:
    return [income for region in REGIONS[year] for income in region]


def printed(figure: float, like: str) -> str:
    """A figure with as many decimals as the published one."""
    return f"{figure:.{len(like.partition('.')[2])}f}"


@pytest.mark.parametrize(
    ("function", "incomes", "published"),
    [
        # R, ineq 0.2-13: Gini(x), Theil(x), Atkinson(x, 0.5), Atkinson(x, 1) and var.coeff(x), as R prints them
        (measure.gini, R_INCOMES, "0.4620911"),
        (measure.theil, R_INCOMES, "0.3623412"),
        (measure.atkinson_half, R_INCOMES, "0.1796591"),
        (measure.atkinson_one, R_INCOMES, "0.3518251"),
        (measure.variation, R_INCOMES, "0.9169582"),
        # PySAL, inequality 1.1.2, docstrings and tests of atkinson
        (measure.atkinson_half, PYSAL_INCOMES, "0.06315"),
        (measure.atkinson_one, PYSAL_INCOMES, "0.13161"),
        # World Bank (2013), below equation 2.24
        (measure.gini, BANK_INCOMES, "0.292"),
        # PySAL, user guide of inequality, "Gini": Mexico in 1940 and in 2000
        (measure.gini, states_in(1940), "0.3537237117345"),
        (measure.gini, states_in(2000), "0.2581130824883"),
    ],
)
def test_measure_is_the_published_one(
    function: Callable[[list[float]], float], incomes: list[float], published: str
) -> None:
    assert printed(function(incomes), published) == published


@pytest.mark.parametrize(
    ("year", "whole", "between", "within"),
    [
        # PySAL, inequality 1.1.2, docstrings of Theil (.T) and TheilD (.bg, .wg)
        (1940, "0.20894344", "0.03458890", "0.17435454"),
        (1950, "0.15222451", "0.02816853", "0.12405598"),
        (1960, "0.10472941", "0.05260921", "0.05212020"),
        (1970, "0.10194725", "0.05931219", "0.04263506"),
        (1980, "0.09560113", "0.03205257", "0.06354856"),
        (1990, "0.10511256", "0.02963731", "0.07547525"),
        (2000, "0.10660832", "0.03635872", "0.07024960"),
    ],
)
def test_theil_splits_mexico_into_its_regions(year: int, whole: str, between: str, within: str) -> None:
    found = (measure.theil(states_in(year)), *measure.theil_split(REGIONS[year]))
    assert [printed(figure, whole) for figure in found] == [whole, between, within]


def test_theil_splits_haves_and_have_nots_between_alone() -> None:
    # PySAL, inequality 1.1.2, test of TheilD: three with 0 and three with 10, T = between = 0.6931471805599453
    assert measure.theil_split([[0, 0, 0], [10, 10, 10]]) == (0.6931471805599453, 0.0)
    assert measure.theil([0, 0, 0, 10, 10, 10]) == 0.6931471805599453


def test_equally_distributed_equivalent_is_the_published_mean() -> None:
    # Atkinson (1970): the income μ·(1 − A) that, given to everybody, is worth as much.
    # PySAL, docstring of Atkinson: 28.1054 and 26.05171. World Bank (2013), example 2.2: the geometric mean is 5.03.
    assert printed(30 * (1 - measure.atkinson_half(PYSAL_INCOMES)), "28.1054") == "28.1054"
    assert printed(30 * (1 - measure.atkinson_one(PYSAL_INCOMES)), "26.05171") == "26.05171"
    assert printed(6 * (1 - measure.atkinson_one(BANK_INCOMES)), "5.03") == "5.03"


def test_euclidean_mean_is_the_published_one() -> None:
    # World Bank (2013), example 2.2: the Euclidean mean, √(mean of squares), is 6.78; Jain's index is (μ ÷ it)².
    assert printed(6 / sqrt(measure.jain(BANK_INCOMES)), "6.78") == "6.78"


@pytest.mark.parametrize(("served", "users"), [(1, 1), (1, 10), (20, 100), (99, 100)])
def test_jain_is_the_share_of_those_who_are_served(served: int, users: int) -> None:
    # Jain, Chiu, Hawe (1984): if k of n users share equally and the others get nothing, the index is k/n.
    assert measure.jain([5.0] * served + [0.0] * (users - served)) == pytest.approx(served / users, rel=1e-14)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        # By hand for 10, 20, 30, 40, 50, with μ = 30 and n = 5
        (measure.gini, 4 / 15),  # Σ|xi − xj| = 2·10·(4·1 + 3·2 + 2·3 + 1·4) = 400 over 2·25·30
        (measure.theil, sum(x / 30 * log(x / 30) for x in PYSAL_INCOMES) / 5),
        (measure.atkinson_half, 1 - (sum(map(sqrt, PYSAL_INCOMES)) / 5) ** 2 / 30),
        (measure.atkinson_one, 1 - 12_000_000 ** (1 / 5) / 30),  # 10·20·30·40·50
        (measure.jain, 9 / 11),  # 150² over 5·5500
        (measure.variation, sqrt(2) / 3),  # σ² = 200
    ],
)
def test_measure_worked_by_hand(function: Callable[[list[float]], float], expected: float) -> None:
    assert function(PYSAL_INCOMES) == pytest.approx(expected, rel=1e-14)


def test_theil_split_worked_by_hand() -> None:
    # {1, 3} and {4, 8}: μ = 4, means 2 and 6, T of {1, 3} = T of {4, 12}
    between = (0.5 * log(0.5) + 1.5 * log(1.5)) / 2
    within = (2 * 2 * (0.5 * log(0.5) + 1.5 * log(1.5)) / 2 + 2 * 6 * _theil_of_thirds()) / (4 * 4)
    assert measure.theil_split([[1, 3], [4, 8]]) == pytest.approx((between, within), rel=1e-13)


def _theil_of_thirds() -> float:
    """T of {4, 8}: two thirds and four thirds of the mean."""
    low, high = (float(Fraction(share, 3)) for share in (2, 4))
    return (low * log(low) + high * log(high)) / 2
