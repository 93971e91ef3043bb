"""Shapley values and cores of published games; what was worked here says so."""

from collections.abc import Callable
from fractions import Fraction as F

import pytest

from negotiation.scoring.coalitions import Sides, find_blocking, list_coalitions, shapley

Worth = Callable[[Sides], int]


def game(players: list[str], worth: Worth) -> dict[Sides, F]:
    return {group: F(worth(group)) for group in list_coalitions(players)}


def value(players: list[str], worth: Worth) -> dict[str, F]:
    return shapley(players, game(players, worth))


def voting(quota: int, weights: dict[str, int]) -> Worth:
    return lambda group: int(sum(weights[player] for player in group) >= quota)


def test_security_council() -> None:
    # Five with a veto and ten others, nine votes needed: 421/2145 = 0.1963 and 4/2145 = 0.001865 for each (the
    # Shapley-Shubik index since the reform of 1965; by hand: 84·6!·8! ÷ 15! of all orders turn on one of the ten).
    permanent, elected = [f"permanent {n}" for n in range(5)], [f"elected {n}" for n in range(10)]
    found = value(permanent + elected, voting(39, {**dict.fromkeys(permanent, 7), **dict.fromkeys(elected, 1)}))
    assert found == {**dict.fromkeys(permanent, F(421, 2145)), **dict.fromkeys(elected, F(4, 2145))}
    assert [f"{float(found[name]):.4g}" for name in ("permanent 0", "elected 0")] == ["0.1963", "0.001865"]


def test_luxembourg_never_makes_a_difference() -> None:
    # "Luxembourg in the Early Days of the EEC: Null Player or Not?", Games 9 (2018) 29: one of 17 votes and no power in
    # the Council of 1958; the others by hand: 14 and 9 of 60.
    votes = {"Germany": 4, "France": 4, "Italy": 4, "Belgium": 2, "Netherlands": 2, "Luxembourg": 1}
    found = value(list(votes), voting(12, votes))
    shares = {4: "0.233", 2: "0.150", 1: "0.000"}
    assert {country: f"{float(share):.3f}" for country, share in found.items()} == {
        country: shares[weight] for country, weight in votes.items()
    }


@pytest.mark.parametrize(
    ("runways", "charges"),
    [
        # The example by which the game of Littlechild and Owen (Management Science 20, 1973) is explained in
        # Wikipedia, "Airport problem": costs of 8, 11, 13 and 18 for four types of aircraft
        ({"A": 8, "B": 11, "C": 13, "D": 18}, {"A": 2, "B": 3, "C": 4, "D": 9}),
        # By hand: two landings of each of two types share 6/4 and 6/4 + 4/2
        ({"A1": 6, "A2": 6, "B1": 10, "B2": 10}, {"A1": F(3, 2), "A2": F(3, 2), "B1": F(7, 2), "B2": F(7, 2)}),
    ],
)
def test_each_part_of_a_runway_is_paid_by_those_who_need_it(runways: dict[str, int], charges: dict[str, F]) -> None:
    assert value(list(runways), lambda group: max(runways[player] for player in group)) == charges


@pytest.mark.parametrize("left", [1, 2, 3, 4])
def test_gloves_of_which_there_are_too_many_are_worth_little(left: int) -> None:
    # One right glove and several left ones (by hand): the right one is paired unless it comes first, 1 − 1/(n + 1).
    gloves = ["right", *[f"left {number}" for number in range(left)]]
    found = value(gloves, lambda group: int("right" in group and len(group) > 1))
    assert found == {
        "right": F(left, left + 1),
        **{name: F(1, left * (left + 1)) for name in gloves if name != "right"},
    }


def test_gloves_are_in_the_core_only_where_the_scarce_one_takes_all() -> None:
    values = game(["left 1", "left 2", "right"], lambda group: 100 * int("right" in group and len(group) > 1))
    assert find_blocking({"left 1": F(0), "left 2": F(0), "right": F(100)}, values) == []
    blocking = find_blocking({"left 1": F(0), "left 2": F(1), "right": F(99)}, values)
    assert [(found.sides, found.shortfall) for found in blocking] == [(("left 1", "right"), 1)]


def test_whoever_has_the_majority_of_three_blocks_every_division() -> None:
    # By hand: three pairs with 100 each count everybody twice and ask for 150; the core is empty.
    values = game(["a", "b", "c"], lambda group: 100 * int(len(group) > 1))
    divisions = [(a, b, 100 - a - b) for a in range(101) for b in range(101 - a)]
    assert all(find_blocking(dict(zip("abc", map(F, division), strict=True)), values) for division in divisions)
    assert shapley(["a", "b", "c"], values) == dict.fromkeys("abc", F(100, 3))


def test_one_who_can_stop_all_takes_all_in_the_core() -> None:
    # By hand: with a veto of a, (100, 0, 0) is the only division that nobody blocks.
    values = game(["a", "b", "c"], lambda group: 100 * int("a" in group and len(group) > 1))
    stable = [
        (a, b)
        for a in range(101)
        for b in range(101 - a)
        if not find_blocking({"a": F(a), "b": F(b), "c": F(100 - a - b)}, values)
    ]
    assert stable == [(100, 0)]
