"""Gains: what every party has before, after and gains, in yuan of year 0.

Definitions: docs/scorecard.md, "Gains". Everything is one array over the parties, in the order of their codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum

import numpy as np

from negotiation.scoring.arrays import SIDES, CaseArrays
from negotiation.scoring.exact import Floats, Indices, Mask, sum_by
from negotiation.scoring.terms import PackageArrays

# A sum or quotient in float64 may miss its true value by this share: no threshold is decided inside it.
RATIO_NOISE = 1e-12


@dataclass(frozen=True)
class Gains:
    """What a package does to every party; each array has shape (parties,), yuan of year 0.

    Attributes:
        before: B, the value of the rights that end.
        after: A, what is allocated and paid to the party minus what it pays.
        gain: G = A − B.
        paid: the discounted flows it pays.
        affected: B > 0 or named in an allocation or flow.
        holder: on the public side with B > 0.
    """

    before: Floats
    after: Floats
    gain: Floats
    paid: Floats
    affected: Mask
    holder: Mask

    @property
    def recovery(self) -> Floats:
        """ρ = A ÷ B of the holders, in the order of their codes. Shape (holders,)."""
        return self.after[self.holder] / self.before[self.holder]

    @property
    def total(self) -> float:
        """ΣG over all parties."""
        return fsum(self.gain.tolist())


@dataclass(frozen=True)
class Unassigned:
    """What belongs to nobody, yuan of year 0."""

    project: float
    pool: float


@dataclass(frozen=True)
class Sources:
    """Where ΣG comes from: ΣG = allocations + from_outside − before − project − pool, yuan of year 0."""

    allocations: float
    from_outside: float
    before: float


def weigh_gains(arrays: CaseArrays, package: PackageArrays) -> Gains:
    """Compute before, after and gain of every party."""
    before = package.before
    received = by_party(arrays, package.allocations.party, package.allocations.worth)
    paid_in = by_party(arrays, package.flows.target, package.flows.present)
    paid_out = by_party(arrays, package.flows.source, package.flows.present)
    after = settle(received + paid_in - paid_out, received + paid_in + paid_out)
    holder = (before > 0) & (arrays.side == SIDES.index("public"))
    return Gains(before, after, after - before, paid_out, package.affected, holder)


def settle(net: Floats, turnover: Floats) -> Floats:
    """Take a net within float64 noise of its turnover as nothing, so that 0.1 + 0.2 − 0.3 is not above or below 0."""
    settled: Floats = np.where(np.abs(net) <= RATIO_NOISE * turnover, 0.0, net)
    return settled


def find_unassigned(arrays: CaseArrays, package: PackageArrays) -> Unassigned:
    """The discounted net of the plan's account and of the pool."""
    return Unassigned(net_present(package, arrays.project), net_present(package, arrays.pool))


def find_sources(arrays: CaseArrays, package: PackageArrays) -> Sources:
    """The other terms of the identity of ΣG."""
    return Sources(
        allocations=fsum(package.allocations.worth.tolist()),
        from_outside=-net_present(package, arrays.beyond),
        before=fsum(package.before.tolist()),
    )


def net_present(package: PackageArrays, end: int) -> float:
    """Discounted flows in − out of one end of flows, yuan."""
    flows = package.flows
    signed = flows.present * ((flows.target == end).astype(np.float64) - (flows.source == end))
    return fsum(signed.tolist())


def by_party(arrays: CaseArrays, ends: Indices, yuan: Floats) -> Floats:
    """Sum amounts by party, leaving out project, pool and outside. Shape (parties,)."""
    return sum_by(ends, yuan, len(arrays.ends))[: len(arrays.parties)]
