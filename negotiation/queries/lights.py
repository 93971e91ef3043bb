"""Three lights for a package: may it be done, does it carry itself, is it even?

A light is `met`, `warning`, `broken` or `unknown`, with the reasons behind it. It only reads what the card says.
"""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Card = dict[str, Any]
MET, WARNING, BROKEN, UNKNOWN = "met", "warning", "broken", "unknown"


@dataclass(frozen=True)
class Light:
    code: str
    label: str
    state: str
    reasons: list[str] = field(default_factory=list)


def lights(card: Card | None) -> list[Light]:
    """Feasible, balanced, fair: for the card of one revision, or unknown while there is none."""
    asked = (("feasible", _("Feasible"), feasible), ("balance", _("Balanced"), balanced), ("fairness", _("Fair"), fair))
    if card is None:
        return [Light(code, label, UNKNOWN) for code, label, _judge in asked]
    return [Light(code, label, *judge(card)) for code, label, judge in asked]


GATES = {
    "land": gettext_lazy("planned areas do not add up to the parcels"),
    "supply": gettext_lazy("more is allocated than is produced"),
    "targets": gettext_lazy("a target is broken"),
    "rights": gettext_lazy("somebody loses rights and receives nothing"),
    "pool": gettext_lazy("the compensation pool falls below zero"),
}


def failed_gates(card: Card, *gates: str) -> list[str]:
    """What is wrong at those of these gates that the package does not pass."""
    return [str(GATES[gate]) for gate in gates if not card["gates"][gate]["passed"]]


def feasible(card: Card) -> tuple[str, list[str]]:
    failed = failed_gates(card, *GATES)
    if failed:
        return BROKEN, failed
    tolerated = [item for item in card["gates"]["targets"]["items"] if item["status"] == "tolerated"]
    if tolerated:
        return WARNING, [_("a target is exceeded within its tolerance")]
    return MET, [_("all five gates are passed")]


def balanced(card: Card) -> tuple[str, list[str]]:
    limits, reasons = card.get("limits", {}), []
    worst = card["balance"]["project"]["npv"] < limits.get("npv", {}).get("limit", 0)
    if worst:
        reasons.append(_("the project loses money over its whole life"))
    if limits.get("peak_gap", {}).get("met") is False:
        reasons.append(_("it needs more money in advance than the declared limit"))
    if not card["balance"]["operating"]["present"]:
        reasons.append(_("nothing is said about operation"))
    state = BROKEN if worst else WARNING if reasons else MET
    return state, reasons or [_("it pays for itself and keeps earning")]


def fair(card: Card) -> tuple[str, list[str]]:
    limits, reasons = card.get("limits", {}), []
    worse = len(card["fairness"]["worse_off"]) + card["fairness"].get("worse_off_hidden", 0)
    if worse:
        reasons.append(_("%(count)s parties would be better off without it") % {"count": worse})
    if limits.get("min_recovery", {}).get("met") is False:
        reasons.append(_("somebody gets back less than the declared share"))
    if limits.get("gini", {}).get("met") is False:
        reasons.append(_("it is shared less evenly than the declared limit"))
    state = BROKEN if worse else WARNING if reasons else MET
    return state, reasons or [_("nobody is worse off and alike is treated alike")]
