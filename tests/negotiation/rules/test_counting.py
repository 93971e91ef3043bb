"""Counts worked by hand, thresholds at equality, and the shortfall against brute force."""

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.rules import RuleRefused, live_state, parse_rule, preset, presets, roll, tally

Row = dict[str, Any]


def rule(**chamber: Any) -> Row:
    chamber = {"code": "c", "title": "C", "who": {"side": "public"}, "method": "vote", **chamber}
    return {"code": "r", "title": "R", "chambers": [chamber]}


def seats(*areas: str) -> list[Row]:
    return [
        {"seat": f"S{n}", "party": f"P{n}", "side": "public", "kind": "household", "weights": {"area": area}}
        for n, area in enumerate(areas)
    ]


def votes(*choices: str | None) -> list[Row]:
    return [{"seat": f"S{n}", "choice": choice} for n, choice in enumerate(choices) if choice]


def count(document: Row, areas: list[str], *choices: str | None) -> Row:
    return tally({"rule": document, "seats": seats(*areas), "votes": votes(*choices)})


def only(result: Row, place: int = 0) -> Row:
    return result["chambers"][0]["measures"][place]


def approval(test: str, needed: str, of: str = "participating", by: str = "heads") -> Row:
    return rule(approval=[{"by": by, "of": of, test: needed}])


def test_presets_are_the_seven_and_can_be_read() -> None:
    assert set(presets()) == {
        "cn-civil-278-general",
        "cn-civil-278-major",
        "cn-collective-two-thirds",
        "cn-villagers-meeting",
        "cn-sz-renewal-plot",
        "cn-sz-renewal-old-housing",
        "cn-expropriation-hearing",
    }
    for code in presets():
        read = parse_rule(preset(code))
        assert read.code == code and read.basis and "从其规定" in read.description


@pytest.mark.parametrize(("test", "passed"), [("at_least", True), ("more_than", False)])
def test_threshold_at_equality(test: str, passed: bool) -> None:
    result = count(approval(test, "1/2"), ["1"] * 4, "yes", "yes", "no", "abstain")
    assert only(result)["reached"] == "1/2"
    assert only(result)["passed"] is passed
    assert result["state"] == ("passed" if passed else "rejected")


def test_civil_278_general_of_three_owners() -> None:
    """Two of three take part, with 160 of 240 m² (2/3 each, which is enough): one yes of two is no majority."""
    document = preset("cn-civil-278-general")
    result = count(document, ["80.00", "80.00", "80.00"], "yes", "no")
    rows = result["chambers"][0]["measures"]
    assert [row["reached"] for row in rows] == ["2/3", "2/3", "1/2", "1/2"]
    assert [row["passed"] for row in rows] == [True, True, False, False]
    assert result["state"] == "rejected"
    # One further yes makes 2 of 3; of the area more than 0 m² more must come.
    assert [row["missing"] for row in rows] == ["0", "0", "1", "0"]
    assert rows[3]["strict"] is True and rows[3]["reachable"] is True


def test_abstention_takes_part_and_is_not_in_favour() -> None:
    assert only(count(approval("at_least", "1/2"), ["1"] * 2, "yes", "abstain"))["reached"] == "1/2"
    assert only(count(approval("at_least", "1/2", "deciding"), ["1"] * 2, "yes", "abstain"))["reached"] == "1"


def test_nobody_counted_is_zero_and_fails() -> None:
    result = count(approval("at_least", "0"), ["1"])
    assert only(result) | {"missing": "1"} == only(result)
    assert only(result)["reached"] == "0" and only(result)["passed"] is False


def test_missing_is_null_where_nothing_could() -> None:
    measure = only(count(approval("at_least", "1"), ["1"] * 3, "no"))
    assert measure["missing"] is None and measure["reachable"] is False


def test_missing_beyond_the_votes_still_out_is_not_reachable() -> None:
    measure = only(count(approval("at_least", "3/4"), ["1"] * 4, "no", "no", "yes"))
    assert (measure["missing"], measure["reachable"]) == ("5", False)


