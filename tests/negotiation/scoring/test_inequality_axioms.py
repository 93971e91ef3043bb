"""What makes a measure one of inequality: its axioms, for each measure, on random distributions.

Source of the axioms: Foster, Seth, Lokshin, Sajaia, A Unified Approach to Measuring Poverty and Inequality, World Bank
(2013), chapter 2; of the decomposition: Shorrocks, Econometrica 48 (1980).
"""

from collections.abc import Callable, Sequence
from itertools import chain
from math import log, sqrt
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from negotiation.scoring import inequality as measure


def unfairness(values: list[float]) -> float:
    """Jain's index turned round, so that more is less equal."""
    return 1 - measure.jain(values)


# Each with its value when one of n has everything, its largest.
LARGEST: dict[Callable[[list[float]], float], Callable[[int], float]] = {
    measure.gini: lambda n: 1 - 1 / n,
    measure.theil: log,
    measure.atkinson_half: lambda n: 1 - 1 / n,
    measure.atkinson_one: lambda n: float(n > 1),
    unfairness: lambda n: 1 - 1 / n,
    measure.variation: lambda n: sqrt(n - 1),
}
NAMES = {function.__name__ for function in LARGEST}
# Whole amounts: a difference is then either none or far above the noise of float64.
incomes = st.lists(st.integers(1, 1000).map(float), min_size=1, max_size=12)
with_nothing = st.lists(st.integers(0, 10**6).map(float), min_size=1, max_size=30).filter(any)


def measured(values: list[float]) -> dict[str, float]:
    return {function.__name__: function(values) for function in LARGEST}


def largest(count: int) -> dict[str, float]:
    return {function.__name__: most(count) for function, most in LARGEST.items()}


def lowered(before: list[float], after: list[float]) -> set[str]:
    """The measures that are strictly lower after than before."""
    one, other = measured(before), measured(after)
    return {name for name in NAMES if other[name] < one[name]}


@st.composite
def transfers(draw: st.DrawFn) -> tuple[list[float], list[float]]:
    """A distribution before and after some amount went from a richer to a poorer one who stays the poorer or passes."""
    poor, gap, rest = draw(st.integers(0, 500)), draw(st.integers(2, 500)), draw(incomes)
    amount = draw(st.integers(1, gap - 1))
    return [float(poor), float(poor + gap), *rest], [float(poor + amount), float(poor + gap - amount), *rest]


@given(with_nothing, st.floats(0.001, 1000))
def test_scale_does_not_matter(values: list[float], factor: float) -> None:
    assert measured([factor * value for value in values]) == pytest.approx(measured(values), rel=1e-9, abs=1e-12)


@given(with_nothing, st.randoms(use_true_random=False))
def test_names_do_not_matter(values: list[float], random: Random) -> None:
    assert measured(random.sample(values, len(values))) == measured(values)


@given(with_nothing, st.integers(2, 5))
def test_replication_does_not_matter(values: list[float], times: int) -> None:
    assert measured(values * times) == pytest.approx(measured(values), rel=1e-12, abs=1e-14)


@given(transfers())
def test_every_transfer_to_a_poorer_one_lowers_inequality(moved: tuple[list[float], list[float]]) -> None:
    """Pigou and Dalton, strictly."""
    before, after = moved
    assume(before[0] > 0)
    assert lowered(before, after) == NAMES


@given(transfers())
def test_only_atkinson_one_sees_no_transfer_while_somebody_has_nothing(
    moved: tuple[list[float], list[float]],
) -> None:
    before, after = moved
    assert lowered([0.0, *before], [0.0, *after]) == NAMES - {"atkinson_one"}
    assert measure.atkinson_one([0.0, *after]) == 1.0


@given(with_nothing)
def test_no_measure_leaves_its_bounds(values: list[float]) -> None:
    found, most = measured(values), largest(len(values))
    assert {name for name in NAMES if not 0 <= found[name] <= most[name] + 1e-12} == set()


