from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from negotiation.casefile import check_case, schema
from negotiation.casefile.compare import is_amount
from negotiation.places import path
from negotiation.rules import RuleRefused, parse_rule, preset, presets
from tests.negotiation.casefile.small import drop, put, small_case


def objects(node: Any) -> list[dict[str, Any]]:
    """Every subschema of a schema that describes an object by its keys."""
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    here = [node] if isinstance(node, dict) and node.get("type") == "object" and "properties" in node else []
    return here + [found for value in inner for found in objects(value)]


def decimals(value: Any, place: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The places in a document whose schema is a decimal: a letter there is refused for that reason."""
    if isinstance(value, dict):
        return [p for key, inner in value.items() for p in decimals(inner, (*place, key))]
    if isinstance(value, list):
        return [p for number, inner in enumerate(value) for p in decimals(inner, (*place, number))]
    return [place] if isinstance(value, str) and "expected a decimal" in _refusal(place) else []


def _refusal(place: tuple[str | int, ...]) -> str:
    document: Any = small_case()
    target = document
    for part in place[:-1]:
        target = target[part]
    target[place[-1]] = []
    return " ".join(fault.text for fault in check_case(document).faults)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


def test_the_schema_is_a_fresh_copy() -> None:
    schema().clear()
    assert schema()["title"] == "Case file tongchou-case/1"


def test_no_object_takes_unknown_keys() -> None:
    found = objects(schema())
    assert len(found) > 20
    assert [node["title"] for node in found if node["additionalProperties"] is not False] == []


RULE = "rule/chambers/0"
FORM: list[tuple[str, Any]] = [
    ("packages/0/flows/0/yuan", "0"),
    ("packages/0/flows/0/yuan", "0.00"),
    ("packages/0/allocations/0/quantity", "000"),
    ("packages/0/dispositions/0/yields/0/quantity", "0"),
    ("packages/0/negotiable/0/min", "0"),
    ("packages/0/negotiable/0/max", "0.0"),
    ("parcels/features/0/properties/site_area", "0"),
    ("parties/0/code", "project"),
    ("targets/0/rigid", True),
    ("rule/title", None),
    ("rule/code", None),
    ("rule/weights", {"heads": "value"}),
    ("rule/weights", {"area": "height"}),
    (f"{RULE}/who", {}),
    (f"{RULE}/method", None),
    (f"{RULE}/method", "acceptance"),
    (f"{RULE}/method", "no_objection"),
    (f"{RULE}/approval", None),
    (f"{RULE}/turnout", []),
    (f"{RULE}/then", "hearing"),
    (f"{RULE}/turnout/0/of", "participating"),
    (f"{RULE}/approval/0/of", None),
    (f"{RULE}/approval/0/at_least", None),
    (f"{RULE}/approval/0/more_than", "1/2"),
    (f"{RULE}/approval/0/at_least", "1/0"),
    (f"{RULE}/approval/0/at_least", "01/2"),
]


@pytest.mark.parametrize(("path", "value"), FORM)
def test_the_published_schema_refuses_by_itself_what_json_schema_can_refuse(path: str, value: Any) -> None:
    """With any validator of the draft: None stands for a key left out. The loader says it once at a place."""
    document = drop(small_case(), path) if value is None else put(small_case(), path, value)
    assert list(Draft202012Validator(schema()).iter_errors(document))
    found = [fault.path for fault in check_case(document).faults]
    assert found and len(found) == len(set(found))


@pytest.mark.parametrize("code", presets())
def test_every_preset_has_the_form_of_the_schema(code: str) -> None:
    assert list(Draft202012Validator(schema()).iter_errors(put(small_case(), "rule", preset(code)))) == []


@pytest.mark.parametrize(
    "chamber",
    [
        {"objection": [{"by": "heads", "more_than": "1/2"}], "then": "hearing"},
        {"method": "no_objection"},
        {"method": "no_objection", "objection": [{"by": "heads", "of": "deciding", "at_least": "1"}]},
        {"method": "vote", "objection": [{"by": "area", "more_than": "0"}]},
        {"method": "acceptance"},
    ],
)
def test_the_schema_takes_every_kind_of_chamber(chamber: dict[str, Any]) -> None:
    document = put(small_case(), RULE, {"code": "c", "who": {"side": "public"}} | chamber)
    assert list(Draft202012Validator(schema()).iter_errors(document)) == []
    assert check_case(document).faults == ()


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_what_the_rules_accept_has_the_form_of_the_schema(data: st.DataObject) -> None:
    """Nothing that `parse_rule` takes is refused by the schema: the two describe one format."""
    fraction = st.sampled_from(["0", "1", "2/3", "95/100", "5/4", "x", 1])
    texts = {"by": st.sampled_from(["heads", "area", "w"]), "of": st.sampled_from(["entitled", "deciding", "all"])}
    measure = st.fixed_dictionaries({}, optional={**texts, "at_least": fraction, "more_than": fraction})
    measures = st.lists(measure, max_size=2)
    who = st.fixed_dictionaries({}, optional={"side": st.just("public"), "parties": st.just(["HH"])})
    chamber = st.fixed_dictionaries(
        {"code": st.sampled_from(["a", "b"]), "who": who},
        optional={
            "method": st.sampled_from(["vote", "no_objection", "acceptance"]),
            **dict.fromkeys(("turnout", "approval", "objection"), measures),
            "then": st.just("hearing"),
        },
    )
    weights = st.dictionaries(st.sampled_from(["heads", "w"]), st.sampled_from(["value", "height"]), max_size=2)
    required = {"code": st.just("r"), "title": st.just("t"), "chambers": st.lists(chamber, max_size=2)}
    rule = data.draw(st.fixed_dictionaries(required, optional={"weights": weights}))
    refused = [error.json_path for error in Draft202012Validator(schema()).iter_errors(put(small_case(), "rule", rule))]
    try:
        parse_rule(rule)
    except RuleRefused as refusal:
        # What the schema refuses is refused by the rules too, at the same places.
        assert set(refused) <= {"$.rule" + fault.path[1:] for fault in refusal.faults} | _above(refusal)
    else:
        assert refused == []


def _above(refusal: RuleRefused) -> set[str]:
    """JSON Schema reports a missing key at the object that lacks it."""
    return {path(("rule", *fault.place[:-1])) for fault in refusal.faults}


def test_comparison_and_schema_agree_on_what_is_a_decimal() -> None:
    found = decimals(small_case())
    assert len(found) > 15
    assert [place for place in found if not is_amount(place)] == []
