"""Two officials take a vote on paper down, on a wide screen and on a phone; the voter sees it."""

import io
import re
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.browser.test_letters import seen
from tests.negotiation.files import picture

pytestmark = pytest.mark.browser
ROOM = "/rooms/ZX-03-2026/"
CODE = re.compile(r"\b[0-9A-Z]{3}-[0-9A-Z]{3}\b")


@pytest.fixture(scope="module")
def ballot(product, browser) -> str:
    """The address of an open vote."""
    page = browser.new_page(base_url=product.address, locale="zh-CN")
    page.goto("/accounts/login/")
    page.fill("input[name=login]", "planner")
    page.fill("input[name=password]", product.password)
    page.click("main form button[type=submit]")
    page.wait_for_url("/")
    page.goto(f"{ROOM}packages/B/ballot/")
    page.click("main form .btn-primary")
    page.wait_for_url("**/procedure/")
    page.goto(f"{ROOM}ballots/")
    page.wait_for_url("**/ballots/*/")
    address = page.url
    page.close()
    return address


def test_paper_is_printed_entered_and_read_anew(enter, ballot: str, tmp_path: Path) -> None:
    faults, scan = {}, tmp_path / "scan.png"
    scan.write_bytes(picture(size=(600, 800)))
    planner = enter("planner")
    planner.goto(ballot)
    planner.click("a[href$='/papers/']")
    faults["empty"] = seen(planner, "papers-empty")
    planner.click("a[href$='/papers/print/']")
    planner.fill("input[name=place]", "镇政府二楼 规划办公室")
    planner.fill("textarea[name=codes]", "HH-017、HH-018")
    faults["ask"] = seen(planner, "papers-ask")
    planner.click("main form .btn-primary")
    planner.click("#prints-title + table a")
    planner.wait_for_selector("a[href$='/1.pdf']")
    faults["made"] = seen(planner, "papers-made")
    with planner.expect_download() as download:
        planner.click("a[href$='/1.pdf']")
    pages = PdfReader(io.BytesIO(Path(download.value.path()).read_bytes())).pages
    codes = [CODE.search(page.extract_text())[0] for page in pages]
    assert len(codes) == 2

    planner.goto(f"{ballot}papers/")
    planner.fill("input[name=code]", f"{codes[0]}X")
    planner.keyboard.press("Enter")
    planner.wait_for_selector(".invalid-feedback")
    faults["slip"] = seen(planner, "papers-slip")
    planner.fill("input[name=code]", codes[0].lower().replace("-", ""))
    planner.keyboard.press("Enter")
    planner.wait_for_selector("input[name=choice]")
    planner.check("input[name=choice][value=yes]")
    planner.set_input_files("input[type=file]", scan)
    faults["enter"] = seen(planner, "papers-enter")
    planner.click("main form .btn-primary")
    planner.wait_for_url("**/papers/")
    planner.click("#papers-title ~ table a.btn")
    assert planner.locator("input[name=choice]").count() == 0

    second = enter("finance", phone=True)
    second.goto(f"{ballot}papers/")
    faults["list-phone"] = seen(second, "papers-list-phone")
    second.click("#papers-title ~ table a.btn")
    faults["read-phone"] = seen(second, "papers-read-phone")
    second.check("input[name=choice][value=no]")
    second.click("main form .btn-primary")
    second.wait_for_selector(".alert-danger")
    faults["mismatch-phone"] = seen(second, "papers-mismatch-phone")

    second.goto(f"{ballot}papers/enter/?code={codes[0]}")
    second.check("input[name=choice][value=yes]")
    second.set_input_files("input[type=file]", scan)
    faults["enter-phone"] = seen(second, "papers-enter-phone")
    second.click("main form .btn-primary")
    second.wait_for_url("**/papers/")
    planner.goto(f"{ballot}papers/?state=entered")
    planner.click("#papers-title ~ table a.btn")
    planner.check("input[name=choice][value=yes]")
    faults["read"] = seen(planner, "papers-read")
    planner.click("main form .btn-primary")
    planner.wait_for_selector(".status-met")
    faults["confirmed"] = seen(planner, "papers-confirmed")

    resident = enter("resident", phone=True)
    resident.goto(ballot)
    faults["resident"] = seen(resident, "papers-resident")
    assert resident.locator("#my-vote ~ .hint").count() >= 1
    assert faults == dict.fromkeys(faults, ([], 0))


