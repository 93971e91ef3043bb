"""A straw poll, the tally by groups, the result and its papers, at 360 and at 1280 px."""

import io
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.test_pages import overflow, violations
from tests.product import Product, running

pytestmark = pytest.mark.browser
CODE = "ZX-03-2026"
ROOM = f"/rooms/{CODE}/"
PICTURES = os.environ.get("PICTURES", "")
CLOSE_POLLS = """
from django.utils import timezone
from negotiation.models import Poll
from negotiation.tasks import close_due_polls
Poll.objects.update(closes_at=timezone.now())
close_due_polls()
"""


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    """One of its own: other files vote in this room too."""
    with running("results") as found:
        yield found


def seen(page, name: str, path: str = "") -> tuple[str, list[str], int]:
    """What is wrong with the page, all its details open; kept as a picture where somebody asked for it."""
    if path:
        page.goto(path)
    page.wait_for_load_state("networkidle")
    page.evaluate("[...document.querySelectorAll('main details')].forEach(details => details.open = true)")
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)
    return name, violations(page), overflow(page)


def close_at(page, seconds: int) -> None:
    moment = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(seconds=seconds)
    setting = "value => document.querySelector('input[name=closes_at]').value = value"
    page.evaluate(setting, moment.strftime("%Y-%m-%dT%H:%M:%S"))


def good(*found: tuple[str, list[str], int]) -> None:
    assert list(found) == [(name, [], 0) for name, _violations, _overflow in found]


def test_straw_poll_is_opened_answered_and_read(enter, product) -> None:
    planner, resident = enter("planner"), enter("resident", phone=True)
    good(seen(planner, "polls-empty", ROOM + "polls/"), seen(planner, "poll-new", ROOM + "polls/new/"))
    planner.fill("input[name=title]", "先谈哪两个方案？")
    for place in range(3):
        planner.locator("input[name=packages]").nth(place).check()
    planner.check("input[name=method][value=ranked]")
    planner.click("main form .btn-primary")
    planner.wait_for_url("**/polls/*/")
    good(seen(resident, "poll-open-phone", planner.url))
    resident.select_option("select[name=rank_B]", "1")
    resident.select_option("select[name=rank_A]", "2")
    resident.click("main form .btn-primary")
    expect(resident.locator("#mine ~ p strong")).to_have_text("A (2)、B (1)")
    product.manage("shell", "-c", CLOSE_POLLS)
    good(seen(planner, "poll-result", planner.url), seen(resident, "poll-result-phone", planner.url))
    expect(planner.locator("#result ~ .cards ol").first.locator("li")).to_have_text(["B", "A", "C"])
    good(seen(resident, "polls-phone", ROOM + "polls/"))


def test_vote_becomes_a_result_with_its_papers(enter, product) -> None:
    planner, resident = enter("planner"), enter("resident", phone=True)
    planner.goto(ROOM + "packages/B/ballot/")
    close_at(planner, 60)
    planner.click("main form.card .btn-danger, main form.card .btn-primary")
    planner.goto(ROOM + "ballots/")
    ballot = planner.url
    resident.goto(ballot)
    resident.click(".choice-yes")
    resident.click("main form button")
    planner.wait_for_selector("[data-live-state=on]", state="attached")
    planner.evaluate("document.querySelector('#groups-owners-class').open = true")
    product.manage("demo_crowd", CODE)
    # The tally comes by itself, and what was opened stays open.
    expect(planner.locator("#groups-owners-class tbody tr").first).to_contain_text("≥ 1", timeout=30_000)
    assert planner.locator("#groups-owners-class").evaluate("details => details.open")
    good(seen(planner, "tally", ballot), seen(resident, "tally-phone", ballot))
    receipt = planner.request.get  # signed in as the planner: not the resident's
    assert receipt(ballot + "receipt.pdf").status == 404
    paper = resident.request.get(ballot + "receipt.pdf")
    assert len(PdfReader(io.BytesIO(keep("receipt", paper.body()))).pages) == 1

    planner.wait_for_function("() => Date.now() > 0")
    planner.wait_for_timeout(remaining(planner, ballot))
    planner.goto(ballot + "decide/")
    planner.click("main form .btn-danger")
    planner.wait_for_url(ballot)
    planner.click(f"a[href='{ballot.removeprefix(product.address)}result/']")
    expect(planner.locator("#decision")).to_be_visible()
    planner.wait_for_timeout(2000)
    good(seen(planner, "result", ballot + "result/"), seen(resident, "result-phone", ballot + "result/"))
    expect(resident.locator("#roll ~ table tbody th")).to_have_text(["HH-017", "HH-018"])
    certificate = enter().request.get(ballot + "certificate.pdf")
    assert PdfReader(io.BytesIO(keep("certificate", certificate.body()))).pages
    good(seen(enter(phone=True), "check-phone", ROOM + "log/receipts/"))


def remaining(page, ballot: str) -> float:
    """Milliseconds until the ballot closes, as its API says."""
    told = page.request.get(ballot.replace("/rooms/", "/api/v1/rooms/")).json()
    left = datetime.fromisoformat(told["closes_at"]) - datetime.now(ZoneInfo("UTC"))
    return max(0.0, left.total_seconds() + 1) * 1000


def keep(name: str, pdf: bytes) -> bytes:
    if PICTURES:
        Path(PICTURES, f"{name}.pdf").write_bytes(pdf)
    return pdf
