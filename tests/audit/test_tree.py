"""The tree in tiles: any root and proof of any size, by few rows."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit import tree
from audit.merkle import EMPTY, leaf_hash
from audit.models import Tile
from tongchou_verify.merkle import Frontier, verify_consistency, verify_inclusion

pytestmark = pytest.mark.django_db
SIZE = 70_000  # three levels of tiles
CALM = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def leaves(begin: int, end: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(begin, end)]


def roots(sizes: set[int]) -> dict[int, bytes]:
    """The roots at these sizes by the verifier's own tree."""
    found, grown = {}, Frontier()
    for leaf in leaves(0, max(sizes)):
        grown.append(leaf)
        if grown.size in sizes:
            found[grown.size] = grown.root()
    return found


@pytest.fixture(scope="module")
def large(django_db_setup, django_db_blocker):
    """A tree of `SIZE` leaves, kept for the module."""
    with django_db_blocker.unblock():
        for begin in range(0, SIZE, 10_000):
            tree.extend("large", begin, leaves(begin, begin + 10_000))
        yield
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE audit_tile")


def test_empty_tree_has_the_root_of_nothing() -> None:
    assert tree.root("none", 0) == EMPTY


@CALM
@given(st.lists(st.integers(1, 700), min_size=1, max_size=5))
def test_tree_grown_in_any_steps_has_the_root_of_one_grown_at_once(steps: list[int]) -> None:
    with transaction.atomic():
        size = 0
        for step in steps:
            tree.extend("steps", size, leaves(size, size + step))
            size += step
            assert tree.root("steps", size) == roots({size})[size]
        transaction.set_rollback(True)


@CALM
@given(st.integers(1, SIZE).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))))
def test_any_leaf_is_proven_in_any_tree(large, case: tuple[int, int]) -> None:
    index, size = case
    (leaf,) = leaves(index, index + 1)
    verify_inclusion(index, size, leaf, tree.inclusion_proof("large", index, size), tree.root("large", size))


@CALM
@given(st.integers(1, SIZE).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))))
def test_any_tree_is_proven_the_beginning_of_any_later_one(large, case: tuple[int, int]) -> None:
    old, new = case
    proof = tree.consistency_proof("large", old, new)
    verify_consistency(old, new, proof, tree.root("large", old), tree.root("large", new))


def test_roots_are_the_verifiers(large) -> None:
    sizes = {1, 2, 255, 256, 257, 65_535, 65_536, 65_537, SIZE}
    assert {size: tree.root("large", size) for size in sizes} == roots(sizes)


def test_proof_is_one_statement_over_a_few_rows(large) -> None:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert len(tree.inclusion_proof("large", 12_345, SIZE)) == 17
    assert len(captured) == 1
    assert Tile.objects.filter(scope="large").count() == 274 + 2 + 1


@pytest.mark.parametrize("case", [(5, 5), (-1, 5), (0, 0)])
def test_proof_beyond_the_tree_is_refused(case: tuple[int, int]) -> None:
    with pytest.raises(ValueError):
        tree.inclusion_proof("large", *case)


@pytest.mark.parametrize("case", [(0, 5), (6, 5)])
def test_consistency_with_no_tree_is_refused(case: tuple[int, int]) -> None:
    with pytest.raises(ValueError):
        tree.consistency_proof("large", *case)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_tile",
        "UPDATE audit_tile SET hashes = substring(hashes FROM 1 FOR 32)",
        "UPDATE audit_tile SET hashes = decode('00', 'hex') || hashes",
        "UPDATE audit_tile SET number = number + 1",
    ],
)
def test_tile_only_grows(statement: str) -> None:
    tree.extend("small", 0, leaves(0, 3))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
