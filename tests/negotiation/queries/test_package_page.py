"""What a package's page is made of besides its terms: the matrix, the four parts, the path, what breaks first."""

from decimal import Decimal

import pytest
from django.utils import translation

from accounts.models import User
from negotiation.models import Disposition, Flow, Revision, Scorecard
from negotiation.permissions import Viewer, look
from negotiation.queries.accounts import account_parts
from negotiation.queries.figures import read_card, sensitivity
from negotiation.queries.figures.writing import cell_text
from negotiation.queries.lights import fair, lights
from negotiation.queries.matrix import matrix
from negotiation.queries.packages import latest, visible_card
from negotiation.queries.path import four_parts, schedule

ROOM = "ZX-03-2026"


@pytest.fixture
def revision(zhuxi) -> Revision:
    return latest(zhuxi).get(package__code="B")


@pytest.fixture
def card(revision) -> dict:
    return Scorecard.objects.get(revision=revision).card


@pytest.fixture
def viewer(cast):
    return lambda name: look(User.objects.get(username=name), ROOM)


def test_gains_of_the_matrix_are_those_of_the_card(viewer, revision, card) -> None:
    for name in ("planner", "resident"):
        lines = matrix(viewer(name), revision, card)
        assert sum(line.gain for line in lines if line.gain is not None) == pytest.approx(
            card["fairness"]["total"]["gain"], abs=1
        )
        assert [line.side for line in lines].count("households") == 1


def test_matrix_names_who_answers_for_which_parcel(viewer, revision, card) -> None:
    lines = {line.name: line for line in matrix(viewer("planner"), revision, card)}
    assert lines["青禾运营"].parcels == ["P03"]
    paid = revision.flows.filter(source="MKT-OPS")
    assert lines["青禾运营"].pays == sum((row.yuan for row in paid), Decimal(0))


def test_parts_of_the_accounts_add_up_to_their_net(viewer, revision, card) -> None:
    for name in ("planner", "resident"):
        parts = account_parts(viewer(name), revision)
        for account in ("basic", "operating"):
            assert float(sum(part.net for part in parts[account])) == pytest.approx(card["balance"][account]["net"])


def test_path_by_year_adds_up_to_the_flows(revision) -> None:
    years = schedule(revision)
    assert [row.number for row in years] == sorted({row.number for row in years})
    assert sum(row.into for row in years) == sum(
        row.yuan for row in Flow.objects.filter(revision=revision, target="project")
    )
    assert sum(row.allocations for row in years) == revision.allocations.count()


def test_four_parts_say_what_is_missing(revision, card) -> None:
    assert [part.state for part in four_parts(card, revision)] == ["met", "met", "met", "met"]
    Disposition.objects.filter(revision=revision, parcel__code="P03").update(responsible=None)
    broken = {**card, "gates": {**card["gates"], "pool": {"passed": False}, "land": {"passed": False}}}
    parts = {part.code: part.state for part in four_parts(broken, revision)}
    assert parts == {"layout": "broken", "money": "met", "policy": "broken", "path": "warning"}
    assert [part.state for part in four_parts(None, revision)] == ["unknown"] * 3 + ["warning"]


def breaking(viewer: Viewer, revision: Revision, card: dict) -> dict[str, str]:
    """Each break-even as it is read, with who is hurt."""
    lines = sensitivity.section(read_card(viewer, revision, card)).lines
    return {line.key.removeprefix("sensitivity."): f"{cell_text(line.value)} {line.note}".strip() for line in lines}


def test_what_breaks_first_is_told_in_words(viewer, revision, card) -> None:
    with translation.override("zh-hans"):
        assert breaking(viewer("planner"), revision, card) == {
            "price.project_npv_zero": "−49.1 %",
            "price.first_worse_off": "−1.8 % 江城置业",
            "cost.project_npv_zero": "+20.2 %",
            "cost.first_worse_off": "+3.7 % 江城置业",
            "delay.project_npv_zero": "不会",
            "delay.first_worse_off": "推迟 0.19 年 竹溪纺织有限公司",
        }


def test_household_that_breaks_first_is_not_named(viewer, revision, card) -> None:
    price = {**card["sensitivity"]["price"], "first_worse_off": {"factor": 0.9, "party": "HH-150"}}
    told = {**card, "sensitivity": {**card["sensitivity"], "price": price}}
    assert "东街150户" in breaking(viewer("planner"), revision, told)["price.first_worse_off"]
    assert "150" not in breaking(viewer("resident"), revision, told)["price.first_worse_off"]


def test_light_counts_those_whom_one_may_not_see(viewer, zhuxi) -> None:
    revision = latest(zhuxi).get(package__code="A")
    whole = Scorecard.objects.get(revision=revision).card
    shown = visible_card(viewer("resident"), Scorecard(card=whole))
    assert len(shown["fairness"]["worse_off"]) < len(whole["fairness"]["worse_off"])
    assert fair(shown) == fair(whole)
    assert lights(None)[2].state == "unknown"
