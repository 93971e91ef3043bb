"""Twenty thousand rows: in bounded memory, by a job, with progress."""

import re
from pathlib import Path

import pytest

from negotiation import drafts, packages
from negotiation.models import SheetImport
from negotiation.permissions import viewer_of
from negotiation.sheets.guard import MOST_ROWS
from negotiation.sheets.importing import apply_import, import_sheet, read_import
from negotiation.sheets.read import read_workbook
from negotiation.sheets.write import draft_workbook
from tests.negotiation.sheets.books import MONEY, with_cells


@pytest.fixture
def large(mandate, zhuxi):
    """A draft of 20,000 payments."""
    planner = mandate("planner")
    draft = packages.start_package(planner, zhuxi)
    flow = {"from": "project", "to": "GOV-FIN", "category": "tax", "stage": "operate", "year": 1}
    flows = [{**flow, "yuan": f"{number}.25"} for number in range(1, MOST_ROWS + 1)]
    return drafts.save_draft(planner, draft, {**draft.document, "flows": flows}, draft.version)


def memory(name: str) -> int:
    """A figure of this process in bytes: `VmRSS` held now, `VmHWM` the most since the last `forget_peak`."""
    return int(re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())[1]) * 1024


def forget_peak() -> int:
    Path("/proc/self/clear_refs").write_text("5")
    return memory("VmRSS")


def test_large_workbook_is_written_and_read_in_bounded_memory(mandate, large) -> None:
    viewer = viewer_of(mandate("planner"), large.package.room)
    before = forget_peak()
    content = draft_workbook(viewer, large)
    written = memory("VmHWM") - before
    before = forget_peak()
    book = read_workbook(content)
    read = memory("VmHWM") - before
    assert len(book.lines["flows"]) == MOST_ROWS and book.faults == []
    assert written < 60_000_000 and read < 60_000_000


def test_large_workbook_is_read_by_a_job_with_progress(mandate, large) -> None:
    planner = mandate("planner")
    content = draft_workbook(viewer_of(planner, large.package.room), large)
    found = import_sheet(planner, large, with_cells(content, MONEY, G2="9.99"))
    assert found.state == "pending" and MOST_ROWS < found.total < MOST_ROWS + 400
    read_import(found)
    kept = SheetImport.objects.get(pk=found.pk)
    assert (kept.state, kept.done, bytes(kept.content), kept.faults) == ("done", kept.total, b"", [])
    assert kept.changes.get().fields == {"yuan": ["1.25", "9.99"]}
    assert read_import(kept) is kept  # a job that runs twice does nothing
    assert apply_import(planner, kept).document["flows"][0]["yuan"] == "9.99"
