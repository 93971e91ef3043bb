"""Bad documents are refused by type, with the place named; nothing else is ever raised."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.scoring import ScoringRefused, card, cards
from tests.negotiation.scoring.tiny import tiny_case

Json = dict[str, Any]


def put(case: Json, path: str, value: Any) -> Json:
    *steps, last = [int(step) if step.isdigit() else step for step in path.strip("/").split("/")]
    holder: Any = case
    for step in steps:
        holder = holder[step]
    holder[last] = value
    return case


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/rights/1/value", "NaN", "not_a_decimal"),
        ("/rights/1/value", float("nan"), "not_a_decimal"),
        ("/rights/1/value", "Infinity", "not_a_decimal"),
        ("/rights/1/value", 500.0, "not_a_decimal"),
        ("/rights/1/value", "1_0", "not_a_decimal"),
        ("/rights/1/value", "1\n", "not_a_decimal"),
        ("/rights/1/value", "1e5", "not_a_decimal"),
        ("/rights/1/value", "-1", "negative"),
        ("/rights/1/party", "X", "unknown_code"),
        ("/rights/1/party", "project", "unknown_code"),
        ("/rights/1/parcel", "X", "unknown_code"),
        ("/rights/1/class", None, "not_a_code"),
        ("/rights/1", [], "not_an_object"),
        ("/rights", {}, "not_a_list"),
        ("/parcels/features/2/properties/site_area", "-5", "not_positive"),
        ("/parcels/features/2/properties/site_area", "0", "not_positive"),
        ("/parcels/features/2/properties/floor_area", "-0.01", "negative"),
        ("/parcels/features/2/properties/zone", "near", "unknown_value"),
        ("/parcels/features/2/properties", 5, "not_an_object"),
        ("/parcels/features/2/id", "L1", "duplicate"),
        ("/parties/0/code", "pool", "duplicate"),
        ("/parties/0/side", "press", "unknown_value"),
        ("/catalogue/0/price", "-1", "negative"),
        ("/plan/years", 0, "out_of_range"),
        ("/plan/years", True, "out_of_range"),
        ("/plan/discount_rate", "-1", "out_of_range"),
        ("/outside_options/0/party", ["M"], "unknown_code"),
        ("/outside_options/0/gain", "x", "not_a_decimal"),
        ("/coalitions/0/sides", ["press"], "unknown_value"),
        ("/coalitions/0/sides", ["public", "public"], "duplicate"),
        ("/limits/beauty", "1", "unknown_value"),
        ("/targets/0/indicator", "X", "unknown_code"),
        ("/targets/0/op", "<", "unknown_value"),
        ("/indicators/0/measure", "height", "unknown_value"),
        ("/indicators/0/land_use", "07", "not_a_list"),
        ("/packages/0/dispositions/1/action", "sell", "unknown_value"),
        ("/packages/0/dispositions/1/site_area", "-1", "negative"),
        ("/packages/0/dispositions/1/recipient", "X", "unknown_code"),
        ("/packages/0/dispositions/0/yields/0/quantity", "0", "not_positive"),
        ("/packages/0/dispositions/0/yields/0/item", "X", "unknown_code"),
        ("/packages/0/allocations/1/year", 4, "year_outside"),
        ("/packages/0/allocations/1/year", -1, "year_outside"),
        ("/packages/0/allocations/1/year", "1", "year_outside"),
        ("/packages/0/allocations/1/year", True, "year_outside"),
        ("/packages/0/allocations/1/party", "outside", "unknown_code"),
        ("/packages/0/flows/2/from", "X", "unknown_code"),
        ("/packages/0/flows/2/stage", "plan", "unknown_value"),
        ("/packages/0/flows/2/yuan", "0", "not_positive"),
    ],
)
def test_fault_is_refused_at_its_place(path: str, value: Any, code: str) -> None:
    with pytest.raises(ScoringRefused) as caught:
        card(put(tiny_case(), path, value), "A")
    assert (caught.value.path, caught.value.code) == (path, code)


@pytest.mark.parametrize(
    "path", ["/rights/0/value", "/plan/years", "/packages/0/flows/1/year", "/parties/2/side", "/catalogue", "/parcels"]
)
def test_missing_key_is_named(path: str) -> None:
    case = tiny_case()
    *steps, last = [int(step) if step.isdigit() else step for step in path.strip("/").split("/")]
    holder: Any = case
    for step in steps:
        holder = holder[step]
    del holder[last]
    with pytest.raises(ScoringRefused) as caught:
        card(case, "A")
    assert (caught.value.path, caught.value.code) == (path, "missing")


def test_unknown_package_is_refused() -> None:
    with pytest.raises(ScoringRefused, match="no package 'Z'"):
        card(tiny_case(), "Z")


def test_refusal_lists_its_fault() -> None:
    with pytest.raises(ScoringRefused) as caught:
        card(put(tiny_case(), "/packages/0/flows/2/year", 9), "A")
    fault = ("/packages/0/flows/2/year", "year_outside", "the year must be from 0 to 3")
    assert caught.value.faults == (fault,)


def test_package_twice_is_refused() -> None:
    case = tiny_case()
    case["packages"] *= 2
    with pytest.raises(ScoringRefused, match="twice"):
        cards(case)


def places(value: Any, path: str = "") -> list[str]:
    """Every place of a document, as JSON pointers."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    return [found for key, entry in below for found in (f"{path}/{key}", *places(entry, f"{path}/{key}"))]


@given(
    st.sampled_from(places(tiny_case())),
    st.sampled_from([None, [], {}, "", "x", -1, 1.5, "NaN", True, [[]], {"a": 1}, "9" * 40, float("inf")]),
)
def test_any_damage_is_scored_or_refused(path: str, value: Any) -> None:
    try:
        cards(put(tiny_case(), path, deepcopy(value)))
    except ScoringRefused as refused:
        assert refused.path == "" or refused.path.startswith("/")
