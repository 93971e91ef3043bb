"""How people are told: a resident on her phone with her mail, and the convener who delivers what must be delivered."""

import re
import time
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_pages import seen
from tests.product import PHONE, WIDE, Product, running

pytestmark = pytest.mark.browser
ROOM = "/rooms/ZX-03-2026/"
SOON = 10_000
MORNING = """
from datetime import timedelta
from django.utils import timezone
from notifications.digests import send_digests
send_digests(timezone.localdate() + timedelta(days=1))
"""
SECRET = re.compile(r"http://127\.0\.0\.1:\d+(/\S+)")


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mail")


@pytest.fixture(scope="module")
def product(mailbox: Path) -> Iterator[Product]:
    """Its own: its e-mails go into a folder, its text messages nowhere."""
    with running("notices", EMAIL_URL=f"filemail:///{mailbox}") as found:
        yield found


def letters(mailbox: Path) -> list[EmailMessage]:
    texts = b"".join(file.read_bytes() for file in sorted(mailbox.iterdir())).split(b"-" * 79 + b"\n")
    return [message_from_bytes(text, policy=policy.default) for text in texts if text.strip()]


def letter(mailbox: Path, words: str) -> EmailMessage:
    """The newest e-mail that says this, once it has come."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if found := [row for row in letters(mailbox) if words in f"{row['subject']} {row.get_content()}"]:
            return found[-1]
        time.sleep(0.2)
    raise AssertionError(f"no e-mail says {words}: {[row['subject'] for row in letters(mailbox)]}")


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def follow(page: Page, words: str) -> None:
    page.get_by_role("link", name=words).first.click()


def left(page: Page) -> int:
    """How many parties the page says are left."""
    return int(re.search(r"\d+", page.locator("main p.hint").first.inner_text())[0])


def on_both(page: Page, name: str) -> dict[str, tuple[list[str], int]]:
    """What is wrong with the page at either width."""
    found = {}
    for size, width in ((PHONE, "360"), (WIDE, "1280")):
        page.set_viewport_size(size)
        found[f"{name}-{width}"] = seen(page, f"{name}-{width}")
    return found


def test_resident_says_how_and_ends_it_but_the_law_comes(enter, product: Product, mailbox: Path) -> None:
    faults = {}
    resident = enter("resident", phone=True)
    follow(resident, "通知")
    follow(resident, "选择怎样通知您")
    resident.locator("dl").get_by_role("link").first.click()
    resident.locator("input[name=email]").fill("wang@example.org")
    resident.locator("button[name=action_add]").click()
    resident.goto(SECRET.search(letter(mailbox, "请确认").get_content())[1])
    faults["confirm"] = seen(resident, "notices-confirm")
    resident.locator("main form button").click()

    # Everything once a day.
    resident.goto("/notices/preferences/")
    expect(resident.locator("dl")).to_contain_text("wang@example.org")
    for choice in resident.get_by_label("用电子邮件").all():
        choice.select_option("每天汇总一次")
    press(resident, "保存")
    daily = resident.locator("option[value=daily]:checked")
    expect(daily).to_have_count(5)
    faults["preferences"] = seen(resident, "notices-preferences")

    resident.goto(f"{ROOM}comments/")
    resident.get_by_label("您的意见").fill("楼道里的灯坏了。")
    press(resident, "提交意见")
    planner = enter("planner")
    planner.goto(f"{ROOM}comments/")
    planner.locator(".thread", has_text="楼道里的灯").get_by_role("link", name="答复").click()
    planner.get_by_label("说明", exact=True).check()
    planner.get_by_label("理由").fill("已报修。")
    press(planner, "作出答复")
    follow(resident, "通知")
    expect(resident.locator(".notice-unread", has_text="您的意见有了答复。")).to_have_count(1, timeout=SOON)
    faults["notices"] = seen(resident, "notices-list")
    before = len(letters(mailbox))
    product.manage("shell", "--verbosity", "0", "-c", MORNING)
    digest = letter(mailbox, "您的意见有了答复。")
    assert (digest["to"], len(letters(mailbox)) - before) == ("wang@example.org", 1)

    # The link at the foot of the e-mail, in a browser where nobody is signed in.
    stop = digest["List-Unsubscribe"].strip(" <>")
    assert stop in digest.get_content()
    reader = enter(phone=True)
    reader.goto(stop)
    faults |= on_both(reader, "stop")
    press(reader, "不再发这类邮件")
    expect(reader.get_by_role("status")).to_contain_text("不会再发每日邮件。")
    faults |= on_both(reader, "stopped")
    resident.goto("/notices/preferences/")
    expect(daily).to_have_count(0)
    # A mail program posts by itself, and may do so again.
    with urllib.request.urlopen(stop, b"List-Unsubscribe=One-Click") as answer:
        assert answer.status == 200

    # What the law requires comes all the same, at once, and can not be ended.
    planner.goto(f"{ROOM}packages/A/notice/")
    planner.get_by_label("公示日期").fill(f"{datetime.now(ZoneInfo('Asia/Shanghai')):%Y-%m-%d}")
    planner.get_by_label("公示地点").fill("县人民政府网站")
    planner.locator("main form .btn-primary, main form .btn-danger").first.click()
    required = letter(mailbox, "方案包 A")
    assert (required["to"], required["List-Unsubscribe"]) == ("wang@example.org", None)
    assert faults == dict.fromkeys(faults, ([], 0))


def test_convener_hands_over_what_has_not_come(enter) -> None:
    planner, faults = enter("planner"), {}
    planner.goto(f"{ROOM}procedure/")
    follow(planner, "发件箱")
    expect(planner.locator("#messages ~ table")).to_contain_text("wa***@example.org")
    expect(planner.locator(".alert-warning")).to_have_count(1)
    faults |= on_both(planner, "outbox")
    planner.locator("#required ~ ul").get_by_role("link", name="还没有送达的").first.click()
    expect(planner.locator("main")).not_to_contain_text("HH-017")
    before = left(planner)
    faults |= on_both(planner, "unreached")
    row = planner.locator("main tbody tr", has_text="HH-001")
    row.get_by_role("link", name="当面送达").click()
    faults |= on_both(planner, "by-hand")
    press(planner, "记录送达")
    expect(planner.locator("main form.card")).to_be_visible()
    planner.get_by_label("由谁、何时、怎样送达").fill("11月26日上午，社区干部上门，回执 12 号。")
    press(planner, "记录送达")
    expect(row).to_have_count(0)
    assert left(planner) == before - 1
    assert faults == dict.fromkeys(faults, ([], 0))
