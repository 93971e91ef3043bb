"""Measures of inequality of a distribution, each the population form, each a few lines of its formula.

Every function takes the incomes as a list of floats ≥ 0 with a mean > 0 and raises ZeroDivisionError or ValueError
otherwise; callers check first (`is_measurable`). Every sum is exactly rounded, so the order does not matter.

Sources: Gini: Sen, On Economic Inequality (1973), 2.8. Theil T and its decomposition: Shorrocks, The Class of
Additively Decomposable Inequality Measures, Econometrica 48 (1980). Atkinson: On the Measurement of Inequality,
Journal of Economic Theory 2 (1970). Jain, Chiu, Hawe: A Quantitative Measure of Fairness, DEC-TR-301 (1984).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, fsum, log, sqrt

Incomes = Sequence[float]


def is_measurable(incomes: Incomes) -> bool:
    """Tell whether the measures are defined: somebody counted, nobody below zero, a mean above zero."""
    return bool(incomes) and min(incomes) >= 0 and fsum(incomes) > 0


def mean(incomes: Incomes) -> float:
    """μ = Σ x ÷ n."""
    return fsum(incomes) / len(incomes)


def median(incomes: Incomes) -> float:
    """The middle value, or the mean of the two middle ones."""
    ordered = sorted(incomes)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def gini(incomes: Incomes) -> float:
    """G = Σi Σj |xi − xj| ÷ (2n²μ), through the sorted order: Σ (2i − n − 1)·x(i) ÷ (n·Σx)."""
    ordered, n = sorted(incomes), len(incomes)
    spread = fsum((2 * rank - n - 1) * income for rank, income in enumerate(ordered, 1))
    return max(0.0, spread / (n * fsum(incomes)))


def theil(incomes: Incomes) -> float:
    """T = (1/n) Σ (x/μ)·ln(x/μ), with 0·ln 0 = 0."""
    centre = mean(incomes)
    return max(0.0, fsum(_entropy(income / centre) for income in incomes) / len(incomes))


def theil_split(groups: Sequence[Incomes]) -> tuple[float, float]:
    """Split T over all incomes into the part between the groups and the part within them.

    Between: Σ (n_g/n)(μ_g/μ)·ln(μ_g/μ). Within: Σ (n_g·μ_g)/(n·μ)·T_g. Groups must not be empty.
    """
    count = sum(len(group) for group in groups)
    total = fsum(income for group in groups for income in group)
    shares = [fsum(group) / total for group in groups]
    between = fsum(
        len(group) / count * _entropy(share * count / len(group)) for group, share in zip(groups, shares, strict=True)
    )
    within = fsum(share * theil(group) for group, share in zip(groups, shares, strict=True) if share > 0)
    return max(0.0, between), within


def atkinson_half(incomes: Incomes) -> float:
    """Atkinson's index with ε = 0.5: 1 − (mean of √x)² ÷ μ."""
    return max(0.0, 1 - (fsum(map(sqrt, incomes)) / len(incomes)) ** 2 / mean(incomes))


def atkinson_one(incomes: Incomes) -> float:
    """Atkinson's index with ε = 1: 1 − (geometric mean) ÷ μ; 1 if some income is 0."""
    if min(incomes) == 0:
        return 1.0
    centre = mean(incomes)
    return max(0.0, 1 - exp(fsum(log(income / centre) for income in incomes) / len(incomes)))


def jain(incomes: Incomes) -> float:
    """J = (Σx)² ÷ (n·Σx²): 1 when all are equal, 1/n when one has everything."""
    return min(1.0, fsum(incomes) ** 2 / (len(incomes) * fsum(income * income for income in incomes)))


def variation(incomes: Incomes) -> float:
    """Coefficient of variation: population standard deviation ÷ mean (of any sign)."""
    centre = mean(incomes)
    return sqrt(fsum((income - centre) ** 2 for income in incomes) / len(incomes)) / centre


def _entropy(ratio: float) -> float:
    return ratio * log(ratio) if ratio > 0 else 0.0
