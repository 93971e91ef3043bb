"""Balance: does the package carry itself? Yearly accounts and their present values in exact yuan.

Definitions: docs/scorecard.md, "Balance". A deficit is a negative balance; years count from the plan's year 0.
Sources: the two accounts: Tan, Wang, Jin, 规划师 2024(6), section 4.4; NPV, rate and payback:
建设项目经济评价方法与参数 (第三版), 2006.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

import numpy as np

from negotiation.scoring.arrays import SIDES, CaseArrays
from negotiation.scoring.cash import discounted_balances, present_value
from negotiation.scoring.exact import Mask
from negotiation.scoring.noise import CENT_HALF
from negotiation.scoring.rates import find_rates
from negotiation.scoring.terms import OPERATE, STAGES, PackageArrays


@dataclass(frozen=True)
class Account:
    """A yearly account in yuan."""

    yearly: list[Fraction]
    npv: Fraction

    @property
    def cumulative(self) -> list[Fraction]:
        """The running sum of the yearly net."""
        return list(accumulate(self.yearly))

    @property
    def net(self) -> Fraction:
        """The plain sum over all years."""
        return sum(self.yearly, Fraction(0))

    @property
    def peak_gap(self) -> Fraction:
        """The deepest cumulative deficit, 0 if there is none."""
        return max(Fraction(0), -min(self.cumulative))

    @property
    def peak_year(self) -> int | None:
        """The first year of the deepest deficit, None if there is none."""
        return self.cumulative.index(-self.peak_gap) if self.peak_gap else None


@dataclass(frozen=True)
class Operating:
    """The operating account; ``first_year`` is None when it never stays out of deficit."""

    account: Account
    present: bool
    first_year: int | None


@dataclass(frozen=True)
class Project:
    """The whole project; a payback year is None when the money does not come back."""

    npv: Fraction
    irr: list[float]
    payback_year: int | None
    discounted_payback_year: int | None


@dataclass(frozen=True)
class Return:
    """What a cash flow earns: present value in yuan and every internal rate."""

    npv: Fraction
    irr: list[float]


@dataclass(frozen=True)
class Market:
    """One market party: all it gets and pays, the present value of what it gets in kind, its flows by stage."""

    total: Return
    in_kind: Fraction
    stages: dict[str, Return]


@dataclass(frozen=True)
class Balance:
    """Every account of one package."""

    basic: Account
    operating: Operating
    project: Project
    market: dict[str, Market]


def balance_accounts(arrays: CaseArrays, package: PackageArrays) -> Balance:
    """Draw up every account of a package that is compiled, in exact yuan; rates are float64."""
    stage = package.flows.stage
    whole = project_account(arrays, package, np.ones(len(stage), dtype=np.bool_))
    return Balance(
        basic=project_account(arrays, package, stage != OPERATE),
        operating=operate(arrays, package),
        project=judge_project(arrays, whole),
        market={
            arrays.parties[number]: judge_market(arrays, package, number) for number in _investors(arrays, package)
        },
    )


def yearly_net(arrays: CaseArrays, package: PackageArrays, end: int, chosen: Mask) -> list[Fraction]:
    """Flows in − flows out of one end of flows, by year, over the chosen flows: exact yuan."""
    flows = package.flows
    paid_in = flows.yuan.grouped(flows.year, arrays.years, chosen & (flows.target == end))
    paid_out = flows.yuan.grouped(flows.year, arrays.years, chosen & (flows.source == end))
    return [flows.yuan.fraction(units) for units in paid_in - paid_out]


def project_account(arrays: CaseArrays, package: PackageArrays, chosen: Mask) -> Account:
    """The plan's account over the chosen flows. ``chosen`` has shape (flows,)."""
    yearly = yearly_net(arrays, package, arrays.project, chosen)
    return Account(yearly, present_value(yearly, arrays.weights))


def operate(arrays: CaseArrays, package: PackageArrays) -> Operating:
    """The operating account and the year from which it carries itself."""
    flows = package.flows
    chosen = (flows.stage == OPERATE) & ((flows.source == arrays.project) | (flows.target == arrays.project))
    account = project_account(arrays, package, chosen)
    if not chosen.any():
        return Operating(account, False, None)
    return Operating(account, True, first_lasting_year(account.yearly, int(flows.year[chosen].min()), Fraction(0)))


def first_lasting_year(amounts: Sequence[Fraction], start: int, least: Fraction) -> int | None:
    """The first year ≥ ``start`` from which on no amount is below ``least``, all in yuan; None if the last one is."""
    below = [year for year, amount in enumerate(amounts) if amount < least]
    year = max(start, below[-1] + 1 if below else 0)
    return year if year < len(amounts) else None


def judge_project(arrays: CaseArrays, account: Account) -> Project:
    """Present value (yuan), rates (fractions a year) and payback (whole years) of the whole project."""
    discounted = discounted_balances(account.yearly, arrays.weights)
    return Project(
        npv=account.npv,
        irr=find_rates(account.yearly),
        payback_year=first_lasting_year(account.cumulative, 0, -CENT_HALF),
        discounted_payback_year=first_lasting_year(discounted, 0, -CENT_HALF),
    )


def judge_market(arrays: CaseArrays, package: PackageArrays, party: int) -> Market:
    """What the market party of this number earns, yuan; its rights' value before is not subtracted."""
    everything = np.ones(len(package.flows.stage), dtype=np.bool_)
    money = yearly_net(arrays, package, party, everything)
    kind = yearly_in_kind(arrays, package, package.allocations.party == party)
    return Market(
        total=_return(arrays, [paid + given for paid, given in zip(money, kind, strict=True)]),
        in_kind=present_value(kind, arrays.weights),
        stages=_by_stage(arrays, package, party),
    )


def yearly_in_kind(arrays: CaseArrays, package: PackageArrays, chosen: Mask) -> list[Fraction]:
    """What the chosen allocations are worth at price in their year: exact yuan, not discounted."""
    rows = package.allocations
    return [rows.yuan.fraction(units) for units in rows.yuan.grouped(rows.year, arrays.years, chosen)]


def _by_stage(arrays: CaseArrays, package: PackageArrays, party: int) -> dict[str, Return]:
    """The returns of a party's flows alone, for each stage in which it has any."""
    flows, found = package.flows, {}
    own = (flows.source == party) | (flows.target == party)
    for number, stage in enumerate(STAGES):
        chosen = own & (flows.stage == number)
        if chosen.any():
            found[stage] = _return(arrays, yearly_net(arrays, package, party, chosen))
    return found


def _return(arrays: CaseArrays, yearly: list[Fraction]) -> Return:
    return Return(present_value(yearly, arrays.weights), find_rates(yearly))


def _investors(arrays: CaseArrays, package: PackageArrays) -> list[int]:
    """The numbers of the market parties that the package affects."""
    market = arrays.side == SIDES.index("market")
    return [int(number) for number in np.flatnonzero(market & package.affected)]
