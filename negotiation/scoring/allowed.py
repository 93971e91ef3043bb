"""Gates: may the package be done at all? All of it in exact arithmetic, so that equality is equality.

Definitions: docs/scorecard.md, "Gates". Areas in m², money in yuan, amounts of items in each item's unit. Source of
what is asked for (both balances, tolerances, the pool): Tan, Wang, Jin, 规划师 2024(6), sections 4.1 and 4.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from negotiation.scoring.arrays import CaseArrays, Indicator, Target
from negotiation.scoring.exact import Exact, Mask, aligned
from negotiation.scoring.terms import PackageArrays

LAND_TOLERANCE = Fraction(1, 100)


@dataclass(frozen=True)
class LandFault:
    """A parcel whose dispositions do not add up to its site area (m²)."""

    parcel: str
    planned: Fraction
    actual: Fraction


@dataclass(frozen=True)
class Supply:
    """One item of the catalogue: what the plan yields, uses and hands out, and what is left."""

    yielded: Fraction
    used: Fraction
    allocated: Fraction

    @property
    def rest(self) -> Fraction:
        """Yields − uses − allocated: below zero the item is short."""
        return self.yielded - self.used - self.allocated


@dataclass(frozen=True)
class Measured:
    """A target against its indicator; a figure with nothing to divide by is None."""

    target: Target
    before: Fraction | None
    after: Fraction | None
    status: str
    margin: Fraction | None


@dataclass(frozen=True)
class Pool:
    """The compensation pool: totals and its balance at each year's end, yuan, not discounted."""

    paid_in: Fraction
    paid_out: Fraction
    yearly: list[Fraction]


@dataclass(frozen=True)
class Gates:
    """All gates of one package."""

    land: list[LandFault]
    supply: dict[str, Supply]
    targets: list[Measured]
    unserved: list[str]
    pool: Pool

    @property
    def supplied(self) -> bool:
        """No item is short."""
        return all(item.rest >= 0 for item in self.supply.values())

    @property
    def on_target(self) -> bool:
        """No target is broken."""
        return all(item.status != "broken" for item in self.targets)

    @property
    def pool_solvent(self) -> bool:
        """The pool is at no year's end below zero."""
        return min(self.pool.yearly) >= 0

    @property
    def passed(self) -> bool:
        """Every gate passes."""
        return not self.land and self.supplied and self.on_target and not self.unserved and self.pool_solvent


def check_gates(arrays: CaseArrays, package: PackageArrays) -> Gates:
    """Check every gate of a package that is compiled; nothing is rounded."""
    return Gates(
        land=check_land(arrays, package),
        supply=check_supply(arrays, package),
        targets=[measure_target(arrays, package, target) for target in arrays.targets],
        unserved=find_unserved(arrays, package),
        pool=run_pool(arrays, package),
    )


def check_land(arrays: CaseArrays, package: PackageArrays) -> list[LandFault]:
    """List the disposed parcels whose dispositions differ from the site area by more than 0.01 m²."""
    planned, own = aligned(package.dispositions.site, arrays.parcels.site)
    sums = planned.grouped(package.dispositions.parcel, len(own.units))
    allowed = LAND_TOLERANCE * 10**planned.places
    off = np.flatnonzero((np.abs(sums - own.units) > int(allowed)) & disposed(arrays, package))
    codes = arrays.parcels.codes
    return [LandFault(codes[i], planned.fraction(sums[i]), own.fraction(own.units[i])) for i in off]


def disposed(arrays: CaseArrays, package: PackageArrays) -> Mask:
    """Tell which parcels have a disposition. Shape (parcels,)."""
    mask = np.zeros(len(arrays.parcels.codes), dtype=np.bool_)
    mask[package.dispositions.parcel] = True
    return mask


def check_supply(arrays: CaseArrays, package: PackageArrays) -> dict[str, Supply]:
    """Balance every item of the catalogue, by its code: yields, uses, allocated, each in the item's unit."""
    size = len(arrays.items)
    columns = (package.yields, package.uses, package.allocations)
    sums = [(column.quantity, column.quantity.grouped(column.item, size)) for column in columns]
    return {
        item: Supply(*(quantity.fraction(units[number]) for quantity, units in sums))
        for number, item in enumerate(arrays.items)
    }


