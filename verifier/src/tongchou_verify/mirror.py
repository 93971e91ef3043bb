"""`tongchou-verify mirror URL FOLDER`: an own copy of a room's log that grows, and notices another history.

The folder holds `key` (the log's verifier key), `entries.jsonl` (as in a bundle) and `checkpoints.jsonl` (each signed
note as a JSON text on a line). Entries are written once the root over them is the one that was signed, and before the
note that says so: whatever a dying process leaves behind the entries of the last note is cut off at the next start.
"""

import argparse
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from tongchou_verify.checkpoints import Checkpoint, open_checkpoint, read_checkpoint
from tongchou_verify.faults import Fault, show
from tongchou_verify.folders import append, cut, locked, read_private, write_whole
from tongchou_verify.merkle import Frontier, leaf_hash, verify_consistency
from tongchou_verify.notes import Verifier, split_note
from tongchou_verify.platform_client import RoomLog
from tongchou_verify.policy import read_lines
from tongchou_verify.witness import Refused, keep_evidence, read_growth

BATCH = 1024  # entries that are kept at once


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        "tongchou-verify mirror", description="Keeps a copy of a room's log, and checks it."
    )
    found.add_argument("address", metavar="URL", help="https://host/rooms/CODE/")
    found.add_argument("folder", type=Path)
    found.add_argument("--token-file", type=Path, help="an API token of somebody who may read the log (mode 0600)")
    found.add_argument(
        "--key", help="the log's verifier key or its fingerprint, from elsewhere; also after a change of key"
    )
    return found


def run(options: argparse.Namespace) -> Iterator[str]:
    """Bring the copy up to date. Raises Fault for what does not hold, Forked for two histories, Unreachable."""
    token = read_private(options.token_file) if options.token_file else ""
    options.folder.mkdir(parents=True, exist_ok=True)
    with locked(options.folder):
        log = RoomLog(options.address, token)
        key, pinned = _key(options.folder, log, options.key)
        mirror = Mirror(options.folder, key)
        before = mirror.tree.size
        mirror.follow(log)
        yield f"holds: {show(key.name)}, {mirror.tree.size} entries, {mirror.tree.size - before} of them new"
        yield f"root: {mirror.tree.root().hex()}"
        yield f"key: {key.fingerprint}{'' if pinned else '; compare it with the printed notice'}"


def _key(folder: Path, log: RoomLog, wanted: str | None) -> tuple[Verifier, bool]:
    """The log's key: what the folder keeps, or what is named, or at the first time what the platform says."""
    path = folder / "key"
    kept = Verifier.read(path.read_text("utf-8").strip()) if path.exists() else None
    if kept and wanted in (None, kept.text, kept.fingerprint):
        return kept, True
    if wanted and "+" in wanted:
        key = Verifier.read(wanted)
    else:
        keys = [key for key, _address in read_lines(log.policy()).logs]
        found = [key for key in keys if wanted in (None, key.fingerprint)]
        if not found:
            raise Fault(f"the platform names no key of the log with the fingerprint {show(wanted)}")
        key = found[0]
    if kept and kept.name != key.name:
        raise Fault(f"the folder is of {show(kept.name)}, the key of {show(key.name)}")
    write_whole(path, f"{key.text}\n".encode())
    return key, bool(wanted)


@dataclass
class Kept:
    """A checkpoint of the copy: its note and what it says."""

    note: bytes
    checkpoint: Checkpoint


@dataclass
class _Fresh:
    """What was checked and is not yet on the disk."""

    leaves: list[bytes] = field(default_factory=list)
    notes: list[bytes] = field(default_factory=list)


