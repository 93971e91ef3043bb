from pathlib import Path
from typing import Any

import pytest

from negotiation.casefile import Report, check_case, read_case
from tests.negotiation.casefile.small import append, drop, put, small_case

DEMO = Path(__file__).parents[3] / "demo"
PACKAGE = "packages/0"
FIRST = "$.packages[0].dispositions[0]"
Place = tuple[str, str]


def places(document: Any) -> list[Place]:
    return [(fault.path, fault.code) for fault in check_case(document).faults]


def cautions(document: Any) -> list[Place]:
    report = check_case(document)
    assert report.faults == ()
    return [(fault.path, fault.code) for fault in report.warnings]


@pytest.mark.parametrize("name", ["hekou.json", "zhuxi.json"])
def test_a_demo_case_has_nothing_against_it(name: str) -> None:
    assert check_case(read_case(DEMO / name)) == Report()


def test_the_small_case_has_nothing_against_it() -> None:
    assert check_case(small_case()) == Report()


@pytest.mark.parametrize(
    "key", ["summary", "outside_options", "limits", "coalitions", "extensions", "targets/0/tolerance"]
)
def test_an_optional_key_may_be_absent(key: str) -> None:
    document = put(small_case(), "summary", "")
    assert places(drop(document, key)) == []


SINGLE: list[tuple[str, Any, str, str]] = [
    ("format", "tongchou-case/2", "$.format", "unknown_value"),
    ("code", "a/b", "$.code", "bad_form"),
    ("code", "", "$.code", "bad_form"),
    ("code", "x" * 65, "$.code", "too_long"),
    ("title", "", "$.title", "too_short"),
    ("kind", "village", "$.kind", "unknown_value"),
    ("extra", 1, "$.extra", "unknown_key"),
    ("extra key", 1, '$["extra key"]', "unknown_key"),
    ("regions", [], "$.regions", "too_few"),
    ("regions/0/parent", 33, "$.regions[0].parent", "wrong_type"),
    ("regions/0/parent", "3301", "$.regions[0].parent", "unknown_code"),
    ("regions/1/parent", "3301", "$.regions[1].parent", "unknown_code"),
    ("unit/region", "44", "$.unit.region", "unknown_code"),
    ("indicators/0/land_use/0", "公园", "$.indicators[0].land_use[0]", "bad_form"),
    ("indicators/0/land_use/0", 14, "$.indicators[0].land_use[0]", "wrong_type"),
    ("indicators/0/zone", "nowhere", "$.indicators[0].zone", "unknown_value"),
    ("targets/0/indicator", "red", "$.targets[0].indicator", "unknown_code"),
    ("targets/0/rigid", True, "$.targets[0].tolerance", "rigid"),
    ("targets/0/rigid", "no", "$.targets[0].rigid", "wrong_type"),
    ("targets/0/value", 100.0, "$.targets[0].value", "not_a_decimal"),
    ("targets/0/value", 100, "$.targets[0].value", "not_a_decimal"),
    ("targets/0/value", "1e3", "$.targets[0].value", "not_a_decimal"),
    ("targets/0/value", "1.0\n", "$.targets[0].value", "not_a_decimal"),
    ("targets/0/value", "１", "$.targets[0].value", "not_a_decimal"),
    ("targets/0/value", "1.0000001", "$.targets[0].value", "not_a_decimal"),
    ("targets/0/value", "9" * 19, "$.targets[0].value", "not_a_decimal"),
    ("targets/0/tolerance", "-0.01", "$.targets[0].tolerance", "not_a_decimal"),
    ("parcels/features/0/properties/site_area", "0.00", "$.parcels.features[0].properties.site_area", "not_positive"),
    ("parcels/features/0/properties/colour", "red", "$.parcels.features[0].properties.colour", "unknown_key"),
    ("parcels/features/0/geometry/type", "Point", "$.parcels.features[0].geometry.type", "unknown_value"),
    ("parties/0/code", "pool", "$.parties[0].code", "reserved"),
    ("parties/0/code", "DEV", "$.parties[1].code", "duplicate"),
    ("parties/2/side", "Public", "$.parties[2].side", "unknown_value"),
    ("rights/0/parcel", "P2", "$.rights[0].parcel", "unknown_code"),
    ("rights/0/party", "XX", "$.rights[0].party", "unknown_code"),
    ("plan/years", 10.0, "$.plan.years", "wrong_type"),
    ("plan/years", True, "$.plan.years", "wrong_type"),
    ("plan/years", 201, "$.plan.years", "out_of_range"),
    ("plan/discount_rate", "-1", "$.plan.discount_rate", "out_of_range"),
    ("plan", {"base_year": 2026, "years": 160, "discount_rate": "-0.99"}, "$.plan.discount_rate", "out_of_range"),
    ("outside_options/0/party", "XX", "$.outside_options[0].party", "unknown_code"),
    ("limits/joy", "1", "$.limits.joy", "unknown_key"),
    ("coalitions/0/sides", ["market", "market"], "$.coalitions[0].sides", "duplicate"),
    ("coalitions/0/sides/0", "church", "$.coalitions[0].sides[0]", "unknown_value"),
    ("coalitions/0/sides", [], "$.coalitions[0].sides", "too_few"),
    ("rule/chambers/0/method", "dice", "$.rule.chambers[0].method", "unknown_value"),
    ("rule/chambers/0/who", {"parties": ["HH", "XX"]}, "$.rule.chambers[0].who.parties[1]", "unknown_code"),
    ("extensions/Ledger", {}, "$.extensions.Ledger", "bad_key"),
    ("packages/0/proposer", "XX", "$.packages[0].proposer", "unknown_code"),
    ("packages/1/code", "A", "$.packages[1].code", "duplicate"),
    ("packages/1/counters", "C", "$.packages[1].counters", "unknown_code"),
    ("packages/1/counters", "B", "$.packages[1].counters", "circle"),
    (f"{PACKAGE}/dispositions/0/parcel", "P9", "$.packages[0].dispositions[0].parcel", "unknown_code"),
    (f"{PACKAGE}/dispositions/0/action", "sell", "$.packages[0].dispositions[0].action", "unknown_value"),
    (f"{PACKAGE}/dispositions/0/recipient", "XX", "$.packages[0].dispositions[0].recipient", "unknown_code"),
    (f"{PACKAGE}/dispositions/0/recipient", None, "$.packages[0].dispositions[0].recipient", "wrong_type"),
    (f"{PACKAGE}/dispositions/0/responsible", "pool", "$.packages[0].dispositions[0].responsible", "unknown_code"),
    (f"{PACKAGE}/dispositions/0/yields/0/item", "x", "$.packages[0].dispositions[0].yields[0].item", "unknown_code"),
    (f"{PACKAGE}/dispositions/0/uses", [{"item": "car", "quantity": "2.5"}], f"{FIRST}.uses[0].quantity", "not_whole"),
    (f"{PACKAGE}/allocations/0/party", "pool", "$.packages[0].allocations[0].party", "unknown_code"),
    (f"{PACKAGE}/allocations/0/item", "x", "$.packages[0].allocations[0].item", "unknown_code"),
    (f"{PACKAGE}/allocations/0/item", "car", "$.packages[0].allocations[0].quantity", "not_whole"),
    (f"{PACKAGE}/allocations/0/quantity", "0", "$.packages[0].allocations[0].quantity", "not_positive"),
    (f"{PACKAGE}/allocations/0/quantity", 70.5, "$.packages[0].allocations[0].quantity", "not_a_decimal"),
    (f"{PACKAGE}/allocations/0/year", 10, "$.packages[0].allocations[0].year", "out_of_range"),
    (f"{PACKAGE}/flows/0/year", -1, "$.packages[0].flows[0].year", "out_of_range"),
    (f"{PACKAGE}/flows/0/year", "1", "$.packages[0].flows[0].year", "wrong_type"),
    (f"{PACKAGE}/flows/0/to", "XX", "$.packages[0].flows[0].to", "unknown_code"),
    (f"{PACKAGE}/flows/0/to", "project", "$.packages[0].flows[0].to", "same_ends"),
    (f"{PACKAGE}/flows/0/yuan", "0.00", "$.packages[0].flows[0].yuan", "not_positive"),
    (f"{PACKAGE}/flows/0/yuan", "-5", "$.packages[0].flows[0].yuan", "not_a_decimal"),
    (f"{PACKAGE}/flows/0/stage", "dream", "$.packages[0].flows[0].stage", "unknown_value"),
    (f"{PACKAGE}/negotiable/0/term", "/flows/1/yuan", "$.packages[0].negotiable[0].term", "unknown_term"),
    (f"{PACKAGE}/negotiable/0/term", f"/flows/{'9' * 60}/yuan", "$.packages[0].negotiable[0].term", "unknown_term"),
    (f"{PACKAGE}/negotiable/0/term", "/flows/0/year", "$.packages[0].negotiable[0].term", "bad_form"),
    (f"{PACKAGE}/negotiable/0/term", "/flows/00/yuan", "$.packages[0].negotiable[0].term", "bad_form"),
    (f"{PACKAGE}/negotiable/1/term", "/flows/0/yuan", "$.packages[0].negotiable[1].term", "duplicate"),
    (f"{PACKAGE}/negotiable/0/min", "0", "$.packages[0].negotiable[0].min", "not_positive"),
    (f"{PACKAGE}/negotiable/0/min", "200.01", "$.packages[0].negotiable[0].max", "out_of_range"),
]


