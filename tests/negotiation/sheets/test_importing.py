"""A draft taken away as a workbook, changed there, and brought back: whole or not at all."""

import copy
import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from openpyxl import load_workbook

from accounts.refusals import Conflict, Invalid, NotAllowed, WrongPhase
from audit.models import Entry
from negotiation import drafts, packages
from negotiation.models import Draft, Room, SheetImport
from negotiation.permissions import viewer_of
from negotiation.queries.packages import latest
from negotiation.sheets.importing import apply_import, import_sheet
from negotiation.sheets.write import draft_workbook
from tests.negotiation.sheets.books import ALLOCATIONS, LAND, MONEY, changed, plain, repacked, with_cells, without_row


@pytest.fixture
def planner(mandate):
    return mandate("planner")


@pytest.fixture
def draft(planner, zhuxi):
    """The planner's own, copied from package B: she sees every row."""
    return packages.start_package(planner, zhuxi, source=latest(zhuxi).get(package__code="B"))


def taken(mandate, draft: Draft) -> bytes:
    return draft_workbook(viewer_of(mandate, draft.package.room), draft)


def steps(found: SheetImport) -> list[tuple[str, str, dict]]:
    return [(step.kind, step.change, step.fields) for step in found.changes.order_by("pk")]


def cells(found: SheetImport) -> list[tuple[str, str]]:
    return [(fault["sheet"], fault["cell"]) for fault in found.faults]


def test_workbook_brought_back_unchanged_changes_nothing(planner, draft) -> None:
    before = copy.deepcopy(draft.document)
    found = import_sheet(planner, draft, taken(planner, draft))
    assert (found.state, found.faults, steps(found)) == ("done", [], [])
    with pytest.raises(WrongPhase) as refusal:
        apply_import(planner, found)
    assert refusal.value.code == "import_empty"
    draft.refresh_from_db()
    assert draft.document == before


def test_changed_added_and_deleted_rows_are_shown_and_then_applied(planner, draft) -> None:
    flows = draft.document["flows"]
    size, old = len(flows), flows[0]["yuan"]
    content = with_cells(taken(planner, draft), MONEY, G2="123456.78")
    new = {"B": "project", "C": "GOV-FIN", "D": "tax", "E": "运营", "F": 3, "G": 1000.5}
    content = with_cells(content, MONEY, **{f"{letter}{size + 2}": value for letter, value in new.items()})
    found = import_sheet(planner, draft, without_row(content, ALLOCATIONS, 2))
    assert found.faults == []
    assert steps(found) == [
        ("allocations", "removed", {}),
        ("flows", "changed", {"yuan": [old, "123456.78"]}),
        ("flows", "added", {}),
    ]
    saved = apply_import(planner, found)
    assert saved.document["flows"][0]["yuan"] == "123456.78"
    added = {"from": "project", "to": "GOV-FIN", "category": "tax", "stage": "operate", "year": 3, "yuan": "1000.50"}
    assert saved.document["flows"][-1] == added
    assert saved.version == draft.version + 1
    entry = Entry.objects.filter(action="package.import").get()
    assert b'"added":1' in bytes(entry.body) and found.sha256.encode() in bytes(entry.body)


def test_every_faulty_cell_is_named_and_nothing_is_applied(planner, draft) -> None:
    content = with_cells(taken(planner, draft), MONEY, G2="=1+1", G3="much", C4="NOBODY", F5=-1, E6="later")
    content = with_cells(content, LAND, E2=0.1234567, D3=8)
    found = import_sheet(planner, draft, content)
    assert cells(found)[:2] == [(LAND, "E2"), (LAND, "D3")]
    assert {cell for sheet, cell in cells(found) if sheet == MONEY} == {"G2", "G3", "C4", "F5", "E6"}
    with pytest.raises(Invalid) as refusal:
        apply_import(planner, found)
    assert refusal.value.code == "sheet_faulty"
    assert Draft.objects.get(pk=draft.pk).version == draft.version


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (61.48, "61.48"),
        ("61.480001", "61.480001"),
        (5, "5.00"),
        ("900000000000000001.000001", "900000000000000001.000001"),
    ],
)
def test_amounts_are_read_to_the_last_digit(value, kept, planner, draft) -> None:
    found = import_sheet(planner, draft, with_cells(taken(planner, draft), MONEY, G2=value))
    assert found.faults == []
    assert found.changes.get().fields["yuan"][1] == kept


@pytest.mark.parametrize("value", [1234567890.1234567, 12345678901234567, "1e5", "1,000.00", "NaN", True])
def test_amount_that_would_lose_or_hide_digits_is_refused(value, planner, draft) -> None:
    found = import_sheet(planner, draft, with_cells(taken(planner, draft), MONEY, G2=value))
    assert cells(found) == [(MONEY, "G2")]


def test_row_number_that_stands_twice_or_nowhere_is_a_fault(planner, draft) -> None:
    content = with_cells(taken(planner, draft), MONEY, A3=1, A4=99_999)
    assert cells(import_sheet(planner, draft, content)) == [(MONEY, "A3"), (MONEY, "A4")]


def test_head_that_was_typed_over_is_a_fault(planner, draft) -> None:
    content = with_cells(taken(planner, draft), ALLOCATIONS, D1="Money")
    assert cells(import_sheet(planner, draft, content)) == [(ALLOCATIONS, "D1")]


