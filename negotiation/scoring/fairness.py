"""Fairness: who gains, and is it even?

Definitions: docs/scorecard.md, "Fairness". Money in yuan of year 0; recovery ρ is a pure number. Sources: envy: Foley,
Resource Allocation and the Public Sector, Yale Economic Essays 7 (1967); gain in proportion to contribution: Adams,
Inequity in Social Exchange, Advances in Experimental Social Psychology 2 (1965).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from negotiation.scoring import inequality
from negotiation.scoring.arrays import CaseArrays
from negotiation.scoring.exact import Floats, Indices, Mask, sum_by
from negotiation.scoring.gains import Gains
from negotiation.scoring.noise import CENT_HALF, CUT_OFF, noise_of
from negotiation.scoring.terms import PackageArrays

OUTLIER_SHARE = 0.05
ENVY_TOLERANCE = 1e-9
SAME_SUM = 1e-12  # sums of values by class are compared within this share


@dataclass(frozen=True)
class Class:
    """How alike holders of like rights are treated; ``cv`` is None when the mean is not above 0."""

    recoveries: list[float]
    cv: float | None
    outliers: list[str]
    envy_pairs: int


@dataclass(frozen=True)
class Side:
    """What a side gains and gives, yuan; a share is None when nothing positive is shared."""

    gain: Fraction
    gain_share: Fraction | None
    contribution: Fraction
    contribution_share: Fraction | None

    @property
    def gap(self) -> Fraction | None:
        """Share of the gain − share of the contribution."""
        if self.gain_share is None or self.contribution_share is None:
            return None
        return self.gain_share - self.contribution_share


def below_outside(gain: Floats, outside: Floats, noise: Floats) -> Mask:
    """Tell who is more than half a cent below the outside option, beyond the difference's noise. Yuan, one shape."""
    mask: Mask = outside - gain > float(CENT_HALF) + noise
    return mask


def find_worse_off(arrays: CaseArrays, gains: Gains) -> Indices:
    """The numbers of the affected parties below their outside option, ascending. Shape (worse off,)."""
    numbers: Indices = np.flatnonzero(gains.affected & below_outside(gains.gain, arrays.outside, gains.noise))
    return numbers


def classify_holders(arrays: CaseArrays, package: PackageArrays, gains: Gains) -> Indices:
    """The class of each holder: that of its largest extinguished value, summed by class. Shape (holders,).

    Equal sums go to the first class. Sums are compared within 1e-12 of the largest, since thirds do not add up
    exactly in float64.
    """
    rights, size = arrays.rights, max(len(arrays.rights.classes), 1)
    pairs, inverse = np.unique(rights.party * size + rights.kind, return_inverse=True)
    sums = sum_by(inverse, package.extinguished * rights.value.values, len(pairs))
    owners, kinds = pairs // size, pairs % size
    largest = np.zeros(len(arrays.parties))
    np.maximum.at(largest, owners, sums)
    leading = sums >= largest[owners] * (1 - SAME_SUM)
    found = np.full(len(arrays.parties), size, dtype=np.intp)
    np.minimum.at(found, owners[leading], kinds[leading])
    chosen: Indices = found[gains.holder]
    return chosen


def compare_alike(arrays: CaseArrays, gains: Gains, kinds: Indices) -> dict[str, Class]:
    """Compare the holders of each class, by its code; ``kinds`` is the class of each holder, shape (holders,)."""
    holders = np.flatnonzero(gains.holder)
    return {
        arrays.rights.classes[kind]: _compare_class(arrays, gains.recovery[kinds == kind], holders[kinds == kind])
        for kind in np.unique(kinds)
    }


def _compare_class(arrays: CaseArrays, recovery: Floats, holders: Indices) -> Class:
    recoveries = recovery.tolist()
    centre = inequality.median(recoveries)
    far = is_outlier(recovery, centre)
    return Class(
        recoveries=recoveries,
        cv=inequality.variation(recoveries) if inequality.mean(recoveries) > 0 else None,
        outliers=[arrays.parties[holder] for holder in holders[far]],
        envy_pairs=count_envy(recovery),
    )


def is_outlier(recovery: Floats, centre: float) -> Mask:
    """Tell who is further from the median than 5 % of it; exactly 5 % is not. Shape (holders,)."""
    slack = noise_of(recovery) + noise_of(centre)
    mask: Mask = np.abs(recovery - centre) > OUTLIER_SHARE * abs(centre) + slack
    return mask


def count_envy(recovery: Floats) -> int:
    """Count the ordered pairs (i, j) with ρj > ρi + 1e-9·max(1, |ρi|), in O(n log n); ``recovery`` of one class."""
    ordered = np.sort(recovery)
    bar = ordered + ENVY_TOLERANCE * np.maximum(1.0, np.abs(ordered))
    return int((len(ordered) - np.searchsorted(ordered, bar, side="right")).sum())


def weigh_sides(gain: Mapping[str, Fraction], contribution: Mapping[str, Fraction]) -> dict[str, Side]:
    """Gain and contribution (B + discounted flows paid), yuan, of every side that has parties, with their shares."""
    gain_shares, contribution_shares = shares(gain), shares(contribution)
    return {
        side: Side(gain[side], gain_shares.get(side), contribution[side], contribution_shares.get(side))
        for side in gain
    }


def shares(amounts: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """The share of each in the sum; none when the sum is not above 0."""
    total = sum(amounts.values(), Fraction(0))
    return {name: amount / total for name, amount in amounts.items()} if total > CUT_OFF else {}
