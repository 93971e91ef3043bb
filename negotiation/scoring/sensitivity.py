"""Sensitivity: what breaks first when prices fall, costs rise or the works are late?

Every figure is linear in one variable x that is 1 today: x = the price factor, x = the cost factor, and for a delay
of n years x = (1+r)^−n, which multiplies the present value of all that happens in year 1 or later. So a figure is
rest + x·moved, and a break-even one division, x = (threshold − rest) ÷ moved. Money in yuan of year 0, the project's
exact. Source of the questions: 建设项目经济评价方法与参数 (第三版), 2006, sensitivity analysis and switching values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from math import log, log1p

import numpy as np

from negotiation.scoring.arrays import CaseArrays
from negotiation.scoring.balance import yearly_net
from negotiation.scoring.cash import Chosen, present_value
from negotiation.scoring.exact import Floats, Mask
from negotiation.scoring.fairness import below_outside
from negotiation.scoring.gains import Gains, by_side, side_gains
from negotiation.scoring.noise import noise_of
from negotiation.scoring.terms import OPERATE, PackageArrays

FACTORS = tuple(Fraction(percent, 100) for percent in range(70, 131, 10))
DELAYS = (0, 1, 2, 3)
SAME = 1e-12  # two break-evens closer than this are a tie


@dataclass(frozen=True)
class Response:
    """How the project's NPV and the gains of the parties and sides answer to x: rest + x·moved.

    ``rest_noise`` is what float64 may miss of rest − outside option, by party.
    """

    npv_rest: Fraction
    npv_moved: Fraction
    rest: Floats
    rest_noise: Floats
    moved: Floats
    side_rest: dict[str, Fraction]
    side_moved: dict[str, Fraction]


@dataclass(frozen=True)
class Row:
    """The package at one factor or delay (years); money in exact yuan of year 0."""

    at: float
    project_npv: Fraction
    worse_off: int
    sides: dict[str, Fraction]


@dataclass(frozen=True)
class Sweep:
    """One kind of change: its break-evens (None where there is none) and its rows."""

    project_npv_zero: float | None
    first_worse_off: tuple[float, str] | None
    rows: list[Row]


def sweep_price(arrays: CaseArrays, package: PackageArrays, gains: Gains) -> Sweep:
    """Multiply every catalogue price and every operating flow that enters from outside."""
    flows = package.flows
    entering = (flows.stage == OPERATE) & (flows.source == arrays.beyond)
    response = respond(arrays, package, np.full(len(package.allocations.party), True), entering)
    return _sweep_factor(arrays, gains, response, worse=-1)


def sweep_cost(arrays: CaseArrays, package: PackageArrays, gains: Gains) -> Sweep:
    """Multiply every flow of the stages acquire and build that leaves to outside."""
    flows = package.flows
    leaving = (flows.stage != OPERATE) & (flows.target == arrays.beyond)
    response = respond(arrays, package, np.full(len(package.allocations.party), False), leaving)
    return _sweep_factor(arrays, gains, response, worse=1)


def sweep_delay(arrays: CaseArrays, package: PackageArrays, gains: Gains) -> Sweep:
    """Move all that happens in year 1 or later by n years."""
    response = respond(arrays, package, package.allocations.year > 0, package.flows.year > 0)
    growth = 1 + Fraction(arrays.rate)
    rows = _rows(arrays, gains, response, DELAYS, [growth**-years for years in DELAYS])
    x_zero = zero_factor(response)
    if growth == 1:
        return Sweep(0.0 if x_zero == 1 else None, None, rows)
    first = first_party(arrays, gains, response, worse=-1 if growth > 1 else 1)
    years = delay_of(first[0], arrays.rate) if first else None
    return Sweep(
        project_npv_zero=None if x_zero is None else delay_of(x_zero, arrays.rate),
        first_worse_off=None if first is None or years is None else (years, first[1]),
        rows=rows,
    )


def respond(arrays: CaseArrays, package: PackageArrays, allocations: Mask, flows: Mask) -> Response:
    """Part everything into what the chosen allocations and flows move and the rest. Shapes (allocations,), (flows,)."""
    chosen, others = Chosen(allocations, flows, flows), Chosen(~allocations, ~flows, ~flows)
    rest, side_moved = package.cash.by_party(others), by_side(arrays, package, chosen)
    return Response(
        npv_rest=present_value(yearly_net(arrays, package, arrays.project, ~flows), arrays.weights),
        npv_moved=present_value(yearly_net(arrays, package, arrays.project, flows), arrays.weights),
        rest=rest.net - package.before,
        rest_noise=noise_of(rest.turnover, package.before, arrays.outside),
        moved=package.cash.by_party(chosen).net,
        side_rest={side: gain - side_moved[side] for side, gain in side_gains(arrays, package).items()},
        side_moved=side_moved,
    )


def zero_factor(response: Response) -> Fraction | None:
    """The x at which the project's NPV is 0, None if there is none; 1 if it is 0 today."""
    if response.npv_rest + response.npv_moved == 0:
        return Fraction(1)
    return -response.npv_rest / response.npv_moved if response.npv_moved else None


