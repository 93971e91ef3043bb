"""Internal rates of return, found exactly: as the positive roots of a polynomial with whole coefficients.

With v = 1 + i the condition Σ c(y)·v^−y = 0 is, after multiplication by v^n, a polynomial in v; every real rate above
−100 % is a root v > 0. Roots v < 1 and w = 1/v < 1 are looked for on the unit interval, in the Bernstein basis: the
changes of sign of its coefficients tell of no root (0) or of one (1), otherwise the interval is halved (Lane and
Riesenfeld 1981; Basu, Pollack, Roy, Algorithms in Real Algebraic Geometry, 10.2). A multiple root never comes apart,
so an interval that stays undecided asks for the square-free part. All of it is in whole numbers: no root is missed
and a near miss is not found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import comb, gcd, lcm
from operator import add
from typing import NamedTuple

SAME_RATE = 1e-6
_SLACK = 1e-12  # the difference of two float64 rates tells no more
_DEEPEST = 32  # so often an interval is halved before multiple roots are looked for
_PRECISION = 2**57
_SMALLEST_WIDTH = 160
_PRIMES = (2**1279 - 1, 2**2203 - 1, 2**4423 - 1)  # Mersenne primes, above every coefficient that can occur

Polynomial = list[int]  # whole coefficients, lowest power first, neither end zero


class Cell(NamedTuple):
    """The interval (number, number + 1) ÷ 2^depth, which holds one root, before which the polynomial is ``rising``."""

    number: int
    depth: int
    rising: bool


class _Undecided(Exception):
    """An interval holds several roots that do not come apart: perhaps one multiple root."""


def find_rates(flows: Sequence[Fraction]) -> list[float]:
    """Find every real rate above −100 % at which the yearly flows (yuan, year 0 first) are worth nothing.

    Returns the rates ascending as fractions (0.08 is 8 %), rates closer than 1e-6 taken as one; nothing for flows
    that are all zero, for which every rate would do.
    """
    polynomial = _primitive(_strip(flows))
    if _sign_changes(polynomial) == 0:
        return []
    try:
        rates = _find_all(polynomial, _DEEPEST)
    except _Undecided:
        rates = _find_all(_square_free(polynomial), None)
    return _merge(sorted(rates))


def _find_all(in_w: Polynomial, deepest: int | None) -> list[float]:
    """Find the rates v − 1 of a polynomial in w = 1/v: v above 1, below 1 and 1 itself."""
    in_v = in_w[::-1]
    above = [1 / root - 1 for root in _roots(in_w, deepest)]
    below = [root - 1 for root in _roots(in_v, deepest)]
    return [float(rate) for rate in (*above, *below)] + ([0.0] if sum(in_w) == 0 else [])


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
    return sum(map(bool.__ne__, signs, signs[1:]))


# Isolation and refinement on the unit interval


def _roots(polynomial: Polynomial, deepest: int | None) -> Iterator[Fraction]:
    """Find the roots inside (0, 1), each to the precision that its rate needs."""
    waiting = [(0, 0, _bernstein(polynomial))] if _sign_changes(polynomial) else []
    while waiting:
        number, depth, row = waiting.pop()
        changes = _sign_changes(row)
        if changes == 1:
            yield _refine(polynomial, Cell(number, depth, next(value for value in row[::-1] if value) > 0))
        elif changes > 1:
            if depth == deepest:
                raise _Undecided
            left, right = _halve(row)
            if left[-1] == 0:
                yield Fraction(2 * number + 1, 2 ** (depth + 1))
            waiting += [(2 * number, depth + 1, left), (2 * number + 1, depth + 1, right)]


def _bernstein(polynomial: Polynomial) -> Polynomial:
    """Coefficients in the Bernstein basis on (0, 1), times a positive number: b(j) = Σ C(j,i)/C(n,i)·a(i)."""
    degree = len(polynomial) - 1
    scale = lcm(*(comb(degree, place) for place in range(degree + 1)))
    return _edges([value * (scale // comb(degree, place)) for place, value in enumerate(polynomial)])[0]


def _halve(row: Polynomial) -> tuple[Polynomial, Polynomial]:
    """De Casteljau: the Bernstein coefficients on both halves, times 2^n so that they stay whole."""
    left, right = _edges(row)
    degree = len(row) - 1
    scaled = [[value << (degree - place) for place, value in enumerate(edge)] for edge in (left, right)]
    return scaled[0], scaled[1][::-1]


def _edges(row: Polynomial) -> tuple[Polynomial, Polynomial]:
    """The first and the last entry of a row, of the sums of its neighbours, of the sums of theirs, and so on."""
    first, last = [row[0]], [row[-1]]
    while len(row) > 1:
        row = list(map(add, row, row[1:]))
        first.append(row[0])
        last.append(row[-1])
    return first, last


def _refine(polynomial: Polynomial, cell: Cell) -> Fraction:
    """Halve a cell until its root x, and with it x − 1 and 1/x − 1, is certain to full precision."""
    number, depth, rising = cell
    while min(number, 2**depth - number - 1) < _PRECISION and depth < _SMALLEST_WIDTH:
        number, depth = 2 * number + 1, depth + 1
        at_middle = _value(polynomial, number, depth)
        if at_middle == 0:
            return Fraction(number, 2**depth)
        if (at_middle > 0) == rising:
            number -= 1
    return Fraction(2 * number + 1, 2 ** (depth + 1))


def _value(polynomial: Polynomial, number: int, depth: int) -> int:
    """Evaluate at number ÷ 2^depth, times a positive number, in whole numbers only."""
    total = 0
    for place, coefficient in enumerate(reversed(polynomial)):
        total = total * number + (coefficient << (depth * place))
    return total


def _merge(rates: list[float]) -> list[float]:
    """Take rates closer than 1e-6 to the one before as that one."""
    return [rate for place, rate in enumerate(rates) if place == 0 or rate - rates[place - 1] >= SAME_RATE - _SLACK]


# Multiple roots


def _square_free(polynomial: Polynomial) -> Polynomial:
    """Keep each root once: the polynomial over its greatest common divisor with its derivative.

    The divisor is found modulo a prime so large that its coefficients are read off, and proved by dividing.
    """
    slope = [place * value for place, value in enumerate(polynomial)][1:]
    for prime in _PRIMES:
        divisor = _lifted(_divisor_modulo(polynomial, slope, prime), polynomial[-1], prime)
        quotient, rest = _divide(polynomial, divisor)
        if not rest and not _divide(slope, divisor)[1]:
            return quotient
    raise ArithmeticError("no prime fits")  # three unlucky primes of a thousand bits: not in this universe


def _divisor_modulo(first: Polynomial, second: Polynomial, prime: int) -> Polynomial:
    """Euclid's greatest common divisor modulo a prime, its leading coefficient 1."""
    while second:
        inverse = pow(second[-1], -1, prime)
        second = [value * inverse % prime for value in second]
        first, second = second, _remainder_modulo(first, second, prime)
    return first


