"""What is refused in a rule and in a count, and how its place is written."""

from itertools import product
from time import process_time
from typing import Any

import pytest

from negotiation.rules import RuleRefused, live_state, parse_rule, roll, tally

Row = dict[str, Any]
HALF = {"by": "heads", "of": "entitled", "at_least": "1/2"}


def rule(**chamber: Any) -> Row:
    chamber = {"code": "c", "who": {"side": "public"}, "method": "vote", "approval": [HALF], **chamber}
    return {"code": "r", "title": "R", "chambers": [chamber]}


def count(document: Row, *, weights: Any = None, vote: Row | None = None, **top: Any) -> Row:
    seat = {"seat": "S", "party": "P", "side": "public", "kind": "household", "weights": weights or {}}
    votes = [{"seat": "S", "choice": "yes"} | (vote or {})]
    return tally({"rule": document, "seats": [seat], "votes": votes} | top)


def refusals(document: Row, **rest: Any) -> list[tuple[str, str]]:
    with pytest.raises(RuleRefused) as refusal:
        count(document, **rest)
    return [(fault.path, fault.code) for fault in refusal.value.faults]


@pytest.mark.parametrize("text", ["1１/2１", "１/2", "1/２", "½", "01/2", "1/02", " 1/2", "1/2\n"])
def test_a_share_is_written_in_ascii_digits_only(text: str) -> None:
    path = "$.rule.chambers[0].approval[0].at_least"
    assert refusals(rule(approval=[HALF | {"at_least": text}])) == [(path, "bad_fraction")]


@pytest.mark.parametrize(
    "weight",
    ["1_0", "１２", " 5 ", "+5", "-0", "-1", "1e3", "5.", ".5", "", "NaN", "5\n", "1" * 101, 86, 86.0, None, []],
)
def test_a_weight_is_a_decimal_as_in_the_case_file(weight: Any) -> None:
    by_area = rule(approval=[HALF | {"by": "area"}])
    assert refusals(by_area, weights={"area": weight}) == [("$.seats[0].weights.area", "bad_weight")]


@pytest.mark.parametrize("weight", ["0", "86.00", "007", "0." + "1" * 45, "9" * 60, "1" * 100 + "." + "1" * 100])
def test_a_long_decimal_is_a_weight(weight: str) -> None:
    assert count(rule(approval=[HALF | {"by": "area"}]), weights={"area": weight})["state"] in ("passed", "rejected")


@pytest.mark.parametrize(
    ("top", "path"),
    [
        ({"bogus": 1}, "$.bogus"),
        ({"seats": [{"seat": "S", "side": "public", "bogus": 1}]}, "$.seats[0].bogus"),
        ({"votes": [{"seat": "S", "choice": "yes", "a\nb": 1}]}, '$.votes[0]["a\\nb"]'),
    ],
)
def test_an_unknown_key_of_a_count_is_refused_with_its_place(top: Row, path: str) -> None:
    assert refusals(rule(), **top) == [(path, "unknown_key")]


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ({"party": []}, "$.seats[0].party"),
        ({"side": 1}, "$.seats[0].side"),
        ({"kind": {}}, "$.seats[0].kind"),
        ({"weights": 5}, "$.seats[0].weights"),
    ],
)
def test_a_seat_of_the_wrong_form_is_refused_with_its_place(row: Row, path: str) -> None:
    assert path in [place for place, _ in refusals(rule(), seats=[{"seat": "S", "side": "public"} | row])]


def test_a_chamber_for_nobody_in_particular_is_refused() -> None:
    assert refusals(rule(who={})) == [("$.rule.chambers[0].who", "nobody")]


def test_heads_can_not_be_given_a_weight() -> None:
    document = rule() | {"weights": {"heads": "value", "area": "height"}}
    assert refusals(document) == [("$.rule.weights.heads", "bad_weights"), ("$.rule.weights.area", "bad_weights")]


def test_a_fault_is_one_line_whatever_its_keys_and_codes_hold() -> None:
    document = {"code": "r", "title": "R", "chambers": [], "a\nb": 1, "c\u2028d": 1, "x" * 5000: 1}
    with pytest.raises(RuleRefused) as refusal:
        parse_rule(document)
    lines = [f"{fault.path}: {fault.message}" for fault in refusal.value.faults]
    assert '$["a\\nb"]: this key is not known' in lines
    assert all(len(line.splitlines()) == 1 and len(line) < 200 for line in lines)
    with pytest.raises(RuleRefused) as refusal:
        count(rule(code="c\nd"), vote={"choice": "maybe"})
    assert refusal.value.faults[0].message == 'in chamber "c\\nd" one of yes, no, abstain is expected'


