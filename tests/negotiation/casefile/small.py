"""A whole case in a few rows, for tests to break one thing at a time."""

import copy
from typing import Any

Document = dict[str, Any]

# A square of 0.001° at 30° north; its geodesic area on CGCS2000 is 10,695.7 m² (pyproj, GRS80).
SQUARE = [[[120.0, 30.0], [120.001, 30.0], [120.001, 30.001], [120.0, 30.001], [120.0, 30.0]]]

_CASE: Document = {
    "format": "tongchou-case/1",
    "code": "TINY",
    "title": "Mill lane",
    "kind": "implementation_plan",
    "regions": [{"code": "33", "name": "Province", "parent": None}, {"code": "3301", "name": "City", "parent": "33"}],
    "unit": {"code": "U1", "name": "Unit", "region": "3301", "geometry": {"type": "Polygon", "coordinates": SQUARE}},
    "indicators": [{"code": "green", "name": "Green", "unit": "m2", "measure": "site_area", "land_use": ["14"]}],
    "targets": [{"indicator": "green", "op": ">=", "value": "100.00", "rigid": False, "tolerance": "0.05"}],
    "parcels": {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": "P1",
                "geometry": {"type": "Polygon", "coordinates": SQUARE},
                "properties": {
                    "name": "Mill",
                    "land_use": "1001",
                    "site_area": "10700.00",
                    "floor_area": "900.00",
                    "zone": "inside",
                },
            }
        ],
    },
    "parties": [
        {"code": "GOV", "name": "Planning office", "side": "government", "kind": "department"},
        {"code": "DEV", "name": "Builder", "side": "market", "kind": "developer"},
        {"code": "HH", "name": "Resident", "side": "public", "kind": "household"},
    ],
    "rights": [
        {
            "id": "R1",
            "parcel": "P1",
            "party": "HH",
            "kind": "ownership",
            "class": "flat",
            "site_area": "50.00",
            "floor_area": "60.00",
            "value": "600000.00",
        }
    ],
    "catalogue": [
        {"code": "flat", "name": "Flat", "unit": "m2", "price": "9000.00", "divisible": True},
        {"code": "car", "name": "Parking", "unit": "1", "price": "90000.00", "divisible": False},
    ],
    "plan": {"base_year": 2026, "years": 10, "discount_rate": "0.05"},
    "outside_options": [{"party": "DEV", "gain": "-5.00"}],
    "limits": {"gini": "0.1", "npv": "0"},
    "coalitions": [{"sides": ["government", "market"], "value": "7.00"}],
    "rule": {
        "code": "r",
        "title": "All",
        "notice_days": 30,
        "chambers": [
            {
                "code": "owners",
                "title": "Owners",
                "who": {"side": "public"},
                "method": "vote",
                "turnout": [{"by": "heads", "at_least": "2/3"}],
                "approval": [{"by": "heads", "of": "participating", "at_least": "3/4"}],
            }
        ],
    },
    "packages": [
        {
            "code": "A",
            "title": "First",
            "proposer": "DEV",
            "dispositions": [
                {
                    "parcel": "P1",
                    "action": "acquire",
                    "land_use": "0701",
                    "site_area": "10700.00",
                    "floor_area": "5000.00",
                    "recipient": "DEV",
                    "yields": [{"item": "car", "quantity": "3"}],
                }
            ],
            "allocations": [{"party": "HH", "item": "flat", "quantity": "70.50", "year": 2}],
            "flows": [
                {"from": "project", "to": "HH", "category": "move", "stage": "acquire", "year": 0, "yuan": "100.00"}
            ],
            "negotiable": [
                {"term": "/flows/0/yuan", "min": "50.00", "max": "200.00"},
                {"term": "/allocations/0/quantity", "min": "60", "max": "60"},
            ],
        },
        {"code": "B", "title": "Second", "proposer": "HH", "counters": "A"}
        | {"dispositions": [], "allocations": [], "flows": []},
    ],
    "extensions": {"ledger/1": {"anything": [1, 2.5, None, {"goes": "here"}]}},
}


def small_case() -> Document:
    return copy.deepcopy(_CASE)


def parts(path: str) -> list[str | int]:
    """`packages/0/flows` as the steps into a document."""
    return [int(part) if part.isdecimal() else part for part in path.split("/")]


def put(document: Document, path: str, value: Any) -> Document:
    """Set the value at a path; returns the document."""
    *way, last = parts(path)
    target: Any = document
    for part in way:
        target = target[part]
    target[last] = value
    return document


def drop(document: Document, path: str) -> Document:
    *way, last = parts(path)
    target: Any = document
    for part in way:
        target = target[part]
    del target[last]
    return document


def append(document: Document, path: str, value: Any) -> Document:
    target: Any = document
    for part in parts(path):
        target = target[part]
    target.append(value)
    return document
