"""Edges where float64 alone would go wrong: noise, cancellation, size. Every expected figure is exact arithmetic."""

from fractions import Fraction
from math import log
from typing import Any

import pytest

from negotiation.scoring import ScoringRefused, card, cards
from tests.negotiation.scoring.tiny import disposition, flow, package, parcel, right

Json = dict[str, Any]


def case_of(*flows: Json, rate: str = "0", years: int = 3, values: dict[str, str] | None = None, **more: Any) -> Json:
    """Holders h1, h2 and h3 whose rights on one parcel end, and one package of these flows."""
    rights = [right(f"R-{party}", "L", party, "c", value) for party, value in (values or {}).items()]
    return {
        "code": "EDGE",
        "parcels": {"features": [parcel("L", "0701", "100", "0")]},
        "parties": [{"code": code, "side": "public"} for code in ("h1", "h2", "h3")],
        "rights": rights,
        "catalogue": [],
        "plan": {"years": years, "discount_rate": rate},
        "packages": [package("A", [disposition("L", "acquire", "0701", "100", "0")], [], list(flows))],
        **more,
    }


def pay(source: str, target: str, yuan: str, year: int = 0) -> Json:
    return flow(source, target, "build", year, yuan)


HUNDRED = {"h1": "100", "h2": "100", "h3": "100"}


# Rates near −100 %


@pytest.mark.parametrize(("rate", "years"), [("-0.99", 160), ("-0.999999999999", 200)])
def test_a_rate_at_which_late_years_outgrow_all_numbers_is_refused(rate: str, years: int) -> None:
    flows = pay("project", "h1", "1"), pay("outside", "project", "10", years - 1)
    with pytest.raises(ScoringRefused) as caught:
        card(case_of(*flows, rate=rate, years=years), "A")
    assert (caught.value.path, caught.value.code) == ("/plan/discount_rate", "out_of_range")


@pytest.mark.parametrize(("rate", "years"), [("-0.5", 200), ("-0.99", 76), ("-0." + "9" * 30, 6), ("9" * 18, 200)])
def test_every_other_rate_is_scored_even_with_the_largest_amounts(rate: str, years: int) -> None:
    largest = "9" * 18
    flows = pay("outside", "h1", largest, years - 1), pay("outside", "project", largest, years - 1)
    found = card(case_of(*flows, pay("project", "h2", "0.01"), rate=rate, years=years, values={"h1": "0.01"}), "A")
    assert found["fairness"]["recovery"]["n"] == 1


# Cents


def test_a_difference_on_the_half_cent_goes_to_the_even_cent() -> None:
    option = [{"party": "h1", "gain": "172.145"}]
    flows = pay("outside", "h1", "174.12")
    found = cards(case_of(flows, outside_options=option))
    assert found["comparison"]["packages"]["A"]["egalitarian"] == 1.98  # 1.975


def test_a_shortfall_on_the_half_cent_goes_to_the_even_cent() -> None:
    parties = [{"code": "h1", "side": "public"}, {"code": "m", "side": "market"}]
    for cents in range(17000, 17400, 7):
        options = [{"party": "h1", "gain": f"{(cents * 10 + 1975) / 1000:.3f}"}]
        case = case_of(pay("outside", "h1", f"{cents / 100:.2f}"), outside_options=options, parties=parties)
        found = card(case, "A")["fairness"]
        assert (found["worse_off"][0]["shortfall"], found["coalitions"]["blocking"][0]["shortfall"]) == (1.98, 1.98)


def test_shapley_shares_on_the_half_cent_go_to_the_even_cent() -> None:
    parties = [{"code": "h1", "side": "public"}, {"code": "m", "side": "market"}]
    options = [{"party": "m", "gain": "-836.445"}]
    found = card(case_of(pay("outside", "h1", "4699.99"), parties=parties, outside_options=options), "A")
    # half of 4699.99 ∓ 836.445: 1931.7725 and 2768.2175
    assert found["fairness"]["coalitions"]["shapley"] == {"market": 1931.77, "public": 2768.22}


