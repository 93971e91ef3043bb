"""Writing C2SP signed notes and checkpoints; Ed25519, the key named as the log's origin."""

import base64
from collections.abc import Sequence
from hashlib import sha256
from typing import Protocol
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

ED25519 = b"\x01"


class Signer(Protocol):
    """A private key of Ed25519, wherever it is kept."""

    def public_key(self) -> Ed25519PublicKey: ...

    def sign(self, data: bytes, /) -> bytes: ...


def origin(scope: str) -> str:
    """`<host>/log/<scope>`: the log's name in the world."""
    return f"{settings.LOG_ORIGIN}/log/{quote(scope, safe=':')}"


def checkpoint_text(name: str, size: int, root: bytes) -> str:
    return f"{name}\n{size}\n{base64.b64encode(root).decode()}\n"


def sign(text: str, name: str, keys: Sequence[Signer]) -> str:
    """The note: text, blank line, one line for each key."""
    return text + "\n" + "".join(signature_line(text, name, key) for key in keys)


def signature_line(text: str, name: str, key: Signer) -> str:
    public = public_bytes(key)
    return f"— {name} {base64.b64encode(key_id(name, public) + key.sign(text.encode())).decode()}\n"


def signed_text(note: str) -> str:
    """What the signatures of a note are over."""
    return note.rpartition("\n\n")[0] + "\n"


def key_id(name: str, public: bytes, kind: bytes = ED25519) -> bytes:
    return sha256(name.encode() + b"\n" + kind + public).digest()[:4]


def verifier_key(name: str, public: bytes, kind: bytes = ED25519) -> str:
    """Go's form of a public key under a name."""
    return f"{name}+{key_id(name, public, kind).hex()}+{base64.b64encode(kind + public).decode()}"


def public_bytes(key: Signer) -> bytes:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def fingerprint(public: bytes) -> str:
    """SHA-256 of the 32 bytes of the key in hex: what is printed in the notice."""
    return sha256(public).hexdigest()
