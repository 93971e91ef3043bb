"""From bytes to a document: strict UTF-8 JSON of bounded size and depth, nothing lost or guessed on the way."""

from __future__ import annotations

import json
from collections import Counter
from itertools import chain, islice
from pathlib import Path
from typing import Any

from negotiation.casefile.faults import MAX_COUNTED, MAX_FAULTS, CaseRefused, Finding, show
from negotiation.casefile.values import MAX_DEPTH, steps, value_findings

Document = Any

MAX_BYTES = 30 * 1024 * 1024
_BOM = b"\xef\xbb\xbf"


def read_case(path: str | Path) -> Document:
    """Read and parse a case file of at most 30 MiB. Raises CaseRefused, also where the file cannot be read."""
    return parse_case(read_bytes(path))


def read_bytes(path: str | Path) -> bytes:
    """The bytes of a file, one more than may be at most. Raises CaseRefused where it cannot be read."""
    try:
        with Path(path).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _refused("unreadable", "a file that can be read", str(error)) from None


def parse_case(data: bytes) -> Document:
    """Parse the bytes of a case file. Raises CaseRefused; repeated keys and impossible values come all at once."""
    document, repeated = decode(data)
    findings = list(islice(chain(repeated, value_findings(document)), MAX_COUNTED))
    if findings:
        more = len(findings[MAX_FAULTS:])
        raise CaseRefused((finding.fault() for finding in findings[:MAX_FAULTS]), more)
    return document


def decode(data: bytes) -> tuple[Document, list[Finding]]:
    """The document, of a repeated key with the last value, and what is repeated. Raises CaseRefused."""
    _check_bytes(data)
    repeated: dict[int, tuple[Any, list[str]]] = {}
    document = _decode(data, repeated)
    return document, _repeated_keys(document, repeated)


def _check_bytes(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise _refused("too_large", f"at most {MAX_BYTES} bytes", "a larger file")
    if data.startswith(_BOM):
        raise _refused("byte_order_mark", "UTF-8 without a byte order mark", "EF BB BF")


def _decode(data: bytes, repeated: dict[int, tuple[Any, list[str]]]) -> Document:
    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        row = dict(pairs)
        if len(row) != len(pairs):
            repeated[id(row)] = (row, _twice([key for key, _ in pairs]))
        return row

    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=build, parse_int=_integer)
    except UnicodeDecodeError as error:
        raise _refused("not_utf8", "UTF-8", f"a wrong byte at offset {error.start}") from None
    except json.JSONDecodeError as error:
        raise _refused("not_json", "JSON", f"{error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise _refused("too_deep", f"at most {MAX_DEPTH} levels of lists and objects", "more") from None


def _integer(digits: str) -> int | float:
    """An integer; one of more digits than any amount has becomes infinite, and is then refused with its place."""
    return int(digits) if len(digits) <= 40 else float("inf")


def _twice(keys: list[str]) -> list[str]:
    return [key for key, times in Counter(keys).items() if times > 1]


def _repeated_keys(document: Document, repeated: dict[int, tuple[Any, list[str]]]) -> list[Finding]:
    """Where the objects with repeated keys ended up. One inside a value that was itself repeated may be gone."""
    if not repeated:
        return []
    findings = (
        Finding((*place, key), "duplicate_key", "each key once in an object", show(key))
        for place, value in steps(document)
        if id(value) in repeated
        for key in repeated[id(value)][1]
    )
    return list(islice(findings, MAX_COUNTED))


def _refused(code: str, expected: str, found: str) -> CaseRefused:
    return CaseRefused([Finding((), code, expected, found).fault()])
