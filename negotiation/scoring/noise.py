"""What float64 cannot tell: a sum may miss its true value by a share of what it was added up from.

No threshold is decided inside the noise, so that a figure that is at its limit in exact arithmetic is at its limit on
the card, and what cancels in exact arithmetic is nothing. Amounts in yuan, of the order of what was added, not of the
result: the noise of 1,000,000 − 999,999.99 is that of a million.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TypeVar

import numpy as np

from negotiation.scoring.exact import Floats

SHARE = 2.0**-50  # eight roundings of half a unit in the last place
CENT_HALF = Fraction(1, 200)  # yuan: a difference up to here is none
CUT_OFF = Fraction(1, 10**20)  # far above what thirds lose when an exact amount is cut off, in yuan

Number = TypeVar("Number", float, Floats)


def noise_of(*amounts: Number) -> Number:
    """The noise of a sum or difference of these amounts: 2^−50 · Σ |amount|, in their unit."""
    return SHARE * sum((abs(amount) for amount in amounts[1:]), start=abs(amounts[0]))


def settle(net: Floats, noise: Floats) -> Floats:
    """Take a net within its noise as nothing, so that 0.1 + 0.2 − 0.3 is not above or below 0. Yuan, one shape."""
    settled: Floats = np.where(np.abs(net) <= noise, 0.0, net)
    return settled
