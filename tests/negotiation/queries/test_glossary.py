"""The glossary: every word of the pages is in it, and found by word or by meaning."""

import re
from pathlib import Path

import pytest

from negotiation.queries.glossary import GROUPS, TERMS

TEMPLATES = Path(__file__).parents[3] / "templates"


def test_codes_are_unique_and_pages_name_known_ones() -> None:
    assert len(TERMS) == sum(len(terms) for _title, terms in GROUPS)
    used = re.findall(r'{% words_here "([^"]+)" %}', "".join(p.read_text() for p in TEMPLATES.rglob("*.html")))
    assert used and {code for codes in used for code in codes.split()} <= set(TERMS)


@pytest.mark.parametrize(
    ("language", "wanted", "found"), [("en", "FLATS", False), ("en", "tap", False), ("en", "a flat", True)]
)
def test_search_finds_what_the_text_says(language: str, wanted: str, found: bool, client) -> None:
    text = client.get("/glossary/", {"search": wanted}, headers={"accept-language": language}).content.decode()
    assert ("What a party gets in kind" in text) is found


def test_search_in_chinese(client) -> None:
    text = client.get("/glossary/", {"search": "折成今天的钱"}, headers={"accept-language": "zh-hans"}).content.decode()
    assert "现值" in text and "检查点" not in text


def test_page_explains_its_words_where_they_stand(signed_in) -> None:
    text = signed_in("resident").get("/rooms/ZX-03-2026/mine/").content.decode()
    assert 'popovertarget="word-recovery"' in text and 'id="word-recovery"' in text


def test_api_tells_the_same_words_as_the_page(client) -> None:
    answer = client.get("/api/v1/glossary/?search=checkpoint", HTTP_ACCEPT_LANGUAGE="en").json()
    assert [[word["code"] for word in group["words"]] for group in answer] == [["checkpoint"]]
    everything = client.get("/api/v1/glossary/").json()
    assert [len(group["words"]) for group in everything] == [len(terms) for _title, terms in GROUPS]
