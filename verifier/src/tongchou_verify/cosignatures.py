"""C2SP tlog-cosignature v1, Ed25519: a witness saw a checkpoint, then, and nothing that contradicts it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from tongchou_verify.faults import Fault, show
from tongchou_verify.notes import Verifier, split_note

COSIGNATURE = b"\x04"
TIME = 8  # bytes of the time before the signature
LATEST = 2**63 - 1


@dataclass(frozen=True)
class Cosigner(Verifier):
    """A witness's public key under its name, `name+hash+base64(0x04 ‖ key)`."""

    kind: ClassVar[bytes] = COSIGNATURE

    def seen(self, text: bytes, signature: bytes) -> int | None:
        """The time (seconds of POSIX) of a true signature over a checkpoint's text; None for a false one."""
        moment = int.from_bytes(signature[:TIME])
        if len(signature) != TIME + 64 or not 0 < moment <= LATEST:
            return None
        return moment if self.signed(message(text, moment), signature[TIME:]) else None


def message(text: bytes, moment: int) -> bytes:
    """What is signed: a head that sets it apart, the time, and the whole text of the checkpoint."""
    return b"cosignature/v1\ntime %d\n" % moment + text


def check_cosignatures(note: bytes, cosigners: Iterable[Cosigner]) -> dict[Cosigner, int]:
    """Who of them has signed this note, and when. Lines of others are passed over, a false one of theirs is a Fault."""
    text, signatures = split_note(note)
    found: dict[Cosigner, int] = {}
    for key in cosigners:
        for row in signatures:
            if row.by(key):
                moment = key.seen(text, row.signature)
                if moment is None:
                    raise Fault(f"the cosignature of {show(key.name)} is false")
                found.setdefault(key, moment)
    return found