def test_paper_is_entered_without_script(enter, ballot: str, tmp_path: Path) -> None:
    page = enter("planner", script=False, phone=True)
    page.goto(f"{ballot}papers/print/")
    page.fill("input[name=place]", "镇政府")
    page.fill("textarea[name=codes]", "HH-150")
    page.click("main form .btn-primary")
    printed = page.locator("#prints-title + table tbody tr")
    printed.first.wait_for()
    assert printed.count() >= 1


BEGIN = """
from django.utils import timezone
from negotiation.models import Meeting
Meeting.objects.filter(room__code='ZX-03-2026').update(begins_at=timezone.now())
"""


def test_roll_is_called_with_keys_and_confirmed_on_a_phone(enter, product, ballot: str) -> None:
    faults = {}
    planner = enter("planner")
    planner.goto(f"{ROOM}meetings/new/")
    planner.fill("input[name=begins_at]", "2099-01-01T09:00")
    planner.select_option("select[name=kind]", "meeting")
    planner.fill("[name=place]", "镇政府会议室")
    planner.fill("textarea[name=agenda]", "表决")
    planner.click("main form .btn-primary")
    product.manage("shell", "-c", BEGIN)
    planner.goto(f"{ROOM}meetings/")
    planner.click("main table a.btn")
    planner.click("a[href$='/roll-call/']")
    faults["list"] = seen(planner, "roll-call")
    # With keys alone: onto the seat's choices, then from "says nothing" back to "in favour".
    planner.focus("[id='none-HH-017']")
    for _step in range(3):
        planner.keyboard.press("ArrowLeft")
    assert planner.is_checked("[id='yes-HH-017']")
    planner.click("label[for='accept-MKT-DEV']")
    planner.click("main form .btn-primary")
    planner.wait_for_url("**/roll-calls/*/")
    faults["taken"] = seen(planner, "roll-call-taken")
    assert planner.locator("main table tbody tr").count() == 2
    assert planner.locator("main form .btn-primary").count() == 0

    second = enter("finance", phone=True)
    second.goto(planner.url)
    faults["confirm-phone"] = seen(second, "roll-call-confirm-phone")
    second.click("main form .btn-primary")
    second.wait_for_selector(".status-met")
    faults["confirmed-phone"] = seen(second, "roll-call-confirmed-phone")
    phone = enter("planner", phone=True)
    phone.goto(f"{ROOM}meetings/")
    phone.click("main table a.btn")
    phone.click("a[href$='/roll-call/']")
    faults["list-phone"] = seen(phone, "roll-call-phone")
    assert faults == dict.fromkeys(faults, ([], 0))


def test_principal_names_a_proxy_and_revokes_it(enter, ballot: str) -> None:
    faults = {}
    neighbour, planner = enter("neighbour", phone=True), enter("planner")
    neighbour.goto(ballot)
    neighbour.click("a[href$='/proxies/']")
    faults["empty-phone"] = seen(neighbour, "proxies-phone")
    neighbour.fill("input[name=username]", "chair")
    neighbour.check("input[name=whole]")
    neighbour.click("main form .btn-primary")
    neighbour.wait_for_selector("#named-title + table")
    faults["named-phone"] = seen(neighbour, "proxies-named-phone")
    planner.goto(f"{ROOM}proxies/")
    faults["list"] = seen(planner, "proxies-list")
    planner.click("#named-title + table a.btn")
    faults["answer"] = seen(planner, "proxies-answer")
    planner.click("button[value=accept]")
    planner.wait_for_url("**/proxies/")
    neighbour.goto(f"{ROOM}proxies/")
    faults["accepted-phone"] = seen(neighbour, "proxies-accepted-phone")
    neighbour.click("a[href*='/proxies/revoke/'] >> nth=0")
    faults["revoke-phone"] = seen(neighbour, "proxies-revoke-phone")
    neighbour.click("main .btn-danger")
    neighbour.wait_for_url("**/proxies/")
    planner.goto(f"{ROOM}proxies/limit/")
    faults["limit"] = seen(planner, "proxies-limit")
    assert faults == dict.fromkeys(faults, ([], 0))
