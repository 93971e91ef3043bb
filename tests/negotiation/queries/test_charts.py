"""The pictures of a card: what is drawn of the demo's cards, and what they say in words."""

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from negotiation import scoring
from negotiation.queries.charts import cash_chart, charts, sides_chart, spread_chart, tornado_chart
from negotiation.visibility import redact

DEMO = Path(__file__).parents[3] / "demo"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with override("en"):
        yield


@cache
def scored(name: str) -> dict:
    return scoring.card(json.loads((DEMO / f"{name}.json").read_text()), "B")


@pytest.fixture
def zhuxi_card() -> dict:
    return deepcopy(scored("zhuxi"))


@pytest.fixture
def hekou_card() -> dict:
    return deepcopy(scored("hekou"))


def spread_of(**classes: dict) -> dict:
    return {"fairness": {"classes": {name.replace("_", "-"): row for name, row in classes.items()}}}


def sensitivity_of(today: float, **kinds: list[dict]) -> dict:
    found = {kind: {"rows": rows} for kind, rows in kinds.items()}
    return {"balance": {"project": {"npv": today}}, "sensitivity": found}


def by_factor(low: float, high: float) -> list[dict]:
    return [{"factor": 0.7, "project_npv": low}, {"factor": 1.3, "project_npv": high}]


SELF_BUILT = {"n": 70, "mean": 1.005, "median": 1.013, "min": 0.961, "q1": 0.985, "q3": 1.02, "max": 1.04}


def test_both_demo_cards_have_the_four_pictures(zhuxi_card, hekou_card) -> None:
    for card in (zhuxi_card, hekou_card):
        assert list(charts(card)) == ["cash", "spread", "sides", "tornado"]


def test_data_of_every_picture_are_plain_json(hekou_card) -> None:
    for chart in charts(hekou_card).values():
        assert json.loads(json.dumps(chart.data, allow_nan=False)) == chart.data


def test_a_card_without_figures_has_no_pictures() -> None:
    empty = {"balance": {"basic": {}, "project": {}}, "fairness": {"classes": {}, "sides": {}}, "sensitivity": {}}
    assert charts({}) == charts(empty) == {}


# The basic account


def test_cash_marks_the_deepest_point_in_wan(zhuxi_card) -> None:
    data = cash_chart(zhuxi_card).data
    assert data["words"]["unit"] == "万元"
    assert data["words"]["peak"] == "deepest −3,358.12 万元"
    assert (data["peak"], data["cumulative"][1], data["labels"][1]) == (1, -3358.12, "−3,358.12")


def test_cash_in_words_joins_years_in_which_nothing_changes(hekou_card) -> None:
    assert cash_chart(hekou_card).text == [
        "Deepest in year 2: −70.12 万元.",
        "Year 0: 295.39 万元.",
        "Year 1: 87.07 万元.",
        "Years 2 to 11: −70.12 万元.",
    ]


def test_cash_never_below_zero_marks_nothing() -> None:
    chart = cash_chart({"balance": {"basic": {"cumulative": [10000.0, 20000.0], "peak_gap": 0.0}}})
    assert (chart.data["peak"], "peak" in chart.data["words"]) == (None, False)
    assert chart.text[0] == "In no year does money have to be advanced."


def test_cash_without_operating_flows_is_drawn_the_same(hekou_card) -> None:
    before = cash_chart(hekou_card)
    hekou_card["balance"]["operating"] = {"yearly": [0.0] * 12, "net": 0.0, "npv": 0.0, "present": False}
    assert cash_chart(hekou_card) == before


def test_cash_without_any_flow_is_not_drawn() -> None:
    assert cash_chart({"balance": {"basic": {"cumulative": [0.0, 0.0]}}}) is None


# Recovery rates


def test_spread_draws_a_box_for_each_class_and_the_largest_first(zhuxi_card) -> None:
    rows = spread_chart(zhuxi_card).data["rows"]
    assert [(row["name"], row["count"]) for row in rows] == [
        ("Work-unit flat", "150 holders"),
        ("Self-built house", "70 holders"),
        ("Collective shop", "1 holder"),
    ]


def test_spread_box_holds_the_middle_half() -> None:
    [row] = spread_chart(spread_of(self_built=SELF_BUILT)).data["rows"]
    assert (row["box"], row["means"]) == ([96.1, 98.5, 101.3, 102.0, 104.0], [100.5])
    assert row["middle"] == "middle 101.3 %"


def test_spread_in_words() -> None:
    assert spread_chart(spread_of(self_built=SELF_BUILT)).text == [
        "Self-built house, 70 holders: lowest 96.1 %, middle 101.3 %, highest 104.0 %, mean 100.5 %.",
        "Self-built house, 70 holders: half of them lie between 98.5 % and 102.0 %.",
    ]


def test_spread_in_words_of_a_reader_of_chinese() -> None:
    with override("zh-hans"):
        assert spread_chart(spread_of(self_built=SELF_BUILT)).text == [
            "自建房 70 户：回收率最低 96.1 %，中位 101.3 %，最高 104.0 %，平均 100.5 %。",
            "自建房 70 户：居中的一半在 98.5 % 与 102.0 % 之间。",
        ]


def test_spread_without_quartiles_draws_the_whole_class() -> None:
    few = {key: value for key, value in SELF_BUILT.items() if key not in ("q1", "q3")} | {"n": 6}
    chart = spread_chart(spread_of(self_built=few))
    assert chart.data["rows"][0]["box"] == [96.1, 96.1, 101.3, 104.0, 104.0]
    assert chart.notes[-1] == "For a small class the box reaches from the lowest to the highest."
    assert len(chart.text) == 1


