"""The decision rule, judged by the package that evaluates it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from negotiation.casefile.faults import Finding, Place, show
from negotiation.casefile.view import View
from negotiation.rules import RuleRefused, parse_rule

_PART = re.compile(r"[^$./\[\]]+")


def rule_findings(view: View) -> Iterator[Finding]:
    """What `negotiation.rules` refuses in a rule whose form is sound, and parties that it names in vain."""
    yield from _named_parties(view)
    rule = view.sound(("rule",))
    if rule is not None:
        yield from _refusals(rule)


def _refusals(rule: object) -> Iterator[Finding]:
    try:
        parse_rule(rule)
    except RuleRefused as refusal:
        yield from (
            Finding(_place(fault.path), fault.code, f"a sound rule: {fault.message}") for fault in refusal.faults
        )


def _place(path: str) -> Place:
    """The place in the case of a path inside the rule, however that path is written."""
    parts = [int(part) if part.isdecimal() else part for part in _PART.findall(path)]
    return tuple(parts) if parts[:1] == ["rule"] else ("rule", *parts)


def _named_parties(view: View) -> Iterator[Finding]:
    parties = view.codes("parties")
    for where, row in view.rows("rule", "chambers"):
        for number, code in enumerate(row["who"].get("parties", ())):
            if code not in parties:
                yield Finding((*where, "who", "parties", number), "unknown_code", "the code of a party", show(code))
