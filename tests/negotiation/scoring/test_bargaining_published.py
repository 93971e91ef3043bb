"""Bargaining solutions on the examples of those who proposed them; what was worked here says so."""

from fractions import Fraction
from itertools import chain, combinations
from math import exp, log, sqrt

import pytest

from negotiation.scoring.bargaining import Standing
from tests.negotiation.scoring.picks import SOLUTIONS, Gains, best, pick, stand

# Nash, The Bargaining Problem, Econometrica 18 (1950), the example of its last section: utility to Bill and to Jack
BILLS = {"book": (2, 4), "whip": (2, 2), "ball": (2, 1), "bat": (2, 2), "box": (4, 1)}
JACKS = {"pen": (10, 1), "toy": (4, 1), "knife": (6, 2), "hat": (2, 2)}


def barter(given: tuple[str, ...]) -> tuple[int, int]:
    """What Bill and Jack gain when these goods change hands."""
    bill = sum(JACKS[good][0] for good in given if good in JACKS) - sum(BILLS.get(good, (0, 0))[0] for good in given)
    jack = sum(BILLS[good][1] for good in given if good in BILLS) - sum(JACKS.get(good, (0, 0))[1] for good in given)
    return bill, jack


@pytest.fixture(scope="module")
def barters() -> dict[str, tuple[int, int]]:
    """Every barter that leaves nobody worse off, named by the goods that change hands."""
    goods = [*BILLS, *JACKS]
    every = chain.from_iterable(combinations(goods, size) for size in range(len(goods) + 1))
    found = {" ".join(given): barter(given) for given in every}
    return {name: gains for name, gains in found.items() if min(gains) >= 0}


@pytest.fixture(scope="module")
def standings(barters: dict[str, tuple[int, int]]) -> dict[str, Standing]:
    return stand(barters, (0, 0))


def test_bill_and_jack_barter_as_nash_says(barters: dict[str, tuple[int, int]], standings: dict[str, Standing]) -> None:
    # Nash (1950): Bill gives Jack book, whip, ball and bat, Jack gives Bill pen, toy and knife.
    (name,) = best("nash", standings)
    assert (name, barters[name]) == ("book whip ball bat pen toy knife", (12, 5))
    assert standings[name].nash == pytest.approx(log(60), rel=1e-15)


@pytest.mark.parametrize(
    ("solution", "gains"),
    [
        ("kalai_smorodinsky", {(12, 5)}),  # by hand: the ideal is (18, 8), it has 5/8 of it
        ("egalitarian", {(8, 6), (6, 7), (6, 6)}),  # by hand: nobody less than 6
        ("utilitarian", {(14, 4), (16, 2), (18, 0)}),  # by hand: 18 together
    ],
)
def test_bill_and_jack_barter_by_other_lights(
    solution: str, gains: set[tuple[int, int]], barters: dict[str, tuple[int, int]], standings: dict[str, Standing]
) -> None:
    assert {barters[name] for name in best(solution, standings)} == gains


@pytest.mark.parametrize(
    ("gains", "product"), [((6, 7), 42), ((8, 6), 48), ((12, 5), 60), ((14, 4), 56), ((16, 2), 32)]
)
def test_bill_and_jacks_frontier_and_its_products(
    gains: tuple[int, int], product: int, barters: dict[str, tuple[int, int]], standings: dict[str, Standing]
) -> None:
    # By hand: what Bill can have at most when Jack has so much, and the products beside it.
    found = [standing for name, standing in standings.items() if barters[name] == gains]
    assert {tuple(standing.dominated_by_sides) for standing in found} == {()}
    assert {round(exp(standing.nash), 9) for standing in found} == {product}


def edge(start: Gains, end: Gains, steps: int = 26) -> list[tuple[Fraction, ...]]:
    """Points at equal distances from one corner of a polygon to the next, exactly."""
    shares = [Fraction(step, steps) for step in range(steps + 1)]
    return [tuple(a + share * (b - a) for a, b in zip(start, end, strict=True)) for share in shares]


def border(*corners: Gains) -> dict[str, tuple[Fraction, ...]]:
    """The border of a polygon as packages, in hundreds of yuan, named by their gains."""
    points = chain.from_iterable(map(edge, corners, corners[1:]))
    return {f"{x}, {y}": (100 * x, 100 * y) for x, y in points}