def test_every_fault_of_a_measure_comes_at_once() -> None:
    measure = {"by": "", "of": "all", "at_least": "2", "more_than": "x"}
    path = "$.rule.chambers[0].approval[0]"
    found = [place for place, _ in refusals(rule(approval=[measure]))]
    assert sorted(found) == [path, *(f"{path}.{key}" for key in ("at_least", "by", "more_than", "of"))]


def test_faults_without_a_code_are_not_taken_for_the_same_code() -> None:
    document = rule(code="")
    document["chambers"] *= 2
    assert [code for _, code in refusals(document)] == ["not_a_text", "not_a_text"]


def test_a_chamber_whose_seats_sit_in_two_is_not_called_empty() -> None:
    document = rule()
    document["chambers"].append({**document["chambers"][0], "code": "d", "who": {"kind": "household"}})
    assert refusals(document) == [("$.seats[0]", "two_chambers")]


@pytest.mark.parametrize(
    "who",
    [
        {"side": "a"},
        {"kind": "x"},
        {"parties": ["P", "P", "Q"]},
        {"side": "a", "kind": "x"},
        {"side": "a", "parties": ["P"]},
        {"side": "a", "kind": "x", "parties": ["P", "Q"]},
    ],
)
def test_side_kind_and_parties_are_combined_with_and(who: Row) -> None:
    seats = [
        {"seat": f"{party}{side}{kind}", "party": party, "side": side, "kind": kind}
        for party, side, kind in product("PQR", "ab", "xy")
    ]
    expected = [
        seat["seat"]
        for seat in seats
        if who.get("side") in (None, seat["side"])
        and who.get("kind") in (None, seat["kind"])
        and ("parties" not in who or seat["party"] in who["parties"])
    ]
    assert [row["seat"] for row in roll(parse_rule(rule(who=who)), seats)] == expected


def test_twenty_thousand_chambers_of_one_party_each_are_counted_in_seconds() -> None:
    """A time that grew with the square of their number would be minutes."""
    codes = [f"P{number}" for number in range(20_000)]
    chamber = rule()["chambers"][0]
    chambers = [{**chamber, "code": code, "who": {"parties": [code]}} for code in codes]
    seats = [{"seat": code, "party": code} for code in codes]
    start = process_time()
    assert tally({"rule": rule() | {"chambers": chambers}, "seats": seats, "votes": []})["state"] == "rejected"
    assert process_time() - start < 15


def test_twenty_thousand_parties_named_in_one_chamber_are_counted_in_seconds() -> None:
    codes = [f"P{number}" for number in range(20_000)]
    seats = [{"seat": code, "party": code} for code in codes]
    start = process_time()
    assert tally({"rule": rule(who={"parties": codes}), "seats": seats, "votes": []})["state"] == "rejected"
    assert process_time() - start < 15


OBJECTION = {"method": "no_objection", "then": "hearing"}


def objections(of: str, test: str = "more_than") -> Row:
    document = rule(**OBJECTION, objection=[{"by": "heads", "of": of, test: "1/2"}])
    del document["chambers"][0]["approval"]
    return document


@pytest.mark.parametrize("of", ["participating", "deciding"])
def test_one_objection_decides_where_nobody_can_vote_against_it(of: str) -> None:
    """Of those who take part all object: no further objection changes the share of 1."""
    seats = [{"seat": seat, "side": "public"} for seat in "AB"]
    vote = {"seat": "A", "choice": "object", "reason": "Too high"}
    read = parse_rule(objections(of) | {"final": True})
    assert live_state(read, seats, [vote]) == "decided"
    assert live_state(read, seats, []) == "open"


def test_one_objection_of_two_entitled_decides_nothing() -> None:
    seats = [{"seat": seat, "side": "public"} for seat in "AB"]
    vote = {"seat": "A", "choice": "object", "reason": "Too high"}
    read = parse_rule(objections("entitled") | {"final": True})
    assert live_state(read, seats, [vote]) == "open"


def test_a_blocked_count_names_the_duty_beside_the_state() -> None:
    vote = {"choice": "object", "reason": "Too high"}
    result = count(objections("entitled"), vote=vote)
    assert (result["state"], result["then"], result["chambers"][0]["then"]) == ("blocked", "hearing", "hearing")
    assert "then" not in count(objections("entitled"), votes=[])
