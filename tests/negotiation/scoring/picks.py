"""What each bargaining solution picks out of a finite set of packages."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from negotiation.scoring.bargaining import Offer, Standing, compare_offers

SIDES = ("government", "market", "public")
SOLUTIONS = ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian")
Gains = Sequence[Fraction | int]


def by_side(amounts: Gains) -> dict[str, Fraction]:
    return dict(zip(SIDES, map(Fraction, amounts), strict=False))


def offers(packages: Mapping[str, Gains]) -> list[Offer]:
    """Packages that pass every gate, one party on each side, by what they bring to each."""
    return [
        Offer(code, True, by_side(gains), np.array([float(gain) for gain in gains])) for code, gains in packages.items()
    ]


def stand(packages: Mapping[str, Gains], disagreement: Gains) -> dict[str, Standing]:
    return compare_offers(offers(packages), by_side(disagreement))


def best(solution: str, standings: Mapping[str, Standing]) -> set[str]:
    """The codes of the packages at which a solution's measure is largest; float64 does not tell equal ones apart."""
    found = {code: getattr(standing, solution) for code, standing in standings.items()}
    defined = {code: float(figure) for code, figure in found.items() if figure is not None}
    most = max(defined.values(), default=0.0)
    return {code for code, figure in defined.items() if figure >= most - 1e-12 * max(1.0, abs(most))}


def pick(solution: str, packages: Mapping[str, Gains], disagreement: Gains) -> set[str]:
    return best(solution, stand(packages, disagreement))


def picks(packages: Mapping[str, Gains], disagreement: Gains) -> dict[str, set[str]]:
    """The picks of every solution."""
    standings = stand(packages, disagreement)
    return {solution: best(solution, standings) for solution in SOLUTIONS}