# By hand, an example of the kind with which Kalai and Smorodinsky (Econometrica 43, 1975) object to Nash: whatever the
# first gets, the second can get as much or more in the larger set, and all that it ideally gets is the same.
SMALLER = border((0, 1), (Fraction(3, 4), Fraction(3, 4)), (1, 0))
LARGER = border((0, 1), (1, Fraction(7, 10)), (1, 0))


@pytest.mark.parametrize(
    ("solution", "smaller", "larger"),
    [
        ("nash", "3/4, 3/4", "1, 7/10"),  # the second gets less out of more
        ("kalai_smorodinsky", "3/4, 3/4", "10/13, 10/13"),  # 1 − 0.3x = x
        ("egalitarian", "3/4, 3/4", "10/13, 10/13"),
        ("utilitarian", "3/4, 3/4", "1, 7/10"),
    ],
)
def test_more_to_share_leaves_nobody_less_but_for_nash(solution: str, smaller: str, larger: str) -> None:
    assert (pick(solution, SMALLER, (0, 0)), pick(solution, LARGER, (0, 0))) == ({smaller}, {larger})


def test_who_fears_risk_more_gets_less_by_nash() -> None:
    # By hand: x and √(300 − x) have the largest product at x = 200, two thirds.
    packages = {str(x): (x, Fraction(sqrt(300 - x))) for x in range(0, 301, 10)}
    assert pick("nash", packages, (0, 0)) == {"200"}


@pytest.mark.parametrize("solution", ["nash", "kalai_smorodinsky", "egalitarian"])
def test_three_divide_a_sum_by_splitting_what_is_above_their_outside_options(solution: str) -> None:
    # By hand: 300 and outside options of 0, 30 and 60 leave 210, in parts of 35: two for each.
    parts = [(x, y, 6 - x - y) for x in range(7) for y in range(7 - x)]
    packages = {f"{x} {y} {z}": (35 * x, 30 + 35 * y, 60 + 35 * z) for x, y, z in parts}
    assert pick(solution, packages, (0, 30, 60)) == {"2 2 2"}


def test_kalai_smorodinsky_looks_at_what_is_not_chosen_and_nash_does_not() -> None:
    # By hand. With C the ideal is (12, 8): A min(6/12, 5/8), B min(4/12, 8/8). Without it (6, 8): A 5/8, B 4/6.
    packages = {"A": (6, 5), "B": (4, 8), "C": (12, 1)}
    without = {code: packages[code] for code in "AB"}
    assert [pick("kalai_smorodinsky", some, (0, 0)) for some in (packages, without)] == [{"A"}, {"B"}]
    assert [pick("nash", some, (0, 0)) for some in (packages, without)] == [{"B"}, {"B"}]  # 30, 32, 12


def test_egalitarian_depends_on_the_currency_of_each_and_nash_and_kalai_smorodinsky_do_not() -> None:
    # By hand: A has the larger smallest gain until the second counts in cents.
    packages = {"A": (6, 5), "B": (10, 4)}
    in_cents = {code: (first, 100 * second) for code, (first, second) in packages.items()}
    found = {solution: [pick(solution, some, (0, 0)) for some in (packages, in_cents)] for solution in SOLUTIONS}
    assert found["egalitarian"] == [{"A"}, {"B"}]
    assert found["nash"] == [{"B"}, {"B"}]  # 30 and 40
    assert found["kalai_smorodinsky"] == [{"B"}, {"B"}]  # 6/10 and 4/5
    assert found["utilitarian"] == [{"B"}, {"A"}]


@pytest.mark.parametrize(
    ("bad", "good", "disagreement"),
    [
        ((-100, -100), (5, 5), (0, 0)),  # 10,000 against 25
        ((-100, -100, 1), (5, 5, 5), (0, 0, 0)),
        ((0, 0, 99), (21, 21, 21), (10, 10, 20)),  # above nothing, but below the outside options
    ],
)
def test_a_product_of_two_losses_is_no_agreement(bad: Gains, good: Gains, disagreement: Gains) -> None:
    packages = {"bad": bad, "good": good}
    standings = stand(packages, disagreement)
    assert (standings["bad"].nash, standings["bad"].kalai_smorodinsky) == (None, None)
    assert pick("nash", packages, disagreement) == pick("kalai_smorodinsky", packages, disagreement) == {"good"}
    assert standings["good"].kalai_smorodinsky == 1  # the ideal is looked for among the rational only
