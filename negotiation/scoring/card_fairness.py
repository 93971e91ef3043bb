"""The fairness section of the card: the findings rounded (money to the cent, ratios to twelve digits) and named."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from negotiation.scoring import inequality
from negotiation.scoring.coalitions import find_blocking, shapley
from negotiation.scoring.exact import Floats
from negotiation.scoring.fairness import Class, Side, compare_alike, find_worse_off, weigh_sides
from negotiation.scoring.gains import find_sources, find_unassigned, side_contributions
from negotiation.scoring.noise import noise_of
from negotiation.scoring.rounding import cents, defined, money, ratio, ratio_or_none
from negotiation.scoring.scored import Scored

Json = dict[str, Any]


def write_fairness(scored: Scored) -> Json:
    """Write the fairness section down: maps by code, affected parties only, undefined figures left out."""
    arrays, gains = scored.arrays, scored.gains
    unassigned = find_unassigned(arrays, scored.package)
    sides = weigh_sides(scored.side_gains, side_contributions(arrays, scored.package))
    alike = compare_alike(arrays, gains, scored.kinds)
    return {
        "before": _by_party(scored, gains.before),
        "after": _by_party(scored, gains.after, gains.turnover),
        "gains": _by_party(scored, gains.gain, gains.turnover, gains.before),
        "total": _total(scored),
        "unassigned": {"project": money(unassigned.project), "pool": money(unassigned.pool)},
        "worse_off": _worse_off(scored),
        "recovery": _recovery(gains.recovery.tolist(), [found.recoveries for found in alike.values()]),
        "classes": {name: _class(found) for name, found in alike.items()},
        "sides": {name: _side(side) for name, side in sides.items()},
        "coalitions": _coalitions(scored),
    }


def _by_party(scored: Scored, yuan: Floats, *parts: Floats) -> dict[str, float]:
    """Write an array over the parties as a map of the affected ones; the parts are what it was added up from."""
    affected = scored.gains.affected
    codes = [code for code, counts in zip(scored.arrays.parties, affected.tolist(), strict=True) if counts]
    return dict(zip(codes, cents(yuan[affected], noise_of(yuan, *parts)[affected]).tolist(), strict=True))


def _worse_off(scored: Scored) -> list[Json]:
    """Write down who is below the outside option, and by how much."""
    arrays, gains = scored.arrays, scored.gains
    rows = find_worse_off(arrays, gains)
    gain, outside, noise = gains.gain[rows], arrays.outside[rows], gains.noise[rows]
    columns = (cents(gain, noise), cents(outside), cents(outside - gain, noise))
    return [
        {"party": arrays.parties[row], "gain": has, "outside": could, "shortfall": lacks}
        for row, has, could, lacks in zip(rows.tolist(), *(column.tolist() for column in columns), strict=True)
    ]


def _total(scored: Scored) -> Json:
    sources = find_sources(scored.arrays, scored.package)
    return {
        "gain": money(sum(scored.side_gains.values(), Fraction(0))),
        "allocations": money(sources.allocations),
        "from_outside": money(sources.from_outside),
        "before": money(sources.before),
    }


def _recovery(recoveries: list[float], classes: list[list[float]]) -> Json:
    """Write the evenness of recovery; the measures of inequality only where they are defined."""
    if not recoveries:
        return {"n": 0}
    figures = {
        "min": min(recoveries),
        "mean": inequality.mean(recoveries),
        "median": inequality.median(recoveries),
        "max": max(recoveries),
        **(_evenness(recoveries, classes) if inequality.is_measurable(recoveries) else {}),
    }
    return {"n": len(recoveries), **{name: ratio(figure) for name, figure in figures.items()}}


def _evenness(recoveries: list[float], classes: list[list[float]]) -> dict[str, float]:
    between, within = inequality.theil_split(classes)
    return {
        "gini": inequality.gini(recoveries),
        "theil": inequality.theil(recoveries),
        "theil_between": between,
        "theil_within": within,
        "atkinson_0.5": inequality.atkinson_half(recoveries),
        "atkinson_1": inequality.atkinson_one(recoveries),
        "jain": inequality.jain(recoveries),
    }


def _class(found: Class) -> Json:
    lower, upper = inequality.quartiles(found.recoveries)
    return defined(
        {
            "n": len(found.recoveries),
            "mean": ratio(inequality.mean(found.recoveries)),
            "median": ratio(inequality.median(found.recoveries)),
            "min": ratio(min(found.recoveries)),
            "q1": ratio(lower),
            "q3": ratio(upper),
            "max": ratio(max(found.recoveries)),
            "cv": ratio_or_none(found.cv),
            "outliers": found.outliers,
            "envy_pairs": found.envy_pairs,
        }
    )


def _side(side: Side) -> Json:
    return defined(
        {
            "gain": money(side.gain),
            "gain_share": ratio_or_none(side.gain_share),
            "contribution": money(side.contribution),
            "contribution_share": ratio_or_none(side.contribution_share),
            "gap": ratio_or_none(side.gap),
        }
    )


def _coalitions(scored: Scored) -> Json:
    blocking = find_blocking(scored.side_gains, scored.coalition_values)
    worth = shapley(list(scored.side_gains), scored.coalition_values)
    return {
        "shapley": {side: money(share) for side, share in worth.items()},
        "in_core": not blocking,
        "blocking": [
            {
                "sides": list(found.sides),
                "value": money(found.value),
                "gain": money(found.gain),
                "shortfall": money(found.shortfall),
            }
            for found in blocking
        ],
    }
