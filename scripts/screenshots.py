"""Take the pictures of docs/images from a running product of their own: `make pictures`. Needs Chromium.

The cast acts as in service (a counter-proposal, comments, an answer, a vote), so that every page has something on it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.product import CHROMIUM, FLAGS, PHONE, WIDE, Product, running  # noqa: E402  (needs the path)

IMAGES = ROOT / "docs" / "images"
ROOM = "/rooms/ZX-03-2026/"
# A week passes.
END = """
from django.utils import timezone
from negotiation.models import Ballot, Sitting
for kind in (Ballot, Sitting):
    kind.objects.update(closes_at=timezone.now())
"""


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with running("pictures") as product, sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        studio = Studio(product, chromium)
        negotiate(studio)
        vote(studio)
        look_back(studio)
        chromium.close()


class Studio:
    """Opens a browser for one of the cast, and keeps pictures."""

    def __init__(self, product: Product, browser: Browser) -> None:
        self.product, self.browser = product, browser

    @contextmanager
    def person(self, name: str, *, phone: bool = False) -> Iterator[Page]:
        size = PHONE if phone else WIDE
        context = self.browser.new_context(
            base_url=self.product.address,
            viewport=ViewportSize(width=size["width"], height=size["height"]),
            locale="zh-CN",
        )
        page = context.new_page()
        page.on("console", lambda line: print(f"  console: {line.text}") if line.type == "error" else None)
        if name:
            page.goto("/accounts/login/")
            page.fill("input[name=login]", name)
            page.fill("input[name=password]", self.product.password)
            page.click("main form button[type=submit]")
            page.wait_for_url("/")
        yield page
        context.close()


def shoot(page: Page, name: str, path: str = "", *, whole: bool = False) -> None:
    """Keep what the page shows; `whole` for all of its length."""
    if path:
        page.goto(path)
    page.wait_for_load_state("networkidle")
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    print(f"{name}{f' scrolls sideways by {width}' if width > 0 else ''}")
    page.screenshot(path=str(IMAGES / f"{name}.png"), full_page=whole)


def negotiate(studio: Studio) -> None:
    with studio.person("") as page:
        shoot(page, "home", "/")
        shoot(page, "sign-in", "/accounts/login/")
    with studio.person("developer") as page:
        page.goto(f"{ROOM}packages/new/?source=B")
        page.check("#counter")
        page.click("main form button:has-text('开始拟订')")
        page.fill("input[name=title]", "江城置业的反提案：多建安置房")
        page.locator("input[name$='-yuan']").first.fill("46000.00")
        page.click("button[name=save]:not(.visually-hidden)")
        shoot(page, "draft")
        page.click("button[name=submit]")
        page.locator("#card-title ~ div .value").first.wait_for()
        page.goto(f"{ROOM}packages/B/mediator/")
        page.click("button[value=fair]")
        page.locator("main .lead strong").wait_for()
        shoot(page, "mediator", whole=True)
    with studio.person("resident", phone=True) as page:
        comment(page, f"{ROOM}comments/?package=B", "学校操场能不能大一点？")
        shoot(page, "home-phone", f"{ROOM}mine/", whole=True)
        shoot(page, "packages-phone", f"{ROOM}packages/")
        shoot(page, "package-phone", f"{ROOM}packages/B/")
    with studio.person("factory") as page:
        comment(page, f"{ROOM}comments/?package=B", "设备搬迁需要六个月，能否分两期交地？")
    with studio.person("planner") as page:
        page.goto(f"{ROOM}comments/?sort=oldest")
        page.locator(".thread a:has-text('答复')").first.click()
        page.check("input[value=partly]")
        page.fill("textarea[name=reason]", "操场扩大 400 平方米，写入下一次修订。")
        page.click("button:has-text('作出答复')")
        shoot(page, "overview", ROOM, whole=True)
        for name in ("unit", "packages", "compare", "comments", "procedure", "mandates", "rule"):
            shoot(page, name, f"{ROOM}{name}/", whole=name == "compare")
        shoot(page, "package", f"{ROOM}packages/B/", whole=True)
        shoot(page, "people", f"{ROOM}people/")


def comment(page: Page, path: str, text: str) -> None:
    page.goto(path)
    page.fill("main form textarea[name=body] >> nth=0", text)
    page.click("button:has-text('提交意见')")


def vote(studio: Studio) -> None:
    with studio.person("planner") as page:
        page.goto(f"{ROOM}packages/B/ballot/")
        close = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(days=7)
        set_value = "value => document.querySelector('input[name=closes_at]').value = value"
        page.evaluate(set_value, close.strftime("%Y-%m-%dT%H:%M:%S"))
        shoot(page, "open-ballot")
        page.click("main form.card button:has-text('开始表决')")
    for name, choice in (("neighbour", "投反对票"), ("chair", "投同意票"), ("developer", "接受方案包")):
        with studio.person(name) as page:
            page.goto(f"{ROOM}ballots/")
            page.get_by_role("link", name=choice, exact=True).click()
            page.click("main form .btn-primary")
    with studio.person("resident", phone=True) as page:
        page.goto(f"{ROOM}ballots/")
        page.click("text=投同意票")
        shoot(page, "vote-phone")
        page.click("main button:has-text('投同意票')")
        shoot(page, "ballot-phone", whole=True)
    with studio.person("planner") as page:
        shoot(page, "ballot", f"{ROOM}ballots/", whole=True)
        ballot = page.url
        studio.product.manage("shell", "-c", END)
        page.goto(f"{ballot}decide/")
        page.click("main form .btn-danger")
        page.wait_for_url(ballot)
        shoot(page, "result", f"{ballot}result/", whole=True)


def look_back(studio: Studio) -> None:
    with studio.person("auditor") as page:
        shoot(page, "auditor-log", f"{ROOM}log/")
        page.goto(f"{ROOM}log/check/")
        page.click("main form button[type=submit]")
        page.locator("[data-check-found] li >> nth=1").wait_for()
        shoot(page, "check-log", whole=True)


if __name__ == "__main__":
    main()