def test_no_quorum_before_rejected_and_blocked_before_both() -> None:
    quorum = rule(
        turnout=[{"by": "heads", "at_least": "2/3"}], approval=[{"by": "heads", "of": "participating", "at_least": "1"}]
    )
    assert count(quorum, ["1"] * 3, "no")["state"] == "no_quorum"
    quorum["chambers"].append(
        {
            "code": "o",
            "title": "O",
            "who": {"side": "government"},
            "method": "no_objection",
            "objection": [{"by": "heads", "more_than": "1/2"}],
            "then": "hearing",
        }
    )
    rows = [
        *seats("1", "1", "1"),
        {"seat": "G", "party": "G", "side": "government", "kind": "department", "weights": {}},
    ]
    objection = {"seat": "G", "choice": "object", "reason": "No road"}
    result = tally({"rule": quorum, "seats": rows, "votes": [*votes("no"), objection]})
    assert result["state"] == "blocked" and result["chambers"][1]["then"] == "hearing"


def test_hearing_at_exactly_half_is_not_called() -> None:
    document = preset("cn-expropriation-hearing")
    rows = [{"seat": f"S{n}", "choice": "object", "reason": "Too little"} for n in range(2)]
    assert tally({"rule": document, "seats": seats(*["1"] * 4), "votes": rows})["state"] == "passed"
    assert tally({"rule": document, "seats": seats(*["1"] * 3), "votes": rows})["state"] == "blocked"


@pytest.mark.parametrize(("second", "state"), [("accept", "passed"), ("decline", "rejected"), (None, "rejected")])
def test_acceptance_needs_every_seat(second: str | None, state: str) -> None:
    assert count(rule(method="acceptance"), ["1", "1"], "accept", second)["state"] == state


@pytest.mark.parametrize(
    ("ways", "choice"),
    [
        ([("own", "no"), ("proxy", "yes")], "0"),
        ([("proxy", "yes"), ("paper", "no")], "0"),
        ([("own", "no"), ("own", "yes")], "1"),
        ([("paper", "yes"), ("own", "no"), ("paper", "yes")], "0"),
    ],
)
def test_own_wins_over_paper_over_proxy_then_the_later(ways: list[tuple[str, str]], choice: str) -> None:
    rows = [{"seat": "S0", "via": via, "choice": pick} for via, pick in ways]
    result = tally({"rule": approval("at_least", "1/2"), "seats": seats("1"), "votes": rows})
    assert only(result)["reached"] == choice


REFUSALS = {
    "$.votes[0].choice": {"votes": [{"seat": "S0", "choice": "accept"}]},
    "$.votes[0].seat": {"votes": [{"seat": "S9", "choice": "yes"}]},
    "$.votes[0].via": {"votes": [{"seat": "S0", "choice": "yes", "via": "dove"}]},
    "$.seats[1].seat": {"seats": [*seats("1"), *seats("1")]},
    "$.seats[1]": {"seats": [*seats("1"), {"seat": "G", "party": "G", "side": "government", "kind": "department"}]},
    "$.seats[0].weights.area": {"seats": seats("-1"), "rule": approval("at_least", "1/2", by="area")},
    "$.rule.chambers[0]": {"seats": []},
    "$.rule.chambers[0].approval[0].at_least": {"rule": approval("at_least", "0.5")},
    "$.seats": {"seats": None},
}


@pytest.mark.parametrize("path", REFUSALS)
def test_refusal_names_the_place(path: str) -> None:
    document = {"rule": approval("at_least", "1/2"), "seats": seats("1"), "votes": []} | REFUSALS[path]
    with pytest.raises(RuleRefused) as refusal:
        tally(document)
    assert path in [fault.path for fault in refusal.value.faults]


def test_objection_needs_a_reason() -> None:
    document = {"rule": rule(method="no_objection"), "seats": seats("1"), "votes": votes("object")}
    with pytest.raises(RuleRefused) as refusal:
        tally(document)
    assert [fault.code for fault in refusal.value.faults] == ["no_reason"]


def test_seat_in_two_chambers_is_refused() -> None:
    document = rule(approval=[{"by": "heads", "of": "entitled", "at_least": "1/2"}])
    document["chambers"].append({**document["chambers"][0], "code": "d", "who": {"kind": "household"}})
    with pytest.raises(RuleRefused) as refusal:
        roll(parse_rule(document), seats("1"))
    assert "two_chambers" in [fault.code for fault in refusal.value.faults]


def test_roll_leaves_out_who_sits_in_no_chamber() -> None:
    rows = [*seats("1"), {"seat": "G", "party": "G", "side": "government", "kind": "department", "weights": {}}]
    assert [row["seat"] for row in roll(parse_rule(approval("at_least", "1/2")), rows)] == ["S0"]


