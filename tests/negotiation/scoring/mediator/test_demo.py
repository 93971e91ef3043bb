"""What the mediator finds for both demo cases."""

import json
from functools import cache
from pathlib import Path

import pytest

from negotiation.casefile import check_case
from negotiation.scoring import card
from negotiation.scoring.mediator import MODES, Suggestion, suggest
from tests.negotiation.scoring.tiny import Json

DEMO = Path(__file__).parents[4] / "demo"
PACKAGES = [("zhuxi", "A"), ("zhuxi", "B"), ("zhuxi", "C"), ("hekou", "A"), ("hekou", "B")]


@cache
def case_of(name: str) -> Json:
    case: Json = json.loads((DEMO / f"{name}.json").read_text(encoding="utf-8"))
    return case


@cache
def found(name: str, package: str, mode: str) -> Suggestion:
    return suggest(case_of(name), package, mode)


@pytest.mark.parametrize(("name", "package"), PACKAGES)
@pytest.mark.parametrize("mode", MODES)
def test_draft_is_a_sound_package_that_breaks_nothing(name: str, package: str, mode: str) -> None:
    suggestion, case = found(name, package, mode), case_of(name)
    if suggestion.draft is None:
        return
    drafted = case | {"packages": [*case["packages"], suggestion.draft]}
    assert check_case(drafted).faults == check_case(case).faults
    before, after = card(case, package), card(drafted, suggestion.draft["code"])
    for gate in ("land", "supply", "targets", "rights", "pool"):
        assert after["gates"][gate]["passed"] >= before["gates"][gate]["passed"]
    for limit, light in before["limits"].items():
        assert after["limits"][limit]["met"] >= light["met"]


@pytest.mark.parametrize(("name", "package"), PACKAGES)
def test_improvement_cannot_be_improved(name: str, package: str) -> None:
    draft, case = found(name, package, "improve").draft, case_of(name)
    again = suggest(case | {"packages": [draft]}, draft["code"], "improve")
    assert again.status == "none_better"
    assert again.certificate["bound"] < 0.02


FOUND = {
    ("zhuxi", "A", "improve"): ("found", 227739780),
    ("zhuxi", "A", "fair"): ("found", 227739780),
    ("zhuxi", "A", "nash"): ("found", 227739780),
    ("zhuxi", "B", "improve"): ("found", 164192443),
    ("zhuxi", "B", "fair"): ("found", 164192443),
    ("zhuxi", "B", "nash"): ("found", 164192442),
    ("zhuxi", "C", "improve"): ("found", 160640148),
    ("zhuxi", "C", "fair"): ("found", 160640147),
    ("zhuxi", "C", "nash"): ("found", 160640148),
    ("hekou", "A", "improve"): ("found", -5708997),
    ("hekou", "A", "fair"): ("found", -5708997),
    ("hekou", "A", "nash"): ("no_bargain", -11120883),
    ("hekou", "B", "improve"): ("found", -4334730),
    ("hekou", "B", "fair"): ("found", -4334730),
    ("hekou", "B", "nash"): ("found", -4334730),
}


@pytest.mark.parametrize(("name", "package", "mode"), FOUND)
def test_answer_and_sum_of_gains(name: str, package: str, mode: str) -> None:
    """In every package the project has money left, which `improve` and `fair` give away to the last yuan."""
    status, total = FOUND[name, package, mode]
    suggestion = found(name, package, mode)
    assert suggestion.status == status
    assert suggestion.objective["total_gain"]["after"] == pytest.approx(total, abs=10)


@pytest.mark.parametrize(
    ("name", "package", "lowest", "median", "highest"),
    [
        ("zhuxi", "A", 23771.43, 30720.00, 53286245.20),
        ("zhuxi", "B", 27733.33, 37866.67, 9972342.43),
        ("zhuxi", "C", 34643.73, 34643.73, 34643.73),
        ("hekou", "A", 53760.00, 61440.00, 982201.98),
        ("hekou", "B", 7019.29, 7019.29, 7019.29),
    ],
)
def test_rises_of_an_improvement(name: str, package: str, lowest: float, median: float, highest: float) -> None:
    """Where the money is short all rise alike; where it is not, households stop at their bounds."""
    rises = found(name, package, "improve").objective["rises"]
    assert [rises[key] for key in ("lowest", "median", "highest")] == pytest.approx([lowest, median, highest], abs=0.1)


@pytest.mark.parametrize(
    ("name", "package", "lowest", "median", "shortfall"),
    [
        ("zhuxi", "A", 0.902525709782, 1.177495488, 7015549.79),
        ("zhuxi", "B", 1.083151092870, 1.235376464, 0.0),
        ("zhuxi", "C", 1.104246028120, 1.323869684, 0.0),
        ("hekou", "A", 0.875028063127, 1.086210819, 2285486.78),
        ("hekou", "B", 0.938333592797, 1.232057710, 1127755.25),
    ],
)
def test_recoveries_of_a_fair_package(name: str, package: str, lowest: float, median: float, shortfall: float) -> None:
    """The lowest recoveries in Zhuxi are the collective's, whom no term reaches."""
    objective = found(name, package, "fair").objective
    assert objective["recovery"]["after"]["lowest"] == pytest.approx(lowest, rel=1e-8)
    assert objective["recovery"]["after"]["median"] == pytest.approx(median, rel=1e-6)
    assert objective["shortfall"]["after"] == pytest.approx(shortfall, abs=0.1)


def test_who_cannot_reach_the_outside_option_is_named_with_what_stands_against_it() -> None:
    assert [one.to_json() for one in found("zhuxi", "A", "fair").conflict or []] == [
        {"code": "outside", "party": "COL-ZX"}
    ]
    conflict = [one.to_json() for one in found("hekou", "B", "fair").conflict or []]
    rents = [f"/flows/{number}/yuan" for number in range(46, 87, 5)]
    assert conflict == [
        *({"code": "bound", "end": "max", "term": term} for term in rents),
        {"code": "outside", "party": "COL-HK"},
    ]


@pytest.mark.parametrize(
    ("name", "package", "before", "after"),
    [
        ("zhuxi", "A", 49.804648257, 53.002698292),
        ("zhuxi", "B", 50.861496509, 53.178375726),
        ("zhuxi", "C", 51.211776498, 52.849814042),
        ("hekou", "B", 42.478083474, 42.771131988),
    ],
)
def test_product_of_a_bargain(name: str, package: str, before: float, after: float) -> None:
    objective = found(name, package, "nash").objective
    assert objective["nash"] == pytest.approx({"before": before, "after": after}, abs=1e-6)
    assert objective["gap"] < 1e-9
