"""Fairness: who gains, and is it even?

Definitions: docs/scorecard.md, "Fairness". Money in yuan of year 0; recovery ρ is a pure number.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum

import numpy as np

from negotiation.scoring import inequality
from negotiation.scoring.arrays import SIDES, CaseArrays
from negotiation.scoring.balance import CENT_HALF, NOISE
from negotiation.scoring.exact import Floats, Indices, Mask, sum_by
from negotiation.scoring.gains import RATIO_NOISE, Gains
from negotiation.scoring.terms import PackageArrays

OUTLIER_SHARE = 0.05
ENVY_TOLERANCE = 1e-9


@dataclass(frozen=True)
class WorseOff:
    """An affected party below its outside option, yuan."""

    party: str
    gain: float
    outside: float

    @property
    def shortfall(self) -> float:
        """What it lacks."""
        return self.outside - self.gain


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

    gain: float
    gain_share: float | None
    contribution: float
    contribution_share: float | None

    @property
    def gap(self) -> float | None:
        """Share of the gain − share of the contribution."""
        if self.gain_share is None or self.contribution_share is None:
            return None
        return self.gain_share - self.contribution_share


def below_outside(gain: Floats, outside: Floats) -> Mask:
    """Tell who is more than half a cent below the outside option."""
    mask: Mask = outside - gain > CENT_HALF + NOISE
    return mask


def find_worse_off(arrays: CaseArrays, gains: Gains) -> list[WorseOff]:
    """List the affected parties below their outside option."""
    numbers = np.flatnonzero(gains.affected & below_outside(gains.gain, arrays.outside))
    return [WorseOff(arrays.parties[i], float(gains.gain[i]), float(arrays.outside[i])) for i in numbers]


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
    leading = sums >= largest[owners] * (1 - RATIO_NOISE)
    found = np.full(len(arrays.parties), size, dtype=np.intp)
    np.minimum.at(found, owners[leading], kinds[leading])
    chosen: Indices = found[gains.holder]
    return chosen


def compare_alike(arrays: CaseArrays, gains: Gains, kinds: Indices) -> dict[str, Class]:
    """Compare the holders of each class; ``kinds`` is the class of each holder."""
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
    """Tell who is further from the median than 5 % of it; exactly 5 % is not."""
    slack = RATIO_NOISE * max(1.0, abs(centre))
    mask: Mask = np.abs(recovery - centre) > OUTLIER_SHARE * abs(centre) + slack
    return mask


def count_envy(recovery: Floats) -> int:
    """Count the ordered pairs (i, j) with ρj > ρi + 1e-9·max(1, |ρi|), in O(n log n)."""
    ordered = np.sort(recovery)
    bar = ordered + ENVY_TOLERANCE * np.maximum(1.0, np.abs(ordered))
    return int((len(ordered) - np.searchsorted(ordered, bar, side="right")).sum())


def weigh_sides(arrays: CaseArrays, gains: Gains) -> dict[str, Side]:
    """Gain and contribution (B + discounted flows paid) of every side that has parties."""
    gain = side_sums(arrays, gains.gain)
    contribution = side_sums(arrays, gains.before + gains.paid)
    gain_shares, contribution_shares = shares(gain), shares(contribution)
    return {
        side: Side(gain[side], gain_shares.get(side), contribution[side], contribution_shares.get(side))
        for side in gain
    }


def side_sums(arrays: CaseArrays, amounts: Floats) -> dict[str, float]:
    """Sum amounts (yuan, shape (parties,)) by side, for the sides that have parties."""
    return {SIDES[side]: fsum(amounts[arrays.side == side].tolist()) for side in arrays.present_sides}


def shares(amounts: dict[str, float]) -> dict[str, float]:
    """The share of each in the sum; none when the sum is not above 0."""
    total = fsum(amounts.values())
    return {name: amount / total for name, amount in amounts.items()} if total > NOISE else {}
