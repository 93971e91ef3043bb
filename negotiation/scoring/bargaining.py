"""Bargaining measures between packages: which agreement would each theory point to?

Sources: Nash, The Bargaining Problem, Econometrica 18 (1950); Kalai and Smorodinsky, Other Solutions to Nash's
Bargaining Problem, Econometrica 43 (1975); Kalai, Proportional Solutions, Econometrica 45 (1977) for the egalitarian;
Harsanyi, Cardinal Welfare, Journal of Political Economy 63 (1955) for the utilitarian; Pareto, Manuale (1906).
Gains and disagreement points d are exact yuan of year 0 by side; only packages that pass the gates are candidates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import fsum, log

from negotiation.scoring.exact import Floats
from negotiation.scoring.noise import CENT_HALF, CUT_OFF, noise_of

BySide = Mapping[str, Fraction]


@dataclass(frozen=True)
class Offer:
    """One package at the bargaining table: gains by side, and by party as an array in the order of their codes.

    ``noise`` is what float64 may miss of the gain of each party.
    """

    code: str
    passed: bool
    sides: BySide
    parties: Floats
    noise: Floats | float = 0.0


@dataclass(frozen=True)
class Standing:
    """How one package stands among the others; None where the measure is not defined for it."""

    passed: bool
    egalitarian: Fraction
    utilitarian: Fraction
    nash: float | None
    kalai_smorodinsky: Fraction | None
    dominated_by_sides: list[str]
    dominated_by_parties: list[str]


def compare_offers(offers: Sequence[Offer], disagreement: BySide) -> dict[str, Standing]:
    """Compare packages of one case, in the order of their codes; ``disagreement`` is d of each side in yuan."""
    candidates = sorted((offer for offer in offers if offer.passed), key=lambda offer: offer.code)
    ideal = ideal_point([offer.sides for offer in candidates], disagreement)
    return {
        offer.code: _stand(offer, candidates if offer.passed else [], disagreement, ideal)
        for offer in sorted(offers, key=lambda offer: offer.code)
    }


def surplus(gains: BySide, disagreement: BySide) -> dict[str, Fraction]:
    """G − d of every side, exact yuan."""
    return {side: gain - disagreement[side] for side, gain in gains.items()}


def is_better_for_all(gains: BySide, disagreement: BySide) -> bool:
    """Tell whether every side gains more than without an agreement: G > d."""
    return all(value > CUT_OFF for value in surplus(gains, disagreement).values())


def is_rational(gains: BySide, disagreement: BySide) -> bool:
    """Tell whether no side does better without an agreement: G ≥ d."""
    return all(value >= -CUT_OFF for value in surplus(gains, disagreement).values())


def egalitarian(gains: BySide, disagreement: BySide) -> Fraction:
    """The smallest G − d, yuan."""
    return min(surplus(gains, disagreement).values(), default=Fraction(0))


def utilitarian(gains: BySide) -> Fraction:
    """ΣG, yuan."""
    return sum(gains.values(), Fraction(0))


def nash(gains: BySide, disagreement: BySide) -> float | None:
    """Σ ln(G − d), G − d in yuan; None unless every G > d (a product of two losses is not an agreement)."""
    if not is_better_for_all(gains, disagreement):
        return None
    return fsum(map(log, surplus(gains, disagreement).values()))


def ideal_point(candidates: Sequence[BySide], disagreement: BySide) -> dict[str, Fraction]:
    """The most each side gets, in yuan, in any candidate that is rational for every side; empty without one."""
    rational = [gains for gains in candidates if is_rational(gains, disagreement)]
    return {side: max(gains[side] for gains in rational) for side in disagreement} if rational else {}


def kalai_smorodinsky(gains: BySide, disagreement: BySide, ideal: BySide) -> Fraction | None:
    """The smallest (G − d)/(ideal − d), None unless every G > d. The package is itself behind the ideal."""
    if not is_better_for_all(gains, disagreement):
        return None
    room = surplus(ideal, disagreement)
    return min((value / room[side] for side, value in surplus(gains, disagreement).items()), default=None)


def dominates_by_side(better: BySide, worse: BySide) -> bool:
    """Tell whether no side is worse off and one better off by half a cent or more."""
    changes = [better[side] - worse[side] + CUT_OFF for side in worse]
    return all(change >= 0 for change in changes) and any(change >= CENT_HALF for change in changes)


def dominates_by_party(better: Offer, worse: Offer) -> bool:
    """Tell whether no party is worse off and one better off by half a cent or more, but for noise."""
    noise = better.noise + worse.noise + noise_of(better.parties, worse.parties)
    change = better.parties - worse.parties
    gaining = (change >= float(CENT_HALF) - noise) & (change > noise)
    return bool((change >= -noise).all() and gaining.any())


def _stand(offer: Offer, rivals: Sequence[Offer], disagreement: BySide, ideal: BySide) -> Standing:
    return Standing(
        passed=offer.passed,
        egalitarian=egalitarian(offer.sides, disagreement),
        utilitarian=utilitarian(offer.sides),
        nash=nash(offer.sides, disagreement) if offer.passed else None,
        kalai_smorodinsky=kalai_smorodinsky(offer.sides, disagreement, ideal) if offer.passed else None,
        dominated_by_sides=[rival.code for rival in rivals if dominates_by_side(rival.sides, offer.sides)],
        dominated_by_parties=[rival.code for rival in rivals if dominates_by_party(rival, offer)],
    )