def test_sheet_that_is_not_there_leaves_its_terms_alone(planner, draft) -> None:
    content = changed(taken(planner, draft), lambda book: book.remove(book[MONEY]))
    found = import_sheet(planner, draft, with_cells(content, ALLOCATIONS, D2="7"))
    assert found.kept == ["flows"]
    assert apply_import(planner, found).document["flows"] == draft.document["flows"]


def test_workbook_of_an_earlier_version_is_refused(planner, draft) -> None:
    content = taken(planner, draft)
    drafts.save_draft(planner, draft, draft.document, draft.version)
    draft.refresh_from_db()
    with pytest.raises(Conflict) as refusal:
        import_sheet(planner, draft, content)
    assert refusal.value.code == "sheet_stale"


def test_draft_saved_between_preview_and_application_is_not_written_over(planner, draft) -> None:
    found = import_sheet(planner, draft, with_cells(taken(planner, draft), MONEY, G2="1.00"))
    drafts.save_draft(planner, draft, {**draft.document, "title": "The colleague's"}, draft.version)
    with pytest.raises(Conflict):
        apply_import(planner, found)
    assert Draft.objects.get(pk=draft.pk).document["title"] == "The colleague's"


def test_workbook_of_another_package_is_refused(planner, draft, zhuxi) -> None:
    other = packages.start_package(planner, zhuxi)
    with pytest.raises(Invalid) as refusal:
        import_sheet(planner, other, taken(planner, draft))
    assert refusal.value.code == "sheet_elsewhere"


def test_workbook_without_our_sheets_is_refused(planner, draft) -> None:
    assert import_sheet(planner, draft, plain()).state == "failed"


def test_rows_of_other_households_are_neither_in_the_file_nor_lost(mandate, zhuxi) -> None:
    developer = mandate("developer")
    draft = packages.start_package(developer, zhuxi, source=latest(zhuxi).get(package__code="B"))
    content = taken(developer, draft)
    book = load_workbook(io.BytesIO(content))
    text = [str(cell) for page in book for row in page.iter_rows(values_only=True) for cell in row]
    assert [cell for cell in text if "HH-" in cell or "东街" in cell.replace("东街老住宅", "")] == []
    hidden = [row for row in draft.document["allocations"] if row["party"].startswith("HH-")]
    found = import_sheet(developer, draft, changed(content, lambda book: book[ALLOCATIONS].delete_rows(2, 1000)))
    saved = apply_import(developer, found)
    assert [row for row in saved.document["allocations"] if row["party"].startswith("HH-")] == hidden
    assert len(saved.document["allocations"]) == len(hidden)


def test_guessed_number_of_a_hidden_row_does_not_reach_it(mandate, zhuxi) -> None:
    developer = mandate("developer")
    draft = packages.start_package(developer, zhuxi, source=latest(zhuxi).get(package__code="B"))
    place = next(n for n, row in enumerate(draft.document["allocations"]) if row["party"] == "HH-150")
    content = with_cells(taken(developer, draft), ALLOCATIONS, A2=place + 1)
    assert cells(import_sheet(developer, draft, content)) == [(ALLOCATIONS, "A2")]


def test_another_party_neither_uploads_nor_applies(planner, mandate, draft) -> None:
    found = import_sheet(planner, draft, with_cells(taken(planner, draft), MONEY, G2="1.00"))
    for act in (
        lambda: import_sheet(mandate("developer"), draft, taken(planner, draft)),
        lambda: apply_import(mandate("developer"), found),
        lambda: import_sheet(mandate("auditor"), draft, taken(planner, draft)),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize("phase", ["vote", "decided"])
def test_nothing_is_brought_in_after_the_negotiation(phase, planner, draft) -> None:
    found = import_sheet(planner, draft, with_cells(taken(planner, draft), MONEY, G2="1.00"))
    Room.objects.filter(pk=draft.package.room_id).update(phase=phase)
    draft.package.room.refresh_from_db()
    found.draft.package.room.refresh_from_db()
    for act in (lambda: import_sheet(planner, draft, b""), lambda: apply_import(planner, found)):
        with pytest.raises(WrongPhase):
            act()


def test_import_is_applied_once(planner, draft) -> None:
    found = import_sheet(planner, draft, with_cells(taken(planner, draft), MONEY, G2="1.00"))
    apply_import(planner, found)
    with pytest.raises(Conflict):
        apply_import(planner, found)


@pytest.mark.django_db(transaction=True)
def test_two_imports_applied_at_once_write_one(mandate, zhuxi) -> None:
    """The planner in two windows: the second is told, nothing is mixed."""
    planner = mandate("planner")
    draft = packages.start_package(planner, zhuxi, source=latest(zhuxi).get(package__code="B"))
    found = import_sheet(planner, draft, with_cells(taken(planner, draft), MONEY, G2="1.00"))

    def apply(_number: int) -> str:
        try:
            return str(apply_import(planner, found).version)
        except Conflict:
            return "conflict"
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(apply, range(3))) == ["2", "conflict", "conflict"]
    assert Entry.objects.filter(action="package.import").count() == 1


def test_file_that_the_library_stumbles_over_is_told_as_damaged(planner, draft) -> None:
    content = repacked(taken(planner, draft), xl__worksheets__sheet2_dot_xml=b"<worksheet><sheetData><row r='x'>")
    with pytest.raises(Invalid) as refusal:
        import_sheet(planner, draft, content)
    assert refusal.value.code == "sheet_broken"
