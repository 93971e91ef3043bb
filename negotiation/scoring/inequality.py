"""Measures of inequality of a distribution, each the population form, each a few lines of its formula.

Every function takes the incomes as a list of floats ≥ 0 with a mean > 0 and raises ZeroDivisionError otherwise; callers
check first (`is_measurable`). Every sum is exactly rounded, so the order does not matter. The measures are written in
the deviations δ = x/μ − 1, whose mean is 0, so that nothing large cancels when all are almost equal.

Sources: Gini: Variabilità e mutabilità (1912); Sen, On Economic Inequality (1973), 2.8. Theil T: Economics and
Information Theory (1967); its decomposition: Shorrocks, The Class of Additively Decomposable Inequality Measures,
Econometrica 48 (1980). Atkinson: On the Measurement of Inequality, Journal of Economic Theory 2 (1970). Jain, Chiu,
Hawe: A Quantitative Measure of Fairness, DEC-TR-301 (1984). Variation: Pearson, Phil. Trans. R. Soc. A 187 (1896).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import atanh, expm1, fsum, hypot, log, sqrt

from negotiation.scoring.noise import SHARE

Incomes = Sequence[float]
_NEAR = 0.5  # beyond it nothing cancels
_SERIES = 1e-3  # below it two terms of a series are exact to float64


def is_measurable(incomes: Incomes) -> bool:
    """Tell whether the measures are defined: somebody counted, nobody below zero, a mean above zero."""
    return bool(incomes) and min(incomes) >= 0 and fsum(incomes) > 0


def mean(incomes: Incomes) -> float:
    """μ = Σ x ÷ n, 0 when only noise is left of a sum of both signs."""
    total = fsum(incomes)
    return total / len(incomes) if abs(total) > SHARE * fsum(map(abs, incomes)) else 0.0


def median(incomes: Incomes) -> float:
    """The middle value, or the mean of the two middle ones."""
    ordered = sorted(incomes)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def quartiles(incomes: Incomes) -> tuple[float, float]:
    """The lower and the upper quartile, interpolated between neighbours: rank 1 + (n − 1)·p, the usual spreadsheet's.

    Source: Hyndman and Fan, Sample Quantiles in Statistical Packages, American Statistician 50 (1996), definition 7.
    """
    ordered = sorted(incomes)
    return _at_rank(ordered, 1), _at_rank(ordered, 3)


def _at_rank(ordered: Incomes, quarters: int) -> float:
    below, part = divmod((len(ordered) - 1) * quarters, 4)
    if part == 0:
        return ordered[below]
    return ordered[below] + (ordered[below + 1] - ordered[below]) * part / 4


def deviations(incomes: Incomes) -> list[float]:
    """δ = (x − μ) ÷ μ of each; all 0 when they differ by float64 noise only."""
    centre = mean(incomes)
    found = [(income - centre) / centre for income in incomes]
    return found if max(map(abs, found)) > SHARE else [0.0] * len(found)


def gini(incomes: Incomes) -> float:
    """G = Σi Σj |xi − xj| ÷ (2n²μ), through the sorted order: Σ (2i − n − 1)·δ(i) ÷ n²."""
    ordered, n = sorted(deviations(incomes)), len(incomes)
    return fsum((2 * rank - n - 1) * deviation for rank, deviation in enumerate(ordered, 1)) / n**2


def theil(incomes: Incomes) -> float:
    """T = (1/n) Σ (x/μ)·ln(x/μ), with 0·ln 0 = 0."""
    return fsum(map(_entropy, _ratios(incomes), deviations(incomes))) / len(incomes)


def theil_split(groups: Sequence[Incomes]) -> tuple[float, float]:
    """Split T over all incomes into the part between the groups and the part within them.

    Between: Σ (n_g/n)(μ_g/μ)·ln(μ_g/μ). Within: Σ (n_g·μ_g)/(n·μ)·T_g. Groups must not be empty.
    """
    everyone = [income for group in groups for income in group]
    centre, count = mean(everyone), len(everyone)
    means = [mean(group) for group in groups]
    apart = [(own - centre) / centre for own in means]
    if max(map(abs, apart)) <= SHARE:
        apart = [0.0] * len(groups)
    rows = list(zip(map(len, groups), means, apart, groups, strict=True))
    between = fsum(size * _entropy(own / centre, deviation) for size, own, deviation, _ in rows)
    within = fsum(size * own * theil(group) for size, own, _, group in rows if own > 0)
    return between / count, within / (count * centre)


def atkinson_half(incomes: Incomes) -> float:
    """Atkinson's index with ε = 0.5: 1 − (mean of √x)² ÷ μ.

    With h = √(x/μ) − 1 = δ ÷ (1 + √(x/μ)) the mean of √(x/μ) is 1 − q, q = ½ · mean of h², and the index q·(2 − q).
    """
    roots = [deviation / (1 + sqrt(x)) for x, deviation in zip(_ratios(incomes), deviations(incomes), strict=True)]
    missing = fsum(h * h for h in roots) / (2 * len(incomes))
    return missing * (2 - missing)


def atkinson_one(incomes: Incomes) -> float:
    """Atkinson's index with ε = 1: 1 − (geometric mean) ÷ μ = 1 − exp(−mean of (δ − ln(x/μ))); 1 if some x is 0."""
    ratios = _ratios(incomes)
    if min(ratios) == 0:
        return 1.0
    return -expm1(-fsum(map(_log_gap, ratios, deviations(incomes))) / len(incomes))


def jain(incomes: Incomes) -> float:
    """J = (Σx)² ÷ (n·Σx²) = 1 ÷ (1 + mean of δ²): 1 when all are equal, 1/n when one has everything."""
    return 1 / (1 + fsum(d * d for d in deviations(incomes)) / len(incomes))


def variation(incomes: Incomes) -> float:
    """Coefficient of variation: population standard deviation ÷ mean."""
    return hypot(*deviations(incomes)) / sqrt(len(incomes))


def _ratios(incomes: Incomes) -> list[float]:
    """x ÷ μ of each: 1 + δ, but precise also next to 0."""
    centre = mean(incomes)
    return [income / centre for income in incomes]


def _entropy(ratio: float, deviation: float) -> float:
    """(1 + δ)·ln(1 + δ) − δ; next to 0 through s = δ ÷ (2 + δ) and ln(1 + δ) = 2·artanh s."""
    if abs(deviation) > _NEAR:
        return (ratio * log(ratio) if ratio > 0 else 0.0) - deviation
    s = deviation / (2 + deviation)
    return 2 * ((1 + s) * _artanh_rest(s) + s * s) / (1 - s)


def _log_gap(ratio: float, deviation: float) -> float:
    """δ − ln(1 + δ); next to 0 through the same s."""
    if abs(deviation) > _NEAR:
        return deviation - log(ratio)
    s = deviation / (2 + deviation)
    return 2 * (s * s / (1 - s) - _artanh_rest(s))


def _artanh_rest(s: float) -> float:
    """artanh s − s."""
    return s**3 / 3 + s**5 / 5 if abs(s) < _SERIES else atanh(s) - s
