"""Take the pictures of docs/images from the running product.

python scripts/screenshots.py http://127.0.0.1:8000 [FOLDER]   (needs Chromium and the demo's var/demo_password)
"""

import sys
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
ROOM = "/rooms/ZX-03-2026/"
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 780}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
SHOTS = {
    ("planner", "wide"): {
        "overview": ROOM,
        "packages": ROOM + "packages/",
        "package": ROOM + "packages/B/",
        "compare": ROOM + "compare/",
        "procedure": ROOM + "procedure/",
        "discussion": ROOM + "comments/",
        "ballots": ROOM + "ballots/",
        "log": ROOM + "log/",
        "mandates": ROOM + "mandates/",
    },
    ("developer", "wide"): {"developer-packages": ROOM + "packages/", "developer-start": ROOM + "packages/new/"},
    ("resident", "phone"): {
        "home-phone": ROOM + "mine/",
        "packages-phone": ROOM + "packages/",
        "package-phone": ROOM + "packages/B/",
        "discussion-phone": ROOM + "comments/",
        "ballots-phone": ROOM + "ballots/",
        "overview-phone": ROOM,
    },
    ("auditor", "wide"): {"auditor-log": ROOM + "log/"},
    ("", "wide"): {"home": "/", "sign-in": "/accounts/login/"},
}


def main(base: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for (person, size), pages in SHOTS.items():
            page = open_page(browser, base, person, WIDE if size == "wide" else PHONE)
            for name, path in pages.items():
                shoot(page, base + path, folder / f"{name}.png")
        browser.close()


def open_page(browser: Browser, base: str, person: str, viewport: dict[str, int]) -> Page:
    context = browser.new_context(viewport=viewport, locale="zh-CN")  # type: ignore[arg-type]
    page = context.new_page()
    page.on("console", tell_error)
    if person:
        sign_in(page, base, person)
    return page


def tell_error(message: ConsoleMessage) -> None:
    if message.type == "error":
        print(f"  console: {message.text}")


def sign_in(page: Page, base: str, person: str) -> None:
    page.goto(f"{base}/accounts/login/")
    page.fill("input[name=login]", person)
    page.fill("input[name=password]", (ROOT / "var" / "demo_password").read_text().strip()[:12])
    page.click("main form button[type=submit]")
    page.wait_for_load_state("networkidle")


def shoot(page: Page, address: str, file: Path) -> None:
    page.goto(address)
    page.wait_for_load_state("networkidle")
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    print(f"{file.name}{' scrolls sideways by ' + str(width) if width > 0 else ''}")
    page.screenshot(path=str(file), full_page=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "docs" / "images")
