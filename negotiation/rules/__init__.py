"""Decision rules: a rule is data, a count is exact. Pure Python over fractions; docs/rules.md says what is counted."""

from negotiation.rules.counting import Bench, Sums, benches, conclude, judge, tally
from negotiation.rules.live import live_state, outcome
from negotiation.rules.presets import preset, presets
from negotiation.rules.refusal import Fault, RuleRefused
from negotiation.rules.roll import FEW, roll
from negotiation.rules.rule import WEIGHT_COLUMNS, Chamber, Measure, Rule, chamber_titles, parse_rule
from negotiation.rules.secrecy import INVALID, opened, turnout, warnings
from negotiation.rules.settling import check_settled
from negotiation.rules.trial import entitled, trial

__all__ = [
    "FEW",
    "INVALID",
    "WEIGHT_COLUMNS",
    "Bench",
    "Chamber",
    "Fault",
    "Measure",
    "Rule",
    "RuleRefused",
    "Sums",
    "benches",
    "chamber_titles",
    "check_settled",
    "conclude",
    "entitled",
    "judge",
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
