"""The form of a case file and of its known extensions: JSON Schemas (draft 2020-12), and what they find, in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from negotiation.casefile.dates import EXTENSION as DUE_DATES
from negotiation.casefile.faults import Finding, Place, show

_CODES = {
    "required": "missing",
    "additionalProperties": "unknown_key",
    "type": "wrong_type",
    "anyOf": "wrong_type",
    "oneOf": "one_test",
    "enum": "unknown_value",
    "const": "unknown_value",
    "minimum": "out_of_range",
    "maximum": "out_of_range",
    "minLength": "too_short",
    "maxLength": "too_long",
    "minItems": "too_few",
    "minProperties": "too_few",
    "maxItems": "too_many",
    "propertyNames": "bad_key",
}
TERMS = {"dispositions": "disposition", "allocations": "allocation", "flows": "flow"}
_ZERO = re.compile(r"0{1,12}(\.0{1,6})?")
_LIMITS = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} entries",
    "minProperties": "at least {} keys",
    "maxItems": "at most {} entries",
    "minimum": "a number of at least {}",
    "maximum": "a number of at most {}",
}
_NOUNS = {
    "string": "a text",
    "object": "an object",
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
}


CASE = "tongchou-case/1"
EXTENSIONS = (DUE_DATES,)  # that have a schema here


@cache
def _text(name: str) -> str:
    file = f"schema/{name.replace('/', '-')}.json"
    return resources.files("negotiation.casefile").joinpath(file).read_text(encoding="utf-8")


def schema(name: str = CASE) -> dict[str, Any]:
    """The JSON Schema of `tongchou-case/1`, or of one of its known extensions, a fresh copy each time."""
    document: dict[str, Any] = json.loads(_text(name))
    return document


@cache
def _validator(name: str) -> Any:
    """The validator, built once. Stricter than the draft in one thing: 2.0 is no integer (years are no floats)."""
    checker = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    return extend(Draft202012Validator, type_checker=checker)(schema(name))  # type: ignore[no-untyped-call]


def structure_findings(document: Any) -> Iterator[Finding]:
    """Every departure from the schema, then those of the extensions that have one of their own."""
    bare = document
    if isinstance(document, dict) and isinstance(document.get("packages"), list):
        bare = {**document, "packages": _without_terms(document["packages"])}
    yield from _departures(CASE, bare, ())
    yield from _term_findings(document)
    extensions = document.get("extensions") if isinstance(document, dict) else None
    for name in EXTENSIONS:
        if isinstance(extensions, dict) and name in extensions:
            yield from _departures(name, extensions[name], ("extensions", name))


def _departures(name: str, document: Any, where: Place) -> Iterator[Finding]:
    for error in _validator(name).iter_errors(document):
        yield from (finding._replace(place=(*where, *finding.place)) for finding in _translate(error))


def package_findings(document: Any) -> Iterator[Finding]:
    """The departures from the schema in a case's packages alone."""
    bare = _without_terms(document["packages"])
    for error in _validator(CASE).descend(bare, _schema_at("properties/packages"), "packages"):
        yield from _translate(error)
    yield from _term_findings(document)


def _schema_at(pointer: str) -> dict[str, str]:
    return {"$ref": f"#/{pointer}"}


def _term_lists(package: Any) -> dict[str, list[Any]]:
    found = package if isinstance(package, dict) else {}
    return {kind: found[kind] for kind in TERMS if isinstance(found.get(kind), list)}


def _without_terms(packages: Any) -> Any:
    """The packages with empty lists of terms, whose rows are looked at one by one."""
    if not isinstance(packages, list):
        return packages
    return [{**row, **{kind: [] for kind in _term_lists(row)}} if isinstance(row, dict) else row for row in packages]


def _term_findings(document: Any) -> Iterator[Finding]:
    packages = document.get("packages") if isinstance(document, dict) else None
    for number, package in enumerate(packages if isinstance(packages, list) else ()):
        for kind, rows in _term_lists(package).items():
            for place, row in enumerate(rows):
                for finding in _row_findings(TERMS[kind], json.dumps(row)):
                    yield finding._replace(place=("packages", number, kind, place, *finding.place))


@lru_cache(maxsize=50_000)
def _row_findings(form: str, row: str) -> tuple[Finding, ...]:
    """What is wrong in one row of terms, at places inside it. Remembered: from one save to the next few rows change."""
    errors = _validator(CASE).descend(json.loads(row), _schema_at(f"$defs/{form}"))
    return tuple(finding for error in errors for finding in _translate(error))


def _translate(error: Any) -> Iterator[Finding]:
    place: Place = tuple(error.absolute_path)
    keyword, rule, instance = str(error.validator), error.validator_value, error.instance
    if keyword == "required":
        # The library reports each missing key by its own error, whose message alone names the key.
        key = next(key for key in rule if error.message.startswith(repr(key)))
        yield Finding((*place, key), "missing", f"the key {key}")
    elif keyword == "additionalProperties":
        known = ", ".join(error.schema.get("properties", {}))
        unknown = [key for key in instance if key not in error.schema["properties"]]
        yield from (Finding((*place, key), "unknown_key", f"only the keys {known}", show(key)) for key in unknown)
    elif error.parent is None and "propertyNames" in error.absolute_schema_path:
        yield Finding((*place, instance), "bad_key", error.schema["description"], show(instance))
    elif keyword == "not":
        yield Finding(place, error.schema["$comment"], error.schema["description"], show(instance))
    else:
        yield Finding(place, _code(error), _expected(error), show(instance))


def _code(error: Any) -> str:
    if _is_decimal(error):
        return "not_positive" if _is_zero(error.instance) else "not_a_decimal"
    if error.validator == "pattern":
        return "bad_form"
    return _CODES.get(str(error.validator), "bad_form")


def _is_decimal(error: Any) -> bool:
    pattern = error.schema.get("pattern", "") if isinstance(error.schema, dict) else ""
    return error.validator in ("type", "pattern") and "\\.[0-9]" in pattern


def _is_zero(value: Any) -> bool:
    """Whether it is 0 as a decimal of any kind may be written: where that is a fault, only more than 0 will do."""
    return isinstance(value, str) and _ZERO.fullmatch(value) is not None


def _expected(error: Any) -> str:
    """What the schema wants here, out of its titles and bounds."""
    keyword, rule = str(error.validator), error.validator_value
    title = str(error.schema.get("title", "")) if isinstance(error.schema, dict) else ""
    if _is_decimal(error):
        if _is_zero(error.instance):
            return "an amount above 0"
        return f'a decimal in a text, like "78000.00" ({title})'
    if keyword in ("enum", "const"):
        return "one of " + ", ".join(rule) if keyword == "enum" else show(rule)
    if keyword in _LIMITS:
        return _LIMITS[keyword].format(rule)
    if keyword == "oneOf":
        return "exactly one of " + ", ".join(choice["required"][0] for choice in rule)
    if keyword == "anyOf":
        return "a code or null"
    if keyword == "pattern":
        return f"{title} ({error.schema['description']})"
    noun = _NOUNS.get(rule, str(rule)) if keyword == "type" else "another form"
    return f"{noun} ({title})" if title else noun
