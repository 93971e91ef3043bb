"""Everything that scoring finds for one package, before it is rounded and written down."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from negotiation.scoring import allowed, balance, coalitions, fairness, gains, sensitivity
from negotiation.scoring.arrays import CaseArrays
from negotiation.scoring.exact import Indices
from negotiation.scoring.terms import PackageArrays


@dataclass(frozen=True)
class Scored:
    """One package of a compiled case with its findings; the parts are computed when first asked for."""

    arrays: CaseArrays
    package: PackageArrays

    @cached_property
    def gates(self) -> allowed.Gates:
        """May it be done? Exact."""
        return allowed.check_gates(self.arrays, self.package)

    @cached_property
    def balance(self) -> balance.Balance:
        """Does it carry itself? Exact yuan."""
        return balance.balance_accounts(self.arrays, self.package)

    @cached_property
    def gains(self) -> gains.Gains:
        """Who gains what? Arrays of shape (parties,), yuan of year 0."""
        return gains.weigh_gains(self.arrays, self.package)

    @cached_property
    def kinds(self) -> Indices:
        """The class of each holder. Shape (holders,)."""
        return fairness.classify_holders(self.arrays, self.package, self.gains)

    @cached_property
    def side_gains(self) -> dict[str, Fraction]:
        """G of each side that has parties, yuan."""
        return gains.side_gains(self.arrays, self.package)

    @cached_property
    def coalition_values(self) -> dict[coalitions.Sides, Fraction]:
        """v of each coalition of the sides, yuan."""
        return coalitions.value_coalitions(self.side_gains, self.arrays.disagreement, self.arrays.coalitions)

    @cached_property
    def sweeps(self) -> dict[str, sensitivity.Sweep]:
        """What breaks first? The sweeps of ``price``, ``cost`` and ``delay``."""
        asked = (self.arrays, self.package, self.gains)
        return {
            "price": sensitivity.sweep_price(*asked),
            "cost": sensitivity.sweep_cost(*asked),
            "delay": sensitivity.sweep_delay(*asked),
        }
