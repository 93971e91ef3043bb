"""A case with as many households as asked for: the village of demo/hekou.json, its households repeated."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

Json = dict[str, Any]
DEMO = Path(__file__).resolve().parent.parent / "demo" / "hekou.json"
OWN = ("party", "parcel", "from", "to")  # keys of a row that may name a household or its parcel


def village(households: int, package: str = "A") -> Json:
    """The case with `households` holders and one package; each has a parcel, a right, a disposition, two terms."""
    case: Json = json.loads(DEMO.read_text(encoding="utf-8"))
    codes = [party["code"] for party in case["parties"] if party["kind"] == "household"]
    parcels = {row["party"]: row["parcel"] for row in case["rights"] if row["party"] in codes}
    copies = {code: range(number, households, len(codes)) for number, code in enumerate(codes)}
    copies |= {parcels[code]: copies[code] for code in codes}
    terms = next(row for row in case["packages"] if row["code"] == package)
    return case | {
        "code": f"BENCH-{households}",
        "parties": _repeat(case["parties"], "code", copies),
        "parcels": case["parcels"] | {"features": _repeat(case["parcels"]["features"], "id", copies)},
        "rights": _repeat(case["rights"], "id", copies),
        "packages": [
            {key: value for key, value in terms.items() if key != "negotiable"}
            | {key: _repeat(terms[key], "", copies) for key in ("dispositions", "allocations", "flows")}
        ],
    }


def variants(package: Json, count: int) -> list[Json]:
    """Packages that pay a little more each, under codes of their own."""
    return [package | {"code": f"P{number:02}", "flows": _raised(package["flows"], number)} for number in range(count)]


def _raised(flows: list[Json], percent: int) -> list[Json]:
    return [row | {"yuan": f"{Decimal(row['yuan']) * (100 + percent) / 100:.2f}"} for row in flows]


def _repeat(rows: list[Json], identity: str, copies: dict[str, range]) -> list[Json]:
    return [copy for row in rows for copy in _copies(row, identity, copies)]


def _copies(row: Json, identity: str, copies: dict[str, range]) -> list[Json]:
    """The row once for each copy of the household it belongs to, or as it is."""
    own = [key for key in (*OWN, identity) if row.get(key) in copies]
    if not own:
        return [row]
    renamed = {*own, identity} - {""}
    return [row | {key: f"{row[key]}-{number}" for key in renamed} for number in copies[row[own[0]]]]
