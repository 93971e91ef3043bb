"""A decision rule as data: what it may say, and its reading."""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from negotiation.places import Place
from negotiation.rules.refusal import Faults

HEADS = "heads"
METHODS = ("vote", "no_objection", "acceptance")
BASES = ("entitled", "participating", "deciding")
TESTS = ("at_least", "more_than")
KINDS = ("turnout", "approval", "objection")
# The column of a right behind each weight, unless the rule says otherwise.
WEIGHTS = {"area": "floor_area", "value": "value"}
WEIGHT_COLUMNS = ("floor_area", "site_area", "value")
RULE_KEYS = frozenset(
    (
        *("code", "title", "basis", "description", "notice_days", "notice_working_days", "roll_days"),
        *("final", "weights", "secret", "chambers"),
    )
)
CHAMBER_KEYS = frozenset(("code", "title", "who", "method", "turnout", "approval", "objection", "then"))
MEASURE_KEYS = frozenset(("by", "of", *TESTS))
WHO_KEYS = ("side", "kind", "parties")
FRACTION = re.compile(r"(0|[1-9][0-9]{0,8})(/[1-9][0-9]{0,8})?")


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
    """Those who decide together, and how. `who` holds any of `side`, `kind` and `parties`, combined with and."""

    code: str
    title: str
    who: Mapping[str, Any]
    method: str
    measures: tuple[Measure, ...]
    then: str | None

    @cached_property
    def weighed(self) -> frozenset[str]:
        """The weights that are counted here, beside heads."""
        return frozenset(measure.by for measure in self.measures) - {HEADS}


@dataclass(frozen=True)
class Rule:
    """A whole rule. `weights` names the column of a right behind each weight; `secret` ballots show turnout only.

    `roll_days`: the calendar days for which the electoral roll lies open for objections; 0 where it need not.
    """

    code: str
    title: str
    basis: str
    description: str
    notice_days: int
    notice_working_days: int
    roll_days: int
    final: bool  # a vote once cast can not be changed
    weights: Mapping[str, str]
    chambers: tuple[Chamber, ...]
    secret: bool = False


def parse_rule(document: object) -> Rule:
    """Read a rule. Raises RuleRefused with every fault, at paths inside the rule (``$.chambers[0].who``)."""
    faults = Faults()
    rule = _rule(document, faults)
    faults.settle()
    assert rule is not None  # noqa: S101  (no faults means that there is one)
    return rule


def chamber_titles(document: Mapping[str, Any]) -> dict[str, str]:
    """Code → title of a rule's chambers; the code where there is none."""
    return {row["code"]: row.get("title") or row["code"] for row in document["chambers"]}


def _rule(document: object, faults: Faults) -> Rule | None:
    row = _object(document, (), RULE_KEYS, faults)
    if row is None:
        return None
    chambers = _list(row, "chambers", (), faults, needed=True)
    read = [_chamber(item, ("chambers", number), faults) for number, item in enumerate(chambers)]
    _unique(read, faults)
    secret = _secret(row, read, faults)
    return Rule(
        code=_text(row, "code", (), faults),
        title=_text(row, "title", (), faults),
        basis=_text(row, "basis", (), faults, needed=False),
        description=_text(row, "description", (), faults, needed=False),
        notice_days=_days(row, "notice_days", faults),
        notice_working_days=_days(row, "notice_working_days", faults),
        roll_days=_days(row, "roll_days", faults),
        final=_flag(row, "final", faults),
        weights=_weights(row, faults),
        chambers=tuple(item for item in read if item),
        secret=secret,
    )


def _secret(row: Mapping[str, Any], chambers: list[Chamber | None], faults: Faults) -> bool:
    """Whether choices are sealed. An objection has a reason and an acceptance is a signature: neither is secret."""
    secret = row.get("secret", False)
    if not isinstance(secret, bool):
        faults.add(("secret",), "not_a_truth", "true or false is expected")
    elif secret:
        for number, chamber in enumerate(chambers):
            if chamber and chamber.method in METHODS and chamber.method != "vote":
                text = "in a secret ballot every chamber votes"
                faults.add(("chambers", number, "method"), "secret_votes_only", text)
    return secret is True


def _chamber(document: object, place: Place, faults: Faults) -> Chamber | None:
    row = _object(document, place, CHAMBER_KEYS, faults)
    if row is None:
        return None
    method = row.get("method", "no_objection" if "objection" in row else None)
    if method not in METHODS:
        faults.add((*place, "method"), "bad_method", f"one of {', '.join(METHODS)} is expected")
    measures = [
        measure
        for kind in KINDS
        for number, item in enumerate(_list(row, kind, place, faults))
        if (measure := _measure(item, kind, (*place, kind, number), faults))
    ]
    _check_measures(row, method, place, faults)
    return Chamber(
        code=_text(row, "code", place, faults),
        title=_text(row, "title", place, faults, needed=False),
        who=_who(row.get("who"), (*place, "who"), faults),
        method=str(method),
        measures=tuple(measures),
        then=_text(row, "then", place, faults, needed=False) or None,
    )


