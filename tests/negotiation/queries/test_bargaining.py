"""Each bargaining measure in plain words."""

import pytest
from django.utils.translation import override

from negotiation import scoring
from negotiation.comparisons import Table
from negotiation.models import Comparison, Package, Revision
from negotiation.queries.bargaining import Between, bargaining
from negotiation.queries.comparison import Cell, Column, folded
from negotiation.queries.packages import Listed

SOUND = {"passed": True, "egalitarian": 1.0, "utilitarian": 9.0}


def column(code: str) -> Column:
    return Listed(Revision(package=Package(code=code), number=1), None, []), None


def standing(**more: object) -> dict[str, object]:
    return {**SOUND, "dominated_by": {"sides": [], "parties": []}, **more}


def between(standings: dict[str, dict], failed: str = "") -> Between:
    found = Comparison(state="done", engine=scoring.ENGINE, document={"packages": standings})
    left_out = [Revision(package=Package(code=code), number=1) for code in failed]
    return Between(Table([], left_out, True), found, None)


def cells(standings: dict[str, dict], label: str, *codes: str, failed: str = "") -> list[Cell]:
    lines = bargaining(between(standings, failed), [column(code) for code in codes])
    return {line.label: line.cells for line in lines}[label]


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


@pytest.mark.parametrize(
    ("sides", "parties", "expected"),
    [
        ([], [], "by none"),
        (["B"], ["B"], "Under B everyone does at least as well, and someone better."),
        (["B", "C"], ["B", "C"], "Under B、C everyone does at least as well, and someone better."),
        (["C"], [], "Under C each side does at least as well, and one better, but not every party."),
        (
            ["B", "C"],
            ["C"],
            "Under C everyone does at least as well, and someone better."
            " Under B each side does at least as well, and one better, but not every party.",
        ),
    ],
)
def test_who_dominates_is_told_in_words(sides: list[str], parties: list[str], expected: str) -> None:
    found = {"A": standing(dominated_by={"sides": sides, "parties": parties})}
    assert cells(found, "Dominated by", "A") == [Cell("A", expected)]


def test_figure_carries_itself_and_how_it_is_written() -> None:
    found = {"A": standing(egalitarian=4438280.96, nash=50.8614965088, kalai_smorodinsky=0.518827196118)}
    label = "Smallest gain of a side over no agreement"
    assert cells(found, label, "A") == [Cell("A", "443.83", 4438280.96, "4,438,280.96 yuan")]
    assert cells(found, "Nash measure", "A") == [Cell("A", "50.8615", 50.8614965088, "50.8614965088")]
    label = "Kalai–Smorodinsky measure"
    assert cells(found, label, "A") == [Cell("A", "51.9 %", 0.518827196118, "0.518827196118")]


def test_every_absence_has_its_reason() -> None:
    found = {"A": {**SOUND, "passed": False}, "B": standing()}
    shown = cells(found, "Nash measure", "A", "B", "C", "D", failed="C")
    assert [cell.reason for cell in shown] == [
        "does not pass the gates",
        "a side gains nothing over no agreement",
        "could not be scored",
        "not among the 20 packages last put on the table",
    ]
    assert {cell.text for cell in shown} == {"—"}


def test_zero_is_a_figure_and_not_an_absence() -> None:
    found = {"A": standing(egalitarian=0, utilitarian=-0.0)}
    assert cells(found, "Smallest gain of a side over no agreement", "A")[0].text == "0.00"
    assert cells(found, "All gains together", "A")[0].reason == ""


def test_same_absence_for_another_reason_is_a_difference() -> None:
    lines = bargaining(between({"A": {**SOUND, "passed": False}, "B": standing()}), [column("A"), column("B")])
    split = folded(lines)
    assert [line.label for line in split["same"]] == [
        "Smallest gain of a side over no agreement",
        "All gains together",
    ]
    assert len(split["different"]) == 3


def test_nothing_is_shown_before_it_is_found() -> None:
    now = Between(Table([], [], True), None, None)
    assert (now.state, bargaining(now, [column("A")])) == (None, [])
