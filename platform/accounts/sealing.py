"""Content that nobody but this platform's own computations may read, encrypted where it is kept.

AES-256-GCM (NIST SP 800-38D) with a fresh nonce for each sealing. The context (whose content this is) is authenticated
with it, so that one row's content cannot stand in another's. Content is padded to whole kilobytes: its length tells
nothing. The keys come from PRIVATE_KEY; the first seals, all open, so that a key can be replaced.
"""

import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE = 12
BLOCK = 1024


class CannotOpen(Exception):
    """Sealed with a key that is no longer known, for another context, or changed since."""


def seal(content: Any, context: str) -> bytes:
    """JSON content, sealed for this context."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    padded = text.ljust(-(-len(text) // BLOCK) * BLOCK)
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(_keys()[0]).encrypt(nonce, padded, context.encode())


def unseal(sealed: bytes | memoryview, context: str) -> Any:
    """The content that was sealed for this context. Raises CannotOpen."""
    nonce, rest = bytes(sealed[:NONCE]), bytes(sealed[NONCE:])
    for key in _keys():
        try:
            return json.loads(AESGCM(key).decrypt(nonce, rest, context.encode()))
        except InvalidTag:
            continue
    raise CannotOpen(context)


def derived_keys(purpose: bytes) -> list[bytes]:
    """A key of 32 bytes for this purpose from each of PRIVATE_KEYS, in their order."""
    return [HKDF(SHA256(), 32, salt=None, info=purpose).derive(word.encode()) for word in settings.PRIVATE_KEYS]


def _keys() -> list[bytes]:
    return derived_keys(b"tongchou private content")
