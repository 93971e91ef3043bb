"""The full procedure up to a fixed text, by the convener, a market party and a resident in their browsers.

It runs in the second case; the tests of this file follow each other over one running product.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import overflow, violations

pytestmark = pytest.mark.browser
ROOM = "/rooms/HK-2026/"
NOW = datetime.now(ZoneInfo("Asia/Shanghai"))


def press(page) -> None:
    page.click("main form .actions .btn-primary, main form .actions .btn-danger")
    page.wait_for_load_state("networkidle")


def checked(page, path: str) -> None:
    """Open it and find nothing to complain about."""
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert (path, violations(page), overflow(page)) == (path, [], 0)


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "360"])
def test_pages_of_the_simple_procedure(phone: bool, enter) -> None:
    page = enter("planner", phone=phone)
    for path in ("procedure/full/", "documents/", "documents/new/", "meetings/", "meetings/new/", "meetings/declare/"):
        checked(page, ROOM + path)


def test_convener_chooses_the_full_procedure_and_goes_on_step_by_step(enter) -> None:
    page = enter("planner")
    page.goto(ROOM + "procedure/")
    page.click("a:has-text('采用完整程序')")
    press(page)
    expect(page.locator("ol.steps [aria-current=step]")).to_have_text("准备")
    for phase in ("公示", "协商"):
        page.click("main a:has-text('进入：')")
        press(page)
        expect(page.locator("ol.steps [aria-current=step]")).to_have_text(phase)
    checked(page, ROOM + "procedure/")


def test_document_is_accepted_against_a_promise(enter) -> None:
    planner, market = enter("planner"), enter("developer", phone=True)
    planner.goto(ROOM + "documents/new/")
    planner.fill("[name=title]", "土壤污染状况调查报告")
    planner.fill("[name=party]", "MKT-AGRI")
    press(planner)
    market.goto(ROOM)
    expect(market.locator(".next")).to_contain_text("您还须提交")
    market.click(".next a:has-text('土壤污染状况调查报告')")
    market.click("main table a:has-text('承诺提交')")
    market.fill("[name=due]", (NOW + timedelta(days=20)).strftime("%Y-%m-%d"))
    press(market)
    checked(market, ROOM + "documents/")
    planner.goto(ROOM + "documents/")
    planner.click("main table a:has-text('受理承诺')")
    press(planner)
    expect(planner.locator("main table")).to_contain_text("容缺受理")


def test_resident_demands_a_hearing_and_the_convener_announces_one(enter) -> None:
    resident, planner = enter("resident", phone=True), enter("planner")
    resident.goto(ROOM + "meetings/")
    resident.click("a:has-text('要求听证')")
    resident.fill("[name=reason]", "补偿标准没有向我解释。")
    press(resident)
    expect(resident.locator("main")).to_contain_text("您所代表的主体已要求听证")
    planner.goto(ROOM + "meetings/new/")
    planner.select_option("[name=kind]", "hearing")
    planner.fill("[name=begins_at]", (NOW + timedelta(days=3)).strftime("%Y-%m-%dT10:00"))
    planner.fill("[name=place]", "县行政服务中心三楼听证室")
    planner.fill("[name=agenda]", "一、补偿标准")
    press(planner)
    expect(planner.locator("main form.card")).to_contain_text("听证会须至少提前 7 日通知")
    planner.fill("[name=begins_at]", (NOW + timedelta(days=9)).strftime("%Y-%m-%dT10:00"))
    press(planner)
    planner.click("main table a:has-text('议程')")
    expect(planner.locator("h1")).to_contain_text("听证会")
    for page in (resident, planner):
        checked(page, ROOM + "meetings/")


def test_who_asks_for_an_override_does_not_confirm_it(enter) -> None:
    page = enter("planner", phone=True)
    page.goto(ROOM + "procedure/")
    page.click("main a:has-text('进入：')")
    press(page)
    page.click("main table a:has-text('定稿')")
    page.select_option("[name=package]", "B")
    press(page)
    page.click("main a:has-text('例外推进')")
    page.fill("[name=reason]", "汛期将至，审查另行补做。")
    press(page)
    checked(page, ROOM + "procedure/")
    page.click("main .alarm a.btn-danger")
    expect(page.locator("main")).to_contain_text("须由提出人以外的另一人确认")
    expect(page.locator("button[value=confirm]")).to_have_count(0)
    assert (violations(page), overflow(page)) == ([], 0)
    page.click("button[value=withdraw]")
    expect(page.locator("main .alarm")).to_have_count(0)
