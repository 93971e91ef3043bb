"""Decision rules: a rule is data, a count is exact. Pure Python over fractions; docs/rules.md says what is counted."""

from negotiation.rules.counting import tally
from negotiation.rules.live import live_state
from negotiation.rules.presets import preset, presets
from negotiation.rules.refusal import Fault, RuleRefused
from negotiation.rules.roll import roll
from negotiation.rules.rule import Chamber, Measure, Rule, parse_rule
from negotiation.rules.settling import check_settled
from negotiation.rules.trial import entitled, trial

__all__ = [
    "Chamber",
    "Fault",
    "Measure",
    "Rule",
    "RuleRefused",
    "check_settled",
    "entitled",
    "live_state",
    "parse_rule",
    "preset",
    "presets",
    "roll",
    "tally",
    "trial",
]
