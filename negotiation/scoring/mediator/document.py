"""The suggestion as a document (``tongchou-suggestion/1``). Its shape is docs/mediator.md, "The document".

It says nothing that a party stated in private: every figure is the card's, and no multipliers are shown of constraints
in which such a statement plays a part.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from math import isfinite
from typing import Any

import numpy as np

from negotiation.scoring import inequality
from negotiation.scoring.bargaining import nash
from negotiation.scoring.digest import ENGINE
from negotiation.scoring.exact import Floats
from negotiation.scoring.fairness import find_worse_off
from negotiation.scoring.mediator.check import write_amount
from negotiation.scoring.mediator.matter import Matter, public_matter
from negotiation.scoring.mediator.names import Name
from negotiation.scoring.rounding import cents, defined, money, ratio
from negotiation.scoring.scored import Scored

Json = dict[str, Any]
FORMAT = "tongchou-suggestion/1"


@dataclass(frozen=True)
class Change:
    """One term that moves: its JSON pointer inside the package, the amount today and the one suggested."""

    term: str
    old: Decimal
    new: Decimal


@dataclass(frozen=True)
class Suggestion:
    """What the mediator answers.

    Attributes:
        mode: ``improve``, ``fair`` or ``nash``.
        digest: of the case without packages, the engine, the mode and the package; private inputs are not in it.
        status: ``found``; ``none_better`` (improve); ``infeasible``; ``no_bargain`` (nash: some side cannot be above
            its outside options); ``not_in_steps`` (an answer exists, but not in steps of 0.01 and whole items).
        private: whether anybody stated anything in private.
        changes: in the order of the package's terms.
        gains: G before and after of each affected party, yuan, by the card's count.
        limits_lost: declared limits that are met today and no longer.
        binds: constraints and bounds that hold the result back.
        certificate: why nothing better exists (see certificate.py); None where there is none, or private inputs.
        conflict: an irreducible set of constraints that cannot hold together.
        objective: what was optimised, before and after, by the card's count.
        draft: the package suggested, nobody's proposal yet; None where none is.
    """

    mode: str
    digest: str
    case: str
    package: str
    status: str
    private: bool
    changes: list[Change] = field(default_factory=list)
    gains: dict[str, dict[str, float]] = field(default_factory=dict)
    limits_lost: list[str] = field(default_factory=list)
    binds: list[Name] = field(default_factory=list)
    certificate: Json | None = None
    conflict: list[Name] | None = None
    objective: Json = field(default_factory=dict)
    draft: Json | None = None

    def to_json(self) -> Json:
        """The document, in plain JSON types: amounts as decimal texts, money in yuan to the cent."""
        found = {
            "format": FORMAT,
            "engine": ENGINE,
            "digest": self.digest,
            "case": self.case,
            "package": self.package,
            "mode": self.mode,
            "status": self.status,
            "private": self.private,
            "changes": [
                {"term": change.term, "from": write_amount(change.old), "to": write_amount(change.new)}
                for change in self.changes
            ],
            "gains": self.gains,
            "limits_lost": self.limits_lost,
            "binds": write_names(self.binds),
            "certificate": self.certificate,
            "conflict": None if self.conflict is None else write_names(self.conflict),
            "objective": self.objective,
            "draft": self.draft,
        }
        return defined(found)


def write_names(names: Iterable[Name]) -> list[Json]:
    """Names as sorted objects, each once."""
    return [one.to_json() for one in sorted(set(names))]


def write_gains(before: Scored, after: Scored) -> dict[str, dict[str, float]]:
    """G before and after of the affected parties, by their codes, yuan to the cent."""
    codes = [before.arrays.parties[number] for number in np.flatnonzero(before.gains.affected)]
    return {
        when: dict(zip(codes, cents(one.gains.gain, one.gains.noise)[before.gains.affected].tolist(), strict=True))
        for when, one in (("before", before), ("after", after))
    }


def write_objective(matter: Matter, after: Scored, mode: str, gap: float | None) -> Json:
    """What the mode optimises, before and after, by the card's count: yuan, ρ, or Σ ln of yuan."""
    before = matter.scored
    total = {when: money(sum(one.side_gains.values())) for when, one in (("before", before), ("after", after))}
    return {"total_gain": total, **_OBJECTIVES[mode](matter, after, gap)}


def _write_rises(matter: Matter, after: Scored, _gap: float | None) -> Json:
    numbers = public_matter(matter).parties  # not those that count for nothing by what they stated
    return {"rises": _spread(cents(after.gains.gain[numbers] - matter.scored.gains.gain[numbers]))}


def _write_recoveries(matter: Matter, after: Scored, _gap: float | None) -> Json:
    both = (("before", matter.scored), ("after", after))
    return {
        "recovery": {when: _spread(one.gains.recovery) for when, one in both},
        "shortfall": {when: _shortfall(one) for when, one in both},
    }


def _write_product(matter: Matter, after: Scored, gap: float | None) -> Json:
    both = (("before", matter.scored), ("after", after))
    found = {when: nash(one.side_gains, one.arrays.disagreement) for when, one in both}
    product = {when: ratio(value) for when, value in found.items() if value is not None}
    # A gap by the parties' own counts says nothing about the card's product.
    shown = gap if gap is not None and isfinite(gap) and not matter.valuations.stated.any() else None
    return defined({"nash": product, "gap": shown})


_OBJECTIVES = {"improve": _write_rises, "fair": _write_recoveries, "nash": _write_product}


def _shortfall(scored: Scored) -> float:
    """Σ of what is missing to the outside options of those who are worse off."""
    worse = find_worse_off(scored.arrays, scored.gains)
    return money(float((scored.arrays.outside[worse] - scored.gains.gain[worse]).sum()))


def _spread(values: Floats) -> Json:
    """A vector in four figures."""
    found = values.tolist()
    if not found:
        return {"n": 0}
    figures = {"lowest": min(found), "median": inequality.median(found), "highest": max(found)}
    return {"n": len(found), **{key: ratio(value) for key, value in figures.items()}}
