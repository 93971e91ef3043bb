"""Every fault at once: one fault hides no other, and causes none; each is one line."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from negotiation.casefile import CaseRefused, Report, check_case, check_file, parse_case
from tests.negotiation.casefile.small import append, drop, put, small_case
from tests.negotiation.casefile.test_checking import places

FLOW = "packages/0/flows/0"
DISPOSITION, YIELD = "packages/0/dispositions/0", "$.packages[0].dispositions[0].yields[0]"
CHAMBER = "rule/chambers/0"


def bogus(document: Any, *paths: str) -> Any:
    """A key that is not known in each of the objects."""
    for path in paths:
        put(document, f"{path}/bogus", 1)
    return document


def paths(document: Any) -> list[str]:
    return [place for place, _ in places(document)]


def test_a_fault_of_form_in_a_row_hides_no_other_fault_of_the_row() -> None:
    document = bogus(small_case(), FLOW)
    document["packages"][0]["flows"][0] |= {"to": "NOBODY", "year": 99, "yuan": "0"}
    assert places(document) == [
        ("$.packages[0].flows[0].to", "unknown_code"),
        ("$.packages[0].flows[0].year", "out_of_range"),
        ("$.packages[0].flows[0].yuan", "not_positive"),
        ("$.packages[0].flows[0].bogus", "unknown_key"),
    ]


# An object with an unknown key, and what else is wrong in it.
ROWS: list[tuple[str, str, Any, str]] = [
    ("unit", "unit/region", "zz", "$.unit.region"),
    ("plan", "plan/discount_rate", "-2", "$.plan.discount_rate"),
    ("plan", "packages/0/flows/0/year", 10, "$.packages[0].flows[0].year"),
    ("regions/1", "regions/1/parent", "zz", "$.regions[1].parent"),
    ("targets/0", "targets/0/indicator", "zz", "$.targets[0].indicator"),
    ("targets/0", "targets/0/rigid", True, "$.targets[0].tolerance"),
    ("parties/0", "parties/0/code", "pool", "$.parties[0].code"),
    ("rights/0", "rights/0/party", "zz", "$.rights[0].party"),
    ("rights/0", "rights/0/parcel", "zz", "$.rights[0].parcel"),
    ("outside_options/0", "outside_options/0/party", "zz", "$.outside_options[0].party"),
    ("coalitions/0", "coalitions/0/sides", ["market", "market"], "$.coalitions[0].sides"),
    ("rule", f"{CHAMBER}/approval/0/at_least", "5/4", "$.rule.chambers[0].approval[0].at_least"),
    (f"{CHAMBER}/approval/0", f"{CHAMBER}/approval/0/by", "volume", "$.rule.chambers[0].approval[0].by"),
    (f"{CHAMBER}/who", f"{CHAMBER}/who/parties", ["HH", "ZZ"], "$.rule.chambers[0].who.parties[1]"),
    ("packages/0", "packages/0/proposer", "zz", "$.packages[0].proposer"),
    ("packages/1", "packages/1/counters", "zz", "$.packages[1].counters"),
    (DISPOSITION, f"{DISPOSITION}/recipient", "zz", "$.packages[0].dispositions[0].recipient"),
    (f"{DISPOSITION}/yields/0", f"{DISPOSITION}/yields/0/quantity", "1.5", f"{YIELD}.quantity"),
    ("packages/0/allocations/0", "packages/0/allocations/0/item", "car", "$.packages[0].allocations[0].quantity"),
    ("packages/0/negotiable/0", "packages/0/negotiable/0/term", "/flows/7/yuan", "$.packages[0].negotiable[0].term"),
    ("packages/0/negotiable/0", "packages/0/negotiable/0/min", "201", "$.packages[0].negotiable[0].max"),
]


@pytest.mark.parametrize(("row", "path", "value", "place"), ROWS)
def test_an_unknown_key_hides_nothing_and_causes_nothing(row: str, path: str, value: Any, place: str) -> None:
    alone = paths(put(small_case(), path, value))
    assert place in alone
    unknown = "$" + "".join(f"[{part}]" if part.isdecimal() else f".{part}" for part in f"{row}/bogus".split("/"))
    assert sorted(paths(bogus(put(small_case(), path, value), row))) == sorted([*alone, unknown])


def test_a_key_of_the_wrong_type_is_left_out_by_itself() -> None:
    document = put(put(small_case(), "packages/0/allocations/0/year", "x"), "packages/0/allocations/0/party", "zz")
    assert places(document) == [
        ("$.packages[0].allocations[0].party", "unknown_code"),
        ("$.packages[0].allocations[0].year", "wrong_type"),
    ]


def test_a_faulty_parcel_keeps_its_other_faults() -> None:
    document = bogus(small_case(), "parcels/features/0", "parcels/features/0/properties")
    put(document, "parcels/features/0/properties/site_area", "0")
    put(document, "parcels/features/0/geometry", {"type": "Polygon", "coordinates": [[[120, 30]] * 3 + [[120, 31]]]})
    assert set(paths(document)) == {
        "$.parcels.features[0].bogus",
        "$.parcels.features[0].properties.bogus",
        "$.parcels.features[0].properties.site_area",
        "$.parcels.features[0].geometry.coordinates[0]",
    }


def test_a_fault_of_form_in_the_rule_hides_nothing_that_the_rules_refuse() -> None:
    document = bogus(small_case(), "rule", CHAMBER)
    put(document, f"{CHAMBER}/approval/0/at_least", "5/4")
    put(document, f"{CHAMBER}/then", "hearing")
    drop(document, "rule/title")
    append(document, "rule/chambers", {"code": "owners", "who": {"side": "market"}, "method": "acceptance"})
    assert places(document) == [
        ("$.rule.chambers[0].approval[0].at_least", "bad_fraction"),
        ("$.rule.chambers[0].bogus", "unknown_key"),
        ("$.rule.chambers[0].then", "then_without_objection"),
        ("$.rule.chambers[1].code", "chamber_twice"),
        ("$.rule.bogus", "unknown_key"),
        ("$.rule.title", "missing"),
    ]


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("title", "a\x00b", "bad_text"),
        ("code", "\ud800", "bad_text"),
        ("plan/base_year", float("nan"), "not_finite"),
        ("plan/base_year", 10**300, "number_too_large"),
        ("extensions/ledger/1", {"\x00": 1}, "bad_text"),
    ],
)
def test_a_value_that_no_file_may_hold_hides_no_other_fault(path: str, value: Any, code: str) -> None:
    document = put(small_case(), "rights/0/party", "zz")
    document = append(put(document, "colour", "blue"), "regions", 5)
    target: Any = document
    *way, last = ["extensions", "ledger/1"] if path.startswith("extensions") else path.split("/")
    for part in way:
        target = target[part]
    target[last] = value
    found = places(document)
    assert {("$.rights[0].party", "unknown_code"), ("$.colour", "unknown_key"), ("$.regions[2]", "wrong_type")} < {
        *found
    }
    assert [each for _, each in found].count(code) == 1 and len(found) == 4


def test_a_key_twice_hides_no_other_fault(tmp_path: Path) -> None:
    text = json.dumps(put(small_case(), "rights/0/party", "zz")).replace('{"id": "R1"', '{"id": "R0", "id": "R1"')
    file = tmp_path / "case.json"
    file.write_text(text.replace('"Mill lane"', '"Mill\\u0000lane"'))
    _, report = check_file(file)
    assert [(fault.path, fault.code) for fault in report.faults] == [
        ("$.title", "bad_text"),
        ("$.rights[0].id", "duplicate_key"),
        ("$.rights[0].party", "unknown_code"),
    ]


def test_a_sound_file_is_read_and_checked_at_once(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps(small_case()))
    assert check_file(file) == (small_case(), Report())


@pytest.mark.parametrize("data", [b"{", b"\xff", b"[" * 100_000])
def test_a_file_without_json_is_refused(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_bytes(data)
    with pytest.raises(CaseRefused):
        check_file(file)


def test_the_command_says_how_many_more_faults_there_are(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps(put(small_case(), "rights", [0] * 1500)))
    with pytest.raises(CommandError) as refusal:
        call_command("load_case", str(file))
    lines = str(refusal.value).splitlines()
    assert len(lines) == 1001 and lines[-1] == "and 500 more"


def test_the_faults_shown_are_the_first_of_the_document() -> None:
    document = put(put(small_case(), "extra", 1), "rights", [0] * 1500)
    report = check_case(put(document, "title", 5))
    assert (report.faults[0].path, report.faults[-1].path, report.more) == ("$.title", "$.rights[998]", 502)


def test_faults_without_end_are_not_counted_to_the_end() -> None:
    report = check_case(put(small_case(), "rights", [0] * 100_500))
    assert list(report.lines)[1000] == "and at least 99000 more"


def test_a_refused_reading_says_how_many_more_faults_there_are() -> None:
    with pytest.raises(CaseRefused) as caught:
        parse_case(b"[" + b"NaN," * 1500 + b"1]")
    assert [*caught.value.lines][1000] == "and 500 more"


def test_every_line_is_one_line() -> None:
    document = put(small_case(), "a\nb", 1)
    put(document, "rule/c\u2028d", 1)
    put(document, f"{CHAMBER}/who/parties", ["x\ny", "HH"])
    put(document, "extensions/e\x85f", 1)
    put(document, "kind", "g\nh")
    lines = list(check_case(document).lines)
    assert len(lines) == 5
    assert [len(line.splitlines()) for line in lines] == [1] * 5


def rights(key: str, *amounts: str) -> Any:
    document = small_case()
    document["rights"] = [{**document["rights"][0], "id": f"R{n}", key: amount} for n, amount in enumerate(amounts)]
    return document


@pytest.mark.parametrize(("key", "digits"), [("site_area", 14), ("floor_area", 14), ("value", 18)])
def test_rights_of_a_party_that_add_up_beyond_its_seat_are_a_fault(key: str, digits: int) -> None:
    most = "9" * digits
    assert places(rights(key, most, "0.999999")) == []
    assert places(rights(key, most, "0.5", "0.5", most)) == [(f"$.rights[2].{key}", "out_of_range")]
    document = rights(key, most, most)
    assert places(put(document, "rights/1/party", "DEV")) == []


def chamber(**more: Any) -> dict[str, Any]:
    return {"code": "z", "who": {"side": "market"}, "method": "acceptance", **more}


def test_chambers_that_overlap_over_the_parties_are_a_fault_of_the_party() -> None:
    document = append(small_case(), "rule/chambers", chamber(who={"kind": "household"}))
    assert places(document) == [("$.parties[2]", "two_chambers")]


def test_a_chamber_in_which_no_party_sits_is_a_fault() -> None:
    document = append(small_case(), "rule/chambers", chamber(who={"side": "market", "kind": "household"}))
    assert places(document) == [("$.rule.chambers[1]", "empty_chamber")]


@pytest.mark.parametrize(("weights", "faults"), [({}, 1), ({"volume": "value"}, 0), ({"height": "value"}, 1)])
def test_a_measure_counts_heads_or_a_weight_that_is_there(weights: dict[str, str], faults: int) -> None:
    document = put(put(small_case(), f"{CHAMBER}/approval/0/by", "volume"), "rule/weights", weights)
    assert places(document) == [("$.rule.chambers[0].approval[0].by", "unknown_weight")] * faults


@pytest.mark.parametrize("by", ["heads", "area", "value"])
def test_a_party_without_rights_can_be_counted(by: str) -> None:
    assert places(put(put(small_case(), f"{CHAMBER}/approval/0/by", by), "rights", [])) == []


def test_a_faulty_party_causes_no_empty_chamber() -> None:
    assert places(put(small_case(), "parties/2/side", 5)) == [("$.parties[2].side", "unknown_value")]
    assert places(put(small_case(), f"{CHAMBER}/who", {"parties": ["ZZ"]})) == [
        ("$.rule.chambers[0].who.parties[0]", "unknown_code")
    ]
