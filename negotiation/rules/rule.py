"""A decision rule as data: what it may say, and its reading."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from negotiation.rules.refusal import Faults

HEADS = "heads"
METHODS = ("vote", "no_objection", "acceptance")
BASES = ("entitled", "participating", "deciding")
TESTS = ("at_least", "more_than")
WEIGHT_COLUMNS = ("floor_area", "site_area", "value")
RULE_KEYS = frozenset(
    ("code", "title", "basis", "description", "notice_days", "notice_working_days", "weights", "chambers")
)
CHAMBER_KEYS = frozenset(("code", "title", "who", "method", "turnout", "approval", "objection", "then"))
MEASURE_KEYS = frozenset(("by", "of", *TESTS))
FRACTION = re.compile(r"(0|[1-9]\d{0,8})(/[1-9]\d{0,8})?")


@dataclass(frozen=True)
class Measure:
    """One test: the share of a weight over a base, against a threshold (`at_least` is ≥, `more_than` is >)."""

    kind: str
    by: str
    of: str
    test: str
    needed: Fraction

    def holds(self, share: Fraction) -> bool:
        return share >= self.needed if self.test == "at_least" else share > self.needed


@dataclass(frozen=True)
class Chamber:
    """Those who decide together, and how."""

    code: str
    title: str
    who: Mapping[str, Any]
    method: str
    measures: tuple[Measure, ...]
    then: str | None

    def admits(self, seat: Mapping[str, Any]) -> bool:
        """Whether the seat sits here: `side`, `kind` and `parties` combined with and."""
        named = self.who.get("parties")
        alike = all(seat.get(key) == self.who[key] for key in ("side", "kind") if key in self.who)
        return alike and (named is None or seat.get("party") in named)


@dataclass(frozen=True)
class Rule:
    """A whole rule. `weights` names the column of a right behind each weight."""

    code: str
    title: str
    basis: str
    description: str
    notice_days: int
    notice_working_days: int
    weights: Mapping[str, str]
    chambers: tuple[Chamber, ...]


def parse_rule(document: object) -> Rule:
    """Read a rule. Raises RuleRefused with every fault, at paths inside the rule (``$.chambers[0].who``)."""
    faults = Faults()
    rule = _rule(document, faults)
    faults.settle()
    assert rule is not None  # noqa: S101  (no faults means that there is one)
    return rule


def _rule(document: object, faults: Faults) -> Rule | None:
    row = _object(document, "$", RULE_KEYS, faults)
    if row is None:
        return None
    chambers = _list(row, "chambers", "$", faults, needed=True)
    read = [_chamber(item, f"$.chambers[{place}]", faults) for place, item in enumerate(chambers)]
    _unique([item.code if item else None for item in read], faults)
    return Rule(
        code=_text(row, "code", "$", faults),
        title=_text(row, "title", "$", faults),
        basis=_text(row, "basis", "$", faults, needed=False),
        description=_text(row, "description", "$", faults, needed=False),
        notice_days=_days(row, "notice_days", faults),
        notice_working_days=_days(row, "notice_working_days", faults),
        weights=_weights(row, faults),
        chambers=tuple(item for item in read if item),
    )


def _chamber(document: object, path: str, faults: Faults) -> Chamber | None:
    row = _object(document, path, CHAMBER_KEYS, faults)
    if row is None:
        return None
    method = row.get("method", "no_objection" if "objection" in row else None)
    if method not in METHODS:
        faults.add(f"{path}.method", "bad_method", f"one of {', '.join(METHODS)} is expected")
    measures = [
        measure
        for kind in ("turnout", "approval", "objection")
        for place, item in enumerate(_list(row, kind, path, faults))
        if (measure := _measure(item, kind, f"{path}.{kind}[{place}]", faults))
    ]
    _check_measures(row, method, path, faults)
    return Chamber(
        code=_text(row, "code", path, faults),
        title=_text(row, "title", path, faults, needed=False),
        who=_who(row.get("who"), f"{path}.who", faults),
        method=str(method),
        measures=tuple(measures),
        then=_text(row, "then", path, faults, needed=False) or None,
    )


def _check_measures(row: Mapping[str, Any], method: object, path: str, faults: Faults) -> None:
    """Which measures go with which method."""
    if method == "vote" and not (row.get("approval") or row.get("objection")):
        faults.add(f"{path}.approval", "missing", "a chamber that votes needs an approval or objection measure")
    for kind in ("turnout", "approval"):
        if kind in row and method in ("no_objection", "acceptance"):
            faults.add(f"{path}.{kind}", "not_for_method", f"a chamber with method {method} has no {kind} measure")
    if "objection" in row and method == "acceptance":
        faults.add(f"{path}.objection", "not_for_method", "where every seat must accept there is no objection measure")
    if "then" in row and not row.get("objection"):
        faults.add(f"{path}.then", "then_without_objection", "`then` goes with an objection measure")


def _measure(document: object, kind: str, path: str, faults: Faults) -> Measure | None:
    row = _object(document, path, MEASURE_KEYS, faults)
    if row is None:
        return None
    of = row.get("of", None if kind == "approval" else "entitled")
    if of not in BASES or (kind == "turnout" and of != "entitled"):
        allowed = BASES if kind != "turnout" else BASES[:1]
        faults.add(f"{path}.of", "bad_base", f"one of {', '.join(allowed)} is expected")
    tests = [test for test in TESTS if test in row]
    if len(tests) != 1:
        faults.add(path, "one_test", "exactly one of at_least, more_than is expected")
        return None
    needed = _fraction(row[tests[0]], f"{path}.{tests[0]}", faults)
    return Measure(kind, _text(row, "by", path, faults), str(of), tests[0], needed)


def _fraction(value: object, path: str, faults: Faults) -> Fraction:
    """A share written "2/3", "1" or "0": never a float, never above one."""
    if isinstance(value, str) and FRACTION.fullmatch(value) and (share := Fraction(value)) <= 1:
        return share
    faults.add(path, "bad_fraction", 'a fraction from "0" to "1", written like "2/3", is expected')
    return Fraction(0)


def _who(value: object, path: str, faults: Faults) -> Mapping[str, Any]:
    row = _object(value, path, frozenset(("side", "kind", "parties")), faults)
    if row is None:
        return {}
    for key in ("side", "kind"):
        if key in row:
            _text(row, key, path, faults)
    parties = _list(row, "parties", path, faults)
    if "parties" in row and not (parties and all(isinstance(code, str) for code in parties)):
        faults.add(f"{path}.parties", "bad_parties", "a list of party codes is expected")
    return row


def _weights(row: Mapping[str, Any], faults: Faults) -> Mapping[str, str]:
    given = row.get("weights", {})
    if not isinstance(given, Mapping) or any(column not in WEIGHT_COLUMNS for column in given.values()):
        faults.add("$.weights", "bad_weights", f"weights map a name to one of {', '.join(WEIGHT_COLUMNS)}")
        return {}
    return {"area": "floor_area", "value": "value", **given}


def _object(value: object, path: str, keys: frozenset[str], faults: Faults) -> Mapping[str, Any] | None:
    if not isinstance(value, Mapping):
        faults.add(path, "not_an_object", "an object is expected")
        return None
    for key in value:
        if key not in keys:
            faults.add(f"{path}.{key}", "unknown_key", "this key is not known")
    return value


def _list(row: Mapping[str, Any], key: str, path: str, faults: Faults, *, needed: bool = False) -> list[Any]:
    value = row.get(key, [])
    if not isinstance(value, list) or ((needed or key in row) and not value):
        faults.add(f"{path}.{key}", "not_a_list", "a list with at least one element is expected")
        return []
    return value


def _text(row: Mapping[str, Any], key: str, path: str, faults: Faults, *, needed: bool = True) -> str:
    value = row.get(key, "" if not needed else None)
    if not isinstance(value, str) or (needed and not value.strip()):
        faults.add(f"{path}.{key}", "not_a_text", "a text is expected")
        return ""
    return value


def _days(row: Mapping[str, Any], key: str, faults: Faults) -> int:
    value = row.get(key, 0)
    if type(value) is not int or not 0 <= value <= 3650:
        faults.add(f"$.{key}", "bad_days", "a number of days is expected")
        return 0
    return value


def _unique(codes: list[str | None], faults: Faults) -> None:
    for place, code in enumerate(codes):
        if code is not None and code in codes[:place]:
            faults.add(f"$.chambers[{place}].code", "chamber_twice", "this chamber's code is taken already")
