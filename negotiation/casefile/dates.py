"""Due dates of terms, the extension `due-dates/1`: package → term → day. Each is a day of the plan's years."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from negotiation.casefile.faults import Finding, Place, show
from negotiation.casefile.view import View

EXTENSION = "due-dates/1"
TERM = re.compile(r"/(dispositions|allocations|flows)/(0|[1-9][0-9]{0,8})")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def term_place(term: object) -> tuple[str, int]:
    """Kind and place of the row that a pointer names; no kind where it names none."""
    found = TERM.fullmatch(str(term))
    return (found[1], int(found[2])) if found else ("", 0)


def read_day(text: object) -> date | None:
    """The day that is written as 2027-06-30, or None."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) and DAY.fullmatch(text) else None
    except ValueError:
        return None


def day_findings(where: Place, text: object, years: range | None) -> Iterator[Finding]:
    """What is wrong with a day; `years` are those of the plan."""
    found = read_day(text)
    if found is None:
        yield Finding(where, "not_a_day", "a day like 2027-06-30", show(text))
    elif years is not None and found.year not in years:
        expected = f"a day of the years {years.start} to {years.stop - 1}"
        yield Finding(where, "out_of_range", expected, show(text))


def date_findings(view: View) -> Iterator[Finding]:
    """Of the extension: packages and terms that are there, and days of the plan's years."""
    packages = {entry.get("code"): place for place, entry in view.rows("packages")}
    years = _years(view)
    for code, dates in view.row(("extensions", EXTENSION)).items():
        where: Place = ("extensions", EXTENSION, code)
        if code not in packages:
            yield Finding(where, "unknown_code", "the code of a package of this file", show(code))
            continue
        for term, text in dates.items():
            yield from _term(view, packages[code], (*where, term))
            yield from day_findings((*where, term), text, years)


def _years(view: View) -> range | None:
    first, years = (view.sound(("plan", key)) for key in ("base_year", "years"))
    return range(first, first + years) if isinstance(first, int) and isinstance(years, int) else None


def _term(view: View, package: Place, where: Place) -> Iterator[Finding]:
    kind, number = term_place(where[-1])
    if kind and view.at((*package, kind, number)) is None:
        yield Finding(where, "unknown_term", "a term of this package", show(_text(where[-1])))


def _text(part: Any) -> str:
    return str(part)
