"""A resident on a phone: reads what a package means, opens a word by tap and by key, in the largest type."""

import pytest

from tests.browser.test_pages import ROOM, overflow, violations

pytestmark = pytest.mark.browser


def test_resident_reads_plain_words_in_the_largest_type(enter) -> None:
    page = enter("resident", phone=True)
    page.goto(ROOM + "packages/B/")
    assert "您家给出" in page.inner_text(".plain-words")
    small = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.plain-words')).fontSize)")
    page.click("[data-size-toggle]")
    page.click("[data-size-toggle]")
    page.goto(ROOM + "mine/")
    large = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.plain-words')).fontSize)")
    assert (small, round(large)) == (18, 26)
    assert (violations(page), overflow(page)) == ([], 0)


def test_word_opens_by_tap_and_by_key(enter) -> None:
    page = enter("resident", phone=True)
    page.goto(ROOM + "mine/")
    text = page.locator("#word-recovery")
    page.click("[popovertarget=word-recovery]")
    assert text.is_visible() and (violations(page), overflow(page)) == ([], 0)
    page.keyboard.press("Escape")
    assert not text.is_visible()
    page.focus("[popovertarget=word-present]")
    page.keyboard.press("Enter")
    assert page.locator("#word-present").is_visible()
    page.locator("#word-present a").click()
    page.wait_for_url("**/glossary/#present")
    assert (violations(page), overflow(page)) == ([], 0)
