"""negmas, an independent implementation of bargaining solutions, asked about a finite set of packages.

Only its functions over points of utility are used. It imports a converter of names on the way, which has no wheel and
takes no part in them: an empty module stands in for it.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType

from tests.negotiation.scoring.picks import Gains

sys.modules.setdefault("stringcase", ModuleType("stringcase"))

from negmas.preferences import ops  # noqa: E402
from negmas.preferences.crisp.mapping import MappingUtilityFunction  # noqa: E402

Points = tuple[tuple[float, ...], ...]
SOLUTIONS: dict[str, Callable[..., tuple[tuple[tuple[float, ...], int], ...]]] = {
    "nash": ops.nash_points,
    "kalai_smorodinsky": ops.ks_points,
    "egalitarian": ops.kalai_points,
    "utilitarian": ops.max_welfare_points,
}


HULLS = {
    "nash": ops.nash_point_convex_hull,
    "kalai_smorodinsky": ops.ks_point_convex_hull,
    "egalitarian": ops.kalai_point_convex_hull,
}


def negmas_picks(solution: str, packages: Mapping[str, Gains], disagreement: Gains) -> set[Points]:
    """The gains that negmas picks out of the Pareto frontier of the packages."""
    frontier = negmas_frontier(packages)
    found = SOLUTIONS[solution](_utilities(packages, disagreement), frontier, outcomes=[(code,) for code in packages])
    return {point for point, _ in found}


def negmas_frontier(packages: Mapping[str, Gains]) -> list[tuple[float, ...]]:
    points = [tuple(map(float, gains)) for gains in packages.values()]
    return [points[place] for place in ops.pareto_frontier_bf(points)]


def negmas_hull(solution: str, corners: Sequence[Gains], disagreement: Gains) -> tuple[float, ...]:
    """The gains that negmas picks out of all mixtures of the corners."""
    packages = {str(number): gains for number, gains in enumerate([*corners, disagreement])}
    points = [tuple(map(float, gains)) for gains in packages.values()]
    outcomes = [(code,) for code in packages]
    found: tuple[float, ...] = HULLS[solution](_utilities(packages, disagreement), points, outcomes=outcomes)[0]
    return found


def _utilities(packages: Mapping[str, Gains], disagreement: Gains) -> list[MappingUtilityFunction]:
    return [
        MappingUtilityFunction(
            {(code,): float(gains[side]) for code, gains in packages.items()}, reserved_value=float(option)
        )
        for side, option in enumerate(disagreement)
    ]
