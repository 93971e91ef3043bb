"""A full round of bargaining in both cases: package, counter, merge, comments, answers, the text is to be fixed.

By the people of the cast in their browsers; afterwards an outsider checks the log with the verifier.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_pages import seen
from tests.product import Product, running
from tongchou_verify.command import main as verify

SOON = 10_000
IS_ON_TOP = """button => {
    const { x, y, width, height } = button.getBoundingClientRect();
    return button.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}"""
pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Round:
    """Who bargains in a room about which two sums: one that is in package A, and one that is put in."""

    room: str
    third: str
    sum: str
    words: str
    sums: tuple[str, str, str]
    put_in: tuple[str, str, str, str, str]
    put_in_words: str
    own: tuple[str, str]

    def __str__(self) -> str:
        return self.room


ROUNDS = [
    Round(
        "ZX-03-2026",
        "factory",
        "2400000.00",
        "租金损失补偿",
        ("2600000.00", "3200000.00", "2700000.00"),
        ("MKT-DEV", "project", "public-works", "建设", "2"),
        "公共工程",
        ("69552000.00", "72000000.00"),
    ),
    Round(
        "HK-2026",
        "planner",
        "537600.00",
        "场馆租金",
        ("560000.00", "600000.00", "570000.00"),
        ("MKT-AGRI", "pool", "farmland-protection", "运营", "3"),
        "耕地保护补偿",
        ("9824040.00", "10000000.00"),
    ),
]


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    """Its own: a round moves the rooms on. In the village the chair of the collective sits at the table too."""
    with running("round") as found:
        found.manage("seat", "chair", "HK-2026", "COL-HK", "--role", "public", "--document", "村民代表会议决议 3")
        yield found


def field(page: Page, table: str, label: str, value: str):
    """The field of the draft's editor that holds this value."""
    fields = page.get_by_role("group", name=table, exact=True).get_by_label(label, exact=True)
    return fields.nth(fields.evaluate_all("fields => fields.map(field => field.value)").index(value))


def title(page: Page, words: str) -> None:
    page.get_by_label("标题", exact=True).fill(words)


def change(page: Page, old: str, new: str) -> None:
    page.get_by_label("只看含此编号、名称或数额的行").fill(old)
    with page.expect_navigation():
        press(page, "保存并查找")
    field(page, "资金", "金额（元）", old).fill(new)


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def follow(page: Page, words: str) -> None:
    page.get_by_role("link", name=words).first.click()


def place(page: Page, words: str) -> None:
    """Go to one of the places in the bar at the foot of a resident's page."""
    page.locator(".bottom-bar").get_by_role("link", name=words, exact=True).click()


def put_on_the_table(page: Page) -> str:
    """Submit the draft; the package's code."""
    button = page.get_by_role("button", name="提交方案包", exact=True)
    button.scroll_into_view_if_needed()
    assert button.evaluate(IS_ON_TOP)
    button.click()
    page.wait_for_url(re.compile("/packages/[A-Z]+/$"))
    return page.url.split("/")[-2]


def advance(page: Page, room: str, phase: str) -> None:
    page.goto(f"/rooms/{room}/procedure/")
    follow(page, f"进入：{phase}")
    page.locator("main form .btn-primary").click()
    expect(page.locator("ol.steps [aria-current=step]")).to_have_text(phase)


def wan(yuan: str) -> str:
    return f"{Decimal(yuan) / 10000:,.2f}"


def amounts(page: Page) -> list[tuple[str, str]]:
    """Before and after, as the page of changes shows them."""
    cells = page.locator(".changes td:not(:last-child)").all_inner_texts()
    return list(zip(cells[::2], cells[1::2], strict=True))


def say(page: Page, words: str) -> None:
    page.get_by_label("您的意见").fill(words)
    press(page, "提交意见")
    expect(page.locator(".thread").first).to_contain_text(words)


def answer(page: Page, comment: str, verdict: str, reason: str, carried: str = "") -> None:
    """From the list of those not yet answered, and back to the list."""
    page.locator(".thread", has_text=comment).get_by_role("link", name="答复").click()
    page.get_by_label(verdict, exact=True).check()
    page.get_by_label("理由").fill(reason)
    if carried:
        page.get_by_label("体现于修订").select_option(carried)
    press(page, "作出答复")
    expect(page.locator(".thread", has_text=comment).locator(".answer")).to_contain_text(reason)


