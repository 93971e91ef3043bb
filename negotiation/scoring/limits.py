"""Limits: the thresholds a case declares, as traffic lights. At the threshold a limit is met."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from negotiation.scoring import inequality
from negotiation.scoring.balance import NOISE
from negotiation.scoring.gains import RATIO_NOISE
from negotiation.scoring.scored import Scored

AT_LEAST = ("min_recovery", "npv")


@dataclass(frozen=True)
class Light:
    """One limit and the figure it is about; an undefined figure has no light."""

    limit: Fraction
    value: float | None
    met: bool | None


def judge_limits(scored: Scored) -> dict[str, Light]:
    """Hold a package against every limit that its case declares."""
    figures = {"gini": _gini, "min_recovery": _min_recovery, "npv": _npv, "peak_gap": _peak_gap}
    return {name: judge(name, limit, figures[name](scored)) for name, limit in scored.arrays.limits.items()}


def judge(name: str, limit: Fraction, value: float | None) -> Light:
    """Compare a figure with its limit, leaving out of account what float64 cannot tell."""
    if value is None:
        return Light(limit, None, None)
    slack = NOISE if name in ("npv", "peak_gap") else RATIO_NOISE
    distance = Fraction(value) - limit if name in AT_LEAST else limit - Fraction(value)
    return Light(limit, value, distance >= -slack)


def _gini(scored: Scored) -> float | None:
    recoveries = scored.gains.recovery.tolist()
    return inequality.gini(recoveries) if inequality.is_measurable(recoveries) else None


def _min_recovery(scored: Scored) -> float | None:
    return min(scored.gains.recovery.tolist(), default=None)


def _npv(scored: Scored) -> float:
    return scored.balance.project.npv


def _peak_gap(scored: Scored) -> float:
    return float(scored.balance.basic.peak_gap)
