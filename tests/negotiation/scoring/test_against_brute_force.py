"""Random small cases, each figure against plain loops in exact fractions."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.scoring import card
from tests.negotiation.scoring.brute import SIDES, Brute, random_case

Json = dict[str, Any]
seeds = st.integers(0, 10**6)
CENT = 0.005001


def close(figures: dict[str, float], expected: dict[str, Any]) -> bool:
    return figures == pytest.approx({name: float(value) for name, value in expected.items()}, abs=CENT)


@given(seeds)
def test_gains(seed: int) -> None:
    case = random_case(seed)
    fairness, brute = card(case, "X")["fairness"], Brute(case)
    assert close(fairness["before"], {party: brute.before(party) for party in brute.affected()})
    assert close(fairness["gains"], {party: brute.gain(party) for party in brute.affected()})
    below = [p for p in brute.affected() if brute.gain(p) < float(_outside(case, p)) - 0.005]
    assert [row["party"] for row in fairness["worse_off"]] == below


@given(seeds)
def test_sum_of_gains_is_accounted_for(seed: int) -> None:
    case = random_case(seed)
    fairness, brute = card(case, "X")["fairness"], Brute(case)
    gain = sum(brute.gain(party) for party in SIDES)
    assert gain == (
        sum(brute.in_kind(party) for party in SIDES)
        - brute.net("outside")
        - sum(brute.before(party) for party in SIDES)
        - brute.net("project")
        - brute.net("pool")
    )
    total, rest = fairness["total"], fairness["unassigned"]
    parts = total["allocations"] + total["from_outside"] - total["before"] - rest["project"] - rest["pool"]
    assert total["gain"] == pytest.approx(float(gain), abs=CENT)
    assert total["gain"] == pytest.approx(parts, abs=0.031)  # six figures, each rounded to the cent


@given(seeds)
def test_recovery_and_classes(seed: int) -> None:
    case = random_case(seed)
    fairness, brute = card(case, "X")["fairness"], Brute(case)
    recoveries = brute.recoveries()
    assert fairness["recovery"]["n"] == len(recoveries)
    groups: dict[str, list[Any]] = {}
    for party, value in recoveries.items():
        groups.setdefault(brute.class_of(party), []).append(value)
    assert list(fairness["classes"]) == sorted(groups)
    for name, values in groups.items():
        found = fairness["classes"][name]
        assert found["mean"] == pytest.approx(float(sum(values) / len(values)), rel=1e-10)
        assert found["envy_pairs"] == sum(high > low + 1e-9 * max(1, abs(low)) for low in values for high in values)


@given(seeds)
def test_accounts(seed: int) -> None:
    case = random_case(seed)
    scored, brute = card(case, "X"), Brute(case)
    balance = scored["balance"]
    basic, operating = brute.yearly("project", {"acquire", "build"}), brute.yearly("project", {"operate"})
    running = [sum(basic[: year + 1]) for year in brute.years]
    assert balance["basic"]["yearly"] == [float(net) for net in basic]
    assert balance["basic"]["peak_gap"] == float(max(0, -min(running)))
    assert balance["basic"].get("peak_year") == (running.index(min(running)) if min(running) < 0 else None)
    first = min((row["year"] for row in brute.flows(stage="operate") if "project" in row.values()), default=None)
    lasting = [y for y in brute.years if first is not None and y >= first and min(operating[y:]) >= 0]
    assert balance["operating"]["present"] is (first is not None)
    assert balance["operating"].get("first_year") == (lasting[0] if lasting else None)
    both = [sum(basic[: year + 1]) + sum(operating[: year + 1]) for year in brute.years]
    back = [year for year in brute.years if min(both[year:]) >= -0.005]
    assert balance["project"].get("payback_year") == (back[0] if back else None)
    assert balance["project"]["npv"] == pytest.approx(float(brute.net("project")), abs=CENT)
    pool = brute.yearly("pool", {"acquire", "build", "operate"})
    assert scored["gates"]["pool"]["passed"] is all(sum(pool[: year + 1]) >= 0 for year in brute.years)


@given(seeds)
def test_break_evens_break_even(seed: int) -> None:
    """Carry each break-even out on the document itself: the figure is then at its threshold."""
    case = random_case(seed)
    sensitivity = card(case, "X")["sensitivity"]
    for kind in ("price", "cost"):
        first = sensitivity[kind].get("first_worse_off")
        if first and first["factor"] > 1e-4:
            changed = Brute(_with_factor(case, kind, first["factor"]))
            assert float(changed.gain(first["party"])) == pytest.approx(_outside(case, first["party"]), abs=1e-3)
        zero = sensitivity[kind].get("project_npv_zero")
        if zero is not None and 1e-4 < zero < 1e6:
            assert float(Brute(_with_factor(case, kind, zero)).net("project")) == pytest.approx(0, abs=1e-3)


@given(seeds)
def test_nobody_breaks_before_the_first(seed: int) -> None:
    case = random_case(seed)
    scored = card(case, "X")
    today = {row["party"] for row in scored["fairness"]["worse_off"]}
    for kind, step in (("price", -1), ("cost", 1)):
        first = scored["sensitivity"][kind].get("first_worse_off")
        edge = first["factor"] if first else (0.0 if step < 0 else 5.0)
        changed = _with_factor(case, kind, edge + (1 - edge) * 1e-6)
        below = {row["party"] for row in card(changed, "X")["fairness"]["worse_off"]} if edge != 1 else today
        assert below <= today


def _outside(case: Json, party: str) -> float:
    return next((float(row["gain"]) for row in case["outside_options"] if row["party"] == party), 0.0)


def _with_factor(case: Json, kind: str, factor: float) -> Json:
    """The same document with every price, or every cost, multiplied."""

    def times(text: str) -> str:
        return f"{float(text) * max(factor, 1e-9):.15f}"

    def hit(row: Json) -> bool:
        if kind == "price":
            return bool(row["stage"] == "operate" and row["from"] == "outside")
        return bool(row["stage"] != "operate" and row["to"] == "outside")

    package = case["packages"][0]
    flows = [{**row, "yuan": times(row["yuan"])} if hit(row) else row for row in package["flows"]]
    catalogue = case["catalogue"]
    if kind == "price":
        catalogue = [{**item, "price": times(item["price"])} for item in catalogue]
    return {**case, "catalogue": catalogue, "packages": [{**package, "flows": flows}]}
