"""C2SP tlog-cosignature v1, Ed25519: a witness saw a checkpoint, then, and nothing that contradicts it."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from audit.notes import key_id, verifier_key

COSIGNATURE = b"\x04"
LENGTH = 4 + 8 + 64  # key id, time, signature
LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
KEY = re.compile(r"([^\s+]{1,200})\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")
LATEST = 253_402_300_799  # the last second that a date can say


@dataclass(frozen=True)
class WitnessKey:
    """A witness's public key under its name."""

    name: str
    public: bytes

    @classmethod
    def read(cls, text: str) -> "WitnessKey":
        """From `name+hash+base64(0x04 ‖ key)`. Raises ValueError."""
        found = KEY.fullmatch(text)
        raw = _decode(found[3]) if found else b""
        if found is None or len(raw) != 33 or raw[:1] != COSIGNATURE:
            raise ValueError(f"{text[:100]} is no key of a witness: name+hash+base64 of 0x04 and 32 bytes is expected")
        key = cls(found[1], raw[1:])
        if key.text != text:
            raise ValueError(f"the hash in {text[:100]} is not that of the key")
        Ed25519PublicKey.from_public_bytes(key.public)
        return key

    @cached_property
    def text(self) -> str:
        return verifier_key(self.name, self.public, COSIGNATURE)

    @cached_property
    def label(self) -> str:
        """Name and key id, which together stand on its lines: `name+1f2e3d4c`."""
        return f"{self.name}+{key_id(self.name, self.public, COSIGNATURE).hex()}"

    def holds(self, text: str, line: str) -> bool:
        """Whether the line is this key's signature over the checkpoint of this text."""
        raw = _content(line)
        if len(raw) != LENGTH or label_of(line) != self.label or time_of(line) is None:
            return False
        moment = int.from_bytes(raw[4:12])
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(raw[12:], message(text, moment))
        except InvalidSignature:
            return False
        return True


def message(text: str, moment: int) -> bytes:
    """What is signed: a head that sets it apart, the time (seconds of POSIX), and the whole text of the checkpoint."""
    return f"cosignature/v1\ntime {moment}\n{text}".encode()


def label_of(line: str) -> str:
    """Name and key id of a signature line, or nothing for what is none."""
    found = LINE.fullmatch(line.rstrip("\n"))
    return f"{found[1]}+{_content(line)[:4].hex()}" if found else ""


def time_of(line: str) -> datetime | None:
    """The time in a cosignature's line."""
    moment = int.from_bytes(_content(line)[4:12])
    return datetime.fromtimestamp(moment, UTC) if 0 < moment <= LATEST else None


def _content(line: str) -> bytes:
    found = LINE.fullmatch(line.rstrip("\n"))
    return _decode(found[2]) if found else b""


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