@pytest.mark.parametrize(("path", "value", "place", "code"), SINGLE)
def test_one_change_makes_one_fault(path: str, value: Any, place: str, code: str) -> None:
    assert places(put(small_case(), path, value))[:1] == [(place, code)]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("packages/0/negotiable/0/min", "200.00"),
        ("packages/0/allocations/0/year", 9),
        ("plan/discount_rate", "-0.999999999999"),
        ("plan/years", 200),
        ("targets/0/value", "9" * 18 + ".999999"),
        ("rights/0/site_area", "0.00"),
        ("limits", {}),
        ("targets/0/tolerance", "0"),
    ],
)
def test_a_value_at_its_bound_passes(path: str, value: Any) -> None:
    assert places(put(small_case(), path, value)) == []


@pytest.mark.parametrize("key", ["format", "packages", "plan/years", "rights/0/class", "packages/0/flows/0/to"])
def test_a_missing_key_is_named(key: str) -> None:
    path = "$" + "".join(f"[{part}]" if part.isdecimal() else f".{part}" for part in key.split("/"))
    assert (path, "missing") in places(drop(small_case(), key))


def test_a_faulty_row_causes_no_other_faults() -> None:
    document = put(small_case(), "parties/2/name", 5)
    assert places(document) == [("$.parties[2].name", "wrong_type")]


