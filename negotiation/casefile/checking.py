"""Everything that can be wrong with a case, reported at once and in document order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from negotiation.casefile.amounts import amount_findings, split_findings
from negotiation.casefile.bounds import bound_findings
from negotiation.casefile.decision import rule_findings
from negotiation.casefile.faults import MAX_FAULTS, Fault, Finding, Place, Report
from negotiation.casefile.geometry import area_findings, geometry_findings
from negotiation.casefile.references import reference_findings
from negotiation.casefile.structure import structure_findings
from negotiation.casefile.values import value_findings
from negotiation.casefile.view import View


def check_case(document: Any) -> Report:
    """Check a parsed document against the format. Never raises, whatever JSON it is given.

    Parts with a fault of form are left out of the checks between parts, so that one fault does not cause others.
    """
    impossible = value_findings(document)
    if impossible:
        return Report(faults=_ordered(document, impossible))
    form = list(islice(structure_findings(document), MAX_FAULTS))
    if len(form) == MAX_FAULTS:
        return Report(faults=_ordered(document, form))
    faults = [*form, *_faults(View(document, _places(form)))]
    warnings = _warnings(View(document, _places(faults))) if len(faults) < MAX_FAULTS else ()
    return Report(faults=_ordered(document, faults), warnings=_ordered(document, warnings))


def _places(findings: Iterable[Finding]) -> Iterator[Place]:
    return (finding.place for finding in findings)


def _faults(view: View) -> Iterator[Finding]:
    questions = (reference_findings, amount_findings, bound_findings, geometry_findings, rule_findings)
    for question in questions:
        yield from islice(question(view), MAX_FAULTS)


def _warnings(view: View) -> Iterator[Finding]:
    for question in (split_findings, area_findings):
        yield from islice(question(view), MAX_FAULTS)


def _ordered(document: Any, findings: Iterable[Finding]) -> tuple[Fault, ...]:
    ranks: dict[int, dict[str, int]] = {}
    unique = sorted(dict.fromkeys(findings), key=lambda finding: _position(document, finding.place, ranks))
    return tuple(finding.fault() for finding in unique[:MAX_FAULTS])


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
