"""What lies before the mediator: a case, one package of it with its findings, its negotiable terms, private demands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from negotiation.scoring.arrays import compile_case
from negotiation.scoring.exact import Floats, Indices, Mask
from negotiation.scoring.limits import Light, judge_limits
from negotiation.scoring.mediator.matrices import Matrix, column_sums
from negotiation.scoring.mediator.valuations import Valuations, read_valuations
from negotiation.scoring.mediator.variables import Terms, compile_terms, gain_effects
from negotiation.scoring.reading import Row
from negotiation.scoring.scored import Scored
from negotiation.scoring.terms import compile_package, find_package


@dataclass(frozen=True)
class Matter:
    """Everything compiled; ``row`` is the package as written. Arrays over the parties are in the order of codes."""

    case: Row
    row: Row
    scored: Scored
    terms: Terms
    valuations: Valuations

    @cached_property
    def effects(self) -> Matrix:
        """∂G/∂term, by each party's own count. Shape (parties, terms), yuan of year 0 per unit."""
        return gain_effects(self.scored.arrays, self.terms, self.valuations)

    @cached_property
    def after(self) -> Floats:
        """A today, by each party's own count. Shape (parties,), yuan of year 0."""
        arrays, rows = self.scored.arrays, self.scored.package.allocations
        extra = rows.yuan.values * arrays.discount[rows.year] * (self.valuations.factors(rows.party, rows.item) - 1)
        counted: Floats = self.scored.gains.after + np.bincount(rows.party, extra, minlength=len(arrays.parties))
        return counted

    @cached_property
    def gain(self) -> Floats:
        """G today, by each party's own count. Shape (parties,), yuan of year 0."""
        stated = self.valuations.stated
        counted: Floats = np.where(stated, self.after - self.scored.gains.before, self.scored.gains.gain)
        return counted

    @cached_property
    def reached(self) -> Mask:
        """Tell which parties some term reaches. Shape (parties,)."""
        mask: Mask = np.diff(self.effects.indptr) > 0
        return mask

    @cached_property
    def lights(self) -> dict[str, Light]:
        """The declared limits today, by their names."""
        return judge_limits(self.scored)

    def is_met(self, limit: str) -> bool:
        """Tell whether a limit is declared and met today."""
        return limit in self.lights and self.lights[limit].met is True

    @cached_property
    def total(self) -> Floats:
        """∂ΣG/∂term over the affected parties, by their own counts. Shape (terms,), yuan of year 0 per unit."""
        return column_sums(self.effects[self.parties])

    @property
    def parties(self) -> Indices:
        """Numbers of the affected parties that some term reaches."""
        numbers: Indices = np.flatnonzero(self.reached & self.scored.gains.affected)
        return numbers


def compile_matter(case: Row, code: str, private: Mapping[str, Any] | None) -> Matter:
    """Compile a case, one package and what parties stated in private. Raises ScoringRefused with the first fault."""
    arrays = compile_case(case)
    package = compile_package(arrays, case, code)
    place, row = find_package(case, code)
    terms = compile_terms(arrays, package, case, row, f"/packages/{place}")
    return Matter(case, row, Scored(arrays, package), terms, read_valuations(arrays, private))


def public_matter(matter: Matter) -> Matter:
    """The same matter as if nobody had stated anything in private."""
    if not matter.valuations.stated.any():
        return matter
    nothing = Valuations(np.zeros_like(matter.valuations.stated), {}, {})
    return Matter(matter.case, matter.row, matter.scored, matter.terms, nothing)
