"""Schulze's method against his own examples, and its properties over small electorates."""

from itertools import pairwise as steps
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from negotiation.rules.schulze import order, pairwise, strengths

# Schulze 2011, example 1: 21 voters, section 3.1.
PAPER = ["acdb"] * 8 + ["badc"] * 2 + ["cdba"] * 4 + ["dbac"] * 4 + ["dcba"] * 3
# Schulze, "The Schulze Method of Voting": 45 voters, five candidates.
LARGE = (
    ["acbed"] * 5 + ["adecb"] * 5 + ["bedac"] * 8 + ["cabed"] * 3 + ["caebd"] * 7 + ["cbade"] * 2 + ["dceba"] * 7
) + ["ebadc"] * 8
BALLOTS = st.lists(st.dictionaries(st.sampled_from("abcd"), st.integers(1, 4)), max_size=12)


def ranked(rows: list[str]) -> list[dict[str, int]]:
    return [{name: place for place, name in enumerate(row, 1)} for row in rows]


def test_pairs_and_order_of_the_first_example_of_the_paper() -> None:
    pairs = pairwise("abcd", ranked(PAPER))
    assert (pairs["a", "b"], pairs["b", "a"], pairs["a", "c"], pairs["c", "d"]) == (8, 13, 14, 12)
    assert order("abcd", ranked(PAPER)) == [["d"], ["a"], ["c"], ["b"]]


def test_strengths_and_order_of_forty_five_voters() -> None:
    paths = strengths("abcde", pairwise("abcde", ranked(LARGE)))
    table = [[paths[a, b] for b in "abcde" if b != a] for a in "abcde"]
    assert table == [[28, 28, 30, 24], [25, 28, 33, 24], [25, 29, 29, 24], [25, 28, 28, 24], [25, 28, 28, 31]]
    assert order("abcde", ranked(LARGE)) == [["e"], ["a"], ["c"], ["b"], ["d"]]


def test_nobody_answered_all_are_equal() -> None:
    assert order("abc", []) == [["a", "b", "c"]]


def test_who_is_not_named_comes_last_and_equal_ranks_are_equal() -> None:
    pairs = pairwise("abcd", [{"a": 1, "b": 1, "c": 3}])
    ahead = {pair for pair, votes in pairs.items() if votes}
    assert ahead == {("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"), ("c", "d")}


def longest(links: dict[tuple[str, str], int], a: str, b: str, others: str) -> int:
    """The strongest path by looking at every one."""
    ways = [(a, *middle, b) for count in range(len(others) + 1) for middle in permutations(others, count)]
    return max(min(links[link] for link in steps(way)) for way in ways)


@given(BALLOTS)
def test_strengths_are_those_of_the_best_of_all_paths(ballots) -> None:
    pairs = pairwise("abcd", ballots)
    links = {(a, b): votes if votes > pairs[b, a] else 0 for (a, b), votes in pairs.items()}
    found = strengths("abcd", pairs)
    for a, b in found:
        assert found[a, b] == longest(links, a, b, "".join(sorted(set("abcd") - {a, b})))


@given(BALLOTS)
def test_who_beats_everybody_is_first_alone(ballots) -> None:
    pairs = pairwise("abcd", ballots)
    winners = [a for a in "abcd" if all(pairs[a, b] > pairs[b, a] for b in "abcd" if b != a)]
    assert winners == [] or order("abcd", ballots)[0] == winners


@given(BALLOTS)
def test_order_holds_everybody_once_and_names_do_not_matter(ballots) -> None:
    found = order("abcd", ballots)
    assert sorted(name for step in found for name in step) == list("abcd")
    turned = dict(zip("abcd", "dcba", strict=True))
    renamed = [{turned[name]: rank for name, rank in ballot.items()} for ballot in ballots]
    again = [sorted(turned[name] for name in step) for step in order("abcd", renamed)]
    assert again == [sorted(step) for step in found]


@given(st.lists(st.permutations("abcd").map("".join), min_size=1, max_size=12))
def test_single_winner_does_not_win_when_everybody_turns_round(rows) -> None:
    first = order("abcd", ranked(rows))[0]
    if len(first) == 1:
        assert order("abcd", ranked([row[::-1] for row in rows]))[0] != first
