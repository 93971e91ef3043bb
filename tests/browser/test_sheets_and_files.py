"""A planner brings a workbook in, a resident attaches a photograph with her phone: as they see it, at both widths."""

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.browser.test_pages import seen
from tests.negotiation.files import pdf, picture

pytestmark = pytest.mark.browser
ROOM = "/rooms/ZX-03-2026/"


def draft_of(page) -> str:
    """A draft of one's own, copied from package B; its address."""
    page.goto(f"{ROOM}packages/new/")
    page.check("input[name=source][value=B]")
    page.click("main form.card button.btn-primary")
    page.wait_for_url("**/draft/")
    return page.url


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "360"])
def test_workbook_is_taken_away_changed_and_applied(phone: bool, enter, tmp_path: Path) -> None:
    page = enter("planner", phone=phone)
    where, size = draft_of(page), "360" if phone else "1280"
    with page.expect_download() as download:
        page.click("text=把草稿导出为工作簿")
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    book["资金流"]["G2"] = "much"
    book["权益分配"]["D2"] = 7
    path = tmp_path / "draft.xlsx"
    book.save(path)
    faults = {}

    page.click("text=导入工作簿")
    faults["upload"] = seen(page, f"upload-{size}")
    page.set_input_files("input[type=file]", path)
    page.click("text=读取文件")
    page.wait_for_url("**/import/*/")
    faults["faulty"] = seen(page, f"faulty-{size}")
    assert page.locator("#faults-title + table tbody th").all_inner_texts() == ["G2"]
    assert page.locator("text=全部写入").count() == 0

    book["资金流"]["G2"] = 1234.5
    book.save(path)
    page.click("text=另选文件")
    page.set_input_files("input[type=file]", path)
    page.click("text=读取文件")
    page.wait_for_selector("text=全部写入")
    faults["preview"] = seen(page, f"preview-{size}")
    page.click("text=全部写入")
    page.wait_for_url(f"{where}?saved=1")
    assert page.input_value("input[name=flows-0-yuan]") == "1234.50"
    assert faults == dict.fromkeys(faults, ([], 0))


def test_resident_attaches_a_photograph_and_removes_it(enter, tmp_path: Path) -> None:
    page, faults = enter("resident", phone=True), {}
    page.goto(f"{ROOM}comments/")
    page.fill("#id_body", "围墙裂了，请看照片。")
    page.click("main form.card button.btn-primary")
    page.click("text=添加附件")
    photograph = tmp_path / "wall.jpg"
    photograph.write_bytes(picture("JPEG", size=(64, 48)))
    page.set_input_files("input[type=file]", photograph)
    page.click("main form.card button.btn-primary")
    faults["files"] = seen(page, "files-360")
    page.goto(f"{ROOM}comments/")
    faults["comments"] = seen(page, "comments-360")
    with page.expect_download() as download:
        page.click("a.file")
    assert Path(download.value.path()).read_bytes()[:3] == b"\xff\xd8\xff"
    page.click("text=添加附件")
    page.click("text=移除")
    faults["remove"] = seen(page, "remove-360")
    page.fill("#id_reason", "拍错了")
    page.click("main form.card button.btn-danger")
    faults["removed"] = seen(page, "removed-360")
    assert page.locator("text=拍错了").count() == 1
    assert faults == dict.fromkeys(faults, ([], 0))


def test_files_of_a_draft_and_of_the_room(enter, tmp_path: Path) -> None:
    page, faults = enter("developer"), {}
    draft_of(page)
    plan = tmp_path / "总平面图.pdf"
    plan.write_bytes(pdf())
    page.click("main .actions >> text=附件")
    page.set_input_files("input[type=file]", plan)
    page.click("main form.card button.btn-primary")
    faults["draft"] = seen(page, "draft-files-1280")
    broken = tmp_path / "plan.pdf"
    broken.write_bytes(b"MZ")
    page.set_input_files("input[type=file]", broken)
    page.click("main form.card button.btn-primary")
    faults["refused"] = seen(page, "draft-files-refused-1280")
    assert page.locator(".invalid-feedback").inner_text()
    page.goto(f"{ROOM}files/")
    faults["room"] = seen(page, "room-files-1280")
    assert faults == dict.fromkeys(faults, ([], 0))