def _check_measures(row: Mapping[str, Any], method: object, place: Place, faults: Faults) -> None:
    """Which measures go with which method."""
    if method == "vote" and not (row.get("approval") or row.get("objection")):
        faults.add((*place, "approval"), "missing", "a chamber that votes needs an approval or objection measure")
    for kind in ("turnout", "approval"):
        if kind in row and method in ("no_objection", "acceptance"):
            faults.add((*place, kind), "not_for_method", f"a chamber with method {method} has no {kind} measure")
    if "objection" in row and method == "acceptance":
        faults.add(
            (*place, "objection"), "not_for_method", "where every seat must accept there is no objection measure"
        )
    if "then" in row and not row.get("objection"):
        faults.add((*place, "then"), "then_without_objection", "`then` goes with an objection measure")


def _measure(document: object, kind: str, place: Place, faults: Faults) -> Measure | None:
    row = _object(document, place, MEASURE_KEYS, faults)
    if row is None:
        return None
    of = row.get("of", None if kind == "approval" else "entitled")
    if of not in BASES or (kind == "turnout" and of != "entitled"):
        allowed = BASES if kind != "turnout" else BASES[:1]
        faults.add((*place, "of"), "bad_base", f"one of {', '.join(allowed)} is expected")
    by = _text(row, "by", place, faults)
    needed = {test: _fraction(row[test], (*place, test), faults) for test in TESTS if test in row}
    if len(needed) != 1:
        faults.add(place, "one_test", "exactly one of at_least, more_than is expected")
        return None
    return Measure(kind, by, str(of), *needed.popitem())


def _fraction(value: object, place: Place, faults: Faults) -> Fraction:
    """A share written "2/3", "1" or "0": never a float, never above one."""
    if isinstance(value, str) and FRACTION.fullmatch(value) and (share := Fraction(value)) <= 1:
        return share
    faults.add(place, "bad_fraction", 'a fraction from "0" to "1", written like "2/3", is expected')
    return Fraction(0)


def _who(value: object, place: Place, faults: Faults) -> Mapping[str, Any]:
    row = _object(value, place, WHO_KEYS, faults)
    if row is None:
        return {}
    if not row:
        faults.add(place, "nobody", f"at least one of {', '.join(WHO_KEYS)} is expected")
    for key in ("side", "kind"):
        if key in row:
            _text(row, key, place, faults)
    for number, code in enumerate(_list(row, "parties", place, faults)):
        if not isinstance(code, str):
            faults.add((*place, "parties", number), "bad_parties", "the code of a party is expected")
    return row


def _weights(row: Mapping[str, Any], faults: Faults) -> Mapping[str, str]:
    given = row.get("weights", {})
    if not isinstance(given, Mapping):
        faults.add(("weights",), "not_an_object", "an object is expected")
        return {}
    for name, column in given.items():
        if name == HEADS:
            faults.add(("weights", name), "bad_weights", "heads are counted, not weighed")
        elif column not in WEIGHT_COLUMNS:
            faults.add(("weights", name), "bad_weights", f"one of {', '.join(WEIGHT_COLUMNS)} is expected")
    return {**WEIGHTS, **given}


def _object(value: object, place: Place, keys: Container[str], faults: Faults) -> Mapping[str, Any] | None:
    if not isinstance(value, Mapping):
        faults.add(place, "not_an_object", "an object is expected")
        return None
    faults.check_keys(place, value, keys)
    return value


def _list(row: Mapping[str, Any], key: str, place: Place, faults: Faults, *, needed: bool = False) -> list[Any]:
    value = row.get(key, [])
    if not isinstance(value, list) or ((needed or key in row) and not value):
        faults.add((*place, key), "not_a_list", "a list with at least one element is expected")
        return []
    return value


def _text(row: Mapping[str, Any], key: str, place: Place, faults: Faults, *, needed: bool = True) -> str:
    value = row.get(key, "" if not needed else None)
    if not isinstance(value, str) or (needed and not value.strip()):
        faults.add((*place, key), "not_a_text", "a text is expected")
        return ""
    return value


def _days(row: Mapping[str, Any], key: str, faults: Faults) -> int:
    value = row.get(key, 0)
    if type(value) is not int or not 0 <= value <= 3650:
        faults.add((key,), "bad_days", "a number of days is expected")
        return 0
    return value


def _flag(row: Mapping[str, Any], key: str, faults: Faults) -> bool:
    value = row.get(key, False)
    if type(value) is not bool:
        faults.add((key,), "not_a_flag", "true or false is expected")
    return value is True


def _unique(chambers: list[Chamber | None], faults: Faults) -> None:
    seen: set[str] = set()
    for number, chamber in enumerate(chambers):
        if chamber and chamber.code in seen:
            faults.add(("chambers", number, "code"), "chamber_twice", "this chamber's code is taken already")
        elif chamber and chamber.code:
            seen.add(chamber.code)
