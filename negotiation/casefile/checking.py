"""Everything that can be wrong with a case, reported at once and in document order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from negotiation.casefile.amounts import amount_findings, split_findings
from negotiation.casefile.bounds import bound_findings
from negotiation.casefile.dates import date_findings
from negotiation.casefile.decision import rule_findings
from negotiation.casefile.faults import MAX_COUNTED, MAX_FAULTS, Fault, Finding, Place, Report
from negotiation.casefile.geometry import area_findings, geometry_findings
from negotiation.casefile.reading import decode, read_bytes
from negotiation.casefile.references import reference_findings
from negotiation.casefile.structure import package_findings, structure_findings
from negotiation.casefile.values import value_findings, without_unfit
from negotiation.casefile.view import View

Question = Callable[[View], Iterator[Finding]]
OF_PACKAGES: Sequence[Question] = (reference_findings, amount_findings, bound_findings)
OF_A_CASE: Sequence[Question] = (*OF_PACKAGES, geometry_findings, rule_findings, date_findings)
WARNINGS: Sequence[Question] = (split_findings, area_findings)


def check_file(path: str | Path) -> tuple[Any, Report]:
    """Read a case file and check it: every fault at once. Raises CaseRefused where there is no JSON to check."""
    document, repeated = decode(read_bytes(path))
    return document, check_case(document, repeated)


def check_case(document: Any, repeated: Iterable[Finding] = ()) -> Report:
    """Check a parsed document against the format, given the `repeated` keys. Never raises, whatever it is given.

    What has a fault of form is left out of the checks between parts, key by key, so that one fault causes no others.
    """
    return _check(document, structure_findings, OF_A_CASE, WARNINGS, repeated)


def check_packages(document: dict[str, Any]) -> Report:
    """Check a case of which only the packages are new: the rest is taken to be sound. Without warnings."""
    return _check(document, package_findings, OF_PACKAGES)


def _check(
    document: Any,
    form_of: Callable[[Any], Iterator[Finding]],
    questions: Sequence[Question],
    warning_of: Sequence[Question] = (),
    repeated: Iterable[Finding] = (),
) -> Report:
    unfit = list(islice(value_findings(document), MAX_COUNTED))
    fit = without_unfit(document) if unfit else document
    form = list(islice(_form(form_of(fit), {finding.place for finding in unfit}), MAX_COUNTED))
    found = [*repeated, *unfit, *form]
    warnings: Iterable[Finding] = ()
    if len(found) < MAX_COUNTED:
        found += islice(_asked(questions, View(fit, _places(chain(unfit, form)))), MAX_COUNTED - len(found))
        warnings = islice(_asked(warning_of, View(fit, _places(found))), MAX_FAULTS)
    faults, more = _ordered(document, found)
    return Report(faults, _ordered(document, warnings)[0], more)


def _form(found: Iterator[Finding], unfit: set[Place]) -> Iterator[Finding]:
    """The departures from the schema; where a value was unfit, there is nothing left to say."""
    return (finding for finding in found if finding.place not in unfit)


def _places(findings: Iterable[Finding]) -> Iterator[Place]:
    return (finding.place for finding in findings)


def _asked(questions: Sequence[Question], view: View) -> Iterator[Finding]:
    return chain.from_iterable(question(view) for question in questions)


def _ordered(document: Any, findings: Iterable[Finding]) -> tuple[tuple[Fault, ...], int]:
    """The first `MAX_FAULTS` in the order of the document, each once, and how many more there are."""
    ranks: dict[int, dict[str, int]] = {}
    unique = list(islice(dict.fromkeys(findings), MAX_COUNTED))
    unique.sort(key=lambda finding: _position(document, finding.place, ranks))
    return tuple(finding.fault() for finding in unique[:MAX_FAULTS]), len(unique[MAX_FAULTS:])


def _position(document: Any, place: Place, ranks: dict[int, dict[str, int]]) -> list[int]:
    """Where a place stands in the document; a key that is missing comes after those that are there."""
    position, value = [], document
    for part in place:
        if isinstance(value, dict) and isinstance(part, str):
            rank = ranks.setdefault(id(value), {}) or _rank(ranks, value)
            position.append(rank.get(part, len(rank)))
            value = value.get(part)
        else:
            position.append(int(part) if isinstance(part, int) else 0)
            value = value[part] if isinstance(value, list) and isinstance(part, int) and part < len(value) else None
    return position


def _rank(ranks: dict[int, dict[str, int]], value: dict[str, Any]) -> dict[str, int]:
    ranks[id(value)] = {str(key): number for number, key in enumerate(value)}
    return ranks[id(value)]
