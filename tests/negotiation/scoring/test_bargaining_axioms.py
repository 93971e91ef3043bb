"""The axioms by which bargaining solutions are told apart, as far as they hold for a finite set of packages.

Sources: Nash (1950): Pareto, symmetry, scale, independence of irrelevant alternatives. Kalai and Smorodinsky (1975):
monotonicity. Kalai, Econometrica 45 (1977): monotonicity and one scale for all.
"""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from negotiation.scoring.bargaining import dominates_by_side
from tests.negotiation.scoring.picks import Gains, best, by_side, picks, stand

Packages = dict[str, tuple[int, ...]]
Amounts = list[int]

gains = st.tuples(*[st.integers(-50, 200)] * 3)
packages = st.lists(gains, min_size=1, max_size=6, unique=True).map(
    lambda found: {f"P{number}": amounts for number, amounts in enumerate(found)}
)
outside = st.lists(st.integers(-20, 20), min_size=3, max_size=3)
factors = st.fractions(Fraction(1, 50), 50, max_denominator=50)


def changed(some: Packages, factor: Gains, shift: Gains) -> Packages:
    return {
        code: tuple(by * gain + more for by, gain, more in zip(factor, amounts, shift, strict=True))
        for code, amounts in some.items()
    }


def joined(some: Packages, more: Packages) -> Packages:
    return {**some, **{f"more {code}": amounts for code, amounts in more.items()}}


def without(found: dict[str, set[str]], *solutions: str) -> dict[str, set[str]]:
    return {solution: codes for solution, codes in found.items() if solution not in solutions}


@given(packages, outside, st.lists(st.integers(-1000, 1000), min_size=3, max_size=3))
def test_gains_count_from_the_outside_options(some: Packages, other: Amounts, shift: Amounts) -> None:
    moved = [option + more for option, more in zip(other, shift, strict=True)]
    assert picks(changed(some, (1, 1, 1), shift), moved) == picks(some, other)


@given(packages, outside, st.lists(factors, min_size=3, max_size=3))
def test_the_currency_of_each_side_does_not_matter_to_nash_and_kalai_smorodinsky(
    some: Packages, other: Amounts, factor: list[Fraction]
) -> None:
    in_another = picks(changed(some, factor, (0, 0, 0)), [by * of for by, of in zip(factor, other, strict=True)])
    before = picks(some, other)
    assert without(in_another, "egalitarian", "utilitarian") == without(before, "egalitarian", "utilitarian")


@given(packages, outside, factors)
def test_one_currency_for_all_does_not_matter(some: Packages, other: Amounts, factor: Fraction) -> None:
    in_another = picks(changed(some, [factor] * 3, (0, 0, 0)), [factor * option for option in other])
    assert in_another == picks(some, other)


@given(packages, outside, st.permutations(range(3)))
def test_names_of_the_sides_do_not_matter(some: Packages, other: Amounts, order: list[int]) -> None:
    renamed = {code: tuple(amounts[place] for place in order) for code, amounts in some.items()}
    assert picks(renamed, [other[place] for place in order]) == picks(some, other)


@given(st.lists(st.tuples(*[st.integers(-50, 200)] * 2), min_size=1, max_size=4), st.integers(-20, 20))
def test_sides_in_like_positions_are_treated_alike(pairs: list[tuple[int, int]], option: int) -> None:
    """Of a symmetric set of packages the choice is symmetric."""
    symmetric = {f"{x} {y}": (x, y) for pair in pairs for x, y in (pair, pair[::-1])}
    found = picks(symmetric, (option, option))
    assert {solution: {" ".join(code.split()[::-1]) for code in codes} for solution, codes in found.items()} == found


@given(packages, outside, st.sets(st.integers(0, 5)))
def test_what_is_not_chosen_does_not_matter_to_all_but_kalai_smorodinsky(
    some: Packages, other: Amounts, kept: set[int]
) -> None:
    chosen = picks(some, other)
    keep = {f"P{number}" for number in kept}.union(*without(chosen, "kalai_smorodinsky").values())
    fewer = {code: amounts for code, amounts in some.items() if code in keep}
    assert without(picks(fewer, other), "kalai_smorodinsky") == without(chosen, "kalai_smorodinsky")


@given(packages, packages, outside)
def test_more_packages_with_the_same_ideal_leave_everybody_as_large_a_share_of_it(
    some: Packages, more: Packages, other: Amounts
) -> None:
    """Monotonicity of Kalai and Smorodinsky, as far as a finite set has it: the smallest share never falls."""
    ideal = {"first": (300, 0, 0), "second": (0, 300, 0), "third": (0, 0, 300)}
    rational = [min(option, 0) for option in other]  # so that these three set the ideal in both sets
    before, after = (_smallest_share({**ideal, **found}, rational) for found in (some, joined(some, more)))
    assert after >= before


def _smallest_share(some: Packages, other: Amounts) -> Fraction:
    figures = [standing.kalai_smorodinsky for standing in stand(some, other).values()]
    return max((figure for figure in figures if figure is not None), default=Fraction(0))


@given(packages, packages, outside)
def test_more_packages_never_lower_the_smallest_gain_of_the_egalitarian_choice(
    some: Packages, more: Packages, other: Amounts
) -> None:
    before, after = (
        max(standing.egalitarian for standing in stand(found, other).values()) for found in (some, joined(some, more))
    )
    assert after >= before


@given(packages, outside)
def test_nothing_that_nash_or_the_sum_chooses_is_dominated(some: Packages, other: Amounts) -> None:
    standings = stand(some, other)
    chosen = best("nash", standings) | best("utilitarian", standings)
    assert [code for code in chosen if standings[code].dominated_by_sides] == []


@given(packages, outside)
def test_whatever_dominates_what_is_chosen_by_the_side_that_is_worst_off_is_chosen_as_well(
    some: Packages, other: Amounts
) -> None:
    """So one that nobody dominates is always among the chosen."""
    standings = stand(some, other)
    for solution in ("kalai_smorodinsky", "egalitarian"):
        chosen = best(solution, standings)
        assert {better for code in chosen for better in standings[code].dominated_by_sides} <= chosen
        assert not chosen or any(not standings[code].dominated_by_sides for code in chosen)


@given(packages, outside)
def test_only_packages_above_every_outside_option_have_a_nash_product_or_a_share_of_the_ideal(
    some: Packages, other: Amounts
) -> None:
    rational = {code for code, amounts in some.items() if all(map(int.__gt__, amounts, other))}
    standings = stand(some, other)
    assert {code for code, found in standings.items() if found.nash is not None} == rational
    assert {code for code, found in standings.items() if found.kalai_smorodinsky is not None} == rational
    assert all(0 < standings[code].kalai_smorodinsky <= 1 for code in rational)


@given(packages)
def test_domination_is_an_order(some: Packages) -> None:
    by = {
        code: {better for better in some if dominates_by_side(by_side(some[better]), by_side(some[code]))}
        for code in some
    }
    assert all(code not in better for code, better in by.items())
    assert all(by[better] <= by[code] for code in some for better in by[code])
    assert {code: sorted(better) for code, better in by.items()} == {
        code: standing.dominated_by_sides for code, standing in stand(some, (0, 0, 0)).items()
    }
