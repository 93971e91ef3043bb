"""A card in a few lines of plain English, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
NAMED = 6  # so many are named before a list is cut short


def summarize(card: Json) -> list[str]:
    """Say what a card (``tongchou-card/1``) finds, line by line. Money in yuan, rates in per cent."""
    return [
        f"{card['case']}, package {card['package']} (engine {card['engine']}, digest {card['digest'][:12]})",
        *_gates(card["gates"]),
        *_balance(card["balance"]),
        *_fairness(card["fairness"]),
        *_limits(card["limits"]),
    ]


def _gates(gates: Json) -> Iterator[str]:
    failed = [name for name in ("land", "supply", "targets", "rights", "pool") if not gates[name]["passed"]]
    yield f"  gates      {'broken: ' + ', '.join(failed) if failed else 'passed'}"
    for target in gates["targets"]["items"]:
        if target["status"] != "met":
            after = f"{target['after']:,.10g}" if "after" in target else "undefined"
            limit = f"{target['op']} {target['limit']:,.10g}"
            yield f"             {target['indicator']} {after} {target['status']} ({limit})"


def _balance(balance: Json) -> Iterator[str]:
    project, basic, operating = balance["project"], balance["basic"], balance["operating"]
    rates = ", ".join(f"{rate:.2%}" for rate in project["irr"]) or "none"
    back = f"paid back in year {project['payback_year']}" if "payback_year" in project else "not paid back"
    yield f"  project    NPV {_yuan(project['npv'])}, IRR {rates}, {back}"
    deepest = f" in year {basic['peak_year']}" if "peak_year" in basic else ""
    yield f"  basic      NPV {_yuan(basic['npv'])}, peak gap {_yuan(basic['peak_gap'])}{deepest}"
    yield f"  operating  {_operating(operating)}"


def _operating(operating: Json) -> str:
    if not operating["present"]:
        return "nothing is said about it"
    lasting = f"from year {operating['first_year']} on" if "first_year" in operating else "never lastingly"
    return f"NPV {_yuan(operating['npv'])}, out of deficit {lasting}"


def _fairness(fairness: Json) -> Iterator[str]:
    rest = fairness["unassigned"]
    yield (
        f"  gains      {_yuan(fairness['total']['gain'])} in all;"
        f" nobody's: project {_yuan(rest['project'])}, pool {_yuan(rest['pool'])}"
    )
    for name, side in fairness["sides"].items():
        share = f" ({side['gain_share']:.1%})" if "gain_share" in side else ""
        yield f"             {name} {_yuan(side['gain'])}{share}"
    yield f"  worse off  {_names([row['party'] for row in fairness['worse_off']])}"
    yield f"  recovery   {_recovery(fairness['recovery'])}"


def _names(codes: list[str]) -> str:
    if not codes:
        return "nobody"
    more = ", …" if len(codes) > NAMED else ""
    return f"{len(codes)}: {', '.join(codes[:NAMED])}{more}"


def _recovery(recovery: Json) -> str:
    if not recovery["n"]:
        return "no holders"
    spread = " / ".join(f"{recovery[name]:.4f}" for name in ("min", "median", "max"))
    gini = f", Gini {recovery['gini']:.4f}" if "gini" in recovery else ""
    return f"{recovery['n']} holders, lowest / median / highest {spread}{gini}"


def _limits(limits: Json) -> Iterator[str]:
    words = {True: "met", False: "not met", None: "undefined"}
    for name, light in limits.items():
        value = f"{light['value']:,.10g}" if "value" in light else "absent"
        yield f"  limit      {name} {value} against {light['limit']:,.10g}: {words[light.get('met')]}"


def _yuan(amount: float) -> str:
    return f"{amount:,.2f}"
