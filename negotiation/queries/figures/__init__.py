"""The figures of a scorecard as lines on a card, and each of them explained."""

from __future__ import annotations

from collections.abc import Callable

from accounts.refusals import NotFound
from negotiation.queries.figures import balance, coalitions, evenness, gains, gates, limits, sensitivity
from negotiation.queries.figures.parts import Explanation, Line, Section
from negotiation.queries.figures.reading import PARTY, Reading, read_card

Explainer = Callable[[Reading, Line, str | None, str], Explanation]
EXPLAINERS: dict[str, Explainer] = {
    "gates.land": gates.explain_land,
    "gates.supply.": gates.explain_supply,
    "gates.targets.": gates.explain_target,
    gates.RESOURCES: gates.explain_indicator,
    "gates.rights": gates.explain_rights,
    "gates.pool": gates.explain_pool,
    "balance.project.npv": balance.explain_npv,
    "balance.project.irr": balance.explain_irr,
    "balance.project.payback_year": balance.explain_payback,
    "balance.project.discounted_payback_year": balance.explain_payback,
    "balance.basic.net": balance.explain_basic,
    "balance.basic.npv": balance.explain_basic_npv,
    "balance.basic.peak_gap": balance.explain_gap,
    "balance.operating.net": balance.explain_operating,
    "balance.operating.npv": balance.explain_operating_npv,
    "balance.operating.first_year": balance.explain_first_year,
    "balance.market.": balance.explain_market,
    "fairness.worse_off": gains.explain_worse,
    PARTY: gains.explain_party,
    "fairness.sides.": gains.explain_side,
    "fairness.total": gains.explain_total,
    "fairness.recovery.gini": evenness.explain_gini,
    "fairness.recovery.theil": evenness.explain_theil,
    "fairness.recovery.atkinson_0.5": evenness.explain_atkinson_half,
    "fairness.recovery.atkinson_1": evenness.explain_atkinson_one,
    "fairness.recovery.jain": evenness.explain_jain,
    "fairness.recovery.": evenness.explain_recovery,
    "fairness.classes.": evenness.explain_class,
    "fairness.coalitions.core": coalitions.explain_core,
    "fairness.coalitions.shapley.": coalitions.explain_shapley,
    "sensitivity.price.project_npv_zero": sensitivity.explain_zero,
    "sensitivity.cost.project_npv_zero": sensitivity.explain_zero,
    "sensitivity.delay.project_npv_zero": sensitivity.explain_zero,
    "sensitivity.price.first_worse_off": sensitivity.explain_first,
    "sensitivity.cost.first_worse_off": sensitivity.explain_first,
    "sensitivity.delay.first_worse_off": sensitivity.explain_first,
    "limits.": limits.explain,
}


def sections(reading: Reading) -> list[Section]:
    """Every figure of the card, by the question that it answers."""
    found = [
        gates.section(reading),
        balance.section(reading),
        evenness.section(reading),
        evenness.alike_section(reading),
        gains.section(reading),
        coalitions.section(reading),
        sensitivity.section(reading),
        limits.section(reading),
    ]
    return [section for section in found if section.lines]


def explain(reading: Reading, key: str, page: str | None = None) -> Explanation:
    """Open one figure. Raises NotFound for a figure that is not on this person's card."""
    line = _find(reading, key)
    prefix = next(prefix for prefix in EXPLAINERS if key == prefix or (prefix.endswith(".") and key.startswith(prefix)))
    return EXPLAINERS[prefix](reading, line, page, key.removeprefix(prefix))


def _find(reading: Reading, key: str) -> Line:
    if key.startswith(PARTY):
        return gains.party_line(reading, key.removeprefix(PARTY))
    found = next((line for section in sections(reading) for line in section.lines if line.key == key), None)
    if found is None:
        raise NotFound
    return found


__all__ = ["Explanation", "Line", "Reading", "Section", "explain", "read_card", "sections"]
