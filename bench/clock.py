"""Timing and printing shared by the benchmarks."""

import time
from collections.abc import Callable, Sequence
from math import log
from statistics import linear_regression, median, quantiles


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median_seconds(work: Callable[[], object], runs: int) -> float:
    """The median of several calls, after one that is not counted."""
    work()
    return median(seconds(work) for _run in range(runs))


def p95(took: Sequence[float]) -> float:
    return quantiles(took, n=20)[-1]


def exponent(sizes: Sequence[float], spent: Sequence[float]) -> float:
    """The power of the size that the time grows with: the slope between their logarithms."""
    return linear_regression([log(size) for size in sizes], [log(time) for time in spent]).slope


def row(label: object, *cells: str) -> None:
    print(f"  {label!s:<32}" + "".join(f"{cell:>15}" for cell in cells), flush=True)


def ms(value: float) -> str:
    return f"{value * 1000:,.1f} ms"


def times(value: float) -> str:
    return f"{value:.2f} ×"
