"""Whether one bundle is the beginning of another: nothing was taken back, changed or slipped in between."""

from collections.abc import Iterator
from itertools import zip_longest

from tongchou_verify.bundle import Bundle
from tongchou_verify.checking import checkpoint
from tongchou_verify.faults import Fault, show
from tongchou_verify.merkle import Frontier, leaf_hash


def check_prefix(old: Bundle, new: Bundle) -> None:
    """Raise Fault unless every entry of `old` stands in `new` at its place, under the checkpoint that `old` had."""
    for name in ("scope", "origin"):
        before, after = getattr(old.manifest, name), getattr(new.manifest, name)
        if before != after:
            raise Fault(f"the {name} is {show(after)}, was {show(before)}")
    if old.manifest.size > new.manifest.size:
        raise Fault(f"the log has shrunk to {new.manifest.size} entries, was {old.manifest.size}", new.manifest.size)
    tree = Frontier()
    for index, (before, after) in enumerate(zip_longest(_lines(old), _lines(new))):
        if before is None:
            break
        if before != after:
            raise Fault("the entry is another than in the earlier bundle", index)
        tree.append(leaf_hash(before))
    if tree.root() != checkpoint(old, old.manifest.size).root:
        raise Fault("the earlier checkpoint does not fit the entries", 0, old.manifest.size - 1)
    if removed := set(old.checkpoints) - set(new.checkpoints):
        raise Fault(f"the checkpoint of size {min(removed)} is gone")


def _lines(bundle: Bundle) -> Iterator[bytes]:
    for raw in bundle.blocks("entries.jsonl"):
        yield from raw[:-1].split(b"\n")
