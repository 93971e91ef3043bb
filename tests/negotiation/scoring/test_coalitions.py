"""Shapley value and core against classical games."""

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.scoring.coalitions import find_blocking, list_coalitions, shapley, value_coalitions

PLAYERS = ("government", "market", "public")


def test_glove_game() -> None:
    # Osborne and Rubinstein, A Course in Game Theory, 14.4: two left gloves and one right one: 1/6, 1/6, 2/3.
    worth = {group: float("c" in group and len(group) > 1) for group in list_coalitions("abc")}
    assert shapley("abc", worth) == pytest.approx({"a": 1 / 6, "b": 1 / 6, "c": 2 / 3})


def test_airport_game() -> None:
    # Littlechild and Owen, A Simple Expression for the Shapley Value in a Special Case (1973):
    # runways of 1, 2 and 3 are shared 1/3, 1/3 + 1/2, 1/3 + 1/2 + 1.
    length = {"a": 1.0, "b": 2.0, "c": 3.0}
    worth = {group: max(length[player] for player in group) for group in list_coalitions("abc")}
    assert shapley("abc", worth) == pytest.approx({"a": 1 / 3, "b": 5 / 6, "c": 11 / 6})


def test_one_side_alone_takes_everything() -> None:
    assert shapley(["public"], value_coalitions({"public": 7.0}, {"public": 3.0}, {})) == {"public": 7.0}


def test_coalition_not_stated_is_worth_its_outside_options() -> None:
    gains, outside = dict(zip(PLAYERS, (1.0, 2.0, 3.0), strict=True)), dict(zip(PLAYERS, (4.0, 5.0, 6.0), strict=True))
    values = value_coalitions(gains, outside, {("government", "market"): 20.0, PLAYERS: 99.0})
    assert values == {
        ("government",): 4.0,
        ("market",): 5.0,
        ("public",): 6.0,
        ("government", "market"): 20.0,
        ("government", "public"): 10.0,
        ("market", "public"): 11.0,
        PLAYERS: 6.0,  # all together: ΣG, whatever is declared
    }


@pytest.mark.parametrize(("value", "blocked"), [("10", False), ("10.005", False), ("10.005001", True)])
def test_blocking_begins_beyond_half_a_cent(value: str, blocked: bool) -> None:
    assert bool(find_blocking({"market": Fraction(10)}, {("market",): Fraction(value)})) is blocked


@given(st.lists(st.integers(-1000, 1000).map(float), min_size=7, max_size=7))
def test_shapley_is_the_mean_over_all_orders_of_arrival(numbers: list[float]) -> None:
    worth = dict(zip(list_coalitions(PLAYERS), numbers, strict=True))
    totals = dict.fromkeys(PLAYERS, 0.0)
    for order in permutations(PLAYERS):
        for place, player in enumerate(order):
            before = worth.get(tuple(sorted(order[:place])), 0.0)
            totals[player] += worth[tuple(sorted(order[: place + 1]))] - before
    assert shapley(PLAYERS, worth) == pytest.approx({player: total / 6 for player, total in totals.items()}, abs=1e-9)
