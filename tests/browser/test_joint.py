"""Two companies propose a package together, one on a phone: named, read, consented to, voided, put on the table."""

import pytest

from tests.browser.test_sheets_and_files import draft_of, seen

pytestmark = pytest.mark.browser


def test_two_propose_together(enter) -> None:
    developer, factory, faults = enter("developer"), enter("factory", phone=True), {}
    draft = draft_of(developer)
    developer.click("a[href$='/draft/partners/']")
    faults["empty"] = seen(developer, "joint-empty-1280")
    developer.fill("input[name=party]", "MKT-TEX")
    developer.click("form[action$='/draft/partners/'] button")
    faults["named"] = seen(developer, "joint-named-1280")

    factory.goto(f"{draft}read/")
    faults["read"] = seen(factory, "joint-read-360")
    factory.click("form[action$='/consent/'] button")
    factory.wait_for_selector("form[action$='/consent/back/']")
    faults["consented"] = seen(factory, "joint-consented-360")
    # The proposer's open page hears of it.
    developer.click("[data-live-notice]:not([hidden]) a")
    faults["complete"] = seen(developer, "joint-complete-1280")
    assert developer.locator("form[action$='/draft/submit/'] button").count() == 1

    other = enter("developer", phone=True)
    other.goto(draft)
    other.fill("input[name=title]", "工业上楼，一同出资")
    other.click("button[name=save]:not(.visually-hidden)")
    developer.reload()
    faults["void"] = seen(developer, "joint-void-1280")
    assert developer.locator("form[action$='/draft/submit/'] button").count() == 0
    other.goto(f"{draft}partners/")
    faults["void, phone"] = seen(other, "joint-void-360")

    factory.goto(f"{draft}read/")
    factory.click("form[action$='/consent/'] button")
    factory.wait_for_selector("form[action$='/consent/back/']")
    developer.click("[data-live-notice]:not([hidden]) a")
    developer.click("form[action$='/draft/submit/'] button")
    developer.wait_for_url(lambda address: "/draft/" not in address)
    faults["table"] = seen(developer, "joint-table-1280")

    factory.goto(f"{developer.url}support/")
    faults["support"] = seen(factory, "joint-support-360")
    factory.fill("textarea[name=reason]", "银行不再放款。")
    factory.click("main form.card .btn-danger")
    factory.wait_for_selector(".alert-warning")
    faults["left"] = seen(factory, "joint-left-360")
    assert faults == dict.fromkeys(faults, ([], 0))