@pytest.mark.parametrize("count", [1, 2, 3, 10, 1000])
def test_no_inequality_is_larger_than_when_one_has_everything(count: int) -> None:
    assert measured([0.0] * (count - 1) + [7.0]) == pytest.approx(largest(count), rel=1e-12, abs=1e-15)


@given(with_nothing)
def test_inequality_is_nothing_only_when_all_are_equal(values: list[float]) -> None:
    nothing = {name for name, figure in measured(values).items() if figure == 0}
    assert nothing == (NAMES if min(values) == max(values) else set())


@given(incomes, st.integers(1, 1000))
def test_the_same_gift_to_all_lowers_inequality(values: list[float], gift: int) -> None:
    assume(min(values) < max(values))
    assert lowered(values, [value + gift for value in values]) == NAMES


@given(with_nothing)
def test_measures_stand_to_each_other_as_theory_says(values: list[float]) -> None:
    """Atkinson rises with ε; T = mean of (x/μ)·ln(x/μ) ≤ ln(mean of (x/μ)²) by Jensen; J = 1 ÷ (1 + cv²)."""
    assert measure.atkinson_half(values) <= measure.atkinson_one(values) + 1e-15
    assert measure.theil(values) <= log(1 + measure.variation(values) ** 2) + 1e-12
    assert measure.jain(values) == pytest.approx(1 / (1 + measure.variation(values) ** 2), rel=1e-12)


# Decomposition

groups = st.lists(
    st.lists(st.integers(0, 10**6).map(float), min_size=1, max_size=8).filter(any), min_size=1, max_size=5
)


def together(several: Sequence[Sequence[float]]) -> list[float]:
    return list(chain(*several))


@given(groups)
def test_parts_are_the_theil_of_group_means_and_the_rest(several: list[list[float]]) -> None:
    between, within = measure.theil_split(several)
    levelled = [measure.mean(group) for group in several for _ in group]
    assert between == pytest.approx(measure.theil(levelled), rel=1e-9, abs=1e-12)
    assert between + within == pytest.approx(measure.theil(together(several)), rel=1e-9, abs=1e-12)
    assert min(between, within) >= 0


@given(groups)
def test_nothing_is_within_groups_of_one_or_between_a_single_one(several: list[list[float]]) -> None:
    everyone = together(several)
    whole = measure.theil(everyone)
    assert measure.theil_split([[income] for income in everyone]) == (pytest.approx(whole, rel=1e-9, abs=1e-12), 0.0)
    assert measure.theil_split([everyone]) == (0.0, pytest.approx(whole, rel=1e-12, abs=1e-15))


@given(groups, st.integers(2, 9))
def test_groups_with_one_mean_have_nothing_between_them(several: list[list[float]], factor: int) -> None:
    same = [[factor * income / measure.mean(group) for income in group] for group in several]
    between, within = measure.theil_split(same)
    shares = [len(group) * measure.theil(group) for group in several]
    assert between == 0.0
    assert within == pytest.approx(sum(shares) / sum(map(len, several)), rel=1e-9, abs=1e-12)


@given(groups, st.randoms(use_true_random=False))
def test_order_of_groups_does_not_matter(several: list[list[float]], random: Random) -> None:
    shuffled = [random.sample(group, len(group)) for group in random.sample(several, len(several))]
    assert measure.theil_split(shuffled) == measure.theil_split(several)


@given(groups, st.lists(incomes, min_size=2, max_size=2))
def test_less_inequality_in_one_group_is_less_in_all(several: list[list[float]], pair: list[list[float]]) -> None:
    """Subgroup consistency: two distributions of one size and mean, exchanged for each other inside the whole."""
    size = min(map(len, pair))
    one, other = ([income / measure.mean(group[:size]) for income in group[:size]] for group in pair)
    scaled = [[income / 10**6 for income in group] for group in several]  # or the two would hardly be seen beside them
    change = measure.theil(one) - measure.theil(other)
    assume(abs(change) > 1e-9)
    whole = [measure.theil(together([group, *scaled])) for group in (one, other)]
    assert (whole[0] > whole[1]) is (change > 0)
