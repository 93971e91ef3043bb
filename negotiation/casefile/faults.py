"""What is wrong with a case file, and where.

`CaseRefused` is raised only where there is no document to check (reading); checking returns a `Report`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from negotiation.places import Place, path, shorten, show

__all__ = ["MAX_COUNTED", "MAX_FAULTS", "CaseRefused", "Fault", "Finding", "Place", "Report", "path", "show"]

MAX_FAULTS = 1000  # that are shown: nobody reads more
MAX_COUNTED = 100_000  # that are looked for: a hostile file could make millions


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
    """The outcome of a check, in document order. A case with warnings only may be loaded.

    At most `MAX_FAULTS` faults are listed; there are `more`, counted up to `MAX_COUNTED` in all.
    """

    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    more: int = 0

    @property
    def lines(self) -> Iterator[str]:
        """One line for each fault that is listed, and one that says how many more there are."""
        return _lines(self.faults, self.more)


class CaseRefused(ValueError):
    """The file holds no document that could be checked; `faults` says why, and there are `more`."""

    def __init__(self, faults: Iterable[Fault], more: int = 0) -> None:
        self.faults = tuple(faults)
        self.more = more
        super().__init__("; ".join(fault.message for fault in self.faults))

    @property
    def lines(self) -> Iterator[str]:
        """As those of a report."""
        return _lines(self.faults, self.more)


def _lines(faults: tuple[Fault, ...], more: int) -> Iterator[str]:
    yield from (fault.message for fault in faults)
    if more:
        yield f"and {'at least ' if len(faults) + more >= MAX_COUNTED else ''}{more} more"


class Finding(NamedTuple):
    """A fault on its way into the report, with its place still in parts so that findings can be sorted."""

    place: Place
    code: str
    expected: str
    found: str = ""

    def fault(self) -> Fault:
        return Fault(path(self.place), self.code, self.expected, self.found)
