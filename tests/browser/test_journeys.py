"""One case from the first look to the sealed decision, by four kinds of people in their browsers, live.

The tests of this file follow each other over one running product.
"""

import json
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import violations

pytestmark = pytest.mark.browser
ROOM = "/rooms/ZX-03-2026/"
# "Within a second", with a margin for a busy machine.
SOON = 5_000


def test_planner_opens_and_reads(enter) -> None:
    page = enter("planner")
    page.goto("/")
    page.click("text=竹溪老城片区综合实施方案")
    expect(page.locator("h1")).to_have_text("竹溪老城片区综合实施方案")
    expect(page.locator(".map canvas").first).to_be_visible()
    expect(page.locator(".legend")).to_contain_text("居住用地")
    page.locator(".map-controls input[type=range]").press("ArrowRight")
    page.click("a:has-text('政府方案：平衡与绿地')")
    expect(page.locator("#card-title ~ div .value").first).to_be_visible()
    page.click("summary:has-text('项目净现值')")
    expect(page.locator("[id='figure-balance.project.npv'] .explained")).to_contain_text("39,856,227.27")
    page.locator("[id='figure-balance.project.npv'] a[rel=next]").click()
    expect(page.locator("[id='figure-balance.project.npv'] nav")).to_contain_text("第 2 页")


def test_developer_submits_a_package_and_others_see_it_at_once(enter) -> None:
    watcher, page = enter("resident", phone=True), enter("developer")
    watcher.goto(ROOM + "packages/")
    watcher.wait_for_selector("[data-live-state=on]", state="attached")
    page.goto(ROOM + "packages/new/")
    page.check("input[value=B]")
    page.check("#counter")
    page.click("main form button:has-text('开始拟订')")
    page.wait_for_url("**/draft/")
    code = page.url.split("/")[-3]
    page.fill("input[name=title]", "江城置业的反提案")
    totals = page.locator("[data-totals]").inner_text()
    page.locator("input[name$='-yuan']").first.fill("1234567.00")
    expect(page.locator("[data-totals]")).not_to_have_text(totals, timeout=SOON)
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator(".alert-success")).to_be_visible()
    expect(watcher.locator("main")).not_to_contain_text("江城置业的反提案")
    page.click("button[name=submit]")
    expect(page.locator("h1")).to_contain_text(f"{code} · 江城置业的反提案")
    expect(watcher.locator("main")).to_contain_text("江城置业的反提案", timeout=SOON)
    # The worker scores it; the card comes by itself.
    expect(page.locator("#card-title ~ div .value").first).to_be_visible(timeout=20_000)
    expect(page.locator("main")).not_to_contain_text("评分卡还没有算出")


def test_faulty_draft_says_beside_the_field_what_is_wrong(enter) -> None:
    page = enter("developer")
    page.goto(ROOM + "packages/new/")
    page.check("input[value=A]")
    page.click("main form button:has-text('开始拟订')")
    page.locator("input[name$='-yuan']").first.fill("many")
    page.click("button[name=submit]")
    expect(page.locator(".alert-danger")).to_be_visible()
    expect(page.locator(".invalid-feedback").first).to_contain_text("1234.50")
    assert violations(page) == []
    page.click("text=丢弃草稿")
    page.click("button.btn-danger")
    expect(page.locator("h1")).to_have_text("方案")


def test_mediator_is_asked_and_its_answer_becomes_a_draft(enter) -> None:
    page = enter("developer")
    page.goto(ROOM + "packages/B/")
    page.click("text=能不能人人更好？")
    page.click("button:has-text('怎样最公平？')")
    # The worker computes it; the answer comes by itself.
    expect(page.locator("main .lead strong")).to_have_text("这是这些范围内最公平的方案。", timeout=30_000)
    assert violations(page) == []
    page.click("button:has-text('作为本方反提案打开')")
    expect(page.locator("h1")).to_contain_text("草稿")
    page.locator("[data-formset=flows] input[type=range]").last.fill("10")
    assert page.locator("[data-formset=flows] output").last.inner_text() == "± 10 %"
    assert violations(page) == []
    page.click("text=丢弃草稿")
    page.click("button.btn-danger")


