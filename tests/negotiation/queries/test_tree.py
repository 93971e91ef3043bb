"""The tree of proposals: every package once, under what it answers; the API gives the same edges."""

from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from negotiation import packages, voting
from negotiation.models import Package, Room
from negotiation.permissions import look
from negotiation.queries.packages import latest
from negotiation.queries.tree import Leaf, Node, nested, tree_page, unfold

ROOM = "/rooms/ZX-03-2026/"
NOW = datetime(2026, 1, 1)  # noqa: DTZ001


def node(code: str, answers: str) -> Node:
    return Node(code, "", [Leaf(1, "", NOW, f"{answers}.1" if answers else "", False, "")])


@st.composite
def forests(draw) -> dict[str, Node]:
    """Packages that answer others, themselves, each other, or something that is not there."""
    codes = [str(number) for number in range(draw(st.integers(0, 12)))]
    return {code: node(code, draw(st.sampled_from(["", "gone", *codes]))) for code in codes}


@given(forests())
def test_every_package_stands_there_once(nodes) -> None:
    assert sorted(row.code for row in unfold(nodes)) == sorted(nodes)


@given(forests())
def test_package_stands_under_what_it_answers(nodes) -> None:
    found = list(unfold(nodes))
    for place, row in enumerate(found):
        if row.depth:
            above = next(found[p] for p in range(place - 1, -1, -1) if found[p].depth < row.depth)
            assert (above.code, above.depth) == (row.parent, row.depth - 1)


@given(forests())
def test_lists_that_are_opened_are_closed(nodes) -> None:
    found = nested(list(unfold(nodes)))
    assert sum(row.deeper for row in found) == sum(len(row.closes) for row in found)


def test_long_chain_of_answers_is_unfolded() -> None:
    nodes = {str(n): node(str(n), str(n - 1) if n else "") for n in range(5000)}
    assert [row.depth for row in unfold(nodes)] == list(range(5000))


class Outline(HTMLParser):
    """Codes in a page's tree with how deep they stand."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.depth, self.found, self.named = -1, [], False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth += tag == "ul"
        self.named = ("class", "proposal-name") in attrs or (self.named and tag in ("a", "del"))

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "ul"

    def handle_data(self, data: str) -> None:
        if self.named and " · " in data:
            self.found.append((data.split(" ")[0], self.depth))


@pytest.fixture
def answered(mandate, zhuxi) -> Room:
    """C answers B (as in the case), D answers C, E answers A's second revision; A is withdrawn."""
    developer, factory = mandate("developer"), mandate("factory")

    def put(who, source: str) -> None:
        revision = latest(zhuxi).get(package__code=source)
        draft = packages.start_package(who, zhuxi, source=revision, counter=True)
        packages.submit_package(who, draft, draft.version)

    put(factory, "C")
    own = Package.objects.select_related("room", "proposer", "latest").get(room=zhuxi, code="A")
    draft = packages.revise_package(developer, own)
    packages.submit_package(developer, draft, draft.version)
    put(factory, "A")
    own.refresh_from_db()
    packages.withdraw_package(developer, own, "No money")
    return zhuxi


def test_page_draws_the_tree(answered, signed_in) -> None:
    page = signed_in("").get(f"{ROOM}packages/tree/").content.decode()
    assert Outline(page).found == [("A", 0), ("E", 1), ("B", 0), ("C", 1), ("D", 2)]
    assert page.count("<ul") == page.count("</ul>") and page.count("<li") == page.count("</li>")
    assert "<del><a" in page and "answers A.2" in page
    whole = signed_in("").get(f"{ROOM}packages/").content.decode()
    assert "How the proposals answer each other" in whole
    assert Outline(whole).found == Outline(page).found


def test_ballot_is_marked(answered, mandate, signed_in) -> None:
    voting.open_ballot(mandate("planner"), latest(answered).get(package__code="B"), timezone.now() + timedelta(1))
    assert "being voted on" in signed_in("").get(f"{ROOM}packages/tree/").content.decode()


def test_api_gives_the_same_edges(answered, signed_in) -> None:
    rows = signed_in("").get(f"/api/v1{ROOM}proposals/").json()["results"]
    viewer = look(User.objects.get(username="planner"), answered.code)
    drawn = [
        (f"{n.code}.{leaf.number}", leaf.answers or None, leaf.withdrawn)
        for n in tree_page(viewer, "1")
        for leaf in n.leaves
    ]
    assert sorted((f"{r['package']}.{r['number']}", r["answers"], r["withdrawn"]) for r in rows) == sorted(drawn)
    assert ("D.1", "C.1", False) in drawn and ("A.2", None, True) in drawn
