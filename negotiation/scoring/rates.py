"""Internal rates of return, found exactly: as the positive roots of a polynomial with whole coefficients.

With v = 1 + i the condition Σ c(y)·v^−y = 0 is, after multiplication by v^n, a polynomial in v; every real rate above
−100 % is a root v > 0. Descartes' rule of signs settles flows with at most one change of sign. Otherwise Sturm's
theorem (1829; Basu, Pollack, Roy, Algorithms in Real Algebraic Geometry, 2.2.2) counts the distinct roots of the
square-free part, so that a double root is found once and a near miss is not found at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from math import gcd, lcm

SAME_RATE = 1e-6
_RELATIVE_WIDTH = Fraction(1, 2**56)
_SMALLEST_WIDTH = Fraction(1, 2**160)

Polynomial = list[int]  # whole coefficients, highest power first, no leading zero


def find_rates(flows: Sequence[Fraction]) -> list[float]:
    """Find every real rate above −100 % at which the yearly flows (yuan, year 0 first) are worth nothing.

    Returns the rates ascending as fractions (0.08 is 8 %), rates closer than 1e-6 taken as one; nothing for flows
    that are all zero, for which every rate would do.
    """
    polynomial = _primitive(_strip(flows))
    changes = _sign_changes(polynomial)
    if changes == 0:
        return []
    if changes == 1:
        intervals: list[tuple[Fraction, Fraction]] = [(Fraction(0), _bound(polynomial))]
    else:
        polynomial = _square_free(polynomial)
        intervals = list(_isolate(_sturm_chain(polynomial), Fraction(0), _bound(polynomial)))
    return _merge(sorted(_refine(polynomial, low, high) for low, high in intervals))


def _strip(flows: Sequence[Fraction]) -> list[Fraction]:
    """Drop the zeros at both ends: they move the flows in time but not the rates."""
    places = [place for place, flow in enumerate(flows) if flow]
    return list(flows[places[0] : places[-1] + 1]) if places else []


def _primitive(coefficients: Sequence[Fraction]) -> Polynomial:
    """Scale to whole coefficients without a common divisor, keeping every sign."""
    scale = lcm(*(value.denominator for value in coefficients))
    return _reduced([int(value * scale) for value in coefficients])


def _reduced(coefficients: Polynomial) -> Polynomial:
    divisor = gcd(*coefficients) or 1
    return [value // divisor for value in coefficients]


def _sign_changes(values: Sequence[int]) -> int:
    signs = [value > 0 for value in values if value]
    return sum(left != right for left, right in pairwise(signs))


def _bound(polynomial: Polynomial) -> Fraction:
    """Give a power of two above every positive root (Cauchy's bound)."""
    largest = max(abs(value) for value in polynomial)
    return Fraction(2 ** (largest // abs(polynomial[0]) + 1).bit_length())


def _derivative(polynomial: Polynomial) -> Polynomial:
    degree = len(polynomial) - 1
    return [value * (degree - place) for place, value in enumerate(polynomial[:-1])]


def _remainder(dividend: Polynomial, divisor: Polynomial) -> Polynomial:
    """Give the remainder of a division times a positive number, its zeros stripped, in lowest terms."""
    rest, lead = list(dividend), abs(divisor[0])
    while len(rest) >= len(divisor):
        factor = rest[0] if divisor[0] > 0 else -rest[0]
        padded = divisor + [0] * (len(rest) - len(divisor))
        rest = [lead * left - factor * right for left, right in zip(rest, padded, strict=True)][1:]
        while rest and rest[0] == 0:
            rest.pop(0)
    return _reduced(rest)


def _greatest_divisor(first: Polynomial, second: Polynomial) -> Polynomial:
    while second:
        first, second = second, _remainder(first, second)
    return first


def _square_free(polynomial: Polynomial) -> Polynomial:
    """Keep each root once: the polynomial over its greatest common divisor with its derivative."""
    divisor = _greatest_divisor(polynomial, _derivative(polynomial))
    quotient: list[Fraction] = []
    rest = [Fraction(value) for value in polynomial]
    while len(rest) >= len(divisor):
        factor = rest[0] / divisor[0]
        quotient.append(factor)
        padded = divisor + [0] * (len(rest) - len(divisor))
        rest = [left - factor * right for left, right in zip(rest, padded, strict=True)][1:]
    return _primitive(quotient)


def _sturm_chain(polynomial: Polynomial) -> list[Polynomial]:
    chain = [polynomial, _derivative(polynomial)]
    while rest := _remainder(chain[-2], chain[-1]):
        chain.append([-value for value in rest])
    return chain


def _value(polynomial: Polynomial, point: Fraction) -> int:
    """Evaluate times a positive number (the denominator to the degree), in whole numbers only."""
    total, scale = 0, 1
    for coefficient in polynomial:
        total = total * point.numerator + coefficient * scale
        scale *= point.denominator
    return total


def _isolate(chain: list[Polynomial], low: Fraction, high: Fraction) -> Iterator[tuple[Fraction, Fraction]]:
    """Split (low, high] until each part holds one root."""

    def variations(point: Fraction) -> int:
        return _sign_changes([_value(polynomial, point) for polynomial in chain])

    waiting = [(low, variations(low), high, variations(high))]
    while waiting:
        low, at_low, high, at_high = waiting.pop()
        if at_low - at_high == 1:
            yield low, high
        elif at_low - at_high > 1:
            middle = (low + high) / 2
            at_middle = variations(middle)
            waiting += [(low, at_low, middle, at_middle), (middle, at_middle, high, at_high)]


def _refine(polynomial: Polynomial, low: Fraction, high: Fraction) -> float:
    """Halve (low, high], which holds one simple root v, until the rate v − 1 is certain to full precision."""
    at_high = _value(polynomial, high)
    if at_high == 0:
        return float(high - 1)
    while high - low > max(_RELATIVE_WIDTH * abs(high - 1), _SMALLEST_WIDTH):
        middle = (low + high) / 2
        at_middle = _value(polynomial, middle)
        if at_middle == 0:
            return float(middle - 1)
        if (at_middle > 0) == (at_high > 0):
            high = middle
        else:
            low = middle
    return float((low + high) / 2 - 1)


def _merge(rates: list[float]) -> list[float]:
    """Take rates closer than 1e-6 to the one before as that one."""
    return [rate for place, rate in enumerate(rates) if place == 0 or rate - rates[place - 1] >= SAME_RATE]