def find_unserved(arrays: CaseArrays, package: PackageArrays) -> list[str]:
    """List the codes of those who lose something (B > 0) and receive neither an allocation nor a flow."""
    served = np.zeros(len(arrays.ends), dtype=np.bool_)
    served[package.allocations.party] = True
    served[package.flows.target] = True
    lost = np.flatnonzero((package.before > 0) & ~served[: len(package.before)])
    return [arrays.parties[number] for number in lost]


def run_pool(arrays: CaseArrays, package: PackageArrays) -> Pool:
    """Run the pool's account over all years: plain yuan, not discounted."""
    flows = package.flows
    paid_in = flows.yuan.grouped(flows.year, arrays.years, flows.target == arrays.pool)
    paid_out = flows.yuan.grouped(flows.year, arrays.years, flows.source == arrays.pool)
    balances = np.cumsum(paid_in - paid_out)
    return Pool(
        paid_in=flows.yuan.fraction(paid_in.sum()),
        paid_out=flows.yuan.fraction(paid_out.sum()),
        yearly=[flows.yuan.fraction(units) for units in balances],
    )


def measure_target(arrays: CaseArrays, package: PackageArrays, target: Target) -> Measured:
    """Hold a target against its indicator as planned: met, tolerated or broken (also when undefined)."""
    before = measure_before(arrays, target.indicator)
    after = measure_after(arrays, package, target.indicator)
    if after is None:
        return Measured(target, before, None, "broken", None)
    margin = target.value - after if target.op == "<=" else after - target.value
    return Measured(target, before, after, judge_margin(margin, target), margin)


def judge_margin(margin: Fraction, target: Target) -> str:
    """Turn a margin to the limit into a status; the limit itself is met, the end of the tolerance tolerated."""
    if margin >= 0:
        return "met"
    return "tolerated" if -margin <= target.tolerance * target.value else "broken"


def measure_before(arrays: CaseArrays, indicator: Indicator) -> Fraction | None:
    """Measure an indicator over all parcels as they are: m², a ratio or a number; None where it is undefined."""
    chosen = _chosen_parcels(arrays, indicator)
    site, floor = _totals(chosen, arrays.parcels.site, arrays.parcels.floor)
    return _measure(arrays, indicator, site, floor, int(chosen.sum()))


def measure_after(arrays: CaseArrays, package: PackageArrays, indicator: Indicator) -> Fraction | None:
    """Measure an indicator with the disposed parcels as planned, the others as they are; unit and None as before."""
    left = _chosen_parcels(arrays, indicator) & ~disposed(arrays, package)
    planned = _chosen_dispositions(arrays, package, indicator)
    site, floor = _totals(left, arrays.parcels.site, arrays.parcels.floor)
    new_site, new_floor = _totals(planned, package.dispositions.site, package.dispositions.floor)
    return _measure(arrays, indicator, site + new_site, floor + new_floor, int(left.sum() + planned.sum()))


def _chosen_parcels(arrays: CaseArrays, indicator: Indicator) -> Mask:
    return arrays.parcels.uses.matching(indicator.prefixes) & _in_zone(arrays, indicator)


def _chosen_dispositions(arrays: CaseArrays, package: PackageArrays, indicator: Indicator) -> Mask:
    rows = package.dispositions
    return rows.uses.matching(indicator.prefixes) & _in_zone(arrays, indicator)[rows.parcel]


def _in_zone(arrays: CaseArrays, indicator: Indicator) -> Mask:
    """Tell which parcels the indicator's zone takes in. Shape (parcels,)."""
    zones = arrays.parcels.zones
    return np.ones(len(zones), dtype=np.bool_) if indicator.zone is None else zones == indicator.zone


def _totals(chosen: Mask, site: Exact, floor: Exact) -> tuple[Fraction, Fraction]:
    return site.total(chosen), floor.total(chosen)


def _measure(arrays: CaseArrays, indicator: Indicator, site: Fraction, floor: Fraction, count: int) -> Fraction | None:
    """Combine the totals of the matching land into the indicator's measure."""
    if indicator.measure == "far":
        return floor / site if site else None
    if indicator.measure == "share":
        whole = arrays.parcels.site.total()
        return site / whole if whole else None
    return {"site_area": site, "floor_area": floor, "count": Fraction(count)}[indicator.measure]
