"""What a preset leaves to those who use it: everything that its law fixes must stay.

Open are the title, of whom its chambers consist, from which column of a right a weight comes, more days of notice and
of the electoral roll than it asks for, and further chambers that only consent. All else is the law's.
"""

from __future__ import annotations

from negotiation.rules.presets import presets
from negotiation.rules.refusal import Faults
from negotiation.rules.rule import Chamber, Rule, parse_rule

CONSENT = ("no_objection", "acceptance")


def check_settled(rule: Rule) -> None:
    """Raise RuleRefused for what departs from the preset of the rule's code; a rule of one's own needs a basis."""
    faults = Faults()
    if preset := presets().get(rule.code):
        _compare(rule, parse_rule(preset), faults)
    elif not rule.basis.strip():
        faults.add(("basis",), "no_basis", "say on which law or resolution a rule of one's own rests")
    faults.settle()


def _compare(rule: Rule, preset: Rule, faults: Faults) -> None:
    for key in ("basis", "description"):
        if getattr(rule, key) != getattr(preset, key):
            faults.add((key,), "fixed_by_preset", "the preset fixes this")
    for key in ("notice_days", "notice_working_days", "roll_days"):
        if getattr(rule, key) < getattr(preset, key):
            faults.add((key,), "fixed_by_preset", f"at least {getattr(preset, key)} days are asked for")
    wanted = {chamber.code: chamber for chamber in preset.chambers}
    for code in wanted.keys() - {chamber.code for chamber in rule.chambers}:
        faults.add(("chambers",), "fixed_by_preset", f"the chamber {code} is missing")
    for number, chamber in enumerate(rule.chambers):
        _compare_chamber(chamber, wanted.get(chamber.code), number, faults)


def _compare_chamber(chamber: Chamber, wanted: Chamber | None, number: int, faults: Faults) -> None:
    place = ("chambers", number)
    if wanted is None:
        if chamber.method not in CONSENT or chamber.measures:
            text = "beside those of a preset a chamber can only consent: no_objection or acceptance"
            faults.add((*place, "method"), "fixed_by_preset", text)
        return
    for key in ("method", "measures", "then"):
        if getattr(chamber, key) != getattr(wanted, key):
            faults.add((*place, key), "fixed_by_preset", "the preset fixes this")