def first_party(arrays: CaseArrays, gains: Gains, response: Response, worse: int) -> tuple[float, str] | None:
    """The x ≥ 0 nearest 1, below it (worse = −1) or above it (+1), at which one more party reaches its outside option.

    Parties already below are left out, and those that the change does not hurt. Ties go to the first code.
    """
    below = below_outside(gains.gain, arrays.outside, gains.noise)
    numbers = np.flatnonzero(gains.affected & ~below & (response.moved * worse < 0))
    needed = (arrays.outside - response.rest)[numbers]
    x = needed / response.moved[numbers]
    x = np.minimum(x, 1.0) if worse < 0 else np.maximum(x, 1.0)
    x[(gains.gain - arrays.outside <= gains.noise)[numbers]] = 1.0
    x[np.abs(needed) <= response.rest_noise[numbers]] = 0.0
    numbers, x = numbers[x >= 0], x[x >= 0]
    if not len(x):
        return None
    nearest = float(np.abs(x - 1).min())
    place = int((np.abs(x - 1) <= nearest + SAME * max(1.0, nearest)).argmax())
    return float(x[place]), arrays.parties[numbers[place]]


def delay_of(x: Fraction | float, rate: Decimal) -> float | None:
    """The years n ≥ 0 with (1+r)^−n = x, None if there are none."""
    if x <= 0:
        return None
    context = Context(prec=60)
    years = -_log(Fraction(x)) / float(context.add(1, rate).ln(context))
    return years + 0.0 if years >= 0 else None


def _log(x: Fraction) -> float:
    """The natural logarithm of a number of any size, precise also next to 1."""
    if abs(x - 1) < Fraction(1, 2):
        return log1p(float(x - 1))
    return log(x.numerator) - log(x.denominator)


def _sweep_factor(arrays: CaseArrays, gains: Gains, response: Response, worse: int) -> Sweep:
    zero = zero_factor(response)
    return Sweep(
        project_npv_zero=_finite(zero) if zero is not None and zero >= 0 else None,
        first_worse_off=first_party(arrays, gains, response, worse),
        rows=_rows(arrays, gains, response, [float(factor) for factor in FACTORS], FACTORS),
    )


def _finite(x: Fraction) -> float | None:
    """A factor as float64, None if it is too large to be written."""
    try:
        return float(x)
    except OverflowError:
        return None


def _rows(
    arrays: CaseArrays, gains: Gains, response: Response, steps: Sequence[float], changes: Sequence[Fraction]
) -> list[Row]:
    return [_row(arrays, gains, response, step, x) for step, x in zip(steps, changes, strict=True)]


def _row(arrays: CaseArrays, gains: Gains, response: Response, at: float, x: Fraction) -> Row:
    gain = response.rest + float(x) * response.moved
    noise = gains.noise * max(1.0, float(x))
    return Row(
        at=at,
        project_npv=response.npv_rest + x * response.npv_moved,
        worse_off=int((gains.affected & below_outside(gain, arrays.outside, noise)).sum()),
        sides={side: rest + x * response.side_moved[side] for side, rest in response.side_rest.items()},
    )
