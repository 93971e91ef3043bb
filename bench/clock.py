"""Timing and printing shared by the benchmarks."""

import time
from collections.abc import Callable
from statistics import median


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median_seconds(work: Callable[[], object], runs: int) -> float:
    """The median of several calls, after one that is not counted."""
    work()
    return median(seconds(work) for _run in range(runs))


def row(label: object, *cells: str) -> None:
    print(f"  {label!s:<32}" + "".join(f"{cell:>15}" for cell in cells), flush=True)


def ms(value: float) -> str:
    return f"{value * 1000:,.1f} ms"


def times(value: float) -> str:
    return f"{value:.2f} ×"