CHOICE = st.sampled_from(["yes", "no", "abstain", None])
TEST = st.sampled_from(["at_least", "more_than"])
SHARE = st.fractions(min_value=0, max_value=1, max_denominator=12).map(str)
BASE = st.sampled_from(["entitled", "participating", "deciding"])
BY = st.sampled_from(["heads", "area"])
BALLOT = st.lists(st.tuples(st.integers(1, 9), CHOICE), min_size=1, max_size=7)


@given(BALLOT, TEST, SHARE, BASE, BY, st.data())
def test_a_yes_never_hurts(ballot, test, share, of, by, data) -> None:
    areas, choices = [str(area) for area, _ in ballot], [choice for _, choice in ballot]
    place = data.draw(st.integers(0, len(ballot) - 1))
    document = approval(test, share, of, by)
    before = only(count(document, areas, *choices))
    after = only(count(document, areas, *[*choices[:place], "yes", *choices[place + 1 :]]))
    assert Fraction(after["reached"]) >= Fraction(before["reached"])
    assert after["passed"] or not before["passed"]


@given(BALLOT, TEST, SHARE, BASE, BY, st.randoms())
def test_order_of_votes_never_matters(ballot, test, share, of, by, random) -> None:
    areas, rows = [str(area) for area, _ in ballot], votes(*[choice for _, choice in ballot])
    shuffled = random.sample(rows, len(rows))
    document = approval(test, share, of, by)
    first, second = (tally({"rule": document, "seats": seats(*areas), "votes": v}) for v in (rows, shuffled))
    assert first == second


@given(BALLOT, SHARE, BASE, BY)
def test_more_than_passes_only_where_at_least_does(ballot, share, of, by) -> None:
    areas, choices = [str(area) for area, _ in ballot], [choice for _, choice in ballot]
    least = only(count(approval("at_least", share, of, by), areas, *choices))
    more = only(count(approval("more_than", share, of, by), areas, *choices))
    assert least["passed"] or not more["passed"]
    assert (least["passed"] and not more["passed"]) == (least["passed"] and least["reached"] == share)


@given(BALLOT, TEST, SHARE, BASE)
def test_missing_heads_is_the_least_number_that_passes(ballot, test, share, of) -> None:
    """Brute force: so many further seats in favour, one after the other."""
    areas, choices = [str(area) for area, _ in ballot], [choice for _, choice in ballot]
    document = approval(test, share, of)
    measure = only(count(document, areas, *choices))
    favour = sum(choice == "yes" for choice in choices)
    base = {
        "entitled": len(choices),
        "participating": sum(map(bool, choices)),
        "deciding": sum(choice in ("yes", "no") for choice in choices),
    }[of]
    needed = Fraction(share)

    def passes(more: int) -> bool:
        total = base if of == "entitled" else base + more
        if not total or (of == "entitled" and favour + more > total):
            return False
        part = Fraction(favour + more, total)
        return part >= needed if test == "at_least" else part > needed

    least = next((more for more in range(400) if passes(more)), None)
    assert measure["missing"] == (None if least is None else str(least))


FINAL = {"final": True}


@given(BALLOT, TEST, SHARE, BASE, BY)
def test_decided_means_that_no_completion_changes_the_state(ballot, test, share, of, by) -> None:
    areas, choices = [str(area) for area, _ in ballot], [choice for _, choice in ballot]
    document = approval(test, share, of, by)
    if live_state(parse_rule(document | FINAL), seats(*areas), votes(*choices)) == "open":
        return
    gaps = [place for place, choice in enumerate(choices) if choice is None]
    states = set()
    for filling in product(["yes", "no", "abstain", None], repeat=min(len(gaps), 4)):
        full = list(choices)
        for place, choice in zip(gaps, filling, strict=False):
            full[place] = choice
        states.add(count(document, areas, *full)["state"])
    assert len(states) == 1


def test_changeable_votes_are_never_decided() -> None:
    document = approval("at_least", "1/2")
    assert live_state(parse_rule(document), seats("1"), votes("yes")) == "open"
    assert live_state(parse_rule(document | FINAL), seats("1"), votes("yes")) == "decided"


def test_what_a_proxy_said_decides_nothing_while_the_owner_may_still_vote() -> None:
    document = parse_rule(approval("at_least", "1/2") | FINAL)
    assert live_state(document, seats("1"), [vote | {"via": "proxy"} for vote in votes("yes")]) == "open"
