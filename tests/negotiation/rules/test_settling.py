"""A preset leaves some things open; what its law fixes stays."""

import copy

import pytest

from negotiation.rules import RuleRefused, check_settled, parse_rule, preset, presets


def rule(**changes: object) -> dict:
    return {**preset("cn-civil-278-major"), **changes}


def chamber(**changes: object) -> list[dict]:
    return [{**copy.deepcopy(preset("cn-civil-278-major")["chambers"][0]), **changes}]


HALF = [{"by": "heads", "of": "participating", "more_than": "1/2"}]
DEPARTMENTS = {"code": "departments", "title": "部门", "who": {"side": "government"}, "method": "no_objection"}


@pytest.mark.parametrize("code", presets())
def test_every_preset_is_settled(code: str) -> None:
    check_settled(parse_rule(preset(code)))


@pytest.mark.parametrize(
    "changed",
    [
        rule(title="本小区"),
        rule(notice_days=30),
        rule(roll_days=5),
        rule(weights={"area": "site_area"}),
        rule(chambers=chamber(who={"kind": "household"}, title="住户")),
        rule(chambers=[*chamber(), DEPARTMENTS]),
        rule(code="own", basis="村民会议决议", chambers=[{**DEPARTMENTS, "method": "acceptance"}]),
    ],
)
def test_what_is_left_open_may_be_set(changed: dict) -> None:
    check_settled(parse_rule(changed))


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        (rule(basis="别的法"), ("basis",)),
        (rule(notice_days=14), ("notice_days",)),
        (rule(chambers=[DEPARTMENTS]), ("chambers",)),
        (rule(chambers=chamber(approval=HALF)), ("chambers", 0, "measures")),
        (rule(chambers=chamber(then="hearing", objection=HALF)), ("chambers", 0, "measures")),
        (rule(chambers=[*chamber(), {**DEPARTMENTS, "method": "vote", "approval": HALF}]), ("chambers", 1, "method")),
        (rule(code="own", basis=""), ("basis",)),
    ],
)
def test_what_the_law_fixes_may_not(changed: dict, place: tuple) -> None:
    with pytest.raises(RuleRefused) as refused:
        check_settled(parse_rule(changed))
    assert refused.value.faults[0].place == place


@pytest.mark.parametrize("days", [-1, 3651, "5", True, 1.5])
def test_days_of_the_roll_are_a_number_of_days(days: object) -> None:
    with pytest.raises(RuleRefused) as refused:
        parse_rule(rule(roll_days=days))
    assert [(fault.place, fault.code) for fault in refused.value.faults] == [(("roll_days",), "bad_days")]
