"""People's own browsers over the running product."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

from tests.product import CHROMIUM, FLAGS, PHONE, WIDE, Product, running

# Of RFC 8032's first key; it has no address, so that nobody is asked.
WITNESS = "witness.of-another-place.example.com/w1+12f56b41+BNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    policy = tmp_path_factory.mktemp("witnesses") / "policy"
    policy.write_text(f"witness 县档案馆 {WITNESS}\nquorum 县档案馆\n")
    with running("browser", LOG_WITNESSES=str(policy)) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ended with its module: while it runs, Django takes the thread for an asynchronous one."""
    if not Path(CHROMIUM).exists() and "CI" not in os.environ:
        pytest.skip(f"Chromium is not at {CHROMIUM}; set CHROMIUM or install it to run the browser's tests")
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def faults() -> list[str]:
    """What the browsers of one test complained about: script errors, refused content."""
    return []


@pytest.fixture(scope="module")
def known(product: Product) -> dict[str, StorageState]:
    """The cookies of everybody who has signed in by the form: who comes again need not."""
    return {}


@pytest.fixture
def enter(
    product: Product, browser: Browser, known: dict[str, StorageState], faults: list[str]
) -> Iterator[Callable[..., Page]]:
    """`enter("resident", phone=True)`: a page of somebody's own browser, signed in."""
    contexts: list[BrowserContext] = []

    def sign_in(name: str = "", *, phone: bool = False, script: bool = True, locale: str = "zh-CN") -> Page:
        context = browser.new_context(
            base_url=product.address,
            viewport=PHONE if phone else WIDE,
            locale=locale,
            java_script_enabled=script,
            storage_state=known.get(name),
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if is_fault(line) else None)
        if name in known:
            page.goto("/")
        elif name:
            page.goto("/accounts/login/")
            page.fill("input[name=login]", name)
            page.fill("input[name=password]", product.password)
            page.click("main form button[type=submit]")
            page.wait_for_url("/")
            known[name] = context.storage_state()
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert faults == []


def is_fault(line) -> bool:
    """Errors of ours; a refused form (409, 422) is told to the console by the browser itself."""
    return line.type == "error" and "status of 4" not in line.text
