"""Sensitivity: what breaks first when prices fall, costs rise or the works are late?

Every figure is linear in one variable x that is 1 today: x = the price factor, x = the cost factor, and for a delay
of n years x = (1+r)^−n, which multiplies the present value of all that happens in year 1 or later. So a break-even is
one division, x = 1 − distance ÷ slope, and exact. Money in yuan of year 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import fsum, log

import numpy as np

from negotiation.scoring.arrays import CaseArrays
from negotiation.scoring.balance import NOISE
from negotiation.scoring.exact import Floats, Indices, Mask
from negotiation.scoring.fairness import below_outside, side_sums
from negotiation.scoring.gains import Gains, by_party
from negotiation.scoring.terms import OPERATE, PackageArrays

FACTORS = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3)
DELAYS = (0, 1, 2, 3)
# Two break-evens closer than this are a tie, and an x this close to 0 is 0: float64 tells no more.
SAME = 1e-12


@dataclass(frozen=True)
class Response:
    """How the project's NPV and the parties' gains answer to x: value today + (x − 1)·slope."""

    npv: float
    npv_slope: float
    gain: Floats
    gain_slope: Floats


@dataclass(frozen=True)
class Row:
    """The package at one factor or delay."""

    at: float
    project_npv: float
    worse_off: int
    sides: dict[str, float]


@dataclass(frozen=True)
class Sweep:
    """One kind of change: its break-evens (None where there is none) and its rows."""

    project_npv_zero: float | None
    first_worse_off: tuple[float, str] | None
    rows: list[Row]


def sweep_price(arrays: CaseArrays, package: PackageArrays, gains: Gains, npv: float) -> Sweep:
    """Multiply every catalogue price and every operating flow that enters from outside."""
    flows = package.flows
    entering = (flows.stage == OPERATE) & (flows.source == arrays.beyond)
    slope = by_party(arrays, package.allocations.party, package.allocations.worth)
    slope = slope + _by_party_where(arrays, package, flows.target, entering)
    response = Response(npv, _reaching(package, flows.target == arrays.project, entering), gains.gain, slope)
    return _sweep_factor(arrays, gains, response, worse=-1)


def sweep_cost(arrays: CaseArrays, package: PackageArrays, gains: Gains, npv: float) -> Sweep:
    """Multiply every flow of the stages acquire and build that leaves to outside."""
    flows = package.flows
    leaving = (flows.stage != OPERATE) & (flows.target == arrays.beyond)
    slope = -_by_party_where(arrays, package, flows.source, leaving)
    response = Response(npv, -_reaching(package, flows.source == arrays.project, leaving), gains.gain, slope)
    return _sweep_factor(arrays, gains, response, worse=1)


def sweep_delay(arrays: CaseArrays, package: PackageArrays, gains: Gains, npv: float) -> Sweep:
    """Move all that happens in year 1 or later by n years."""
    response = Response(npv, _later_net(arrays, package), gains.gain, _later_gain(arrays, package))
    growth = 1 + float(arrays.rate)
    if growth == 1:
        zero = 0.0 if abs(npv) <= NOISE else None
        return Sweep(zero, None, _rows(arrays, gains, response, DELAYS, lambda _: 1.0))
    x_zero = zero_factor(response)
    first = first_party(arrays, gains, response, worse=-1 if growth > 1 else 1)
    return Sweep(
        project_npv_zero=None if x_zero is None else delay_of(x_zero, growth),
        first_worse_off=_delayed(first, growth),
        rows=_rows(arrays, gains, response, DELAYS, lambda years: growth**-years),
    )


def zero_factor(response: Response) -> float | None:
    """The x at which the project's NPV is 0, None if there is none; 1 if it is 0 today."""
    if abs(response.npv) <= NOISE:
        return 1.0
    return 1 - response.npv / response.npv_slope if response.npv_slope else None


def first_party(arrays: CaseArrays, gains: Gains, response: Response, worse: int) -> tuple[float, str] | None:
    """The x ≥ 0 nearest 1, below it (worse = −1) or above it (+1), at which one more party reaches its outside option.

    Parties already below are left out, and those that the change does not hurt. Ties go to the first code.
    """
    hurt = gains.affected & ~below_outside(response.gain, arrays.outside) & (response.gain_slope * worse < 0)
    numbers = np.flatnonzero(hurt)
    distance = np.maximum(response.gain[numbers] - arrays.outside[numbers], 0.0)
    x = 1 - distance / response.gain_slope[numbers]
    x[np.abs(x) <= SAME] = 0.0
    numbers, x = numbers[x >= 0], x[x >= 0]
    if not len(x):
        return None
    nearest = float(np.abs(x - 1).min())
    place = int((np.abs(x - 1) <= nearest + SAME * max(1.0, nearest)).argmax())
    return float(x[place]), arrays.parties[numbers[place]]


def delay_of(x: float, growth: float) -> float | None:
    """The years n ≥ 0 with growth^−n = x, None if there are none."""
    if x <= SAME:
        return None
    years = -log(x) / log(growth)
    return max(years, 0.0) if years >= -SAME else None


def _delayed(first: tuple[float, str] | None, growth: float) -> tuple[float, str] | None:
    years = delay_of(first[0], growth) if first else None
    return None if first is None or years is None else (years, first[1])


def _sweep_factor(arrays: CaseArrays, gains: Gains, response: Response, worse: int) -> Sweep:
    zero = zero_factor(response)
    return Sweep(
        project_npv_zero=zero if zero is not None and zero >= 0 else None,
        first_worse_off=first_party(arrays, gains, response, worse),
        rows=_rows(arrays, gains, response, FACTORS, lambda factor: factor),
    )


def _rows(
    arrays: CaseArrays, gains: Gains, response: Response, steps: tuple[float, ...], x_of: Callable[[float], float]
) -> list[Row]:
    return [_row(arrays, gains, response, step, x_of(step) - 1) for step in steps]


def _row(arrays: CaseArrays, gains: Gains, response: Response, at: float, change: float) -> Row:
    gain = response.gain + change * response.gain_slope
    worse_off = int((gains.affected & below_outside(gain, arrays.outside)).sum())
    return Row(at, response.npv + change * response.npv_slope, worse_off, side_sums(arrays, gain))


def _by_party_where(arrays: CaseArrays, package: PackageArrays, ends: Indices, chosen: Mask) -> Floats:
    return by_party(arrays, ends[chosen], package.flows.present[chosen])


def _reaching(package: PackageArrays, at_end: Mask, chosen: Mask) -> float:
    return fsum(package.flows.present[at_end & chosen].tolist())


def _later_net(arrays: CaseArrays, package: PackageArrays) -> float:
    """Present value of the project's net from year 1 on."""
    flows, later = package.flows, package.flows.year > 0
    paid_in = _reaching(package, flows.target == arrays.project, later)
    return paid_in - _reaching(package, flows.source == arrays.project, later)


def _later_gain(arrays: CaseArrays, package: PackageArrays) -> Floats:
    """Present value of what each party gets and pays from year 1 on."""
    rows, flows, later = package.allocations, package.flows, package.flows.year > 0
    given = by_party(arrays, rows.party[rows.year > 0], rows.worth[rows.year > 0])
    paid_in = _by_party_where(arrays, package, flows.target, later)
    gained: Floats = given + paid_in - _by_party_where(arrays, package, flows.source, later)
    return gained
