"""Scorecards of a village: 20 packages of 10,000 holders, growth to 100,000, and the same in plain Python and negmas.

Aimed at: under 100 ms for a card at 10,000 holders once the case is parsed and digested; growth with an exponent of at
most 1.1. The plain figures are compared with the card's, so each run is a check as well.
"""

import importlib
import sys
import tracemalloc
from collections.abc import Callable
from fractions import Fraction
from statistics import median
from types import ModuleType
from typing import Any

import numpy as np

from bench.clock import exponent, median_seconds, ms, row, seconds, times
from bench.plain import Plain
from bench.villages import Json, variants, village
from negotiation.scoring import digest
from negotiation.scoring.arrays import CaseArrays, compile_case
from negotiation.scoring.bargaining import Offer, compare_offers
from negotiation.scoring.card import write_card
from negotiation.scoring.scored import Scored
from negotiation.scoring.terms import compile_package

HOLDERS, PACKAGES, RUNS = 10_000, 20, 5
GROWTH = (1_000, 3_000, 10_000, 30_000, 100_000)
STEPS = ("compile the case", "compile the package", "score and write the card", "digest")


def main() -> None:
    case = village(HOLDERS)
    many_packages(case)
    against_plain(case)
    against_negmas()
    growth()


def many_packages(case: Json) -> None:
    """The case compiled once, then each package."""
    full = case | {"packages": variants(case["packages"][0], PACKAGES)}
    arrays = compile_case(full)
    codes = [package["code"] for package in full["packages"]]
    score_all = [seconds(lambda code=code: score(arrays, full, code)) for code in codes]  # type: ignore[misc]
    compiled = [compile_package(arrays, full, code) for code in codes]
    write = [seconds(lambda one=one: write_card(Scored(arrays, one), "")) for one in compiled]  # type: ignore[misc]
    print(f"  {PACKAGES} packages of {HOLDERS:,} holders")
    row("", "p50", "slowest")
    row("card of a compiled package", ms(median(write)), ms(max(write)))
    row("with compiling the package", ms(median(score_all)), ms(max(score_all)))
    peak = peak_bytes(lambda: score(arrays, full, codes[0])) / 2**20
    row("peak memory of one such card", f"{peak:,.1f} MiB")
    row("of compiling the case", f"{peak_bytes(lambda: compile_case(full)) / 2**20:,.1f} MiB")


def score(arrays: CaseArrays, case: Json, code: str) -> Json:
    return write_card(Scored(arrays, compile_package(arrays, case, code)), "")


def against_plain(case: Json) -> None:
    arrays, package = compile_case(case), case["packages"][0]
    compiled = compile_package(arrays, case, package["code"])
    check(Plain(case, package).figures(), write_card(Scored(arrays, compiled), ""))
    plain = median_seconds(lambda: Plain(case, package).figures(), RUNS)
    ours = median_seconds(lambda: write_card(Scored(arrays, compiled), ""), RUNS)
    cold = median_seconds(lambda: score(compile_case(case), case, package["code"]), RUNS)
    print(f"  the same figures by loops over the document, {HOLDERS:,} holders")
    row("", "time", "to plain")
    row("plain Python, in float", ms(plain), times(1))
    row("card of a compiled package", ms(ours), times(ours / plain))
    row("card from the parsed document", ms(cold), times(cold / plain))


def check(plain: Json, card: Json) -> None:
    """Stop unless both say the same."""
    fairness = card["fairness"]
    assert max(abs(plain["gains"][party] - gain) for party, gain in fairness["gains"].items()) < 0.02
    for name, value in plain["evenness"].items():
        assert abs(value - fairness["recovery"][name]) < 1e-8, name
    rows = [found["worse_off"] for kind in ("price", "cost", "delay") for found in card["sensitivity"][kind]["rows"]]
    assert plain["rows"] == rows
    assert {name: row["envy_pairs"] for name, row in plain["classes"].items()} == {
        name: row["envy_pairs"] for name, row in fairness["classes"].items()
    }


def against_negmas() -> None:
    """The comparison of 20 packages between three sides: Nash, Kalai–Smorodinsky, egalitarian, utilitarian."""
    negmas = find_negmas()
    if negmas is None:
        print("  negmas is not installed: no comparison with it")
        return
    offers = [offer(number) for number in range(PACKAGES)]
    nothing = dict.fromkeys(offers[0].sides, offers[0].sides["public"] * 0)
    ours = median_seconds(lambda: compare_offers(offers, nothing), RUNS)
    theirs = median_seconds(lambda: negmas_solutions(negmas, offers), RUNS)
    print(f"  bargaining measures of {PACKAGES} packages")
    row("", "time", "to negmas")
    row("negmas: four solutions", ms(theirs), times(1))
    row("ours: all measures, dominance", ms(ours), times(ours / theirs))


def offer(number: int) -> Offer:
    gains = {"government": 10 + number, "market": 40 - number, "public": 5 + number * (20 - number) // 4}
    return Offer(f"P{number:02}", True, {side: Fraction(gain) for side, gain in gains.items()}, np.zeros(3))


def find_negmas() -> ModuleType | None:
    """Its functions over points of utility; a converter of names that it imports has no wheel and plays no part."""
    sys.modules.setdefault("stringcase", ModuleType("stringcase"))
    try:
        return importlib.import_module("negmas.preferences.ops")
    except ImportError:
        return None


def negmas_solutions(ops: Any, offers: list[Offer]) -> list[Any]:
    from negmas.preferences.crisp.mapping import MappingUtilityFunction

    utilities = [
        MappingUtilityFunction({(one.code,): float(one.sides[side]) for one in offers}, reserved_value=0.0)
        for side in offers[0].sides
    ]
    points = [tuple(map(float, one.sides.values())) for one in offers]
    frontier = [points[place] for place in ops.pareto_frontier_bf(points)]
    outcomes = [(one.code,) for one in offers]
    solutions = (ops.nash_points, ops.ks_points, ops.kalai_points, ops.max_welfare_points)
    return [solve(utilities, frontier, outcomes=outcomes) for solve in solutions]


def growth() -> None:
    found = {size: measure(village(size)) for size in GROWTH}
    print("  growth with the number of holders")
    row(f"median of {RUNS}", *(f"{size:,}" for size in GROWTH), "exponent")
    for step in STEPS:
        spent = [found[size][step] for size in GROWTH]
        row(step, *map(ms, spent), f"{exponent(GROWTH, spent):.2f}")


def measure(case: Json) -> dict[str, float]:
    """Seconds of each step."""
    arrays, code = compile_case(case), case["packages"][0]["code"]
    package = compile_package(arrays, case, code)
    work: tuple[Callable[[], object], ...] = (
        lambda: compile_case(case),
        lambda: compile_package(arrays, case, code),
        lambda: write_card(Scored(arrays, package), ""),
        lambda: digest(case, code),
    )
    return {name: median_seconds(step, RUNS) for name, step in zip(STEPS, work, strict=True)}


def peak_bytes(work: Callable[[], object]) -> int:
    """The most memory that one call holds at a time above what was held before it."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
