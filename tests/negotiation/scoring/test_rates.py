"""Internal rates: textbook flows, several and no rates, and the definition as a property."""

from fractions import Fraction
from itertools import pairwise
from random import Random
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.scoring.rates import find_rates


def rates(*flows: float) -> list[float]:
    return find_rates([Fraction(str(flow)) for flow in flows])


def times_root(polynomial: list[Fraction], root: Fraction) -> list[Fraction]:
    """Multiply by v − root, the highest power first."""
    return [high - root * low for high, low in zip([*polynomial, Fraction(0)], [Fraction(0), *polynomial], strict=True)]


@pytest.mark.parametrize(
    ("flows", "expected"),
    [
        ([-100, 110], [0.1]),
        # Brealey, Myers, Allen, Principles of Corporate Finance, ch. 5: 28.08 %
        ([-4000, 2000, 4000], [0.2807764064]),
        # the same chapter, pitfall 2: two rates, −50 % and 15.2 % for −1,000, 800, 150, 150, 150, 150, −150
        ([-1000, 800, 150, 150, 150, 150, -150], [-0.5, 0.1524]),
        # the same chapter, pitfall 2: a project without a rate
        ([1000, -3000, 2500], []),
        # Lorie and Savage, Three Problems in Rationing Capital (1955): the oil pump, 25 % and 400 %
        ([-1600, 10000, -10000], [0.25, 4.0]),
    ],
)
def test_published(flows: list[float], expected: list[float]) -> None:
    assert rates(*flows) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("flows", "expected"),
    [
        ([-1, 4, -4], [1.0]),  # −(v − 2)²: a double rate is one
        ([-1, 3, -3, 1], [0.0]),  # −(v − 1)³
        ([-1000, 6000, -11000, 6000], [0.0, 1.0, 2.0]),
        ([0, 0, -100, 0, 121, 0, 0], [0.1]),  # zeros at both ends
        ([-100, 50], [-0.5]),
        ([0, 0, 0], []),  # every rate would do
        ([100, 10], []),
        ([5], []),
        ([-100, 220, "-121.0000000001"], []),  # a near miss: −100·(v − 1.1)² − 10⁻¹⁰
        ([], []),
    ],
)
def test_worked(flows: list[float], expected: list[float]) -> None:
    assert rates(*flows) == pytest.approx(expected, abs=1e-13)


def test_rates_closer_than_a_millionth_are_one() -> None:
    assert len(rates("-1", "4.0000005", "-4.000001")) == 1  # v = 2 and v = 2.0000005
    assert len(rates("-1", "4.000002", "-4.000004")) == 2  # v = 2 and v = 2.000002


@given(st.lists(st.integers(-50, 300), min_size=1, max_size=5, unique=True), st.integers(1, 999))
def test_every_planted_rate_is_found(percents: list[int], scale: int) -> None:
    polynomial = [Fraction(-scale)]
    for percent in percents:
        polynomial = times_root(polynomial, 1 + Fraction(percent, 100))
    assert find_rates(polynomial) == pytest.approx(sorted(percent / 100 for percent in percents), abs=1e-12)


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=10))
def test_present_value_changes_sign_only_at_the_rates(flows: list[int]) -> None:
    found = find_rates([Fraction(flow) for flow in flows])
    assert found == sorted(found)
    steps = [Fraction(step, 50) for step in range(1, 200)]  # v = 0.02 … 3.98
    signs = [(v, sum(Fraction(flow) / v**year for year, flow in enumerate(flows))) for v in steps]
    for (low, before), (high, after) in pairwise(signs):
        if before * after < 0:
            assert any(low - 1 <= rate <= high - 1 for rate in found)


def test_a_multiple_root_among_many_years_is_found_once() -> None:
    random = Random(11)
    polynomial = [Fraction(random.randint(-(10**9), 10**9)) for _ in range(40)]
    for _ in range(3):
        polynomial = times_root(polynomial, Fraction(11, 10))
    found = find_rates(polynomial)
    assert [rate for rate in found if abs(rate - 0.1) < 1e-3] == pytest.approx([0.1], abs=1e-13)


def test_two_multiple_roots_and_a_near_miss_are_told_apart() -> None:
    polynomial = [Fraction(1), Fraction(-2), Fraction(1) + Fraction(1, 10**14)]  # (v − 1)² + 10⁻¹⁴ has no real root
    for root in ("1.05", "1.05", "1.0500000001", "0.5", "0.5"):
        polynomial = times_root(polynomial, Fraction(root))
    assert find_rates(polynomial) == pytest.approx([-0.5, 0.05], abs=1e-9)


def test_a_rate_near_zero_is_found_to_the_last_digit() -> None:
    assert rates(-1, "1.000000000001") == pytest.approx([1e-12], rel=1e-14, abs=0)


@pytest.mark.parametrize(("years", "allowed"), [(30, 0.05), (200, 1.0)])  # seconds: many times what it takes
def test_random_accounts_take_no_time(years: int, allowed: float) -> None:
    random = Random(years)
    flows = [Fraction(random.randint(-(10**10), 10**10), 100) for _ in range(years)]
    began = process_time()
    find_rates(flows)
    assert process_time() - began < allowed
