"""The document: its keys, its draft, nothing undefined, the same every time."""

import json
from hashlib import sha256

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.scoring import ENGINE, card
from negotiation.scoring.mediator import check_certificate, suggest
from tests.negotiation.scoring.mediator.places import budget_case, random_place

MODES = ["improve", "fair", "nash"]


def test_document_of_an_improvement() -> None:
    case = budget_case("3000")
    found = suggest(case, "X", "improve").to_json()
    draft = found.pop("draft")
    digest = found.pop("digest")
    assert found == {
        "format": "tongchou-suggestion/1",
        "engine": ENGINE,
        "case": "PLACE",
        "package": "X",
        "mode": "improve",
        "status": "found",
        "private": False,
        "changes": [
            {"term": "/flows/0/yuan", "from": "1000.00", "to": "1750.00"},
            {"term": "/flows/1/yuan", "from": "500.00", "to": "1250.00"},
        ],
        "gains": {"before": {"P": 0.0, "Q": 0.0}, "after": {"P": 750.0, "Q": 750.0}},
        "limits_lost": [],
        "binds": [{"code": "limit", "limit": "npv"}],
        "objective": {
            "total_gain": {"before": 0.0, "after": 1500.0},
            "rises": {"n": 2, "lowest": 750.0, "median": 750.0, "highest": 750.0},
        },
    }
    package = case["packages"][0]
    assert draft["code"] == "X-improve"
    assert draft["counters"] == "X"
    assert [row["yuan"] for row in draft["flows"]] == ["1750.00", "1250.00", "3000"]
    assert {key for key in draft if draft[key] != package.get(key)} == {"code", "counters", "flows"}
    parts = {"case": {key: case[key] for key in case if key != "packages"}, "engine": ENGINE}
    assert digest == sha256(rfc8785.dumps(parts | {"mode": "improve", "package": package})).hexdigest()


def test_code_of_the_draft_is_free() -> None:
    case = budget_case("3000")
    for code in ("X-improve", "X-improve-2"):
        case["packages"].append(case["packages"][0] | {"code": code})
    assert suggest(case, "X", "improve").draft["code"] == "X-improve-3"


def test_code_of_the_draft_is_short_enough() -> None:
    case = budget_case("3000")
    case["packages"][0]["code"] = "X" * 64
    assert len(suggest(case, "X" * 64, "improve").draft["code"]) <= 64


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.sampled_from(MODES))
def test_document_is_json_without_nan_and_comes_back_the_same(seed: int, mode: str) -> None:
    case = random_place(seed)
    found = suggest(case, "X", mode).to_json()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert suggest(json.loads(json.dumps(case)), "X", mode).to_json() == found
    assert all(value is not None for value in found.values())


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.sampled_from(MODES))
def test_gains_are_those_of_the_cards(seed: int, mode: str) -> None:
    case = random_place(seed)
    found = suggest(case, "X", mode)
    assert found.gains["before"] == card(case, "X")["fairness"]["gains"]
    if found.draft is not None:
        after = card(case | {"packages": [found.draft]}, found.draft["code"])
        assert found.gains["after"] == after["fairness"]["gains"]
        assert found.objective["total_gain"]["after"] == after["fairness"]["total"]["gain"]


@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_certificate_survives_canonical_json(seed: int) -> None:
    case = random_place(seed)
    certificate = suggest(case, "X", "improve").certificate
    if certificate is not None:
        read = json.loads(rfc8785.dumps(certificate))
        assert check_certificate(case, "X", read) == pytest.approx(certificate["bound"], abs=1e-6)
