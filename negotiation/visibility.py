"""What of a scorecard may be shown to somebody who may not see every household (design: who may see what)."""

import copy
from collections.abc import Collection
from typing import Any

Card = dict[str, Any]
FEW = 5  # a spread of fewer seats would show single households
QUARTERED = 9  # with fewer, quartiles beside the ends and the middle would list nearly every household


def redact(card: Card, hidden: Collection[str]) -> Card:
    """A copy without the rows of the parties in `hidden`, and without spreads of classes under five.

    Nobody hidden means nothing to redact: the card itself is returned.
    """
    if not hidden:
        return card
    shown = copy.deepcopy(card)
    fairness = shown["fairness"]
    for key in ("before", "after", "gains"):
        fairness[key] = {code: value for code, value in fairness[key].items() if code not in hidden}
    _hide_rows(fairness, "worse_off", hidden)
    _hide_codes(shown["gates"]["rights"], "unserved", hidden)
    fairness["classes"] = {name: _spread(row, hidden) for name, row in fairness.get("classes", {}).items()}
    if fairness.get("recovery", {}).get("n", 0) < FEW:
        fairness["recovery"] = {"n": fairness.get("recovery", {}).get("n", 0)}
    _hide_break_evens(shown.get("sensitivity", {}), hidden)
    return shown


def _hide_rows(holder: Card, key: str, hidden: Collection[str]) -> None:
    rows = holder[key]
    holder[key] = [row for row in rows if row["party"] not in hidden]
    holder[f"{key}_hidden"] = len(rows) - len(holder[key])


def _hide_codes(holder: Card, key: str, hidden: Collection[str]) -> None:
    codes = holder[key]
    holder[key] = [code for code in codes if code not in hidden]
    holder[f"{key}_hidden"] = len(codes) - len(holder[key])


def _spread(row: Card, hidden: Collection[str]) -> Card:
    """A class's spread, or only its size where it is so small that it would show single households."""
    if row["n"] < FEW:
        return {"n": row["n"]}
    outliers = row.get("outliers", [])
    kept = [item for item in outliers if _code(item) not in hidden]
    row = row if row["n"] >= QUARTERED else {key: value for key, value in row.items() if key not in ("q1", "q3")}
    return {**row, "outliers": kept, "outliers_hidden": len(outliers) - len(kept)}


def _code(item: Any) -> str:
    return str(item["party"]) if isinstance(item, dict) else str(item)


def _hide_break_evens(sensitivity: Card, hidden: Collection[str]) -> None:
    for row in sensitivity.values():
        first = row.get("first_worse_off")
        if isinstance(first, dict) and first.get("party") in hidden:
            del first["party"]
