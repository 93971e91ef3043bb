"""The Merkle tree of RFC 6962 and RFC 9162: hashes, the growing root, and the two kinds of proof.

Leaves are hashed behind 0x00 and nodes behind 0x01, so that neither can pass for the other. Every bound and length is
checked in here; nothing is left to the caller.
"""

from collections.abc import Sequence
from hashlib import sha256

from tongchou_verify.faults import Fault

SIZE = 32
EMPTY = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that grows by leaf hashes: of what lies behind it keeps one node for each bit of its size."""

    def __init__(self) -> None:
        self.size = 0
        self._nodes: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add a leaf; each trailing one of the size is a left neighbour that it completes."""
        nodes, node, rest = self._nodes, leaf, self.size
        while rest & 1:
            node = sha256(b"\x01" + nodes.pop() + node).digest()
            rest >>= 1
        nodes.append(node)
        self.size += 1

    def root(self) -> bytes:
        if not self._nodes:
            return EMPTY
        *rest, node = self._nodes
        for left in reversed(rest):
            node = node_hash(left, node)
        return node


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Raise Fault unless the proof leads from the leaf at `index` to the root of a tree of `size`."""
    if not 0 <= index < size:
        raise Fault(f"index {index} is beyond a tree of size {size}")
    _check_lengths([leaf, root, *proof])
    inner = _inner(index, size)
    wanted = inner + (index >> inner).bit_count()
    if len(proof) != wanted:
        raise Fault(f"the proof has {len(proof)} hashes, want {wanted}")
    node = _climb(leaf, proof[:inner], index)
    for left in proof[inner:]:
        node = node_hash(left, node)
    _check_root(node, root)


def verify_consistency(size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes) -> None:
    """Raise Fault unless the proof shows that the tree of `size1` is the beginning of that of `size2`."""
    if not 0 < size1 <= size2:
        raise Fault(f"sizes {size1} and {size2}: want 0 < first <= second")
    if size1 == size2:
        if proof:
            raise Fault(f"the proof between equal sizes has {len(proof)} hashes, want 0")
        _check_root(root1, root2)
        return
    _check_lengths([root1, root2, *proof])
    inner = _inner(size1 - 1, size2)
    border = ((size1 - 1) >> inner).bit_count()
    trailing = (size1 & -size1).bit_length() - 1
    inner -= trailing
    # Where the old tree is one complete subtree its root is known and stands not in the proof.
    start = 0 if size1 == 1 << trailing else 1
    wanted = start + inner + border
    if len(proof) != wanted:
        raise Fault(f"the proof has {len(proof)} hashes, want {wanted}")
    seed, path = (proof[0], proof[1:]) if start else (root1, proof)
    _check_consistency((size1 - 1) >> trailing, inner, seed, path, root1, root2)


def _check_consistency(mask: int, inner: int, seed: bytes, path: Sequence[bytes], root1: bytes, root2: bytes) -> None:
    old = _climb_left(seed, path[:inner], mask)
    new = _climb(seed, path[:inner], mask)
    for left in path[inner:]:
        old, new = node_hash(left, old), node_hash(left, new)
    _check_root(old, root1)
    _check_root(new, root2)


def _inner(index: int, size: int) -> int:
    """How many levels up the path of `index` and the tree's right edge are still apart."""
    return (index ^ (size - 1)).bit_length()


def _climb(node: bytes, proof: Sequence[bytes], index: int) -> bytes:
    for level, other in enumerate(proof):
        node = node_hash(other, node) if index >> level & 1 else node_hash(node, other)
    return node


def _climb_left(node: bytes, proof: Sequence[bytes], index: int) -> bytes:
    """As `_climb`, with left neighbours only: what was there already when the tree was smaller."""
    for level, other in enumerate(proof):
        if index >> level & 1:
            node = node_hash(other, node)
    return node


def _check_lengths(hashes: Sequence[bytes]) -> None:
    for found in hashes:
        if len(found) != SIZE:
            raise Fault(f"a hash has {len(found)} bytes, want {SIZE}")


def _check_root(got: bytes, want: bytes) -> None:
    if got != want:
        raise Fault(f"the root is {got.hex()}, want {want.hex()}")
