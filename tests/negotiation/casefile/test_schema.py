from typing import Any

from jsonschema import Draft202012Validator

from negotiation.casefile import schema
from negotiation.casefile.compare import is_amount
from tests.negotiation.casefile.small import small_case


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
    from negotiation.casefile import check_case

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


def test_comparison_and_schema_agree_on_what_is_a_decimal() -> None:
    found = decimals(small_case())
    assert len(found) > 15
    assert [place for place in found if not is_amount(place)] == []
