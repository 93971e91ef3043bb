"""Places inside a JSON document, and how places and values are written in a message: always within one line."""

from __future__ import annotations

import json
import re
from typing import Any

Place = tuple[str | int, ...]

LONGEST = 80
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}")


def path(place: Place) -> str:
    """Write a place as a JSON path; keys that are no plain words of at most 80 letters are quoted, and cut there."""
    return "$" + "".join(_step(part) for part in place)


def _step(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    return f".{part}" if _PLAIN_KEY.fullmatch(part) else f"[{json.dumps(shorten(part))}]"


def shorten(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def show(value: Any) -> str:
    """A JSON value in a few characters: lists and objects by their size, texts in quotes, never raising."""
    if isinstance(value, dict):
        return f"an object of {len(value)} keys"
    if isinstance(value, list):
        return f"a list of {len(value)} entries"
    if isinstance(value, str):
        return json.dumps(value[:LONGEST], ensure_ascii=not value[:LONGEST].isprintable())
    return json.dumps(value) if value is None or isinstance(value, bool) else _number(value)


def _number(value: Any) -> str:
    """A number; the digits of an enormous integer are not written out (Python refuses beyond 4300)."""
    if isinstance(value, int) and value.bit_length() > 256:
        return "an integer of more than 77 digits"
    return repr(value)
