"""The mediator on a village with 1,000 and with 10,000 negotiable terms, one for each household, in every mode.

Beside `improve` stands what a few lines of plain Python need that know the village: one budget, one payment each, so
that the answer is a level to which all are raised. It solves nothing else, and it checks the answer. No library does
the same work on that scale: negmas searches lists of outcomes, cvxpy-leximin takes over a minute for a hundred.
Aimed at: `improve` with 10,000 terms under 10 s, `fair` with 10,000 holders under 30 s. Each household's term has
bounds of its own, so that hardly two are stopped at the same level.
"""

from functools import partial

from bench.clock import median_seconds, row, times
from bench.plain import fill_up
from bench.villages import Json, village
from negotiation.scoring import card
from negotiation.scoring.mediator import MODES, suggest

SIZES = (1_000, 10_000)
RUNS = 3
PACKAGE = "B"
LEAST, MOST = 0.5, 3.0  # bounds as shares of today's amount; the most varies
BUDGET = 150_000  # yuan for each household, so that there is something to share, and not enough for all


def main() -> None:
    found = {size: measure(negotiable_village(size)) for size in SIZES}
    row(f"median of {RUNS}", *(f"{size:,} terms" for size in SIZES), "ratio")
    for step in found[SIZES[0]]:
        small, large = (found[size][step] for size in SIZES)
        row(step, seconds(small), seconds(large), times(large / small))
    ratios = (times(found[size]["improve"] / found[size]["plain Python, this village only"]) for size in SIZES)
    row("improve to plain Python", *ratios)


def measure(case: Json) -> dict[str, float]:
    """Seconds of each mode, and of `improve` once more on what it has found (a certificate)."""
    today = card(case, PACKAGE)
    better = suggest(case, PACKAGE, "improve").draft
    check(today, card(case | {"packages": [better]}, better["code"]), level(case, today))
    settled = case | {"packages": [better]}
    steps = {mode: partial(suggest, case, PACKAGE, mode) for mode in MODES}
    steps["improve, nothing left"] = partial(suggest, settled, settled["packages"][0]["code"], "improve")
    steps["plain Python, this village only"] = partial(level, case, today)
    return {name: median_seconds(work, RUNS) for name, work in steps.items()}


def level(case: Json, today: Json) -> float:
    """The gain to which the project's surplus raises every household that its bound does not stop before."""
    package, growth = case["packages"][0], 1 + float(case["plan"]["discount_rate"])
    caps = []
    for bounded in package["negotiable"]:
        flow = package["flows"][int(bounded["term"].split("/")[2])]
        caps.append((float(bounded["max"]) - float(flow["yuan"])) / growth ** flow["year"])
    return fill_up(today["balance"]["project"]["npv"], caps)


def check(today: Json, better: Json, wanted: float) -> None:
    """Stop unless the highest increase is the level that the village's own arithmetic finds."""
    before = today["fairness"]["gains"]
    increases = [gain - before[party] for party, gain in better["fairness"]["gains"].items()]
    assert min(increases) >= 0
    assert abs(max(increases) - wanted) < 0.05, (max(increases), wanted)


def negotiable_village(terms: int) -> Json:
    """The village with so many households, each with one payment that may move."""
    case = village(terms, PACKAGE)
    flows = case["packages"][0]["flows"]
    paid = [place for place, flow in enumerate(flows) if flow["to"].startswith("HH-")]
    bounds = [bound(place, float(flows[place]["yuan"]), number / len(paid)) for number, place in enumerate(paid)]
    money = {"from": "outside", "to": "project", "category": "budget", "stage": "build", "year": 1}
    more = {"flows": [*flows, money | {"yuan": str(BUDGET * terms)}], "negotiable": bounds}
    return case | {"packages": [case["packages"][0] | more]}


def bound(place: int, yuan: float, share: float) -> Json:
    most = 1 + (MOST - 1) * share
    return {"term": f"/flows/{place}/yuan", "min": f"{yuan * LEAST:.2f}", "max": f"{yuan * most:.2f}"}


def seconds(value: float) -> str:
    return f"{value:.2f} s" if value >= 0.1 else f"{value * 1000:.1f} ms"
