"""Two conveners invite households by letter; a household comes in with the code that is on it, on a phone."""

import io
import re
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.browser.test_pages import seen
from tests.negotiation.letters import printed

pytestmark = pytest.mark.browser
ROOM = "/rooms/ZX-03-2026/"
WORD = "tea-and-rice-9"


@pytest.fixture(scope="module")
def deputy(product, browser) -> str:
    """A second convener, seated by the operator, with the password that the cast has."""
    path = product.manage("add_person", "deputy", "陈副科长").strip()
    roles = ("--role", "convener", "--role", "government", "--document", "Letter 9")
    product.manage("seat", "deputy", "ZX-03-2026", "GOV-NR", *roles)
    page = browser.new_page(base_url=product.address)
    page.goto(path)
    page.fill("input[name=password1]", product.password)
    page.fill("input[name=password2]", product.password)
    page.click("main form button[type=submit]")
    page.wait_for_load_state("networkidle")
    page.close()
    return "deputy"


def test_households_are_invited_and_one_comes_in(enter, deputy: str, tmp_path: Path) -> None:
    faults = {}
    planner = enter("planner")
    planner.goto(f"{ROOM}invitations/")
    faults["empty"] = seen(planner, "invitations-empty")
    with planner.expect_download() as download:
        planner.click("a[href$='households.xlsx']")
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    sheet, path = book.worksheets[0], tmp_path / "households.xlsx"
    free = [row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 3).value in ("no", "否")][:2]
    for row, name in zip(free, ("李大妈", "赵先生"), strict=True):
        sheet.cell(row, 4).value, sheet.cell(row, 8).value = name, "3号楼"
    sheet.cell(free[1], 7).value = "later"

    def upload() -> None:
        book.save(path)
        planner.goto(f"{ROOM}invitations/")
        planner.set_input_files("input[type=file]", path)
        planner.click("form[enctype] button")
        planner.wait_for_url("**/lists/*/")

    upload()
    faults["faulty"] = seen(planner, "invitations-faulty")
    assert planner.locator("#faults-title + table tbody th").all_inner_texts() == [f"G{free[1]}"]
    assert planner.locator("button[value=ask]").count() == 0
    sheet.cell(free[1], 7).value = "13800000002"
    upload()
    faults["preview"] = seen(planner, "invitations-preview")
    planner.click("button[value=ask]")
    planner.wait_for_selector("button[value=withdraw]")
    assert planner.locator("button[value=confirm]").count() == 0

    second = enter(deputy)
    second.goto(planner.url)
    faults["confirm"] = seen(second, "invitations-confirm")
    second.click("button[value=confirm]")
    second.wait_for_selector("form[action$='.pdf'] button")
    faults["made"] = seen(second, "invitations-made")

    planner.goto(second.url)
    with planner.expect_download() as download:
        planner.click("form[action$='.pdf'] button")
    codes = printed(Path(download.value.path()).read_bytes())
    assert len(codes) == 2
    planner.click("a[href$='printed/']")
    faults["printed"] = seen(planner, "invitations-printed")
    planner.click("main .btn-danger")
    planner.wait_for_url("**/lists/*/")
    assert planner.locator("form[action$='.pdf']").count() == 0

    household = enter(phone=True)
    household.goto(f"/come-in/#{codes[0]}")
    assert household.input_value("input[name=code]") == codes[0]
    assert "#" not in household.url
    faults["come-in"] = seen(household, "come-in")
    household.fill("input[name=code]", "nothing")
    household.click("main .btn-primary")
    faults["wrong"] = seen(household, "come-in-wrong")
    household.fill("input[name=code]", codes[0].lower())
    household.click("main .btn-primary")
    household.wait_for_url("**/come-in/choose/")
    faults["choose"] = seen(household, "come-in-choose")
    household.fill("input[name=password]", WORD)
    household.click("main .btn-primary")
    household.wait_for_url(f"**{ROOM}mine/")

    planner.goto(f"{ROOM}invitations/?state=password")
    faults["list"] = seen(planner, "invitations-list")
    assert planner.locator("#letters-title ~ table tbody tr").count() == 1
    planner.click("a[href$='/replace/']")
    faults["replace"] = seen(planner, "invitations-replace")
    assert faults == dict.fromkeys(faults, ([], 0))


def test_code_is_typed_without_script(enter) -> None:
    page = enter(phone=True, script=False)
    page.goto("/come-in/")
    page.fill("input[name=code]", "AAAAA-AAAAA-AAAAA")
    page.click("main .btn-primary")
    assert page.locator(".invalid-feedback").count() == 1
    assert re.search(r"/come-in/$", page.url)
