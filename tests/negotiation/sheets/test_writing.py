"""The workbook that is taken away: what it offers, and that nothing in it runs."""

import io

import pytest
from openpyxl import load_workbook

from negotiation import drafting, drafts, packages
from negotiation.permissions import viewer_of
from negotiation.queries.packages import latest
from negotiation.sheets.read import read_workbook
from negotiation.sheets.write import draft_workbook
from tests.negotiation.sheets.books import ALLOCATIONS, LAND, MONEY


@pytest.fixture
def draft(mandate, zhuxi):
    return packages.start_package(mandate("developer"), zhuxi, source=latest(zhuxi).get(package__code="B"))


def opened(mandate, draft):
    return load_workbook(io.BytesIO(draft_workbook(viewer_of(mandate, draft.package.room), draft)))


def test_workbook_has_notes_terms_and_what_may_be_named(mandate, draft) -> None:
    book = opened(mandate("developer"), draft)
    assert book.sheetnames[:4] == ["说明", LAND, ALLOCATIONS, MONEY]
    assert [len(book[name]["A"]) > 1 for name in book.sheetnames[4:]] == [True] * 5
    assert [book["说明"][f"B{row}"].value for row in (2, 3, 4)] == ["ZX-03-2026", draft.package.code, "1"]


def test_heads_have_units_stay_in_sight_and_are_locked(mandate, draft) -> None:
    page = opened(mandate("developer"), draft)[LAND]
    assert page["E1"].value == "用地面积（m²）" and page.freeze_panes == "B2"
    assert page.protection.sheet and page["E1"].protection.locked
    assert not page["E2"].protection.locked and not page.column_dimensions["E"].protection.locked


def test_cells_choose_from_lists(mandate, draft) -> None:
    page = opened(mandate("developer"), draft)[LAND]
    rules = {str(rule.sqref).split("2:")[0]: rule.formula1 for rule in page.data_validations.dataValidation}
    assert rules["B"] == "'地块（参照）'!$A$2:$A$9"
    assert rules["C"].startswith('"保留,')


def test_market_member_gets_no_household_but_the_planner_does(mandate, draft, zhuxi) -> None:
    own = [cell.value for cell in opened(mandate("developer"), draft)["主体（参照）"]["A"]]
    assert not any(str(code).startswith("HH-") for code in own)
    other = packages.start_package(mandate("planner"), zhuxi)
    rows = dict(opened(mandate("planner"), other)["主体（参照）"].iter_rows(max_col=2, values_only=True))
    assert rows["HH-150"] == "东街150户"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t="])
def test_text_that_looks_like_a_formula_is_a_quoted_text(start: str, mandate, draft) -> None:
    developer = mandate("developer")
    text = f"{start}cmd|' /C calc'!A0"
    flow = {**draft.document["flows"][0], "category": text, "to": "GOV-FIN", "yuan": text}
    saved = drafts.save_draft(developer, draft, {**draft.document, "flows": [flow]}, draft.version)
    page = opened(developer, saved)[MONEY]
    assert [(page[name].value, page[name].data_type, page[name].quotePrefix) for name in ("D2", "G2")] == [
        (text, "s", True)
    ] * 2


def test_draft_with_gaps_and_odd_values_can_be_taken_away(mandate, draft) -> None:
    developer = mandate("developer")
    rows = [{}, {"from": "project", "yuan": "not a number", "year": 3, "negotiable": {"min": "1.5"}}]
    document = {**draft.document, "flows": rows, "negotiable": []}
    saved = drafts.save_draft(developer, draft, drafting.extracted(document), draft.version)
    book = read_workbook(draft_workbook(viewer_of(developer, saved.package.room), saved))
    assert [fault["cell"] for fault in book.faults] == ["G3"]
    assert book.lines["flows"][1].row["negotiable"] == {"min": "1.50"}
