"""Every figure of a card opens: its value is the card's, its rows add up to it, and nobody sees more than the card."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Party, User
from accounts.refusals import NotFound
from negotiation.casedump import dump_case
from negotiation.models import Flow, Revision, Scorecard
from negotiation.permissions import look
from negotiation.queries.figures import EXPLAINERS, explain, read_card, sections
from negotiation.queries.figures.evenness import class_members
from negotiation.queries.figures.parts import Cell, Explanation, Table
from negotiation.queries.figures.reading import Reading
from negotiation.queries.figures.writing import cell_text
from negotiation.queries.packages import find_revision
from negotiation.scoring.arrays import compile_case
from negotiation.scoring.scored import Scored
from negotiation.scoring.terms import compile_package

PLACES = [("ZX-03-2026", "A"), ("ZX-03-2026", "B"), ("HK-2026", "A"), ("HK-2026", "B")]
ROOM, PACKAGE = PLACES[1]


@pytest.fixture
def reading(cast):
    def read(name: str, room: str = ROOM, package: str = PACKAGE) -> Reading:
        viewer = look(User.objects.get(username=name), room)
        revision = find_revision(viewer, package)
        return read_card(viewer, revision, revision.cards[0].card)

    return read


def keys(read: Reading) -> list[str]:
    return [line.key for section in sections(read) for line in section.lines]


def pages_of(read: Reading, key: str) -> Iterator[Explanation]:
    """A figure opened, with every page of its rows."""
    first = explain(read, key)
    yield first
    last = max((table.pages.paginator.num_pages for table in first.tables if table.pages), default=1)
    yield from (explain(read, key, str(page)) for page in range(2, last + 1))


def whole_tables(read: Reading, key: str) -> list[tuple[Table, list[Any]]]:
    """Each table of a figure with the rows of all its pages; a table without pages is the same on each."""
    found = list(pages_of(read, key))
    tables = [[one.tables[place] for one in found] for place in range(len(found[0].tables))]
    return [
        (same[0], [row for table in (same if same[0].pages else same[:1]) for row in table.rows]) for same in tables
    ]


def at(card: dict[str, Any], key: str) -> Any:
    """What the card says under a key, its last part being what may hold dots."""
    for step in key.split("."):
        card = card[int(step)] if isinstance(card, list) else card[step]
    return card


@pytest.mark.parametrize(("room", "package"), PLACES)
def test_every_line_has_the_figure_of_the_card(reading, room: str, package: str) -> None:
    read = reading("planner", room, package)
    places = {"gates.supply.": "{}.rest", "balance.market.": "{}.npv", "fairness.classes.": "{}.median"}
    places |= {"fairness.sides.": "{}.gain", "limits.": "{}.value"}
    for section in sections(read):
        for line in section.lines:
            prefix = next((start for start in places if line.key.startswith(start)), None)
            if line.value.form == "text" or line.key in (
                "fairness.total",
                "gates.pool",
                "fairness.recovery.atkinson_0.5",
            ):
                continue
            where = places[prefix].format(line.key) if prefix else line.key
            where = where.replace("gates.supply.", "gates.supply.items.").replace(
                "gates.targets.", "gates.targets.items."
            )
            found = at(read.card, f"{where}.after" if "targets" in where else where)
            assert line.value.value == (found["factor"] if isinstance(found, dict) else found), line.key


@pytest.mark.parametrize(("room", "package"), PLACES)
@pytest.mark.parametrize("name", ["planner", "resident"])
def test_rows_add_up_to_the_sum_under_them(reading, name: str, room: str, package: str) -> None:
    read = reading(name, room, package)
    summed = 0
    for key in keys(read):
        for table, rows in whole_tables(read, key):
            if table.total is None or "shapley" in key:
                continue
            for place, total in enumerate(table.total):
                if total.form in ("yuan", "number") and total.value is not None:
                    parts = [Decimal(str(row[place].value)) for row in rows if row[place].value is not None]
                    assert float(sum(parts)) == pytest.approx(float(total.value), abs=0.005 * (len(parts) + 2)), key
                    summed += 1
    assert summed > 30


@pytest.mark.parametrize(("room", "package"), PLACES)
def test_sums_under_the_rows_are_the_figures(reading, room: str, package: str) -> None:
    read = reading("planner", room, package)
    for key in keys(read):
        last = {
            "balance.project.npv": -1,
            "balance.basic.npv": -1,
            "balance.basic.net": -2,
            "balance.operating.net": -2,
            "fairness.total": -1,
        }.get(key, -1 if key.startswith(("fairness.sides.", "gates.supply.")) else None)
        if last is None or "supply" in key:
            continue
        opened = explain(read, key)
        total = opened.tables[-1].total
        assert total is not None
        assert float(total[last].value) == pytest.approx(opened.line.value.value, abs=0.011), key


def test_market_figure_is_its_flows_and_its_allocations(reading) -> None:
    opened = explain(reading("planner"), "balance.market.MKT-DEV")
    given, flows = (table.total[-1].value for table in opened.tables)
    assert float(given + flows) == pytest.approx(opened.line.value.value, abs=0.02)


def test_gain_of_a_party_is_what_it_gets_minus_what_ends(reading) -> None:
    read = reading("planner")
    for code, gain in read.card["fairness"]["gains"].items():
        rights, given, flows = (table.total[-1].value for table in explain(read, f"fairness.gains.{code}").tables)
        assert float(given + flows - rights) == pytest.approx(gain, abs=0.02), code


@pytest.mark.parametrize(("room", "package"), PLACES)
def test_classes_hold_whom_scoring_puts_into_them(reading, room: str, package: str) -> None:
    read = reading("planner", room, package)
    case = dump_case(read.viewer.room)
    arrays = compile_case(case)
    scored = Scored(arrays, compile_package(arrays, case, package))
    holders = [code for code, holds in zip(arrays.parties, scored.gains.holder.tolist(), strict=True) if holds]
    for number, name in enumerate(arrays.rights.classes):
        wanted = [code for code, kind in zip(holders, scored.kinds.tolist(), strict=True) if kind == number]
        assert class_members(read, name) == wanted


def test_filled_formulas_end_in_the_figure(reading) -> None:
    read = reading("planner")
    for key in ("fairness.recovery.gini", "fairness.recovery.theil", "fairness.recovery.jain", "balance.basic.net"):
        opened = explain(read, key)
        form = "yuan" if opened.line.value.form == "money" else opened.line.value.form
        assert opened.filled[0].endswith(f"= {cell_text(Cell(opened.line.value.value, form))}")


@pytest.mark.parametrize(
    ("key", "evaluated"),
    [("fairness.recovery.gini", "G"), ("fairness.recovery.atkinson_0.5", "A"), ("fairness.recovery.atkinson_1", "A")],
)
def test_filled_formulas_can_be_computed_by_hand(reading, key: str, evaluated: str) -> None:
    opened = explain(reading("planner"), key)
    assert opened.formula.startswith(f"{evaluated} =")
    left, _equals, right = opened.filled[0].rpartition(" = ")
    python = (
        left.replace("−", "-")
        .replace("÷", "/")
        .replace("×", "*")
        .replace("²", "**2")
        .replace("e^", "2.718281828459045**")
    )
    assert eval(python) == pytest.approx(float(right), abs=2e-4)  # noqa: S307


def test_shapley_is_the_mean_of_the_orders(reading) -> None:
    read = reading("planner")
    for side, share in read.card["fairness"]["coalitions"]["shapley"].items():
        opened = explain(read, f"fairness.coalitions.shapley.{side}")
        rows = [row[-1].value for row in opened.tables[0].rows]
        assert len(rows) == 6
        assert float(sum(rows) / 6) == pytest.approx(share, abs=0.01)


def test_break_even_lies_on_the_line_that_is_shown(reading) -> None:
    read = reading("planner")
    filled = explain(read, "sensitivity.cost.project_npv_zero").filled[-1]
    assert float(filled.rpartition("= ")[2]) == pytest.approx(
        read.card["sensitivity"]["cost"]["project_npv_zero"], abs=1e-6
    )


def test_unknown_figures_are_not_found(reading) -> None:
    for key in ("", "nothing", "gates", "gates.supply.none", "gates.targets.99", "fairness.gains.NOBODY", "limits.x"):
        with pytest.raises(NotFound):
            explain(reading("planner"), key)


def test_every_explainer_is_asked_for_by_some_line(reading) -> None:
    found = {key for room, package in PLACES for key in keys(reading("planner", room, package))}
    unused = [start for start in EXPLAINERS if not any(key.startswith(start) for key in found)]
    # Parties are opened from the rows of other figures; every indicator of the demo has a target.
    assert unused == ["balance.resources.", "fairness.gains."]


def test_an_indicator_without_a_target_is_a_figure_too(reading) -> None:
    read = reading("planner")
    items = read.card["gates"]["targets"]["items"]
    without = {**read.card["gates"], "targets": {"passed": True, "items": items[1:]}}
    bare = Reading(read.viewer, read.revision, {**read.card, "gates": without}, read.whole)
    target, opened = explain(read, "gates.targets.0"), explain(bare, "balance.resources.gfa")
    assert (opened.line.value, opened.line.unit, opened.line.mark) == (target.line.value, target.line.unit, "")
    assert opened.filled == target.filled[: len(opened.filled)]
    assert opened.tables[0].rows == target.tables[0].rows


def test_nobody_opens_the_gain_of_another_household(reading) -> None:
    read = reading("resident")
    own = read.viewer.mandate.party.code
    assert explain(read, f"fairness.gains.{own}").line.value.value == read.whole["fairness"]["gains"][own]
    with pytest.raises(NotFound):
        explain(read, "fairness.gains.HH-150")


@pytest.mark.parametrize("name", ["resident", "developer"])
def test_no_row_names_another_household(reading, name: str) -> None:
    read = reading(name)
    hidden = Party.objects.filter(code__in=read.viewer.hidden_codes).values_list("code", "name")
    secret = {word for row in hidden for word in row}
    for key in keys(read):
        for one in pages_of(read, key):
            shown = {str(cell.value) for table in one.tables for row in table.rows for cell in row}
            assert not shown & secret, key
            assert not [word for words in one.filled for word in secret if word in words], key


def more_flows(revision: Revision, count: int) -> None:
    Flow.objects.bulk_create(
        Flow(revision=revision, source="project", target="outside", category="works", stage="build", year=1, yuan=1)
        for _ in range(count)
    )


def test_statements_stay_the_same_as_rows_grow(client, cast) -> None:
    client.force_login(cast("planner"))
    revision = Revision.objects.get(package__room__code=ROOM, package__code=PACKAGE, number=1)
    engine = Scorecard.objects.get(revision=revision).engine
    for key in (
        "balance.basic.net",
        "gates.rights",
        "fairness.recovery.gini",
        "fairness.sides.public",
        "gates.targets.0",
    ):
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(f"/rooms/{ROOM}/packages/{PACKAGE}/1/cards/{engine}/{key}/")
            assert answer.status_code == 200
            counts.append(len(captured))
            more_flows(revision, 30)
        assert counts[0] == counts[1], key
