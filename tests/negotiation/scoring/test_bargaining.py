"""Bargaining measures between packages, by hand."""

from fractions import Fraction
from math import log

import numpy as np
import pytest

from negotiation.scoring import bargaining
from negotiation.scoring.bargaining import Offer, compare_offers

ZERO = {"market": 0.0, "public": 0.0}


def offer(code: str, market: float, public: float, *, passed: bool = True, parties: list[float] | None = None) -> Offer:
    sides = {"market": Fraction(str(market)), "public": Fraction(str(public))}
    return Offer(code, passed, sides, np.array(parties or [market, public]))


def test_nash_is_the_sum_of_logarithms() -> None:
    assert bargaining.nash({"market": 3.0, "public": 5.0}, {"market": 1.0, "public": 1.0}) == pytest.approx(log(8))


def test_nash_of_two_losses_is_absent() -> None:
    assert bargaining.nash({"market": -3.0, "public": -5.0}, ZERO) is None


def test_nash_is_absent_at_the_disagreement_point() -> None:
    assert bargaining.nash({"market": 0.0, "public": 5.0}, ZERO) is None
    assert bargaining.nash({"market": 0.001, "public": 5.0}, ZERO) is not None


def test_ideal_point_looks_only_at_rational_candidates() -> None:
    candidates = [{"market": 4.0, "public": 2.0}, {"market": 9.0, "public": -1.0}, {"market": 0.0, "public": 8.0}]
    assert bargaining.ideal_point(candidates, ZERO) == {"market": 4.0, "public": 8.0}


def test_comparison_of_three() -> None:
    standings = compare_offers([offer("B", 4, 2), offer("A", 2, 8), offer("C", 99, 99, passed=False)], ZERO)
    assert list(standings) == ["A", "B", "C"]
    a, b, c = standings.values()
    assert (a.kalai_smorodinsky, b.kalai_smorodinsky) == (0.5, 0.25)  # ideal (4, 8)
    assert (a.egalitarian, b.egalitarian) == (2.0, 2.0)
    assert (a.utilitarian, b.utilitarian) == (10.0, 6.0)
    assert (c.passed, c.nash, c.kalai_smorodinsky, c.egalitarian, c.utilitarian) == (False, None, None, 99.0, 198.0)
    assert (a.dominated_by_sides, b.dominated_by_sides) == ([], [])  # C does not pass, so it dominates nobody


@pytest.mark.parametrize(("better", "expected"), [(1.005, ["B"]), (1.004, []), (1.0, [])])
def test_dominance_needs_half_a_cent(better: float, expected: list[str]) -> None:
    standings = compare_offers([offer("A", 1.0, 1.0), offer("B", 1.0, better)], ZERO)
    assert standings["A"].dominated_by_sides == expected


def test_no_package_dominates_itself_however_large_its_amounts() -> None:
    huge = Offer("A", True, {"market": Fraction(10**14)}, np.array([1e14]), noise=1.0)
    assert compare_offers([huge], {"market": Fraction(0)})["A"].dominated_by_parties == []


def test_dominance_by_parties_is_stricter_than_by_sides() -> None:
    left, right = offer("A", 1, 2, parties=[1, 1, 1]), offer("B", 1, 3, parties=[1, 0, 3])
    standing = compare_offers([left, right], ZERO)["A"]
    assert (standing.dominated_by_sides, standing.dominated_by_parties) == (["B"], [])
