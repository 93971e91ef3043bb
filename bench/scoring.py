"""One scorecard of a village with 1,000 and with 10,000 holders, and where its time goes.

Aimed at: under 100 ms at 10,000 holders for a card of a case that is parsed and digested already.
"""

from bench.clock import median_seconds, ms, row, times
from bench.villages import Json, village
from negotiation.scoring import digest
from negotiation.scoring.arrays import compile_case
from negotiation.scoring.card import write_card
from negotiation.scoring.scored import Scored
from negotiation.scoring.terms import compile_package

SIZES = (1_000, 10_000)
RUNS = 7
PACKAGE = "A"


def main() -> None:
    found = {size: measure(village(size)) for size in SIZES}
    row(f"median of {RUNS}", *(f"{size:,} holders" for size in SIZES), "ratio")
    for step in found[SIZES[0]]:
        small, large = (found[size][step] for size in SIZES)
        row(step, ms(small), ms(large), times(large / small))


def measure(case: Json) -> dict[str, float]:
    """Seconds of each step, and of a card without its digest."""
    arrays = compile_case(case)
    package = compile_package(arrays, case, PACKAGE)
    steps = {
        "compile the case": lambda: compile_case(case),
        "compile the package": lambda: compile_package(arrays, case, PACKAGE),
        "score and write the card": lambda: write_card(Scored(arrays, package), ""),
        "card without digest": lambda: card_without_digest(case),
        "digest": lambda: digest(case, PACKAGE),
    }
    return {name: median_seconds(work, RUNS) for name, work in steps.items()}


def card_without_digest(case: Json) -> Json:
    arrays = compile_case(case)
    return write_card(Scored(arrays, compile_package(arrays, case, PACKAGE)), "")
