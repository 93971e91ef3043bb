"""Every page as its reader: axe finds nothing, nothing scrolls sideways, at 360 and at 1280 px, light and dark."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser
ROOM = "/rooms/ZX-03-2026/"
PICTURES = os.environ.get("PICTURES", "")
OPENED = 12  # details a page: a card's figures are alike from there on
COMMON = [
    "",
    "unit/",
    "packages/",
    "packages/B/",
    "packages/B/mediator/",
    "compare/",
    "comments/",
    "procedure/",
    "ballots/",
]
PAGES = {
    "planner": [
        *COMMON,
        "log/",
        "mandates/",
        "people/",
        "packages/A/notice/",
        "packages/B/ballot/",
        "packages/new/",
        "packages/B/1/",
        "packages/B/1/due/",
    ],
    "resident": [*COMMON, "mine/", "packages/new/", "mediator/private/"],
    "": [*COMMON],
}


def violations(page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{row['id']}: {node['html'][:160]}" for row in found for node in row["nodes"][:3]]


def overflow(page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def seen(page, name: str) -> tuple[list[str], int]:
    """What is wrong with the page as it stands; kept as a picture where somebody asked for it."""
    page.wait_for_load_state("networkidle")
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)
    return violations(page), overflow(page)


@pytest.mark.parametrize("phone", [False, True], ids=["1280", "360"])
@pytest.mark.parametrize("role", PAGES)
def test_pages_are_accessible_and_fit(role: str, phone: bool, enter) -> None:
    page = enter(role, phone=phone)
    found = {}
    for path in PAGES[role]:
        page.goto(ROOM + path)
        page.wait_for_load_state("networkidle")
        page.evaluate(
            "most => [...document.querySelectorAll('main details')].slice(0, most).forEach(e => e.open = true)", OPENED
        )
        found[path] = (violations(page), overflow(page))
    assert found == {path: ([], 0) for path in PAGES[role]}


def test_dark_theme_is_accessible(enter) -> None:
    page = enter("planner")
    page.goto(ROOM)
    page.click("[data-theme-toggle]")
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    for path in ("packages/B/", "compare/", "mandates/"):
        page.goto(ROOM + path)
        assert violations(page) == []


def test_account_pages(enter) -> None:
    page = enter("finance", phone=True)
    found = {}
    for path in ("2fa/", "password/change/", "email/", "logout/", "3rdparty/", "reauthenticate/"):
        page.goto(f"/accounts/{path}")
        found[path] = (violations(page), overflow(page))
    assert found == dict.fromkeys(found, ([], 0))


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/rooms/NOWHERE/"])
def test_pages_outside_a_room(path: str, enter) -> None:
    page = enter("", phone=True)
    page.goto(path)
    assert (violations(page), overflow(page)) == ([], 0)


def test_english_interface(enter) -> None:
    page = enter("", locale="en-GB")
    page.goto(ROOM)
    assert page.inner_text("nav.tabs").split() == [
        "Overview",
        "Packages",
        "Compare",
        "Discussion",
        "Procedure",
        "Ballot",
    ]
