"""No figure of fewer than five seats can be had from two tables over the same seats, whatever they are."""

from collections import Counter
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from negotiation.pooling import NOTHING, Pools, pool


def sizes(**groups: int) -> dict[str, Counter[str]]:
    return {name: Counter({"": count}) for name, count in groups.items()}


def test_groups_of_five_are_shown() -> None:
    assert pool(sizes(a=5, b=6)) == Pools(("a", "b"), ())


def test_small_groups_are_put_together() -> None:
    assert pool(sizes(a=9, b=2, c=3)) == Pools(("a",), ("b", "c"))


def test_others_under_five_take_the_smallest_group_with_them() -> None:
    """Otherwise they were the total less what is shown."""
    assert pool(sizes(a=9, b=6, c=4)) == Pools(("a",), ("c", "b"))


def test_one_group_alone_is_not_shown() -> None:
    assert pool(sizes(a=9, b=4)) == pool(sizes(a=9)) == pool(sizes(a=4, b=4)) == pool({}) == NOTHING


def test_second_table_is_cut_by_the_first() -> None:
    """Eight of class x live in building 1, two in building 2: the classes less the buildings would show the two."""
    buildings = {"1": Counter(x=8), "2": Counter(x=2, y=7), "3": Counter(y=9)}
    assert pool(buildings) == Pools(("3",), ("2", "1"))


def pieces(seats: list[tuple[str, str]]) -> set[frozenset[int]]:
    """The seats by what the two tables show of them: what no combination of figures can divide further."""
    first = pool(grouped([(building, "") for _class, building in seats]))
    shown = [building if building in first.shown else "" for _class, building in seats]
    second = pool(grouped([(group, cut) for (group, _building), cut in zip(seats, shown, strict=True)]))
    mine = [group if group in second.shown else "" for group, _building in seats]
    if not second.shown:
        mine = ["" for _seat in seats]
    return {
        frozenset(n for n, key in enumerate(zip(mine, shown, strict=True)) if key == wanted)
        for wanted in product({*mine}, {*shown})
    } - {frozenset()}


def grouped(rows: list[tuple[str, str]]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for name, cut in rows:
        found.setdefault(name, Counter())[cut] += 1
    return found


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("1234")), min_size=5, max_size=60))
def test_no_piece_is_smaller_than_five(seats: list[tuple[str, str]]) -> None:
    assert min(map(len, pieces(seats))) >= 5