def test_resident_reads_her_household_on_a_phone(enter) -> None:
    page = enter("resident", phone=True)
    page.goto(ROOM + "mine/")
    expect(page.locator("h1")).to_have_text("东街017户")
    expect(page.locator("article").first).to_contain_text("万元")
    expect(page.locator("article .strip").first).to_be_visible()
    names = page.locator(".bottom-bar a").all_inner_texts()
    assert names == ["我家", "方案", "讨论", "表决"]


def test_comment_appears_at_the_planners_at_once_and_is_answered(enter) -> None:
    page, planner = enter("resident", phone=True), enter("planner")
    planner.goto(ROOM + "comments/")
    planner.wait_for_selector("[data-live-state=on]", state="attached")
    page.goto(ROOM + "comments/")
    page.fill("main form textarea[name=body] >> nth=0", "学校操场能不能大一点？")
    page.click("button:has-text('提交意见')")
    expect(planner.locator(".thread").first).to_contain_text("学校操场能不能大一点？", timeout=SOON)
    planner.click(".thread a:has-text('答复')")
    planner.check("input[value=partly]")
    planner.fill("textarea[name=reason]", "操场扩大 400 平方米。")
    planner.click("button:has-text('作出答复')")
    expect(page.locator(".answer").first).to_contain_text("部分采纳", timeout=SOON)


def test_reading_commenting_and_voting_need_no_script(enter, ballot: str) -> None:
    page = enter("neighbour", phone=True, script=False)
    page.goto(ROOM + "comments/")
    page.fill("main form textarea[name=body] >> nth=0", "我在外地，也看得到。")
    page.click("button:has-text('提交意见')")
    assert "我在外地，也看得到。" in page.inner_text("main")
    page.goto(ballot)
    page.click("text=投反对票")
    page.click("main button:has-text('投反对票')")
    assert "您已投：" in page.inner_text("main")


@pytest.fixture(scope="module")
def opened() -> dict[str, str]:
    return {}


@pytest.fixture
def ballot(enter, opened) -> str:
    """The address of the ballot on package B, opened by the convener once."""
    if "address" not in opened:
        planner = enter("planner")
        planner.goto(ROOM + "packages/B/ballot/")
        close = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(seconds=40)
        planner.evaluate(
            "value => document.querySelector('input[name=closes_at]').value = value",
            close.strftime("%Y-%m-%dT%H:%M:%S"),
        )
        planner.click("main form.card button:has-text('开始表决')")
        planner.goto(ROOM + "ballots/")
        opened["address"] = planner.url
        opened["close"] = close.isoformat()
    return opened["address"]


def test_vote_shows_live_and_becomes_a_decision(enter, ballot: str, opened) -> None:
    planner, page = enter("planner"), enter("resident", phone=True)
    planner.goto(ballot)
    planner.wait_for_selector("[data-live-state=on]", state="attached")
    before = planner.locator("[data-live-topic^=tally] > p").first.inner_text()
    page.goto(ballot)
    page.click("text=投同意票")
    expect(page.locator("h1")).to_have_text("投同意票？")
    page.click("main button:has-text('投同意票')")
    expect(page.locator("#my-vote ~ p").first).to_contain_text("同意")
    expect(planner.locator("[data-live-topic^=tally] > p").first).not_to_have_text(before, timeout=SOON)
    assert violations(page) == [] and violations(planner) == []
    left = datetime.fromisoformat(opened["close"]) - datetime.now(ZoneInfo("Asia/Shanghai"))
    planner.wait_for_timeout(max(0, left.total_seconds() + 1) * 1000)
    planner.goto(ballot)
    planner.click("text=计票并作出决议")
    planner.click("button:has-text('作出决议')")
    expect(planner.locator("#decision")).to_contain_text("参与不足")
    assert violations(planner) == []


def test_auditor_reads_and_exports(enter) -> None:
    page = enter("auditor")
    page.goto(ROOM + "log/")
    expect(page.locator(".story")).to_contain_text("作出了决议")
    with page.expect_download() as download:
        page.click("text=导出 entries.jsonl")
    lines = download.value.path().read_bytes().splitlines()
    acts = [json.loads(line)["action"] for line in lines]
    assert acts[0] == "case.load" and acts[-1] == "log.export"
    assert {"package.submit", "comment.add", "comment.answer", "ballot.open", "vote.cast", "ballot.decide"} <= set(acts)
    assert not re.search("王桂芳|李建国", b"".join(lines).decode())
