"""Every number, year and code of a case that scoring reads: what does not fit is refused by its own JSON path."""

import re
from typing import Any

import pytest

from negotiation.scoring import ScoringRefused, card
from tests.negotiation.scoring.test_refusals import put
from tests.negotiation.scoring.tiny import tiny_case

Json = dict[str, Any]
NAN, INFINITY = float("nan"), float("inf")
TERMS = "/packages/0"


def whole_case() -> Json:
    """The tiny case with everything that the format knows."""
    case = tiny_case()
    first = case["packages"][0]["dispositions"][0]
    first |= {"uses": [{"item": "flat", "quantity": "1"}], "recipient": "P1", "responsible": "G"}
    return case


def refusal(case: Json) -> tuple[str, str]:
    with pytest.raises(ScoringRefused) as caught:
        card(case, "A")
    return caught.value.path, caught.value.code


def refusals(path: str, values: list[Any]) -> set[tuple[str, str]]:
    """Where and why the case is refused with each of the values in one place."""
    return {refusal(put(whole_case(), path, value)) for value in values}


# Numbers: what is refused below 0, and whether 0 itself is

SIGNED = [
    "/targets/0/value",
    "/targets/0/tolerance",
    "/plan/discount_rate",
    "/outside_options/0/gain",
    "/coalitions/0/value",
    *(f"/limits/{name}" for name in ("gini", "min_recovery", "npv", "peak_gap")),
]
NOT_NEGATIVE = [
    "/parcels/features/1/properties/floor_area",
    "/rights/2/value",
    "/catalogue/0/price",
    f"{TERMS}/dispositions/1/site_area",
    f"{TERMS}/dispositions/2/floor_area",
]
POSITIVE = [
    "/parcels/features/1/properties/site_area",
    f"{TERMS}/dispositions/0/yields/0/quantity",
    f"{TERMS}/dispositions/0/uses/0/quantity",
    f"{TERMS}/allocations/1/quantity",
    f"{TERMS}/flows/3/yuan",
]
NUMBERS = SIGNED + NOT_NEGATIVE + POSITIVE
# Scoring takes no area of a right into account; the check of the case file refuses them.
UNREAD = ["/rights/#/site_area", "/rights/#/floor_area"]


def numbers_of(value: Any, path: str = "") -> set[str]:
    """Where a document holds decimals, with # for the places in lists."""
    if isinstance(value, dict):
        return {found for key, entry in value.items() for found in numbers_of(entry, f"{path}/{key}")}
    if isinstance(value, list):
        return {found for entry in value for found in numbers_of(entry, f"{path}/#")}
    return {path} if isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value) else set()


def test_tables_hold_every_number_of_the_format() -> None:
    texts = {"/indicators/#/land_use/#", "/indicators/#/unit"}  # codes and words that are digits here
    uses = {"/parcels/features/#/properties/land_use", "/packages/#/dispositions/#/land_use"}
    listed = {re.sub(r"/\d+", "/#", path) for path in NUMBERS}
    assert numbers_of(whole_case()) - texts - uses == listed | set(UNREAD)


NO_DECIMALS = [
    *("NaN", "nan", "sNaN", "Infinity", "-Infinity", "inf", NAN, INFINITY, -INFINITY),
    *("", " 1", "1 ", "1\n", "1e3", "1E3", "+1", "--1", "1,5", "1.", ".5", "0x1", "1_0", "５", "9" * 19),
    *(5, 1.5, True, None, [], {}),
]
BELOW_NOTHING = ["-1", "-0.01", "-" + "9" * 18, "-0." + "0" * 29 + "1"]
NOTHING = ["0", "-0", "0.00"]


@pytest.mark.parametrize("path", NUMBERS)
def test_what_is_no_decimal_is_refused(path: str) -> None:
    assert refusals(path, NO_DECIMALS) == {(path, "not_a_decimal")}


@pytest.mark.parametrize("path", NOT_NEGATIVE + POSITIVE)
def test_two_decimals_in_one_are_refused(path: str) -> None:
    assert refusals(path, ["1\n2"]) == {(path, "not_a_decimal")}


@pytest.mark.parametrize("path", NOT_NEGATIVE)
def test_what_is_negative_is_refused(path: str) -> None:
    assert refusals(path, BELOW_NOTHING) == {(path, "negative")}


@pytest.mark.parametrize("path", POSITIVE)
def test_nothing_and_less_are_refused_where_there_must_be_something(path: str) -> None:
    assert refusals(path, BELOW_NOTHING + NOTHING) == {(path, "not_positive")}


@pytest.mark.parametrize("path", NOT_NEGATIVE + SIGNED)
@pytest.mark.parametrize("value", NOTHING)
def test_nothing_is_a_number_elsewhere(path: str, value: str) -> None:
    assert card(put(whole_case(), path, value), "A")["package"] == "A"


def test_a_negative_tolerance_is_refused() -> None:
    assert refusals("/targets/0/tolerance", BELOW_NOTHING) == {("/targets/0/tolerance", "negative")}


