"""The axioms of the Shapley value, and the core against a linear program.

Sources: Shapley, A Value for n-Person Games (1953): efficiency, symmetry, dummy, additivity. Shapley, Cores of Convex
Games, International Journal of Game Theory 1 (1971). Bondareva (1963) and Shapley, On Balanced Sets and Cores (1967).
"""

from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from negotiation.scoring.coalitions import Sides, find_blocking, list_coalitions, shapley

PLAYERS = ["a", "b", "c", "d"]
GROUPS = list_coalitions(PLAYERS)
Values = dict[Sides, F]
games = st.lists(st.integers(-1000, 1000).map(F), min_size=len(GROUPS), max_size=len(GROUPS)).map(
    lambda worths: dict(zip(GROUPS, worths, strict=True))
)


def worth(values: Values, group: set[str]) -> F:
    return values[tuple(sorted(group))] if group else F(0)


@given(games)
def test_everything_is_shared(values: Values) -> None:
    assert sum(shapley(PLAYERS, values).values()) == values[tuple(PLAYERS)]


@given(games, st.permutations(PLAYERS))
def test_names_do_not_matter(values: Values, renamed: list[str]) -> None:
    names = dict(zip(PLAYERS, renamed, strict=True))
    other = {tuple(sorted(names[player] for player in group)): amount for group, amount in values.items()}
    assert shapley(PLAYERS, other) == {names[player]: share for player, share in shapley(PLAYERS, values).items()}


@given(games)
def test_two_who_add_the_same_get_the_same(values: Values) -> None:
    swapped = {"a": "b", "b": "a"}
    mirrored = {
        group: values[group] + values[tuple(sorted(swapped.get(player, player) for player in group))]
        for group in GROUPS
    }
    found = shapley(PLAYERS, mirrored)
    assert found["a"] == found["b"]


@given(games, st.integers(-1000, 1000))
def test_who_adds_always_the_same_gets_just_that(values: Values, alone: int) -> None:
    """A dummy; with nothing of its own, a null player."""
    with_dummy = {group: worth(values, set(group) - {"d"}) + alone * ("d" in group) for group in GROUPS}
    found = shapley(PLAYERS, with_dummy)
    assert found["d"] == alone
    assert {player: found[player] for player in "abc"} == shapley(
        ["a", "b", "c"], {group: values[group] for group in list_coalitions("abc")}
    )


@given(games, games, st.fractions(-9, 9, max_denominator=9))
def test_two_games_together_are_worth_the_sum(one: Values, other: Values, times: F) -> None:
    both = {group: one[group] + times * other[group] for group in GROUPS}
    first, second = shapley(PLAYERS, one), shapley(PLAYERS, other)
    assert shapley(PLAYERS, both) == {player: first[player] + times * second[player] for player in PLAYERS}


@given(st.lists(st.integers(0, 30), min_size=4, max_size=4))
def test_the_value_of_a_convex_game_is_in_its_core(weights: list[int]) -> None:
    """Shapley (1971): where a larger group gains more by one who joins, as by the square of its weight."""
    weight = dict(zip(PLAYERS, weights, strict=True))
    values = {group: F(sum(weight[player] for player in group) ** 2) for group in GROUPS}
    assert find_blocking(shapley(PLAYERS, values), values) == []


@given(games)
def test_blocking_groups_are_those_that_are_worth_more(values: Values) -> None:
    gains = shapley(PLAYERS, values)
    brute = [group for group in GROUPS if values[group] - sum(gains[player] for player in group) > F(1, 200)]
    found = find_blocking(gains, values)
    assert [blocking.sides for blocking in found] == brute
    assert all(blocking.shortfall == blocking.value - blocking.gain for blocking in found)


def least_that_satisfies_all(values: Values) -> tuple[float, dict[str, F]]:
    """Bondareva and Shapley: the least sum of gains at which no smaller group is short, and such gains."""
    smaller = [group for group in GROUPS if len(group) < len(PLAYERS)]
    members = np.array([[player in group for player in PLAYERS] for group in smaller], dtype=np.float64)
    wanted = np.array([float(values[group]) for group in smaller])
    found = linprog(np.ones(len(PLAYERS)), A_ub=-members, b_ub=-wanted, bounds=(None, None))
    assert found.status == 0
    return found.fun, {player: F(gain) for player, gain in zip(PLAYERS, found.x.tolist(), strict=True)}


@given(games, st.integers(0, 500))
def test_a_division_that_nobody_blocks_exists_as_the_linear_program_says(values: Values, more: int) -> None:
    least, gains = least_that_satisfies_all(values)
    enough = F(round(least * 6) + 6 * more, 6)  # sums of thirds and halves at four players
    values[tuple(PLAYERS)] = enough
    spread = {player: gain + (enough - sum(gains.values())) / len(PLAYERS) for player, gain in gains.items()}
    assert find_blocking(spread, values) == []


@given(games, st.integers(1, 500), st.lists(st.integers(-2000, 2000), min_size=3, max_size=3))
def test_every_division_is_blocked_where_the_linear_program_says_so(values: Values, less: int, some: list[int]) -> None:
    least, gains = least_that_satisfies_all(values)
    short = F(round(least * 6) - less, 6)
    values[tuple(PLAYERS)] = short
    first = [F(share) for share in some]
    divisions = [
        dict(zip(PLAYERS, [*first, short - sum(first)], strict=True)),
        {player: gain + (short - sum(gains.values())) / len(PLAYERS) for player, gain in gains.items()},
        shapley(PLAYERS, values),
    ]
    assert all(find_blocking(division, values) for division in divisions)


@pytest.mark.parametrize("pairs", [66, 67])
def test_the_core_of_three_pairs_closes_at_two_thirds(pairs: int) -> None:
    # By hand: three pairs ask for 3·v ÷ 2 = 100 at v = 66 2/3.
    values = {group: F({1: 0, 2: pairs, 3: 100}[len(group)]) for group in list_coalitions("abc")}
    assert bool(find_blocking(dict.fromkeys("abc", F(100, 3)), values)) is (pairs == 67)