def test_several_faults_come_at_once_and_in_document_order() -> None:
    document = put(small_case(), "packages/0/flows/0/to", "XX")
    put(document, "packages/0/allocations/0/quantity", 1.5)
    put(document, "regions/1/parent", "zz")
    put(document, "plan/discount_rate", "-2")
    assert places(document) == [
        ("$.regions[1].parent", "unknown_code"),
        ("$.plan.discount_rate", "out_of_range"),
        ("$.packages[0].allocations[0].quantity", "not_a_decimal"),
        ("$.packages[0].flows[0].to", "unknown_code"),
    ]


def test_a_circle_of_counters_is_a_fault_of_each_package_in_it() -> None:
    document = put(small_case(), "packages/0/counters", "B")
    append(document, "packages", {**document["packages"][1], "code": "C", "counters": "A"})
    assert places(document) == [("$.packages[0].counters", "circle"), ("$.packages[1].counters", "circle")]


@pytest.mark.parametrize("path", ["rights", "catalogue", "outside_options", "regions", "indicators"])
def test_a_row_twice_is_a_fault_of_the_second(path: str) -> None:
    document = small_case()
    found = places(append(document, path, document[path][0]))
    assert [(place.rpartition(".")[0], code) for place, code in found] == [
        (f"$.{path}[{len(document[path]) - 1}]", "duplicate")
    ]


def test_a_coalition_stated_twice_in_another_order_is_a_fault() -> None:
    document = append(small_case(), "coalitions", {"sides": ["market", "government"], "value": "1"})
    assert places(document) == [("$.coalitions[1].sides", "duplicate")]


def test_dispositions_one_hundredth_off_pass() -> None:
    assert cautions(put(small_case(), "packages/0/dispositions/0/site_area", "10700.01")) == []


def test_dispositions_further_off_are_a_warning() -> None:
    document = put(small_case(), "packages/0/dispositions/0/site_area", "10699.98")
    assert cautions(document) == [("$.packages[0].dispositions[0].site_area", "split_differs")]


def test_dispositions_that_add_up_pass() -> None:
    document = put(small_case(), "packages/0/dispositions/0/site_area", "700.00")
    rest = {**document["packages"][0]["dispositions"][0], "site_area": "10000.00"}
    assert cautions(append(document, "packages/0/dispositions", rest)) == []


def test_a_message_is_one_line_with_place_expected_and_found() -> None:
    (fault,) = check_case(put(small_case(), "packages/0/flows/0/to", "XX")).faults
    assert fault.message == (
        '$.packages[0].flows[0].to: expected the code of a party, project, pool or outside, found "XX"'
    )


def test_what_was_found_is_cut_at_80_characters() -> None:
    (fault,) = check_case(put(small_case(), "kind", "x" * 1000)).faults
    assert len(fault.found) == 80


def test_no_more_than_a_thousand_faults_are_listed() -> None:
    assert len(check_case(put(small_case(), "rights", [0] * 5000)).faults) == 1000


def test_an_integer_too_long_to_be_written_is_a_fault() -> None:
    (fault,) = check_case(put(small_case(), "plan/years", 10**5000)).faults
    assert (fault.path, fault.code, fault.found) == (
        "$.plan.years",
        "number_too_large",
        "an integer of more than 77 digits",
    )


@pytest.mark.parametrize("document", [None, [], "case", 1, {}, float("nan"), {1: 2}, {"a": {1, 2}}])
def test_anything_else_is_faulty_and_raises_nothing(document: Any) -> None:
    assert check_case(document).faults != ()
