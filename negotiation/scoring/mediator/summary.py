"""A suggestion in a few lines of plain English, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

Json = dict[str, Any]
NAMED = 6  # so many are named before a list is cut short
_ANSWERS = {
    "found": "a draft",
    "none_better": "nobody can be better off without somebody being worse off, inside the bounds",
    "infeasible": "nothing is feasible inside the bounds",
    "no_bargain": "not every side can be above its outside options",
    "not_in_steps": "there is an answer, but none in steps of 0.01 and whole items",
}


def summarize(suggestion: Json) -> list[str]:
    """Say what a suggestion (``tongchou-suggestion/1``) holds, line by line. Money in yuan."""
    head = f"{suggestion['case']}, package {suggestion['package']}, {suggestion['mode']}"
    return [
        f"{head} (engine {suggestion['engine']}, digest {suggestion['digest'][:12]})",
        f"  answer     {_ANSWERS[suggestion['status']]}",
        *_changes(suggestion["changes"]),
        *_objective(suggestion["objective"]),
        *_names("binds", suggestion["binds"]),
        *_names("conflict", suggestion.get("conflict", [])),
        *(f"  lost       limit {limit}" for limit in suggestion["limits_lost"]),
        *_certificate(suggestion.get("certificate")),
    ]


def _changes(changes: Sequence[Json]) -> Iterator[str]:
    for change in changes[:NAMED]:
        yield f"  change     {change['term']} from {change['from']} to {change['to']}"
    if len(changes) > NAMED:
        yield f"             and {len(changes) - NAMED} more"


def _objective(objective: Json) -> Iterator[str]:
    total = objective["total_gain"]
    yield f"  gains      {total['before']:,.2f} today, {total['after']:,.2f} then"
    if "rises" in objective:
        yield f"  rises      {_spread(objective['rises'], ',.2f')}"
    if "recovery" in objective:
        yield f"  recovery   {_spread(objective['recovery']['after'], '.4f')}"
        yield f"  shortfall  {objective['shortfall']['after']:,.2f} below the outside options"
    for when, value in objective.get("nash", {}).items():
        yield f"  Σ ln(G−d)  {value:.6f} {when}"


def _spread(figures: Json, style: str) -> str:
    if not figures["n"]:
        return "nobody"
    values = " / ".join(format(figures[name], style) for name in ("lowest", "median", "highest"))
    return f"{figures['n']} parties, lowest / median / highest {values}"


def _names(label: str, names: Sequence[Json]) -> Iterator[str]:
    """One line: bounds are counted, everything else is named."""
    bounds = sum(one["code"] == "bound" for one in names)
    others = [_say(one) for one in names if one["code"] != "bound"]
    words = others[:NAMED] + (["…"] if len(others) > NAMED else []) + ([f"{bounds} bounds"] if bounds else [])
    if words:
        yield f"  {label:<10} {', '.join(words)}"


def _say(one: Json) -> str:
    if one["code"] == "private":
        return "a party's private demand"
    return " ".join([one["code"], *(str(value) for key, value in one.items() if key != "code")])


def _certificate(certificate: Json | None) -> Iterator[str]:
    if certificate is not None:
        yield f"  proof      ΣG cannot rise by more than {certificate['bound']:.4f}"
