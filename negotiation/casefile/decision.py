"""The decision rule, judged by the package that evaluates it, also over the parties of the case."""

from __future__ import annotations

from collections.abc import Iterator

from negotiation.casefile.faults import Finding, show
from negotiation.casefile.view import View
from negotiation.rules import Rule, RuleRefused, parse_rule, roll
from negotiation.rules.rule import HEADS, KINDS, WEIGHTS


def rule_findings(view: View) -> Iterator[Finding]:
    """What `negotiation.rules` refuses in the rule and in its seating of the parties; what the rule names in vain."""
    in_vain = [*_parties(view), *_weights(view)]
    yield from in_vain
    document = view.at(("rule",))
    if not isinstance(document, dict):
        return
    try:
        rule = parse_rule(document)
    except RuleRefused as refusal:
        for fault in refusal.faults:
            place = ("rule", *fault.place)
            if not view.is_faulty(place):
                yield Finding(place, fault.code, f"a sound rule: {fault.message}", show(view.at(place)))
    else:
        yield from _seating(view, rule) if not in_vain else ()


def _parties(view: View) -> Iterator[Finding]:
    parties = view.codes("parties")
    for chamber, _ in view.rows("rule", "chambers"):
        for where, code in view.every(*chamber, "who", "parties"):
            if isinstance(code, str) and view.sound(where) and code not in parties:
                yield Finding(where, "unknown_code", "the code of a party", show(code))


def _weights(view: View) -> Iterator[Finding]:
    """A measure counts heads, or a weight that every seat of the room has."""
    given = view.at(("rule", "weights"))
    known = {HEADS, *WEIGHTS, *(given if isinstance(given, dict) else ())}
    for chamber, _ in view.rows("rule", "chambers"):
        for kind in KINDS:
            for where, row in view.rows(*chamber, kind):
                if row.get("by", HEADS) not in known:
                    expected = "heads, area, value or a weight that the rule defines"
                    yield Finding((*where, "by"), "unknown_weight", expected, show(row["by"]))


def _seating(view: View, rule: Rule) -> Iterator[Finding]:
    """Each party sits in one chamber at most, and no chamber is empty. What a seat weighs does not matter here."""
    parties = [row for _, row in view.rows("parties")]
    if len(parties) < len(list(view.every("parties"))) or any({"code", "side", "kind"} - row.keys() for row in parties):
        return
    weights = {by: "0" for chamber in rule.chambers for by in chamber.weighed}
    seats = [
        {"seat": str(number), "party": row["code"], "side": row["side"], "kind": row["kind"], "weights": weights}
        for number, row in enumerate(parties)
    ]
    try:
        roll(rule, seats)
    except RuleRefused as refusal:
        for fault in refusal.faults:
            place = ("parties", *fault.place[1:]) if fault.place[0] == "seats" else fault.place
            yield Finding(place, fault.code, f"a rule that fits the parties: {fault.message}")
