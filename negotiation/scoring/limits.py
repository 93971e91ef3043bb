"""Limits: the thresholds a case declares, as traffic lights. At the threshold a limit is met."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from negotiation.scoring import inequality
from negotiation.scoring.noise import SHARE, noise_of
from negotiation.scoring.scored import Scored

AT_LEAST = ("min_recovery", "npv")
Figure = tuple[Fraction | float | None, float]  # a figure and its noise; an exact one has none


@dataclass(frozen=True)
class Light:
    """One limit and the figure it is about; an undefined figure has no light."""

    limit: Fraction
    value: Fraction | float | None
    met: bool | None


def judge_limits(scored: Scored) -> dict[str, Light]:
    """Hold a package against every limit that its case declares, by its name; ratios, and yuan for npv and peak_gap."""
    figures = {"gini": _gini, "min_recovery": _min_recovery, "npv": _npv, "peak_gap": _peak_gap}
    return {name: judge(name, limit, *figures[name](scored)) for name, limit in scored.arrays.limits.items()}


def judge(name: str, limit: Fraction, value: Fraction | float | None, noise: float) -> Light:
    """Compare a figure with its limit, both in one unit, leaving its noise out of account."""
    if value is None:
        return Light(limit, None, None)
    distance = Fraction(value) - limit if name in AT_LEAST else limit - Fraction(value)
    return Light(limit, value, distance >= -Fraction(noise))


def _gini(scored: Scored) -> Figure:
    recoveries = scored.gains.recovery.tolist()
    return inequality.gini(recoveries) if inequality.is_measurable(recoveries) else None, SHARE


def _min_recovery(scored: Scored) -> Figure:
    gains = scored.gains
    if not gains.holder.any():
        return None, 0.0
    noise = noise_of(gains.turnover[gains.holder] / gains.before[gains.holder])
    lowest = int(np.argmin(gains.recovery))
    return float(gains.recovery[lowest]), float(noise[lowest])


def _npv(scored: Scored) -> Figure:
    return scored.balance.project.npv, 0.0


def _peak_gap(scored: Scored) -> Figure:
    return scored.balance.basic.peak_gap, 0.0