class Mirror:
    """The copy in a folder, checked as it is opened; `tree` is over its entries."""

    def __init__(self, folder: Path, key: Verifier) -> None:
        self.folder, self.key = folder, key
        self._entries, self._notes = folder / "entries.jsonl", folder / "checkpoints.jsonl"
        self.kept = {row.checkpoint.size: row for row in self._read_notes()}
        self._last = next(reversed(self.kept.values()), None)
        self.tree = self._read_entries()
        self._fresh, self._ahead = _Fresh(), deque[bytes]()

    def follow(self, log: RoomLog) -> None:
        """Take what is new. Raises Fault, Forked or Unreachable, and then keeps what was checked until there."""
        try:
            for row in self._new_checkpoints(log):
                self._grow(log, row)
        finally:
            self._write()

    def _read_notes(self) -> Iterator[Kept]:
        """The notes that are whole; a last line that a dying process left half is cut off."""
        end = 0
        for raw in _lines(self._notes):
            note = _whole(raw)
            if note is None:
                break
            end += len(raw)
            yield Kept(note, read_checkpoint(split_note(note)[0]))
        cut(self._notes, end)

    def _read_entries(self) -> Frontier:
        """The tree over the entries, each checkpoint compared on the way; what stands behind the last is cut off."""
        tree, end, size = Frontier(), 0, self._last.checkpoint.size if self._last else 0
        for raw in _lines(self._entries):
            if tree.size == size or not raw.endswith(b"\n"):
                break
            tree.append(leaf_hash(raw[:-1]))
            end += len(raw)
            row = self.kept.get(tree.size)
            if row and row.checkpoint.root != tree.root():
                raise Fault(
                    f"the copy in {self.folder} was changed: it does not fit its checkpoint of {tree.size} entries"
                )
        if tree.size != size:
            raise Fault(f"the copy in {self.folder} has {tree.size} entries, its last checkpoint {size}")
        cut(self._entries, end)
        return tree

    def _new_checkpoints(self, log: RoomLog) -> list[Kept]:
        """Those beyond the copy, ascending; each one on the way that it knows is compared."""
        found: list[Kept] = []
        for note in log.notes():
            row = Kept(note, open_checkpoint(note, self.key, self.key.name))
            if not found and row.checkpoint.size < self.tree.size:
                self._compare(row)
                raise Fault(f"the log has gone back to size {row.checkpoint.size}, and was {self.tree.size}")
            if row.checkpoint.size <= self.tree.size:
                self._compare(row)
                break
            if found and row.checkpoint.size >= found[-1].checkpoint.size:
                raise Fault(f"the checkpoint of size {row.checkpoint.size} is shown out of its order")
            found.append(row)
        return found[::-1]

    def _compare(self, row: Kept) -> None:
        """Raise Forked where a checkpoint within the copy is another than that of its entries."""
        size = row.checkpoint.size
        if self._root(size) != row.checkpoint.root:
            known = self.kept.get(size, self._last)
            ours = known.note if known else b""
            raise keep_evidence(self.folder, f"{show(self.key.name)} has another root of size {size}", ours, row.note)

    def _root(self, size: int) -> bytes:
        """The root over the first `size` entries of the copy."""
        if size == self.tree.size:
            return self.tree.root()
        tree = Frontier()
        for raw in islice(_lines(self._entries), size):
            tree.append(leaf_hash(raw[:-1]))
        return tree.root()

    def _grow(self, log: RoomLog, row: Kept) -> None:
        before, ours = self._last, Checkpoint(self.key.name, self.tree.size, self.tree.root())
        leaves: list[bytes] = []
        while self.tree.size < row.checkpoint.size:
            if not self._ahead:
                self._ahead.extend(log.leaves(self.tree.size))
            if not self._ahead:
                raise Fault(f"entries from {self.tree.size} on are not handed out; {row.checkpoint.size} were sealed")
            leaves.append(self._ahead.popleft())
            self.tree.append(leaf_hash(leaves[-1]))
        if self.tree.root() != row.checkpoint.root:
            raise self._differs(log, before, ours, row)
        self._fresh.leaves += leaves
        self._fresh.notes.append(row.note)
        self._last = self.kept[row.checkpoint.size] = row
        if len(self._fresh.leaves) >= BATCH:
            self._write()

    def _differs(self, log: RoomLog, before: Kept | None, ours: Checkpoint, row: Kept) -> Fault:
        """The entries do not lead to the new root: because they are others, or because the history is another."""
        new = row.checkpoint
        if before is None or self._proven(log, ours, new):
            return Fault("what is handed out is not what was sealed", ours.size, new.size - 1)
        what = f"{show(self.key.name)} does not prove that size {ours.size} is the beginning of size {new.size}"
        return keep_evidence(self.folder, what, before.note, row.note)

    def _proven(self, log: RoomLog, old: Checkpoint, new: Checkpoint) -> bool:
        try:
            proof = read_growth(log.growth(old.size, new.size)).proof
            verify_consistency(old.size, new.size, proof, old.root, new.root)
        except (Fault, Refused):
            return False
        return True

    def _write(self) -> None:
        """First the entries, then the notes over them."""
        if self._fresh.notes:
            append(self._entries, b"".join(leaf + b"\n" for leaf in self._fresh.leaves))
            append(self._notes, b"".join(_line(note) for note in self._fresh.notes))
        self._fresh = _Fresh()


def _lines(path: Path) -> Iterator[bytes]:
    """The lines of a file with their newlines; none where it is not there."""
    if path.exists():
        with path.open("rb") as file:
            yield from file


def _line(note: bytes) -> bytes:
    return json.dumps(note.decode(), ensure_ascii=False).encode() + b"\n"


def _whole(line: bytes) -> bytes | None:
    try:
        return str(json.loads(line)).encode() if line.endswith(b"\n") else None
    except ValueError:
        return None
