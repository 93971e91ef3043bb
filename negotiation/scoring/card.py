"""The card: everything found for one package as one JSON object, rounded on the way out.

An undefined figure is left out; maps and lists come sorted by code. The shape is docs/scorecard.md, "The card".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from negotiation.scoring.allowed import Measured, Pool, Supply, measure_after, measure_before
from negotiation.scoring.arrays import CaseArrays, compile_case
from negotiation.scoring.balance import Account, Market, Return
from negotiation.scoring.bargaining import Offer, Standing, compare_offers
from negotiation.scoring.card_fairness import write_fairness
from negotiation.scoring.digest import ENGINE, canonical_case, digest_package, digest_packages
from negotiation.scoring.limits import Light, judge_limits
from negotiation.scoring.reading import below, get_rows, read_texts
from negotiation.scoring.rounding import amount, amount_or_none, defined, money, money_or_none, ratio, ratio_or_none
from negotiation.scoring.scored import Scored
from negotiation.scoring.sensitivity import Row, Sweep
from negotiation.scoring.terms import compile_package

Json = dict[str, Any]


def card(case: Mapping[str, Any], package: str) -> Json:
    """Score one package of a case (``tongchou-case/1`` as parsed JSON): the ``tongchou-card/1`` object.

    Money in yuan to the cent, ratios to twelve digits. Raises ScoringRefused with the path of the first fault, also
    when there is no such package (``unknown_code``).
    """
    arrays = compile_case(case)
    scored = Scored(arrays, compile_package(arrays, case, package))
    return write_card(scored, digest_package(canonical_case(case), case, package))


def gates(case: Mapping[str, Any], package: str) -> Json:
    """Check only the gates of one package: the part ``gates`` of its card. Raises ScoringRefused as `card`."""
    arrays = compile_case(case)
    return _gates(Scored(arrays, compile_package(arrays, case, package)))


def cards(case: Mapping[str, Any]) -> Json:
    """Score every package of a case and compare them: the ``tongchou-cards/1`` object.

    Raises ScoringRefused with the path of the first fault of any package.
    """
    arrays, canonical = compile_case(case), canonical_case(case)
    scored = _score_all(arrays, case)
    return {
        "format": "tongchou-cards/1",
        "cards": [write_card(one, digest_package(canonical, case, one.package.code)) for one in scored],
        "comparison": write_comparison(arrays, scored, digest_packages(canonical, case)),
    }


def compare(case: Mapping[str, Any]) -> Json:
    """Compare the packages of a case without writing their cards: the ``tongchou-comparison/1`` object of ``cards``."""
    arrays = compile_case(case)
    return write_comparison(arrays, _score_all(arrays, case), digest_packages(canonical_case(case), case))


def _score_all(arrays: CaseArrays, case: Mapping[str, Any]) -> list[Scored]:
    """Take in every package, in the order of their codes."""
    codes = sorted(read_texts(get_rows(case, "packages", ""), "code", below("/packages")))
    return [Scored(arrays, compile_package(arrays, case, code)) for code in codes]


def write_card(scored: Scored, digest: str) -> Json:
    """Write the findings for one package down under the digest of its input (hex), as plain JSON types."""
    return {
        "format": "tongchou-card/1",
        "engine": ENGINE,
        "digest": digest,
        "case": scored.arrays.code,
        "package": scored.package.code,
        "gates": _gates(scored),
        "balance": _balance(scored),
        "fairness": write_fairness(scored),
        "sensitivity": {name: _sweep(name, sweep) for name, sweep in scored.sweeps.items()},
        "limits": {name: _limit(name, light) for name, light in judge_limits(scored).items()},
    }


def write_comparison(arrays: CaseArrays, scored: list[Scored], digest: str) -> Json:
    """Write down how the packages of one case stand to each other, under the digest of all of them (hex)."""
    offers = [
        Offer(one.package.code, one.gates.passed, one.side_gains, one.gains.gain, one.gains.noise) for one in scored
    ]
    standings = compare_offers(offers, arrays.disagreement)
    return {
        "format": "tongchou-comparison/1",
        "engine": ENGINE,
        "digest": digest,
        "case": arrays.code,
        "packages": {code: _standing(standing) for code, standing in standings.items()},
    }


# Gates


def _gates(scored: Scored) -> Json:
    gates = scored.gates
    return {
        "passed": gates.passed,
        "land": {
            "passed": not gates.land,
            "faults": [
                {"parcel": fault.parcel, "planned": amount(fault.planned), "actual": amount(fault.actual)}
                for fault in gates.land
            ],
        },
        "supply": {"passed": gates.supplied, "items": {code: _supply(item) for code, item in gates.supply.items()}},
        "targets": {"passed": gates.on_target, "items": [_target(item) for item in gates.targets]},
        "rights": {"passed": not gates.unserved, "unserved": gates.unserved},
        "pool": {"passed": gates.pool_solvent, **_pool(gates.pool)},
    }


def _supply(item: Supply) -> Json:
    return {
        "yielded": amount(item.yielded),
        "used": amount(item.used),
        "allocated": amount(item.allocated),
        "rest": amount(item.rest),
    }


def _target(item: Measured) -> Json:
    return defined(
        {
            "indicator": item.target.indicator.code,
            "op": item.target.op,
            "limit": amount(item.target.value),
            "before": amount_or_none(item.before),
            "after": amount_or_none(item.after),
            "status": item.status,
            "margin": amount_or_none(item.margin),
        }
    )


def _pool(pool: Pool) -> Json:
    return {
        "paid_in": money(pool.paid_in),
        "paid_out": money(pool.paid_out),
        "lowest": money(min(pool.yearly)),
        "end": money(pool.yearly[-1]),
        "yearly": [money(balance) for balance in pool.yearly],
    }


# Balance


def _balance(scored: Scored) -> Json:
    found = scored.balance
    return {
        "basic": _basic(found.basic),
        "operating": defined(
            {
                **_account(found.operating.account),
                "first_year": found.operating.first_year,
                "present": found.operating.present,
            }
        ),
        "project": defined(
            {
                "npv": money(found.project.npv),
                "irr": [ratio(rate) for rate in found.project.irr],
                "payback_year": found.project.payback_year,
                "discounted_payback_year": found.project.discounted_payback_year,
            }
        ),
        "market": {party: _market(market) for party, market in found.market.items()},
        "resources": {"indicators": _indicators(scored)},
    }


def _indicators(scored: Scored) -> Json:
    """Write every indicator before and after, also those without a target."""
    arrays = scored.arrays
    return {
        indicator.code: defined(
            {
                "before": amount_or_none(measure_before(arrays, indicator)),
                "after": amount_or_none(measure_after(arrays, scored.package, indicator)),
            }
        )
        for indicator in arrays.indicators
    }


def _account(account: Account) -> Json:
    return {
        "yearly": [money(net) for net in account.yearly],
        "net": money(account.net),
        "npv": money(account.npv),
    }


def _basic(account: Account) -> Json:
    return defined(
        {
            **_account(account),
            "cumulative": [money(balance) for balance in account.cumulative],
            "peak_gap": money(account.peak_gap),
            "peak_year": account.peak_year,
        }
    )


def _market(market: Market) -> Json:
    stages = {stage: _return(found) for stage, found in market.stages.items()}
    return {**_return(market.total), "in_kind": money(market.in_kind), "stages": stages}


def _return(found: Return) -> Json:
    return {"npv": money(found.npv), "irr": [ratio(rate) for rate in found.irr]}


# Sensitivity, limits, comparison


def _sweep(name: str, sweep: Sweep) -> Json:
    unit = "years" if name == "delay" else "factor"
    zero = ratio_or_none(sweep.project_npv_zero)
    first = sweep.first_worse_off
    return defined(
        {
            "project_npv_zero": {"years": zero} if unit == "years" and zero is not None else zero,
            "first_worse_off": {unit: ratio(first[0]), "party": first[1]} if first else None,
            "rows": [_row(unit, row) for row in sweep.rows],
        }
    )


def _row(unit: str, row: Row) -> Json:
    return {
        unit: row.at,
        "project_npv": money(row.project_npv),
        "worse_off": row.worse_off,
        "gains": {side: money(gain) for side, gain in row.sides.items()},
    }


def _limit(name: str, light: Light) -> Json:
    write = money_or_none if name in ("npv", "peak_gap") else ratio_or_none
    return defined({"limit": amount(light.limit), "value": write(light.value), "met": light.met})


def _standing(standing: Standing) -> Json:
    figures = {
        "passed": standing.passed,
        "egalitarian": money(standing.egalitarian),
        "utilitarian": money(standing.utilitarian),
        "nash": ratio_or_none(standing.nash),
        "kalai_smorodinsky": ratio_or_none(standing.kalai_smorodinsky),
    }
    dominated = {"sides": standing.dominated_by_sides, "parties": standing.dominated_by_parties}
    return defined(figures | ({"dominated_by": dominated} if standing.passed else {}))