@pytest.mark.parametrize("table", ROUNDS, ids=str)
def test_round_from_the_first_package_to_the_text(table: Round, enter, product: Product, tmp_path: Path) -> None:
    room = f"/rooms/{table.room}/"
    faults = {}

    planner = enter("planner")
    planner.goto(f"{room}procedure/")
    follow(planner, "采用完整程序")
    planner.locator("main form .btn-danger").click()
    for phase in ("公示", "协商"):
        advance(planner, table.room, phase)

    # The developer puts a package on the table.
    developer = enter("developer")
    developer.goto(f"{room}packages/")
    follow(developer, "拟订方案包")
    faults["start"] = seen(developer, f"{table}-start")
    developer.get_by_label("复制 A").check()
    press(developer, "开始拟订")
    title(developer, "市场方案")
    change(developer, table.sum, table.sums[0])
    money = developer.get_by_role("group", name="资金", exact=True)
    for label, value in zip(("付方", "收方", "类别", "年份"), (*table.put_in[:3], table.put_in[4]), strict=True):
        money.get_by_label(label, exact=True).last.fill(value)
    money.get_by_label("阶段", exact=True).last.select_option(table.put_in[3])
    money.get_by_label("金额（元）", exact=True).last.fill("1500000.00")
    first = put_on_the_table(developer)
    expect(developer.locator("h1")).to_have_text(f"{first} · 市场方案")

    # The collective answers from the package's page.
    chair = enter("chair")
    chair.goto(f"{room}packages/{first}/")
    follow(chair, "提出反提案")
    press(chair, "开始拟订")
    title(chair, "集体的答复")
    change(chair, table.sums[0], table.sums[1])
    change(chair, "1500000.00", "4000000.00")
    second = put_on_the_table(chair)
    expect(chair.locator("h1 + .hint")).to_contain_text(f"反提案，针对 {first}")

    # A third has a draft of its own, and takes over what the two quarrel about.
    third = enter(table.third)
    third.goto(f"{room}packages/new/")
    third.get_by_label(f"复制 {first}").check()
    press(third, "开始拟订")
    title(third, "折中方案")
    change(third, *table.own)
    change(third, table.sums[0], table.sums[2])
    press(third, "保存草稿")
    expect(third.get_by_text("草稿已保存")).to_be_visible()
    own = third.url.split("/")[-3]
    third.goto(f"{room}packages/{second}/")
    follow(third, f"与 {first}.1 相比的变动")
    faults["changes"] = seen(third, f"{table}-changes")
    third.get_by_role("checkbox", name=re.compile(table.words)).check()
    third.get_by_role("checkbox", name=re.compile(table.put_in_words)).check()
    third.get_by_label("采入到").select_option(own)
    press(third, "采入")
    faults["clash"] = seen(third, f"{table}-clash")
    third.get_by_label(f"采用 {second}.1 的这一行").check()
    press(third, "采入")
    assert third.url.split("/")[-3] == own
    merged = put_on_the_table(third)
    follow(third, "与另一个对照看变动")
    third.get_by_label("对照", exact=True).select_option(f"{first}.1")
    press(third, "查看变动")
    rows = [("150.00", "400.00"), (wan(table.sums[0]), wan(table.sums[1])), tuple(map(wan, table.own))]
    assert sorted(amounts(third)) == sorted(rows)
    planner.goto(f"{room}procedure/")

    # A resident reads it on her phone and says two things.
    resident = enter("resident", phone=True)
    resident.goto(room)
    place(resident, "方案")
    follow(resident, f"{merged} · 折中方案")
    follow(resident, "对这个方案包提意见")
    say(resident, "补偿什么时候发到手里？请写明。")
    place(resident, "讨论")
    say(resident, "我家的院墙不要拆。")
    planner.reload()
    expect(planner.locator(".duties")).to_contain_text("2 条意见待答复")
    expect(planner.get_by_role("link", name="进入：")).to_have_count(0)
    resident.goto("/notices/")
    answered = resident.locator(".notice-unread", has_text="您的意见有了答复。")
    expect(answered).to_have_count(0)

    # The convener answers each, and only then may go on.
    follow(planner, "查看待答复意见")
    answer(planner, "补偿什么时候", "采纳", "付款年份已写进第一年。", carried=f"{merged}.1")
    answer(planner, "我家的院墙", "不采纳", "院墙占了消防通道。")
    for number in (2, 1):
        follow(resident, "通知")
        expect(answered).to_have_count(number, timeout=SOON)
        faults[f"notices-{number}"] = seen(resident, f"{table}-notices-{number}")
        answered.first.get_by_role("button", name="打开").click()
        expect(resident.locator(".answer")).to_have_count(1)
    faults["answered"] = seen(resident, f"{table}-answered")
    expect(resident.locator(".answer")).to_contain_text(f"体现于修订 {merged}.1")
    place(resident, "我家")
    expect(resident.locator("#said + div .answer").first).to_contain_text("院墙占了消防通道。")
    advance(planner, table.room, "定稿")
    assert faults == dict.fromkeys(faults, ([], 0))

    # An outsider checks what was written down.
    bundle = tmp_path / "bundle.zip"
    product.manage("export_log", table.room, str(bundle))
    assert verify([str(bundle)]) == 0
