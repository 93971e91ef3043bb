"""Codes that a person reads from paper and types. What is kept of one is a keyed hash, to find it by."""

import hmac
import secrets
import unicodedata

from accounts.sealing import derived_keys

ALPHABET = (
    "34679ACDEFHJKMNPQRTWXY"  # no two that look alike: neither 0 and O, 1 and I, 2 and Z, 5 and S, 6 and G nor 8 and B
)
GROUPS, LENGTH = 3, 5  # 22 letters in 15 places are 66 bits
PURPOSE = b"tongchou typed codes"


def new_code() -> str:
    """A fresh code as it is printed: `ACDEF-34679-HJKMN`."""
    return "-".join("".join(secrets.choice(ALPHABET) for _place in range(LENGTH)) for _group in range(GROUPS))


def new_short_code() -> str:
    """Six digits, for a text message. Good only with few tries and for minutes."""
    return f"{secrets.randbelow(10**6):06}"


def digest(code: str, context: str = "") -> str:
    """The keyed hash (HMAC-SHA256, hex) under which the code is kept."""
    return digests(code, context)[0]


def digests(code: str, context: str = "") -> list[str]:
    """The hashes that the code may be kept under: one for each key that is known."""
    text = f"{context}:{typed(code)}".encode()
    return [hmac.digest(key, text, "sha256").hex() for key in derived_keys(PURPOSE)]


def typed(code: str) -> str:
    """Letters and digits alone: however it was grouped, in small letters or in full width."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", code[:200]).upper()))
