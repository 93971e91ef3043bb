"""Bargaining solutions against negmas, where it is right, and where it is not: why bargaining.py is ours."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.negotiation.scoring.oracle import negmas_frontier, negmas_hull, negmas_picks
from tests.negotiation.scoring.picks import Gains, pick, stand

Packages = dict[str, tuple[int, ...]]

WITHOUT = "no agreement"
options = st.lists(st.integers(-100, 100), min_size=3, max_size=3)
surpluses = st.lists(st.tuples(*[st.integers(1, 200)] * 3), min_size=1, max_size=8, unique=True)


def above(disagreement: list[int], rises: list[tuple[int, ...]]) -> Packages:
    """Packages in which every side gains by these amounts, and the disagreement itself as one that nobody prefers."""
    rows = [tuple(d + rise for d, rise in zip(disagreement, row, strict=True)) for row in rises]
    return {WITHOUT: tuple(disagreement), **{f"P{number}": row for number, row in enumerate(rows)}}


def gains_of(chosen: set[str], packages: Packages) -> set[tuple[float, ...]]:
    return {tuple(map(float, packages[code])) for code in chosen}


@given(options, surpluses)
def test_frontier_is_what_nobody_dominates(disagreement: list[int], rises: list[tuple[int, ...]]) -> None:
    packages = above(disagreement, rises)
    ours = {code for code, found in stand(packages, disagreement).items() if not found.dominated_by_sides}
    assert set(negmas_frontier(packages)) == gains_of(ours, packages)


@pytest.mark.parametrize("solution", ["nash", "egalitarian", "utilitarian"])
@given(options, surpluses)
def test_choice_is_the_same_where_everybody_gains(
    solution: str, disagreement: list[int], rises: list[tuple[int, ...]]
) -> None:
    """negmas chooses on the frontier only; of ours, what somebody dominates is left out."""
    packages = above(disagreement, rises)
    standings = stand(packages, disagreement)
    ours = {code for code in pick(solution, packages, disagreement) if not standings[code].dominated_by_sides}
    assert negmas_picks(solution, packages, disagreement) == gains_of(ours, packages)


@given(options, surpluses, st.lists(st.integers(1, 4), min_size=3, max_size=3))
def test_choice_of_kalai_smorodinsky_is_the_same_where_shares_of_the_ideal_can_be_equal(
    disagreement: list[int], rises: list[tuple[int, ...]], scale: list[int]
) -> None:
    ideal = [1000 * by for by in scale]
    rows = [*rises, *(tuple(ideal[at] if at == side else 1 for at in range(3)) for side in range(3))]
    smallest = max(min(Fraction(rise, most) for rise, most in zip(row, ideal, strict=True)) for row in rows)
    equal = tuple((int(1000 * smallest) + 1) * by for by in scale)  # on the line to the ideal, above all others
    packages = above(disagreement, [*rows, equal])
    theirs = negmas_picks("kalai_smorodinsky", packages, disagreement)
    assert theirs == gains_of({f"P{len(rows)}"}, packages)
    assert theirs == gains_of(pick("kalai_smorodinsky", packages, disagreement), packages)


@given(options, surpluses)
def test_no_choice_of_negmas_has_a_larger_smallest_share_of_the_ideal(
    disagreement: list[int], rises: list[tuple[int, ...]]
) -> None:
    packages = above(disagreement, rises)
    standings = stand(packages, disagreement)
    most = max(found.kalai_smorodinsky for found in standings.values() if found.kalai_smorodinsky is not None)
    theirs = negmas_picks("kalai_smorodinsky", packages, disagreement)
    shares = [standings[code].kalai_smorodinsky or 0 for code in packages if gains_of({code}, packages) <= theirs]
    assert all(share <= most for share in shares)


@pytest.mark.parametrize(
    ("solution", "corners", "expected"),
    [
        # The polygons of test_bargaining_published.py, solved by negmas over all mixtures of their corners
        ("nash", [(0, 100), (75, 75), (100, 0)], (75, 75)),
        ("nash", [(0, 100), (100, 70), (100, 0)], (100, 70)),
        ("kalai_smorodinsky", [(0, 100), (75, 75), (100, 0)], (75, 75)),
        ("kalai_smorodinsky", [(0, 100), (100, 70), (100, 0)], (1000 / 13, 1000 / 13)),
        ("egalitarian", [(0, 100), (100, 70), (100, 0)], (1000 / 13, 1000 / 13)),
    ],
)
def test_polygons_are_solved_alike(solution: str, corners: list[Gains], expected: Gains) -> None:
    assert negmas_hull(solution, corners, (0, 0)) == pytest.approx(expected, abs=1e-4)


# Where negmas is not to be followed. If one of these fails, negmas has changed, not we.


def test_two_losses_win_the_nash_product_of_negmas() -> None:
    packages = {"loss": (-10, -20, 50), "gain": (3, 5, 7), WITHOUT: (0, 0, 0)}
    assert negmas_picks("nash", packages, (0, 0, 0)) == gains_of({"loss"}, packages)  # 10,000 against 105
    assert pick("nash", packages, (0, 0, 0)) == {"gain"}


def test_a_disagreement_below_all_packages_is_replaced_in_silence_by_negmas() -> None:
    packages = {"A": (10, 10), "B": (11, 200), "C": (40, 40)}
    assert negmas_picks("nash", packages, (0, 0)) == gains_of({"C"}, packages)  # 900 and 190, from (10, 10)
    assert negmas_picks("nash", packages, (0, 0)) == negmas_picks("nash", packages, (10, 10))
    assert pick("nash", packages, (0, 0)) == {"B"}  # 2,200 and 1,600
    assert pick("nash", packages, (10, 10)) == {"C"}


def test_the_most_equal_shares_of_the_ideal_are_preferred_to_larger_ones_by_negmas() -> None:
    packages = {"A": (50, 90), "B": (80, 45), "first": (100, 1), "second": (1, 100), WITHOUT: (0, 0)}
    assert negmas_picks("kalai_smorodinsky", packages, (0, 0)) == gains_of({"B"}, packages)  # 0.35 apart, not 0.40
    assert pick("kalai_smorodinsky", packages, (0, 0)) == {"A"}  # nobody less than 0.50, not 0.45


def test_the_ideal_of_negmas_is_that_of_packages_which_somebody_would_refuse() -> None:
    packages = {"A": (6, 5), "B": (4, 8), "refused": (12, -1), WITHOUT: (0, 0)}
    assert negmas_picks("kalai_smorodinsky", packages, (0, 0)) == gains_of({"A"}, packages)  # ideal (12, 8)
    assert pick("kalai_smorodinsky", packages, (0, 0)) == {"B"}  # ideal (6, 8)
