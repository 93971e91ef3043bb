"""Decision rules: a rule is data, a count is exact. Pure Python over fractions; docs/rules.md says what is counted."""

from negotiation.rules.counting import Bench, benches, tally
from negotiation.rules.live import live_state, outcome
from negotiation.rules.presets import preset, presets
from negotiation.rules.refusal import Fault, RuleRefused
from negotiation.rules.roll import roll
from negotiation.rules.rule import Chamber, Measure, Rule, parse_rule
from negotiation.rules.secrecy import INVALID, opened, turnout, warnings
from negotiation.rules.settling import check_settled
from negotiation.rules.trial import entitled, trial

__all__ = [
    "INVALID",
    "Bench",
    "Chamber",
    "Fault",
    "Measure",
    "Rule",
    "RuleRefused",
    "benches",
    "check_settled",
    "entitled",
    "live_state",
    "opened",
    "outcome",
    "parse_rule",
    "preset",
    "presets",
    "roll",
    "tally",
    "trial",
    "turnout",
    "warnings",
]
