"""The Merkle tree and its proofs, against published vectors and any tree."""

import json
from base64 import b64decode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import merkle as platform
from tongchou_verify.faults import Fault
from tongchou_verify.merkle import EMPTY, Frontier, leaf_hash, node_hash, verify_consistency, verify_inclusion

VECTORS = json.loads((Path(__file__).parent / "vectors" / "merkle.json").read_text("utf-8"))
# RFC 6962's leaves and roots as the implementations of Certificate Transparency test them.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def decoded(row: dict[str, object], *names: str) -> list[bytes]:
    return [b64decode(row[name] or "") for name in names]  # type: ignore[arg-type]


def proof_of(row: dict[str, object]) -> list[bytes]:
    return [b64decode(item) for item in row["proof"] or []]  # type: ignore[union-attr]


def test_all_196_vectors_are_there() -> None:
    assert (len(VECTORS["inclusion"]), len(VECTORS["consistency"])) == (98, 98)


@pytest.mark.parametrize("row", VECTORS["inclusion"], ids=lambda row: row["name"])
def test_inclusion_vector(row: dict[str, object]) -> None:
    leaf, root = decoded(row, "leafHash", "root")
    assert holds(verify_inclusion, row["leafIdx"], row["treeSize"], leaf, proof_of(row), root) != row["wantErr"]


@pytest.mark.parametrize("row", VECTORS["consistency"], ids=lambda row: row["name"])
def test_consistency_vector(row: dict[str, object]) -> None:
    roots = decoded(row, "root1", "root2")
    assert holds(verify_consistency, row["size1"], row["size2"], proof_of(row), *roots) != row["wantErr"]


def holds(check, *arguments: object) -> bool:
    try:
        check(*arguments)
    except Fault:
        return False
    return True


def grown(size: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(size)]


def reference(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162, word for word."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(reference(leaves[:k]), reference(leaves[k:]))


def frontier(leaves: list[bytes]) -> bytes:
    tree = Frontier()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    leaves = [leaf_hash(bytes.fromhex(row)) for row in LEAVES[:size]]
    assert frontier(leaves).hex() == reference(leaves).hex() == ROOTS[size]


def proof(leaves: list[bytes], ranges: list[tuple[int, int]]) -> list[bytes]:
    return [reference(leaves[begin:end]) for begin, end in ranges]


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))))
def test_any_inclusion_proof_of_the_platform_holds(case: tuple[int, int]) -> None:
    index, size = case
    leaves = grown(size)
    path = proof(leaves, platform.inclusion(index, size))
    verify_inclusion(index, size, leaves[index], path, frontier(leaves))
    for other in {(index + 1) % size, size} - {index}:
        with pytest.raises(Fault):
            verify_inclusion(other, size, leaves[index], path, frontier(leaves))


@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))))
def test_any_consistency_proof_of_the_platform_holds(case: tuple[int, int]) -> None:
    old, new = case
    leaves = grown(new)
    path = proof(leaves, platform.consistency(old, new))
    verify_consistency(old, new, path, frontier(leaves[:old]), frontier(leaves))
    if old < new:
        with pytest.raises(Fault):
            verify_consistency(old, new, path, frontier([b"\0" * 32, *leaves[1:old]]), frontier(leaves))


@given(st.integers(2, 200), st.data())
def test_proof_with_one_bit_changed_fails(size: int, data: st.DataObject) -> None:
    leaves = grown(size)
    index = data.draw(st.integers(0, size - 1))
    path = proof(leaves, platform.inclusion(index, size))
    place, bit = data.draw(st.integers(0, len(path) - 1)), data.draw(st.integers(0, 255))
    number = int.from_bytes(path[place]) ^ 1 << bit
    path[place] = number.to_bytes(32)
    with pytest.raises(Fault):
        verify_inclusion(index, size, leaves[index], path, frontier(leaves))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((8, 8, b"\0" * 32, [], b"\0" * 32), "index 8 is beyond a tree of size 8"),
        ((-1, 8, b"\0" * 32, [], b"\0" * 32), "index -1 is beyond a tree of size 8"),
        ((0, 8, b"\0" * 31, [b"\0" * 32] * 3, b"\0" * 32), "a hash has 31 bytes, want 32"),
        ((0, 8, b"\0" * 32, [b"\0" * 32] * 2, b"\0" * 32), "the proof has 2 hashes, want 3"),
    ],
)
def test_bounds_and_lengths_are_checked_inside(arguments: tuple, words: str) -> None:
    with pytest.raises(Fault) as fault:
        verify_inclusion(*arguments)
    assert str(fault.value) == words
