"""C2SP tlog-checkpoint: origin, size and root, each on a line of a signed note."""

import re
from dataclasses import dataclass

from tongchou_verify.faults import Fault, show
from tongchou_verify.merkle import SIZE
from tongchou_verify.notes import Verifier, decode64, open_note

DECIMAL = re.compile(r"0|[1-9][0-9]{0,15}")


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes


def read_checkpoint(text: bytes) -> Checkpoint:
    """The three lines; extension lines after them are allowed, empty lines are not. Raises Fault."""
    lines = text.decode().split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise Fault("a checkpoint has an origin, a size and a root on a line each; this has not")
    origin, size, root = lines[:3]
    if not DECIMAL.fullmatch(size):
        raise Fault(f"the size of a checkpoint is {show(size)}, want a decimal without leading zeros")
    found = decode64(root)
    if len(found) != SIZE:
        raise Fault(f"the root of a checkpoint has {len(found)} bytes, want {SIZE}")
    return Checkpoint(origin, int(size), found)


def open_checkpoint(note: bytes, verifier: Verifier, origin: str) -> Checkpoint:
    """A checkpoint of this log under this key. Raises Fault."""
    found = read_checkpoint(open_note(note, verifier))
    if found.origin != origin:
        raise Fault(f"the checkpoint's origin is {show(found.origin)}, want {show(origin)}")
    return found