def test_thirds_of_a_parcel_on_the_half_cent_go_to_the_even_cent() -> None:
    case = case_of(pay("outside", "h1", "1"), values={"h1": "0.045"})
    case["packages"][0]["dispositions"] = [
        disposition("L", "acquire", "0701", "100", "0"),
        disposition("L", "retain", "0701", "200", "0"),
    ]
    case["parcels"]["features"] = [parcel("L", "0701", "300", "0")]  # B = 0.045 ÷ 3, G = 0.985
    fairness = card(case, "A")["fairness"]
    assert (fairness["before"]["h1"], fairness["gains"]["h1"], fairness["total"]["gain"]) == (0.02, 0.98, 0.98)


def test_real_money_is_left_of_a_large_turnover() -> None:
    flows = pay("outside", "h1", "30000000000.00", 1), pay("h1", "outside", "29999999999.97", 1)
    fairness = card(case_of(*flows, rate="0.05", values={"h1": "100"}), "A")["fairness"]
    assert (fairness["after"]["h1"], fairness["gains"]["h1"]) == (0.03, -99.97)


def test_money_of_different_years_is_left_without_a_discount_rate() -> None:
    flows = pay("outside", "h1", "123456789012345.67", 0), pay("h1", "outside", "123456789012345.62", 2)
    assert card(case_of(*flows), "A")["fairness"]["after"]["h1"] == 0.05


# Thresholds


def test_variation_is_absent_when_the_mean_is_nothing_but_noise() -> None:
    flows = pay("outside", "h1", "10"), pay("outside", "h2", "20"), pay("h3", "outside", "30")
    found = card(case_of(*flows, values=HUNDRED), "A")["fairness"]
    assert "cv" not in found["classes"]["c"]
    assert (found["classes"]["c"]["mean"], found["recovery"]["mean"]) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("gap", "limit", "met"),
    [("123456789640.77", "123456789640.77", True), ("100.000001", "100", False), ("100", "100", True)],
)
def test_peak_gap_is_held_against_its_limit_exactly(gap: str, limit: str, met: bool) -> None:
    found = card(case_of(pay("project", "outside", gap), limits={"peak_gap": limit}), "A")
    assert found["limits"]["peak_gap"]["met"] is met


@pytest.mark.parametrize(("limit", "met"), [("0.3", True), ("0.3000000001", False), ("0.2999999999", True)])
def test_npv_is_held_against_its_limit_exactly(limit: str, met: bool) -> None:
    flows = pay("outside", "project", "0.1"), pay("outside", "project", "0.25", 1)
    assert card(case_of(*flows, rate="0.25", limits={"npv": limit}), "A")["limits"]["npv"]["met"] is met


@pytest.mark.parametrize(("limit", "met"), [("0.05", True), ("0.05000000001", False)])
def test_smallest_recovery_is_met_at_its_limit_only_but_for_noise(limit: str, met: bool) -> None:
    case = case_of(pay("outside", "h1", "0.015"), values={"h1": "0.3"}, limits={"min_recovery": limit})
    assert card(case, "A")["limits"]["min_recovery"]["met"] is met


@pytest.mark.parametrize(("option", "below"), [("10.005", False), ("10.0050000001", True)])
def test_worse_off_begins_right_behind_half_a_cent(option: str, below: bool) -> None:
    case = case_of(pay("outside", "h1", "10"), outside_options=[{"party": "h1", "gain": option}])
    assert bool(card(case, "A")["fairness"]["worse_off"]) is below


def test_a_gain_below_a_millionth_of_a_yuan_is_shared() -> None:
    sides = card(case_of(pay("outside", "h1", "0.0000001")), "A")["fairness"]["sides"]
    assert sides["public"]["gain_share"] == 1.0


