"""The test bench of rules: totals instead of votes, judged as a count of real votes would be."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.rules import RuleRefused, entitled, parse_rule, preset, tally, trial

RULE = parse_rule(preset("cn-civil-278-major"))


def seats(areas: list[int]) -> list[dict]:
    return [
        {"seat": f"S{n}", "party": f"P{n}", "side": "public", "kind": "household", "weights": {"area": str(area)}}
        for n, area in enumerate(areas)
    ]


HOUSES = seats([50] * 220)


def owners(**totals: tuple[int, int]) -> dict:
    return {"owners": {choice: {"heads": str(n), "area": str(area)} for choice, (n, area) in totals.items()}}


def test_exactly_the_shares_of_article_278_pass_and_one_seat_less_does_not() -> None:
    # 147 of 220 take part (2/3 is 146.67); of 148 who take part 111 are three quarters.
    assert trial(RULE, HOUSES, owners(yes=(111, 5550), no=(37, 1850)))["state"] == "passed"
    assert trial(RULE, HOUSES, owners(yes=(110, 5550), no=(38, 1850)))["state"] == "rejected"
    assert trial(RULE, HOUSES, owners(yes=(146, 11000)))["state"] == "no_quorum"
    assert trial(RULE, HOUSES, owners(yes=(147, 7350)))["state"] == "passed"


def test_one_square_centimetre_less_does_not_pass() -> None:
    given = {"owners": {"yes": {"heads": "165", "area": "8249.9999"}, "no": {"heads": "55", "area": "2750.0001"}}}
    assert trial(RULE, HOUSES, given)["state"] == "rejected"


def test_chambers_say_what_they_have_in_all() -> None:
    (row,) = trial(RULE, HOUSES, {})["chambers"]
    assert row["entitled"] == {"heads": "220", "area": "11000"}
    assert entitled(RULE, HOUSES) == {"owners": {"heads": Fraction(220), "area": Fraction(11000)}}


def test_outcome_is_known_only_when_the_rest_can_not_change_it() -> None:
    assert trial(RULE, HOUSES, owners(yes=(100, 5000)))["outcome"] is None
    assert trial(RULE, HOUSES, owners(yes=(219, 10950)))["outcome"] == "passed"


@pytest.mark.parametrize(
    ("totals", "code"),
    [
        ({"owners": {"yes": {"heads": "221", "area": "1"}}}, "too_much"),
        ({"owners": {"yes": {"heads": "1", "area": "11000.01"}}}, "too_much"),
        ({"owners": {"yes": {"heads": "1.5", "area": "1"}}}, "bad_total"),
        ({"owners": {"yes": {"heads": "-1", "area": "1"}}}, "bad_total"),
        ({"owners": {"maybe": {"heads": "1"}}}, "bad_choice"),
    ],
)
def test_impossible_totals_are_refused(totals: dict, code: str) -> None:
    with pytest.raises(RuleRefused) as refused:
        trial(RULE, HOUSES, totals)
    assert [fault.code for fault in refused.value.faults] == [code]


CHOICE = st.sampled_from(["yes", "no", "abstain", ""])


@given(st.lists(st.tuples(st.integers(0, 200), CHOICE), min_size=1, max_size=12))
def test_trial_says_what_a_count_of_such_votes_says(votes: list[tuple[int, str]]) -> None:
    roll = seats([area for area, _choice in votes])
    cast = [{"seat": f"S{n}", "choice": choice} for n, (_area, choice) in enumerate(votes) if choice]
    totals = {
        choice: {
            "heads": str(sum(1 for _area, said in votes if said == choice)),
            "area": str(sum(area for area, said in votes if said == choice)),
        }
        for choice in ("yes", "no", "abstain")
    }
    counted = tally({"rule": preset("cn-civil-278-major"), "seats": roll, "votes": cast})
    found = trial(RULE, roll, {"owners": totals})
    assert (found["state"], [{k: v for k, v in row.items() if k != "entitled"} for row in found["chambers"]]) == (
        counted["state"],
        counted["chambers"],
    )


@pytest.mark.parametrize(
    ("method", "totals", "passed"),
    [
        ("acceptance", {"accept": {"heads": "2"}}, True),
        ("acceptance", {"accept": {"heads": "1"}}, False),
        ("acceptance", {"accept": {"heads": "1"}, "decline": {"heads": "1"}}, False),
        ("no_objection", {}, True),
        ("no_objection", {"object": {"heads": "1"}}, False),
    ],
)
def test_chambers_that_consent(method: str, totals: dict, passed: bool) -> None:
    rule = parse_rule(
        {"code": "r", "title": "R", "chambers": [{"code": "c", "who": {"side": "public"}, "method": method}]}
    )
    assert trial(rule, seats([1, 1]), {"c": totals})["chambers"][0]["passed"] is passed
