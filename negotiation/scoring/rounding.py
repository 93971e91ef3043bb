"""Figures on their way out: money half-even to the cent, ratios to twelve significant digits, never a minus zero.

Source of half-even: GB/T 8170-2008, 数值修约规则与极限数值的表示和判定.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np

from negotiation.scoring.exact import Floats
from negotiation.scoring.noise import CUT_OFF, noise_of

# However large the amounts are, nothing further than this from a half cent is taken for one, in cents.
_WIDEST = 0.1


def cents(yuan: Floats, noise: Floats | float = 0.0) -> Floats:
    """Round an array of yuan half-even to the cent.

    A value within float64 noise of a half cent counts as the half cent: 1.015, which no float64 holds, gives 1.02.
    ``noise`` is that of the amounts from which the value comes, in yuan; 1.975 = 174.12 − 172.145 needs it.
    """
    scaled = np.asarray(yuan, dtype=np.float64) * 100.0
    tie = np.floor(scaled) + 0.5
    near = np.abs(scaled - tie) <= np.minimum(noise_of(scaled) + 100.0 * noise, _WIDEST)
    rounded: Floats = np.where(near, 2 * np.rint(tie / 2), np.rint(scaled)) / 100.0 + 0.0
    return rounded


def money(yuan: float | Fraction, noise: float = 0.0) -> float:
    """Round one amount half-even to the cent; an exact one exactly (thirds were cut off), another as ``cents`` does."""
    if isinstance(yuan, Fraction):
        half = Fraction(floor(yuan * 100) * 2 + 1, 200)
        return float(round(half if abs(yuan - half) < CUT_OFF else yuan, 2)) + 0.0
    scaled = yuan * 100.0
    tie = floor(scaled) + 0.5
    near = abs(scaled - tie) <= min(noise_of(scaled) + 100.0 * noise, _WIDEST)
    return (2 * round(tie / 2) if near else round(scaled)) / 100.0


def ratio(number: float | Fraction) -> float:
    """Round a pure number to twelve significant digits, where machines agree."""
    return float(f"{float(number):.12g}") + 0.0


def amount(exact: Fraction) -> float:
    """Give an exact amount of land or items, in its unit, as the nearest float64."""
    return float(exact)


def defined(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is undefined (None)."""
    return {name: figure for name, figure in figures.items() if figure is not None}


def money_or_none(yuan: float | Fraction | None) -> float | None:
    """Round an amount in yuan that may be undefined."""
    return None if yuan is None else money(yuan)


def ratio_or_none(number: float | Fraction | None) -> float | None:
    """Round a pure number that may be undefined."""
    return None if number is None else ratio(number)


def amount_or_none(exact: Fraction | None) -> float | None:
    """Give an exact amount that may be undefined."""
    return None if exact is None else amount(exact)
