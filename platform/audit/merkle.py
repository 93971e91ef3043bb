"""The Merkle tree of RFC 6962 and RFC 9162 as arithmetic: which nodes a root or a proof is made of.

A *range* is (begin, end) of leaves; a *node* is (level, index), the complete subtree over the 2^level leaves from
index · 2^level on. Proofs are lists of ranges; where their hashes come from is the caller's business (`audit.tree`).
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256

Range = tuple[int, int]
Node = tuple[int, int]
EMPTY = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def subtree_root(hashes: Sequence[bytes]) -> bytes:
    """The root over 2^n hashes of equal level."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[n], hashes[n + 1]) for n in range(0, len(hashes), 2)]
    return hashes[0]


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root of a range from its complete subtrees, left to right and falling in size."""
    *rest, root = hashes
    for left in reversed(rest):
        root = node_hash(left, root)
    return root


def nodes(span: Range) -> Iterator[Node]:
    """The complete subtrees that make up a range as it occurs in a tree: the bits of its length, from the highest."""
    begin, end = span
    while begin < end:
        level = (end - begin).bit_length() - 1
        yield level, begin >> level
        begin += 1 << level


def inclusion(index: int, size: int) -> list[Range]:
    """The proof that a leaf stands in the tree of a size, from the leaf up (RFC 9162, 2.1.3.1). Raises ValueError."""
    if not 0 <= index < size:
        raise ValueError(f"index {index} is beyond a tree of size {size}")
    proof, begin, end = [], 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            proof.append((middle, end))
            end = middle
        else:
            proof.append((begin, middle))
            begin = middle
    return proof[::-1]


def consistency(old: int, new: int) -> list[Range]:
    """The proof that the tree of size `old` is the beginning of that of `new` (RFC 9162, 2.1.4.1). Or ValueError."""
    if not 0 < old <= new:
        raise ValueError(f"sizes {old} and {new}: 0 < old <= new is needed")
    proof, begin, end = [], 0, new
    while end != old:
        middle = begin + _split(end - begin)
        if old <= middle:
            proof.append((middle, end))
            end = middle
        else:
            proof.append((begin, middle))
            begin = middle
    # Whoever asks knows the old root; only where the old tree is no single subtree its last part is told.
    return [*([(begin, end)] if begin else []), *proof[::-1]]


def _split(length: int) -> int:
    """The largest power of two below the length."""
    return 1 << ((length - 1).bit_length() - 1)
