from typing import Any

import pytest

from negotiation.casefile import differences, equal_documents
from tests.negotiation.casefile.small import append, drop, put, small_case

DECIMALS = [
    ("targets/0/value", "100"),
    ("targets/0/tolerance", "0.050"),
    ("parcels/features/0/properties/site_area", "10700"),
    ("parcels/features/0/properties/floor_area", "0900.0"),
    ("rights/0/site_area", "50"),
    ("rights/0/floor_area", "60.000"),
    ("rights/0/value", "600000"),
    ("catalogue/0/price", "9000"),
    ("plan/discount_rate", "0.0500"),
    ("outside_options/0/gain", "-5"),
    ("limits/npv", "-0.00"),
    ("coalitions/0/value", "7"),
    ("packages/0/dispositions/0/site_area", "10700.0"),
    ("packages/0/dispositions/0/floor_area", "5000"),
    ("packages/0/dispositions/0/yields/0/quantity", "3.00"),
    ("packages/0/allocations/0/quantity", "70.5"),
    ("packages/0/flows/0/yuan", "100"),
    ("packages/0/negotiable/0/min", "50"),
    ("packages/0/negotiable/0/max", "200.000"),
]
TEXTS = ["regions/0/code", "indicators/0/land_use/0", "rights/0/class", "parties/0/name", "rule/notice_days", "code"]


def dotted(path: str) -> str:
    return "$" + "".join(f"[{part}]" if part.isdecimal() else f".{part}" for part in path.split("/"))


@pytest.mark.parametrize(("path", "value"), DECIMALS)
def test_a_decimal_written_otherwise_is_equal(path: str, value: str) -> None:
    assert equal_documents(small_case(), put(small_case(), path, value))


@pytest.mark.parametrize("path", [path for path, _ in DECIMALS])
def test_another_decimal_differs(path: str) -> None:
    assert differences(small_case(), put(small_case(), path, "0.000001")) == [dotted(path)]


@pytest.mark.parametrize("path", TEXTS)
def test_a_code_is_no_decimal(path: str) -> None:
    one, other = put(small_case(), path, "1"), put(small_case(), path, "01")
    assert differences(one, other) == [dotted(path)]


@pytest.mark.parametrize(("one", "other"), [("1", "1.0"), (True, 1), (0, False), (None, ""), ([], {}), ("1", 1)])
def test_extensions_are_compared_as_json(one: Any, other: Any) -> None:
    documents = [put(small_case(), "extensions/ledger", {"flows": [{"yuan": value}]}) for value in (one, other)]
    assert not equal_documents(*documents)


def test_a_number_with_and_without_point_is_the_same_json_number() -> None:
    assert equal_documents(small_case(), put(small_case(), "unit/geometry/coordinates/0/0/0", 120))


def test_the_order_of_keys_does_not_matter_and_that_of_rows_does() -> None:
    document = small_case()
    assert equal_documents(document, dict(reversed(document.items())))
    document["parties"].reverse()
    assert not equal_documents(small_case(), document)


def test_differences_name_every_place() -> None:
    other = append(drop(small_case(), "limits"), "packages/0/flows", {})
    put(other, "summary", "new")
    assert differences(small_case(), other) == ["$.limits", "$.packages[0].flows[1]", "$.summary"]


def test_an_amount_that_is_no_decimal_equals_only_itself() -> None:
    one = put(small_case(), "plan/discount_rate", "NaN")
    assert equal_documents(one, one)
    assert not equal_documents(one, put(small_case(), "plan/discount_rate", "nan"))
