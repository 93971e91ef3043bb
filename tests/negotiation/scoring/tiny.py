"""A case so small that every figure of its card can be worked out by hand, with d(y) = 0.8^y."""

from copy import deepcopy
from typing import Any

Json = dict[str, Any]


def parcel(code: str, use: str, site: str, floor: str, zone: str = "inside") -> Json:
    properties = {"name": code, "land_use": use, "site_area": site, "floor_area": floor, "zone": zone}
    return {"type": "Feature", "id": code, "geometry": None, "properties": properties}


def right(code: str, parcel: str, party: str, kind: str, value: str) -> Json:
    areas = {"site_area": "1", "floor_area": "1"}
    return {"id": code, "parcel": parcel, "party": party, "kind": "ownership", "class": kind, "value": value, **areas}


def flow(source: str, target: str, stage: str, year: int, yuan: str) -> Json:
    return {"from": source, "to": target, "category": "x", "stage": stage, "year": year, "yuan": yuan}


def allocation(party: str, item: str, quantity: str, year: int) -> Json:
    return {"party": party, "item": item, "quantity": quantity, "year": year}


def disposition(parcel: str, action: str, use: str, site: str, floor: str, **more: Any) -> Json:
    return {"parcel": parcel, "action": action, "land_use": use, "site_area": site, "floor_area": floor, **more}


def package(code: str, dispositions: list[Json], allocations: list[Json], flows: list[Json]) -> Json:
    terms = {"dispositions": dispositions, "allocations": allocations, "flows": flows, "negotiable": []}
    return {"code": code, "title": code, "proposer": "G", "summary": "", **terms}


def indicator(code: str, measure: str, use: str, **more: str) -> Json:
    return {"code": code, "name": code, "unit": "1", "measure": measure, "land_use": [use], **more}


def target(code: str, op: str, value: str, tolerance: str | None = None) -> Json:
    soft = {"rigid": tolerance is None, "source": "x"} | ({} if tolerance is None else {"tolerance": tolerance})
    return {"indicator": code, "op": op, "value": value, **soft}


_PACKAGE = package(
    "A",
    [
        disposition("L1", "acquire", "0701", "60", "120", yields=[{"item": "flat", "quantity": "200"}]),
        disposition("L1", "retain", "1401", "40", "0"),
        disposition("L2", "reclaim", "0101", "100", "0"),
    ],
    [allocation("P1", "flat", "100", 1), allocation("M", "flat", "80", 1)],
    [
        flow("project", "P2", "acquire", 0, "500"),
        flow("M", "project", "build", 0, "500"),
        flow("project", "outside", "build", 1, "700"),
        flow("outside", "project", "operate", 2, "125"),
        flow("outside", "project", "operate", 3, "125"),
        flow("project", "pool", "acquire", 1, "100"),
        flow("pool", "P2", "acquire", 2, "50"),
        flow("outside", "G", "operate", 1, "100"),
    ],
)

_CASE: Json = {
    "format": "tongchou-case/1",
    "code": "TINY",
    "indicators": [
        indicator("gfa", "floor_area", "07"),
        indicator("green", "site_area", "14"),
        indicator("farm-share", "share", "01", zone="outside"),
        indicator("far", "far", "07"),
        indicator("parks", "count", "14"),
    ],
    "targets": [
        target("gfa", "<=", "100", "0.2"),
        target("green", ">=", "240"),
        target("farm-share", ">=", "0.25"),
        target("far", "<=", "2"),
        target("parks", ">=", "2"),
    ],
    "parcels": {
        "type": "FeatureCollection",
        "features": [
            parcel("L1", "0701", "100", "50"),
            parcel("L2", "0101", "100", "0", "outside"),
            parcel("L3", "1401", "200", "0"),
        ],
    },
    "parties": [
        {"code": "G", "name": "G", "side": "government", "kind": "department"},
        {"code": "M", "name": "M", "side": "market", "kind": "developer"},
        {"code": "P2", "name": "P2", "side": "public", "kind": "household"},
        {"code": "P1", "name": "P1", "side": "public", "kind": "household"},
    ],
    "rights": [
        right("R1", "L1", "P1", "a", "1000"),
        right("R2", "L2", "P2", "b", "500"),
        right("R3", "L1", "P2", "a", "100"),
    ],
    "catalogue": [{"code": "flat", "name": "flat", "unit": "m2", "price": "10", "divisible": True}],
    "plan": {"base_year": 2026, "years": 4, "discount_rate": "0.25"},
    "outside_options": [{"party": "M", "gain": "150"}],
    "limits": {"gini": "0.1", "min_recovery": "0.95", "npv": "-496", "peak_gap": "799.99"},
    "coalitions": [{"sides": ["public", "government"], "value": "260"}],
    "packages": [_PACKAGE],
}


def tiny_case() -> Json:
    """A fresh copy of the case, free to be changed."""
    return deepcopy(_CASE)
