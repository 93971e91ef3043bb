"""A witness (C2SP tlog-witness): it signs that it saw a checkpoint, and never two that contradict each other.

Its folder holds `key` (mode 0600), `logs` (lines `log KEY [ADDRESS]` of a policy: whose checkpoints it takes), and for
each log in `state` the last note that it has signed. That note is on the disk before the signature is made.
"""

import base64
import re
import time
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tongchou_verify.checkpoints import DECIMAL, Checkpoint, read_checkpoint
from tongchou_verify.cosignatures import COSIGNATURE, TIME, Cosigner, message
from tongchou_verify.faults import Fault, show
from tongchou_verify.folders import locked, read_private, write_whole
from tongchou_verify.merkle import EMPTY, verify_consistency
from tongchou_verify.notes import Signature, Verifier, decode64, split_note, valid_name
from tongchou_verify.policy import Policy, read_lines

PRIVATE = "PRIVATE+KEY+"
FAMILY = "/*"  # a key's name that ends so stands for every log below it
MOST_PROOF = 63
PLAIN, SIZE_TYPE = "text/plain; charset=utf-8", "text/x.tlog.size"
LOGS = """# Whose checkpoints are taken: log KEY [ADDRESS]
# A key whose name ends in /* stands for every log below that name. ADDRESS (https://host/rooms/CODE/) is where
# `witness visit` goes for the checkpoints.
"""


class Refused(Exception):
    """The request is not cosigned; `status` and `text` are the answer."""

    def __init__(self, status: int, text: object, kind: str = PLAIN) -> None:
        super().__init__(status, text)
        self.status, self.text, self.kind = status, str(text), kind


class Forked(Fault):
    """Two histories of one log, both signed with its key; `path` is where the notes are kept."""

    def __init__(self, what: str, path: Path) -> None:
        super().__init__(f"TWO HISTORIES: {what}; both notes are kept in {path}")
        self.path = path


@dataclass(frozen=True)
class Growth:
    """One request: the size that was signed last, the proof from it, and the new note."""

    old: int
    proof: list[bytes]
    note: bytes
    text: bytes
    signatures: list[Signature]
    checkpoint: Checkpoint


class Witness:
    """The witness that lives in a folder. Several threads and processes may use one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name, self._private = _read_key(read_private(folder / "key"))

    @cached_property
    def key(self) -> Cosigner:
        return Cosigner(self.name, self._private.public_key().public_bytes_raw())

    @property
    def logs(self) -> Policy:
        """Read anew each time, so that a log can be added while the witness runs."""
        return read_lines((self.folder / "logs").read_bytes())

    def add_checkpoint(self, body: bytes) -> str:
        """Check, keep and sign: the answer is the signature line. Raises Refused, or Forked (an answer of 422)."""
        growth = read_growth(body)
        origin = growth.checkpoint.origin
        lines = "".join(row.line for row in self._trusted(growth))
        with locked(self.folder):
            self._check(growth, self.last(origin))
            note = growth.text.decode() + "\n" + lines
            write_whole(self._path(origin), note.encode())
            signed = self._sign(growth.text)
            write_whole(self._path(origin), (note + signed).encode())
        return signed

    def latest(self, origin_hash: str) -> bytes | None:
        """The last note that was signed of the log whose origin has this hash."""
        path = self.folder / "state" / f"{origin_hash}.txt"
        return path.read_bytes() if path.exists() else None

    def last(self, origin: str) -> Checkpoint:
        """What was seen last of a log, or its empty beginning. Raises Fault for a file that was damaged."""
        note = self.latest(origin_hash(origin))
        found = read_checkpoint(split_note(note)[0]) if note else Checkpoint(origin, 0, EMPTY)
        if found.origin != origin:
            raise Fault(f"{self._path(origin)} is of another log")
        return found

    def _trusted(self, growth: Growth) -> list[Signature]:
        """The signatures of the log's own keys; there is one and none is false, or else Refused."""
        keys = _keys(self.logs, growth.checkpoint.origin)
        if not keys:
            raise Refused(404, f"the log {show(growth.checkpoint.origin)} is not known here")
        pairs = [(key, row) for row in growth.signatures for key in keys if row.by(key)]
        if not pairs or not all(key.signed(growth.text, row.signature) for key, row in pairs):
            raise Refused(403, "no signature, or a false one, of a key of this log")
        return [row for _key, row in pairs]

    def _check(self, growth: Growth, last: Checkpoint) -> None:
        """The rules of C2SP tlog-witness in their order."""
        new = growth.checkpoint
        if growth.old > new.size:
            raise Refused(400, f"the old size {growth.old} is beyond the checkpoint's {new.size}")
        if growth.old != last.size:
            raise Refused(409, last.size, SIZE_TYPE)
        try:
            _check_growth(growth, last)
        except Fault as fault:
            if 0 < last.size == new.size and last.root != new.root:
                raise self._keep_evidence(last.origin, growth) from None
            raise Refused(422, fault.what) from None

    def _keep_evidence(self, origin: str, growth: Growth) -> Forked:
        ours = self.latest(origin_hash(origin)) or b""
        what = f"{show(origin)} has two roots of size {growth.checkpoint.size}"
        return keep_evidence(self.folder, what, ours, growth.note)

    def _sign(self, text: bytes) -> str:
        moment = int(time.time())
        signature = moment.to_bytes(TIME) + self._private.sign(message(text, moment))
        return Signature(self.key.name, self.key.key_id, signature).line

    def _path(self, origin: str) -> Path:
        return self.folder / "state" / f"{origin_hash(origin)}.txt"


