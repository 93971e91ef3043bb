"""Keys of secret ballots: a ballot's key in shares, shares sealed to trustees, choices sealed to the ballot.

Sealing is HPKE in base mode (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM); what it is for stands in `info`, so that a
sealed choice can not stand in for another seat, way or ballot. The ballot's private key is cut into two blocks of 16
bytes, each shared by Shamir's scheme over GF(2^128). A trustee's private key is kept under a passphrase: scrypt
(RFC 7914) and AES-256-GCM.
"""

import os
import unicodedata
from collections.abc import Mapping

import rfc8785
from Crypto.Protocol.SecretSharing import Shamir
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
BLOCK = 16
MARK = 16  # bytes of a vote's mark
WIDTH = 8  # of a choice: all are sealed to the same length
SALT, NONCE = 16, 12
COST = 2**16  # of scrypt: 64 MiB of memory for each guess


class CannotOpen(Exception):
    """Sealed to another key or for something else, changed since, or locked with another passphrase."""


def new_pair() -> tuple[bytes, bytes]:
    """Private and public key, 32 bytes each."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def public_of(private: bytes) -> bytes:
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def split(private: bytes, needed: int, shares: int) -> list[bytes]:
    """The shares of the trustees 1, 2, …; `needed` of them give the key again."""
    halves = [Shamir.split(needed, shares, private[place : place + BLOCK]) for place in (0, BLOCK)]
    return [first + second for (_number, first), (_same, second) in zip(*halves, strict=True)]


def combine(shares: Mapping[int, bytes]) -> bytes:
    """The key of exactly as many shares as are needed, by the number of their trustee."""
    parts = [
        Shamir.combine([(number, share[place : place + BLOCK]) for number, share in shares.items()])
        for place in (0, BLOCK)
    ]
    return b"".join(parts)


def seal(public: bytes, content: bytes, **purpose: object) -> bytes:
    return SUITE.encrypt(content, X25519PublicKey.from_public_bytes(public), info=rfc8785.dumps(purpose))  # type: ignore[arg-type]


def unseal(private: bytes, sealed: bytes, **purpose: object) -> bytes:
    """Raises CannotOpen."""
    key = X25519PrivateKey.from_private_bytes(private)
    try:
        return SUITE.decrypt(sealed, key, info=rfc8785.dumps(purpose))  # type: ignore[arg-type]
    except (InvalidTag, ValueError):
        raise CannotOpen from None


def seal_choice(public: bytes, choice: str, mark: bytes, **purpose: object) -> bytes:
    return seal(public, choice.encode().ljust(WIDTH, b"\0") + mark, **purpose)


def unseal_choice(private: bytes, sealed: bytes, **purpose: object) -> tuple[str, bytes]:
    """Choice and mark. Raises CannotOpen."""
    content = unseal(private, sealed, **purpose)
    if len(content) != WIDTH + MARK or not content[:WIDTH].isascii():
        raise CannotOpen
    return content[:WIDTH].rstrip(b"\0").decode("ascii"), content[WIDTH:]


def lock(private: bytes, passphrase: str) -> bytes:
    """A private key that only the passphrase gives back."""
    salt, nonce = os.urandom(SALT), os.urandom(NONCE)
    return salt + nonce + AESGCM(_derive(salt, passphrase)).encrypt(nonce, private, None)


def unlock(locked: bytes, passphrase: str) -> bytes:
    """Raises CannotOpen for another passphrase."""
    salt, nonce, rest = locked[:SALT], locked[SALT : SALT + NONCE], locked[SALT + NONCE :]
    try:
        return AESGCM(_derive(salt, passphrase)).decrypt(nonce, rest, None)
    except InvalidTag:
        raise CannotOpen from None


def _derive(salt: bytes, passphrase: str) -> bytes:
    # The same words typed on another device may come in another form of Unicode.
    words = unicodedata.normalize("NFKC", passphrase).encode(errors="surrogatepass")
    return Scrypt(salt, length=32, n=COST, r=8, p=1).derive(words)
