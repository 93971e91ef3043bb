"""Which JSON values may stand in a case file at all, whatever the place: no NaN, no NUL, nothing too deep."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from negotiation.casefile.faults import Finding, Place, show

MAX_DEPTH = 64
LARGEST_INTEGER = 2**53 - 1  # beyond it RFC 8785 (JCS) has no canonical form, and the digest of a case rests on that
_BAD_TEXT = re.compile("[\x00\ud800-\udfff]")


def steps(document: Any) -> Iterator[tuple[Place, Any]]:
    """Every value with its place, in document order, to a depth of `MAX_DEPTH` (one level more is yielded)."""
    stack: list[Iterator[tuple[Place, Any]]] = [iter([((), document)])]
    while stack:
        step = next(stack[-1], None)
        if step is None:
            stack.pop()
            continue
        yield step
        if len(stack) <= MAX_DEPTH:
            stack.append(_children(*step))


def _children(place: Place, value: Any) -> Iterator[tuple[Place, Any]]:
    if isinstance(value, dict):
        return (((*place, str(key)), inner) for key, inner in value.items())
    if isinstance(value, list):
        return (((*place, number), inner) for number, inner in enumerate(value))
    return iter(())


def value_findings(document: Any) -> Iterator[Finding]:
    """Values that no case file may hold. Two passes: the quick one keeps no places."""
    if not _all_plain(document):
        for place, value in steps(document):
            yield from _judge(place, value)


def without_unfit(value: Any, depth: int = 0) -> Any:
    """A copy with null in place of every value that no case file may hold, and without such keys."""
    if isinstance(value, dict | list) and depth >= MAX_DEPTH:
        return None
    if isinstance(value, dict):
        return {key: without_unfit(inner, depth + 1) for key, inner in value.items() if _is_plain_text(key)}
    if isinstance(value, list):
        return [without_unfit(inner, depth + 1) for inner in value]
    return value if _is_plain(value) else None


def _all_plain(document: Any) -> bool:
    """Whether every value is fit, level by level, without writing down a single place."""
    level = [document]
    for _ in range(MAX_DEPTH):
        if not all(map(_is_plain, level)):
            return False
        level = [inner for value in level if isinstance(value, dict | list) for inner in _inside(value)]
    return not any(isinstance(value, dict | list) for value in level) and all(map(_is_plain, level))


def _inside(value: dict[str, Any] | list[Any]) -> list[Any]:
    return [*value.keys(), *value.values()] if isinstance(value, dict) else value


def _is_plain(value: Any) -> bool:
    kind = type(value)
    if kind is str:
        return _BAD_TEXT.search(value) is None
    if kind is int or kind is float:
        return bool(abs(value) <= LARGEST_INTEGER)  # false for NaN too
    return value is None or kind in (dict, list, bool)


def _judge(place: Place, value: Any) -> Iterator[Finding]:
    if isinstance(value, dict | list) and len(place) >= MAX_DEPTH:
        yield Finding(place, "too_deep", f"at most {MAX_DEPTH} levels of lists and objects", "more")
    elif isinstance(value, dict):
        yield from (_bad_text((*place, str(key)), key) for key in value if not _is_plain_text(key))
    elif isinstance(value, str) and not _is_plain_text(value):
        yield _bad_text(place, value)
    elif isinstance(value, int | float) and not _is_plain(value):
        yield _bad_number(place, value)
    elif not isinstance(value, dict | list) and not _is_plain(value):
        yield Finding(place, "not_json", "a JSON value", type(value).__name__)


def _is_plain_text(key: Any) -> bool:
    return isinstance(key, str) and _is_plain(key)


def _bad_text(place: Place, text: Any) -> Finding:
    return Finding(place, "bad_text", "text without NUL and without half a surrogate pair", show(text))


def _bad_number(place: Place, value: Any) -> Finding:
    if isinstance(value, float) and not math.isfinite(value):
        return Finding(place, "not_finite", "a finite number", show(value))
    return Finding(place, "number_too_large", f"a number within ±{LARGEST_INTEGER}", show(value))