def test_a_project_worth_less_than_a_millionth_is_not_at_zero() -> None:
    found = card(case_of(pay("outside", "project", "0.0000001")), "A")["sensitivity"]
    assert "project_npv_zero" not in found["cost"]


# Small ratios


def test_small_inequality_keeps_its_digits() -> None:
    flows = pay("outside", "h1", "100"), pay("outside", "h2", "100.01")
    found = card(case_of(*flows, values={"h1": "100", "h2": "100"}), "A")["fairness"]["recovery"]
    # ρ = 1 and 1.0001: δ = ±e with e = 0.00005 ÷ 1.00005
    e = Fraction(5, 100005)
    expected = {
        "gini": e / 2,
        "theil": e**2 / 2 + e**4 / 12,
        "theil_within": e**2 / 2 + e**4 / 12,
        "atkinson_0.5": e**2 / 4 + e**4 * Fraction(1, 16),
        "atkinson_1": e**2 / 2 + e**4 / 8,
    }
    assert {name: found[name] for name in expected} == pytest.approx(
        {name: float(value) for name, value in expected.items()}, rel=1e-11, abs=0
    )


def test_recoveries_equal_but_for_noise_are_equal() -> None:
    flows = pay("outside", "h1", "0.315"), pay("outside", "h2", "0.63"), pay("outside", "h3", "105")
    found = card(case_of(*flows, values={"h1": "0.3", "h2": "0.6", "h3": "100"}), "A")["fairness"]["recovery"]
    names = ("gini", "theil", "theil_between", "theil_within", "atkinson_0.5", "atkinson_1", "jain")
    assert [found[name] for name in names] == [0.0] * 6 + [1.0]


def test_a_small_recovery_keeps_its_digits() -> None:
    case = case_of(pay("outside", "h1", "1"), values={"h1": "300000000000"})
    assert card(case, "A")["fairness"]["recovery"]["min"] == 3.33333333333e-12


# Break-evens


@pytest.mark.parametrize("rate", ["-0.5", "-0.05", "0.1"])
def test_a_delay_moves_nothing_that_cancels_within_a_year(rate: str) -> None:
    flows = pay("outside", "h1", "5"), pay("outside", "h1", "0.3", 1), pay("h1", "outside", "0.1", 1)
    case = case_of(*flows, pay("h1", "project", "0.2", 1), rate=rate)
    assert "first_worse_off" not in card(case, "A")["sensitivity"]["delay"]


def test_a_very_long_delay_is_found_to_the_last_digit() -> None:
    flows = pay("project", "outside", "0.01"), pay("outside", "project", "100000000000", 1)
    delay = card(case_of(*flows, rate="0.05"), "A")["sensitivity"]["delay"]
    assert delay["project_npv_zero"]["years"] == pytest.approx(log(1e13 / 1.05) / log(1.05), rel=1e-11)


def test_a_very_long_delay_is_found_for_a_party_too() -> None:
    flows = pay("h1", "outside", "0.01"), pay("outside", "h1", "100000000000", 1)
    delay = card(case_of(*flows, rate="0.05"), "A")["sensitivity"]["delay"]
    assert delay["first_worse_off"] == {"years": pytest.approx(log(1e13 / 1.05) / log(1.05), rel=1e-11), "party": "h1"}


def test_a_break_even_near_zero_keeps_its_digits() -> None:
    flows = flow("outside", "h1", "operate", 0, "300000000"), pay("h1", "outside", "0.01")
    price = card(case_of(*flows), "A")["sensitivity"]["price"]
    assert price["first_worse_off"] == {"factor": 3.33333333333e-11, "party": "h1"}


def test_a_break_even_too_large_to_be_written_is_absent() -> None:
    flows = pay("outside", "project", "1"), pay("project", "outside", "0.01", 199)
    assert "project_npv_zero" not in card(case_of(*flows, rate="999999999999", years=200), "A")["sensitivity"]["cost"]
