"""Two people at one draft, each in a browser of their own; and the editor as one sees it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_pages import overflow, violations
from tests.browser.test_sheets_and_files import draft_of, seen

pytestmark = pytest.mark.browser
ROOM = "/rooms/ZX-03-2026/"
SAVED = 15_000  # the page saves three seconds after the last key


def saved(page: Page, act) -> None:
    """Do something, and wait until the page has saved it by itself."""
    with page.expect_response(lambda answer: "autosave" in (answer.request.post_data or ""), timeout=SAVED) as answer:
        act()
    assert answer.value.status == 200


def test_two_people_write_one_draft(enter) -> None:
    neighbour, proxy = enter("neighbour"), enter("resident", phone=True)
    where = draft_of(neighbour)
    proxy.goto(ROOM + "mine/")
    other = proxy.locator("select[name=mandate] option:not([selected])").first.get_attribute("value")
    proxy.select_option("select[name=mandate]", other)
    proxy.click("form:has(select[name=mandate]) button")
    proxy.goto(where)
    expect(proxy.locator(".presence")).to_contain_text("李建国")
    expect(neighbour.locator(".presence")).to_contain_text("王桂芳")

    saved(neighbour, lambda: neighbour.fill("input[name=title]", "安置就近"))
    neighbour.wait_for_function("document.querySelector('input[name=version]').value === '2'")
    expect(proxy.locator("[data-stale]")).to_contain_text("李建国")
    with proxy.expect_response(lambda answer: answer.status == 409, timeout=SAVED):
        proxy.fill("textarea[name=summary]", "老人住一楼")
    expect(proxy.locator("[data-saved]")).to_contain_text("别人刚刚保存了这份草稿")
    assert seen(proxy, "editor-stale-360") == ([], 0)

    proxy.get_by_role("button", name="保存草稿").click()
    proxy.wait_for_url("**/draft/?saved=1")
    values = [proxy.input_value("input[name=title]"), proxy.input_value("textarea[name=summary]")]
    assert values == ["安置就近", "老人住一楼"]

    # Now the neighbour's page is the old one, and both want the same field.
    neighbour.fill("textarea[name=summary]", "老人住底层")
    neighbour.get_by_role("button", name="保存草稿").click()
    expect(neighbour.locator(".alert-danger")).to_contain_text("同事写的是 老人住一楼，您写的是 老人住底层")
    assert neighbour.input_value("textarea[name=summary]") == "老人住一楼"
    assert seen(neighbour, "editor-clash-1280") == ([], 0)


def test_row_from_the_map_is_saved_once_and_stepped_back(enter) -> None:
    page = enter("planner")
    draft_of(page)
    saved(page, lambda: page.fill("input[name=title]", "沿河方案"))
    rows = page.locator("[data-formset=dispositions] tbody tr")
    before = rows.count()
    page.click("text=在图上选地块")
    taken = set(page.locator("input[name^=dispositions][name$=-parcel]").evaluate_all("all => all.map(e => e.value)"))
    codes = page.locator(".pick-map .map-parcels button").evaluate_all("all => all.map(e => e.dataset.code)")
    free = next(code for code in codes if code not in taken)
    page.click(f".pick-map button[data-code='{free}']")
    saved(page, lambda: page.click("text=把这个地块放进草稿"))
    assert rows.count() == before + 1
    assert rows.last.locator("input[name$=-parcel]").input_value() == free
    saved(page, lambda: rows.last.locator("input[name$=-floor_area]").fill("12.00"))
    assert seen(page, "editor-1280") == ([], 0)
    page.goto(page.url)
    found = page.locator("input[name^=dispositions][name$=-parcel]").evaluate_all("all => all.map(e => e.value)")
    assert found.count(free) == 1
    page.get_by_role("button", name="退回一步").click()
    page.wait_for_url("**/draft/?saved=1")
    assert page.input_value("input[name=title]") != "沿河方案"


def test_editor_tells_what_would_break_and_turns_its_pages_without_script(enter) -> None:
    page = enter("planner", script=False)
    draft_of(page)
    page.fill("input[name=flows-0-yuan]", "much")
    page.locator("fieldset#allocations").get_by_role("button", name="保存，下一页").click()
    assert page.locator("input[name=page-allocations]").first.input_value() == "2"
    link = page.locator("#check-title ~ ul a").first
    assert link.inner_text() == "资金流第 1 行 · 金额（元）"
    link.click()
    assert page.locator("#flows-0 input[name$=-yuan]").input_value() == "much"


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "360"])
def test_editor_is_accessible_and_fits(phone: bool, enter) -> None:
    page = enter("planner", phone=phone)
    where = draft_of(page)
    page.goto(f"{where}?find=HH-017")
    page.click("text=在图上选地块")
    page.wait_for_selector("[data-island-state=ready]")
    assert (violations(page), overflow(page)) == ([], 0)
    seen(page, f"editor-find-{'360' if phone else '1280'}")
