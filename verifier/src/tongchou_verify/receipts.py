"""A receipt: one entry, its place in the tree, the proof of it, and the signed checkpoint."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tongchou_verify import canonical
from tongchou_verify.bundle import SMALL
from tongchou_verify.checkpoints import Checkpoint, open_checkpoint
from tongchou_verify.entries import check_entry
from tongchou_verify.faults import Fault, show
from tongchou_verify.merkle import leaf_hash, verify_inclusion
from tongchou_verify.notes import Verifier, decode64

FORMAT = "tongchou-receipt/1"
KEYS = {"format": str, "entry": str, "index": int, "proof": list, "checkpoint": str, "key": str}
MOST = 33 * SMALL  # an entry of 2 MiB and its proof


@dataclass(frozen=True)
class Receipt:
    entry: dict[str, Any]
    index: int
    checkpoint: Checkpoint
    key: Verifier
    note: bytes


def check_receipt(path: Path) -> Receipt:
    """Raises Fault for what does not hold, OSError for a file that can not be read."""
    with path.open("rb") as file:
        raw = file.read(MOST + 1)
    if len(raw) > MOST:
        raise Fault(f"the receipt has more than {MOST} bytes")
    row = canonical.read(raw.removesuffix(b"\n"))
    if not isinstance(row, dict) or set(row) != set(KEYS):
        raise Fault(f"the keys {', '.join(KEYS)} are expected")
    for key, kind in KEYS.items():
        if type(row[key]) is not kind:
            raise Fault(f"{key} is {show(row[key])}")
    if row["format"] != FORMAT:
        raise Fault(f"the format is {show(row['format'])}, want {FORMAT}")
    return _check(row)


def _check(row: dict[str, Any]) -> Receipt:
    key = Verifier.read(row["key"])
    # Every log of this kind has its key named as its origin.
    note = row["checkpoint"].encode(errors="surrogatepass")
    signed = open_checkpoint(note, key, key.name)
    leaf = row["entry"].encode(errors="surrogatepass")
    entry = canonical.read(leaf)
    scope = entry.get("scope") if isinstance(entry, dict) else ""
    check_entry(entry, row["index"], str(scope))
    proof = [decode64(item) if isinstance(item, str) else b"" for item in row["proof"]]
    verify_inclusion(row["index"], signed.size, leaf_hash(leaf), proof, signed.root)
    return Receipt(entry, row["index"], signed, key, note)
