"""C2SP signed notes: a text, a blank line, and signature lines `— name base64(key id ‖ signature)`; Ed25519 only."""

import base64
import binascii
import re
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import ClassVar, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tongchou_verify.faults import Fault, show

ED25519 = b"\x01"
MOST_SIGNATURES = 100
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
LINE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+={0,2})")


@dataclass(frozen=True)
class Verifier:
    """A public key under a name, in Go's form `name+hash+base64(0x01 ‖ key)`; the hash binds name and key."""

    kind: ClassVar[bytes] = ED25519
    name: str
    public: bytes

    @classmethod
    def read(cls, text: str) -> Self:
        name, _plus, rest = text.partition("+")
        shown, _plus, encoded = rest.partition("+")
        key = decode64(encoded)
        if not valid_name(name) or not re.fullmatch(r"[0-9a-f]{8}", shown):
            raise Fault(f"{show(text)} is no verifier key: name+hash+base64 is expected")
        if key[:1] != cls.kind or len(key) != 33:
            raise Fault(f"the verifier key is not of Ed25519 (0x{cls.kind.hex()} and 32 bytes)")
        found = cls(name, key[1:])
        if found.key_id.hex() != shown:
            raise Fault(f"the verifier key's hash is {shown}, want {found.key_id.hex()}")
        return found

    @cached_property
    def key_id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + self.kind + self.public).digest()[:4]

    @property
    def text(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(self.kind + self.public).decode()}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the 32 bytes of the key, in hex: the same under every name."""
        return sha256(self.public).hexdigest()

    @cached_property
    def _key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.public)

    def signed(self, text: bytes, signature: bytes) -> bool:
        try:
            self._key.verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signature:
    name: str
    key_id: bytes
    signature: bytes

    def by(self, key: Verifier) -> bool:
        """Whether it names this key; not whether it is true."""
        return (self.name, self.key_id) == (key.name, key.key_id)

    @property
    def line(self) -> str:
        return f"— {self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"


def split_note(message: bytes) -> tuple[bytes, list[Signature]]:
    """The text, with its last newline, and the signatures. Raises Fault for what is no note."""
    try:
        text = message.decode()
    except UnicodeDecodeError:
        raise Fault("a note is not UTF-8") from None
    if CONTROL.search(text):
        raise Fault("a note has control characters")
    head, blank, lines = text.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise Fault("a note has a text, a blank line and signatures that end with a newline; this has not")
    rows = lines[:-1].split("\n")
    if len(rows) > MOST_SIGNATURES:
        raise Fault(f"a note has {len(rows)} signatures, at most {MOST_SIGNATURES} are read")
    return (head + "\n").encode(), [_signature(row) for row in rows]


def _signature(row: str) -> Signature:
    found = LINE.fullmatch(row)
    if found is None or not valid_name(found[1]):
        raise Fault(f"{show(row)} is no signature line")
    raw = decode64(found[2])
    if len(raw) < 5:
        raise Fault(f"a signature has {len(raw)} bytes, want 68")
    return Signature(found[1], raw[:4], raw[4:])


def open_note(message: bytes, verifier: Verifier) -> bytes:
    """The text, signed by this key. Signatures of other keys are passed over, a false one of this key is a Fault."""
    text, signatures = split_note(message)
    own = [row for row in signatures if row.by(verifier)]
    if not own:
        raise Fault(f"the note has no signature of {show(verifier.name)} {verifier.key_id.hex()}")
    if not verifier.signed(text, own[0].signature):
        raise Fault(f"the signature of {show(verifier.name)} is false")
    return text


def valid_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(letter.isspace() for letter in name)


def decode64(text: str) -> bytes:
    """Standard base64, in its one canonical spelling. Raises Fault."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Fault(f"{show(text)} is not base64") from None
    if base64.b64encode(raw).decode() != text:
        raise Fault(f"{show(text)} is not canonical base64")
    return raw