def test_a_discount_rate_of_minus_one_and_below_is_refused() -> None:
    path = "/plan/discount_rate"
    assert refusals(path, ["-1", "-1.5", "-" + "9" * 18]) == {(path, "out_of_range")}


def test_a_discount_rate_next_to_nothing_is_a_number() -> None:
    assert card(put(whole_case(), "/plan/discount_rate", "0." + "0" * 29 + "1"), "A")["package"] == "A"


# Years

YEARS = [f"{TERMS}/allocations/0/year", f"{TERMS}/flows/7/year"]
NO_WHOLE_NUMBERS = ["1", 1.0, True, None, NAN, INFINITY, "NaN", [], {}]


@pytest.mark.parametrize("path", YEARS)
def test_a_year_outside_the_account_is_refused(path: str) -> None:
    assert refusals(path, [-1, 4, 2026, 10**30, *NO_WHOLE_NUMBERS]) == {(path, "year_outside")}


@pytest.mark.parametrize("path", YEARS)
@pytest.mark.parametrize("year", [0, 3])
def test_the_first_and_the_last_year_are_in_the_account(path: str, year: int) -> None:
    assert card(put(whole_case(), path, year), "A")["package"] == "A"


def test_a_length_of_the_account_out_of_range_is_refused() -> None:
    path = "/plan/years"
    assert refusals(path, [0, -1, 201, 10**30, *NO_WHOLE_NUMBERS]) == {(path, "out_of_range")}


# Codes

PARTIES = [
    "/rights/2/party",
    "/outside_options/0/party",
    f"{TERMS}/dispositions/0/recipient",
    f"{TERMS}/dispositions/0/responsible",
    f"{TERMS}/allocations/1/party",
]
ENDS = [f"{TERMS}/flows/3/from", f"{TERMS}/flows/3/to"]
ITEMS = [
    f"{TERMS}/allocations/1/item",
    f"{TERMS}/dispositions/0/yields/0/item",
    f"{TERMS}/dispositions/0/uses/0/item",
]
PARCELS = ["/rights/2/parcel", f"{TERMS}/dispositions/2/parcel"]
INDICATORS = ["/targets/4/indicator"]
CODES = PARTIES + ENDS + ITEMS + PARCELS + INDICATORS
WORDS = [
    "/parties/3/side",
    "/parcels/features/2/properties/zone",
    "/indicators/4/measure",
    "/indicators/2/zone",
    "/targets/4/op",
    f"{TERMS}/dispositions/2/action",
    f"{TERMS}/flows/7/stage",
]
NO_TEXTS = [5, None, True, NAN, ["G"], {"G": 1}]


@pytest.mark.parametrize("path", CODES)
def test_an_unknown_code_is_refused(path: str) -> None:
    assert refusals(path, ["X", "", "NaN", "g", "G ", "L1\n", "Ｇ"]) == {(path, "unknown_code")}


@pytest.mark.parametrize("path", CODES)
def test_what_is_no_code_is_refused(path: str) -> None:
    # A column of codes and a single one say it in two ways.
    assert refusals(path, NO_TEXTS) in ({(path, "not_a_code")}, {(path, "unknown_code")})


@pytest.mark.parametrize(
    ("paths", "values"),
    [
        (PARTIES, ["project", "pool", "outside"]),  # ends of flows, but nobody who could hold or get something
        (PARTIES + ENDS, ["L1", "flat", "gfa"]),
        (ITEMS + PARCELS + INDICATORS, ["G", "public", "A"]),
    ],
)
def test_a_code_of_something_else_is_refused(paths: list[str], values: list[str]) -> None:
    assert set().union(*(refusals(path, values) for path in paths)) == {(path, "unknown_code") for path in paths}


@pytest.mark.parametrize("path", WORDS)
def test_a_word_out_of_no_list_is_refused(path: str) -> None:
    assert refusals(path, ["x", "", "Public", "NaN", " acquire"]) == {(path, "unknown_value")}


@pytest.mark.parametrize("path", WORDS)
def test_what_is_no_word_is_refused(path: str) -> None:
    values = [value for value in NO_TEXTS if value is not None]  # the zone of an indicator may be null
    assert refusals(path, values) in ({(path, "not_a_code")}, {(path, "unknown_value")})


def test_an_unknown_side_of_a_coalition_is_refused() -> None:
    found = refusals("/coalitions/0/sides/1", ["press", "", *NO_TEXTS])
    assert found == {("/coalitions/0/sides", "unknown_value")}


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        ("/parties", "code"),
        ("/catalogue", "code"),
        ("/indicators", "code"),
        ("/parcels/features", "id"),
        ("/outside_options", "party"),
        ("/coalitions", "sides"),
        ("/packages", "code"),
    ],
)
def test_a_code_that_comes_twice_is_refused_where_it_comes_again(rows: str, key: str) -> None:
    case = whole_case()
    holder = case["parcels"]["features"] if rows == "/parcels/features" else case[rows.strip("/")]
    holder.append(holder[0])
    assert refusal(case) == (f"{rows}/{len(holder) - 1}/{key}", "duplicate")