def _remainder_modulo(dividend: Polynomial, divisor: Polynomial, prime: int) -> Polynomial:
    rest = list(dividend)
    while len(rest) >= len(divisor):
        factor, shift = rest[-1] % prime, len(rest) - len(divisor)
        rest[shift:] = [value - factor * other for value, other in zip(rest[shift:], divisor, strict=True)]
        rest.pop()
    rest = [value % prime for value in rest]
    while rest and rest[-1] == 0:
        rest.pop()
    return rest


def _lifted(divisor: Polynomial, lead: int, prime: int) -> Polynomial:
    """Read a divisor of leading coefficient 1 modulo a prime as whole numbers near 0, in lowest terms."""
    scaled = [value * lead % prime for value in divisor]
    return _reduced([value - prime if value > prime // 2 else value for value in scaled])


def _divide(dividend: Polynomial, divisor: Polynomial) -> tuple[Polynomial, Polynomial]:
    """Divide in whole numbers: quotient and remainder; a step that does not divide leaves the rest undivided."""
    rest, quotient = list(dividend), [0] * (len(dividend) - len(divisor) + 1)
    for shift in reversed(range(len(quotient))):
        factor, left = divmod(rest[-1], divisor[-1])
        if left:
            return quotient, rest
        quotient[shift] = factor
        rest[shift:] = [value - factor * other for value, other in zip(rest[shift:], divisor, strict=True)]
        rest.pop()
    return quotient, [value for value in rest if value]
