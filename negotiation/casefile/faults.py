"""What is wrong with a case file, and where.

`CaseRefused` is raised only where there is no document to check (reading); checking returns a `Report`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

Place = tuple[str | int, ...]

FOUND_LENGTH = 80
MAX_FAULTS = 1000  # of each question and in all: nobody reads more, and a hostile file could make millions
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Fault:
    """One fault: `path` like ``$.packages[0].flows[3].to``, a stable `code`, what was expected and what was found."""

    path: str
    code: str
    expected: str
    found: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "found", shorten(self.found))

    @property
    def text(self) -> str:
        """The message without the place, for a page that shows the place itself."""
        return f"expected {self.expected}" + (f", found {self.found}" if self.found else "")

    @property
    def message(self) -> str:
        """One plain English line, with the place."""
        return f"{self.path}: {self.text}"


@dataclass(frozen=True)
class Report:
    """The outcome of a check, in document order. A case with warnings only may be loaded."""

    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


class CaseRefused(ValueError):
    """The file holds no document that could be checked; `faults` says why."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.message for fault in self.faults))


class Finding(NamedTuple):
    """A fault on its way into the report, with its place still in parts so that findings can be sorted."""

    place: Place
    code: str
    expected: str
    found: str = ""

    def fault(self) -> Fault:
        return Fault(path(self.place), self.code, self.expected, self.found)


def path(place: Place) -> str:
    """Write a place as a JSON path; keys that are no plain words are quoted."""
    return "$" + "".join(_step(part) for part in place)


def _step(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    return f".{part}" if _PLAIN_KEY.fullmatch(part) else f"[{json.dumps(shorten(part))}]"


def shorten(text: str) -> str:
    return text if len(text) <= FOUND_LENGTH else text[: FOUND_LENGTH - 1] + "…"


def show(value: Any) -> str:
    """A JSON value in a few characters: lists and objects by their size, texts in quotes, never raising."""
    if isinstance(value, dict):
        return f"an object of {len(value)} keys"
    if isinstance(value, list):
        return f"a list of {len(value)} entries"
    if isinstance(value, str):
        return json.dumps(value[:FOUND_LENGTH], ensure_ascii=not value[:FOUND_LENGTH].isprintable())
    return json.dumps(value) if value is None or isinstance(value, bool) else _number(value)


def _number(value: Any) -> str:
    """A number; the digits of an enormous integer are not written out (Python refuses beyond 4300)."""
    if isinstance(value, int) and value.bit_length() > 256:
        return "an integer of more than 77 digits"
    return repr(value)