def test_spread_of_a_class_without_a_difference(zhuxi_card) -> None:
    chart = spread_chart(zhuxi_card)
    assert chart.text[1] == "Self-built house, 70 holders: recovery rate 110.6 %, without a difference."


def test_spread_of_a_class_under_five_is_hidden_from_who_may_not_read_households(hekou_card) -> None:
    chart = spread_chart(redact(hekou_card, {"HH-00001"}))
    assert [row["name"] for row in chart.data["rows"]] == ["Homestead"]
    assert chart.text[-1] == "Collective building land, 1 holder: too few for their spread to be shown."


def test_spread_of_small_classes_only_is_not_drawn() -> None:
    assert spread_chart(spread_of(industrial={"n": 3})) is None


def test_spread_without_holders_is_not_drawn(hekou_card) -> None:
    hekou_card["fairness"]["classes"] = {}
    assert spread_chart(hekou_card) is None


# The three sides


def test_sides_stand_in_the_order_of_the_table(zhuxi_card) -> None:
    sides = zhuxi_card["fairness"]["sides"]
    zhuxi_card["fairness"]["sides"] = dict(reversed(sides.items()))
    assert [row["name"] for row in sides_chart(zhuxi_card).data["rows"]] == ["Government", "Market", "Public"]


def test_sides_say_their_amounts_at_the_bars(hekou_card) -> None:
    government, _market, public = sides_chart(hekou_card).data["rows"]
    assert government["gain"] == {"value": -703.569189, "label": "703.57 less"}
    assert government["given"]["label"] == "puts in 1,448.08"
    assert public["gain"]["label"] == "104.03 more"


def test_sides_in_words_with_their_shares(zhuxi_card) -> None:
    assert sides_chart(zhuxi_card).text[:2] == [
        "Government: 8,059.32 万元 more, 64.8 % of all gains.",
        "Government: puts in 7,974.96 万元, 8.5 % of all that is put in.",
    ]


def test_sides_without_shares_of_gains_that_sum_to_a_loss(hekou_card) -> None:
    assert sides_chart(hekou_card).text[0] == "Government: 703.57 万元 less."


def test_side_without_a_contribution_puts_in_nothing() -> None:
    chart = sides_chart({"fairness": {"sides": {"public": {"gain": 0.004}, "market": {}}}})
    assert chart.text == ["Public: no more and no less."]
    assert chart.data["rows"][0]["given"]["value"] == 0


def test_sides_that_neither_gain_nor_give_are_not_drawn() -> None:
    assert sides_chart({"fairness": {"sides": {"public": {"gain": 0.0, "contribution": 0.0}}}}) is None


# What moves the present value


def test_tornado_draws_the_widest_first(zhuxi_card) -> None:
    data = tornado_chart(zhuxi_card).data
    assert (data["today"], data["words"]["today"]) == (3985.622727, "as planned 3,985.62")
    assert data["rows"] == [
        {
            "name": "Costs of acquiring and building",
            "worse": {"value": -1948.254824, "label": "+30 %\n−1,948.25"},
            "better": {"value": 9919.500278, "label": "−30 %\n9,919.50"},
        },
        {
            "name": "Prices and operating income",
            "worse": {"value": 1549.223263, "label": "−30 %\n1,549.22"},
            "better": {"value": 6422.022191, "label": "+30 %\n6,422.02"},
        },
        {"name": "Everything after year 0", "worse": {"value": 3442.930765, "label": "3 years later\n3,442.93"}},
    ]


def test_tornado_in_words(hekou_card) -> None:
    assert tornado_chart(hekou_card).text == [
        "As planned: 28.78 万元.",
        "Costs of acquiring and building, +30 %: −457.38 万元.",
        "Costs of acquiring and building, −30 %: 514.94 万元.",
        "Everything after year 0, 3 years later: 61.76 万元.",
        "Prices and operating income: makes no difference.",
    ]


def test_tornado_says_what_moves_nothing() -> None:
    chart = tornado_chart(sensitivity_of(0.0, price=by_factor(0.0, 0.0), cost=by_factor(10000.0, -10000.0)))
    assert chart.data["rows"][1] == {"name": "Prices and operating income", "same": "no difference"}


def test_tornado_of_equal_present_values_is_not_drawn() -> None:
    same = by_factor(10000.0, 10000.0)
    assert tornado_chart(sensitivity_of(10000.0, price=same, cost=same)) is None


def test_tornado_of_one_kind_below_zero_throughout() -> None:
    chart = tornado_chart(sensitivity_of(-20000.0, cost=by_factor(-10000.0, -30000.0)))
    [row] = chart.data["rows"]
    assert (row["worse"]["value"], row["better"]["value"]) == (-3.0, -1.0)


@pytest.mark.parametrize("part", ["balance", "sensitivity"])
def test_tornado_without_its_figures_is_not_drawn(zhuxi_card, part) -> None:
    del zhuxi_card[part]
    assert tornado_chart(zhuxi_card) is None


def test_a_kind_without_present_values_moves_nothing() -> None:
    chart = tornado_chart(sensitivity_of(0.0, delay=[{"years": 3}], cost=by_factor(1.0, -1.0)))
    assert "worse" not in chart.data["rows"][1]


# On the page


def test_page_holds_the_picture_and_its_words(zhuxi_card) -> None:
    chart = sides_chart(zhuxi_card)
    page = render_to_string("negotiation/partials/chart.html", {"chart": chart})
    assert 'data-chart="chart-sides" role="img" aria-label="What each side gains and what it puts in"' in page
    assert '<script id="chart-sides" type="application/json">' in page
    assert page.count("<li>") == len(chart.text)


def test_page_shows_nothing_where_there_is_no_picture() -> None:
    assert render_to_string("negotiation/partials/chart.html", {"chart": None}).strip() == ""