def _check_growth(growth: Growth, last: Checkpoint) -> None:
    new = growth.checkpoint
    if not new.size and new.root != EMPTY:
        raise Fault("the root of an empty tree is another one")
    if growth.old:
        verify_consistency(growth.old, new.size, growth.proof, last.root, new.root)
    elif growth.proof:
        raise Fault("from size 0 on there is nothing to prove")


def read_growth(body: bytes) -> Growth:
    """The body of `add-checkpoint`: `old N`, hashes, an empty line, a note. Raises Refused (400)."""
    head, blank, note = body.partition(b"\n\n")
    try:
        if not blank:
            raise Fault("the request has no empty line before the checkpoint")
        first, *hashes = head.decode().split("\n")
        if not first.startswith("old ") or not DECIMAL.fullmatch(first[4:]) or len(hashes) > MOST_PROOF:
            raise Fault(f"the request begins with a size, `old N`, and has at most {MOST_PROOF} hashes")
        text, signatures = split_note(note)
        proof = [decode64(line) for line in hashes]
        return Growth(int(first[4:]), proof, note, text, signatures, read_checkpoint(text))
    except (Fault, UnicodeDecodeError) as fault:
        raise Refused(400, fault) from None


def _keys(logs: Policy, origin: str) -> list[Verifier]:
    """The keys that may sign for a log, under its own name."""
    found = []
    for key, _address in logs.logs:
        below = key.name.endswith(FAMILY) and origin.startswith(key.name[: -len(FAMILY) + 1])
        if below or key.name == origin:
            found.append(Verifier(origin, key.public))
    return found


def origin_hash(origin: str) -> str:
    return sha256(origin.encode()).hexdigest()


def keep_evidence(folder: Path, what: str, ours: bytes, theirs: bytes) -> Forked:
    """Write both notes into one file, named by what they are."""
    name = f"two-histories-{sha256(ours + theirs).hexdigest()[:16]}.txt"
    path, stroke = folder / "evidence" / name, b"=" * 60
    path.parent.mkdir(exist_ok=True)
    write_whole(
        path, b"\n".join([what.encode(), stroke, b"kept here:", stroke, ours, stroke, b"shown now:", stroke, theirs])
    )
    return Forked(what, path)


def make_witness(folder: Path, name: str) -> Witness:
    """A new witness under this name, with a key of its own. Raises Fault where there is one already."""
    if not valid_name(name) or not re.fullmatch(r"[!-~]{1,200}", name):
        raise Fault(
            f"{show(name)} is no name of a witness: an address without https:// is expected, like example.org/w1"
        )
    (folder / "state").mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if (folder / "key").exists():
        raise Fault(f"{folder} has a key already")
    if not (folder / "logs").exists():
        write_whole(folder / "logs", LOGS.encode())
    private = Ed25519PrivateKey.generate()
    public = Cosigner(name, private.public_key().public_bytes_raw())
    seed = base64.b64encode(COSIGNATURE + private.private_bytes_raw()).decode()
    write_whole(folder / "key", f"{PRIVATE}{name}+{public.key_id.hex()}+{seed}\n".encode(), 0o600)
    return Witness(folder)


def _read_key(text: str) -> tuple[str, Ed25519PrivateKey]:
    """A private key in Go's form, `PRIVATE+KEY+name+hash+base64(kind ‖ seed)`."""
    name, _plus, rest = text.removeprefix(PRIVATE).partition("+")
    shown, _plus, encoded = rest.partition("+")
    raw = decode64(encoded) if text.startswith(PRIVATE) and valid_name(name) else b""
    if len(raw) != 33 or raw[:1] != COSIGNATURE:
        raise Fault(f"the key file is none of a witness ({PRIVATE}name+hash+base64)")
    private = Ed25519PrivateKey.from_private_bytes(raw[1:])
    if Cosigner(name, private.public_key().public_bytes_raw()).key_id.hex() != shown:
        raise Fault("the key file's hash is not that of its key")
    return name, private
