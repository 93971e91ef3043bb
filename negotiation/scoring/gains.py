"""Gains: what every party has before, after and gains, in yuan of year 0.

Definitions: docs/scorecard.md, "Gains". Everything is one array over the parties, in the order of their codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from negotiation.scoring.arrays import SIDES, CaseArrays
from negotiation.scoring.balance import yearly_in_kind, yearly_net
from negotiation.scoring.cash import Chosen, present_value
from negotiation.scoring.exact import Floats, Mask
from negotiation.scoring.noise import noise_of, settle
from negotiation.scoring.terms import PackageArrays


@dataclass(frozen=True)
class Gains:
    """What a package does to every party; each array has shape (parties,), yuan of year 0.

    Attributes:
        before: B, the value of the rights that end.
        after: A, what is allocated and paid to the party minus what it pays.
        gain: G = A − B.
        turnover: Σ |what it gets and pays, netted by year|, discounted: what A was added up from.
        noise: what float64 may miss of G − outside option.
        affected: B > 0 or named in an allocation or flow.
        holder: on the public side with B > 0.
    """

    before: Floats
    after: Floats
    gain: Floats
    turnover: Floats
    noise: Floats
    affected: Mask
    holder: Mask

    @property
    def recovery(self) -> Floats:
        """ρ = A ÷ B of the holders, in the order of their codes. Shape (holders,)."""
        return self.after[self.holder] / self.before[self.holder]


@dataclass(frozen=True)
class Unassigned:
    """What belongs to nobody, yuan of year 0."""

    project: Fraction
    pool: Fraction


@dataclass(frozen=True)
class Sources:
    """Where ΣG comes from: ΣG = allocations + from_outside − before − project − pool, yuan of year 0."""

    allocations: Fraction
    from_outside: Fraction
    before: Fraction


def choose(package: PackageArrays, allocated: bool, received: bool, paid: bool) -> Chosen:
    """Choose all or none of the allocations, of the flows in and of the flows out. Shapes (allocations,), (flows,)."""
    flows = len(package.flows.stage)
    return Chosen(np.full(len(package.allocations.party), allocated), np.full(flows, received), np.full(flows, paid))


def weigh_gains(arrays: CaseArrays, package: PackageArrays) -> Gains:
    """Compute before, after and gain of every party. Shapes (parties,), yuan of year 0."""
    before = package.before
    after, turnover = package.cash.by_party(choose(package, True, True, True))
    return Gains(
        before=before,
        after=after,
        gain=settle(after - before, noise_of(turnover, before)),
        turnover=turnover,
        noise=noise_of(turnover, before, arrays.outside),
        affected=package.affected,
        holder=(before > 0) & (arrays.side == SIDES.index("public")),
    )


def by_side(arrays: CaseArrays, package: PackageArrays, chosen: Chosen) -> dict[str, Fraction]:
    """Exact present value of the chosen allocations and flows of each side that has parties, yuan."""
    nets = package.cash.by_side(chosen, arrays.side, arrays.weights, len(SIDES))
    return {SIDES[side]: nets[side] for side in arrays.present_sides}


def side_gains(arrays: CaseArrays, package: PackageArrays) -> dict[str, Fraction]:
    """G of each side that has parties, yuan."""
    after = by_side(arrays, package, choose(package, True, True, True))
    return {side: net - package.side_before[SIDES.index(side)] for side, net in after.items()}


def side_contributions(arrays: CaseArrays, package: PackageArrays) -> dict[str, Fraction]:
    """B and the discounted flows paid of each side that has parties, yuan."""
    paid = by_side(arrays, package, choose(package, False, False, True))
    return {side: package.side_before[SIDES.index(side)] - net for side, net in paid.items()}


def find_unassigned(arrays: CaseArrays, package: PackageArrays) -> Unassigned:
    """The discounted net of the plan's account and of the pool, exact yuan."""
    return Unassigned(*(net_present(arrays, package, end) for end in (arrays.project, arrays.pool)))


def find_sources(arrays: CaseArrays, package: PackageArrays) -> Sources:
    """The other terms of the identity of ΣG, exact yuan."""
    everything = np.full(len(package.allocations.party), True)
    return Sources(
        allocations=present_value(yearly_in_kind(arrays, package, everything), arrays.weights),
        from_outside=-net_present(arrays, package, arrays.beyond),
        before=sum(package.side_before, Fraction(0)),
    )


def net_present(arrays: CaseArrays, package: PackageArrays, end: int) -> Fraction:
    """Discounted flows in − out of one end of flows, exact yuan."""
    everything = np.full(len(package.flows.stage), True)
    return present_value(yearly_net(arrays, package, end, everything), arrays.weights)
