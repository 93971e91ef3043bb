"""What came since somebody's last visit of a room's comments is new to them, and their own words never are."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from negotiation import comments
from negotiation.models import Comment, CommentVisit
from negotiation.permissions import look
from negotiation.queries.comments import new_comments, new_since
from negotiation.visits import APART, visit_comments

PAGE = "/rooms/ZX-03-2026/comments/"
API = "/api/v1/rooms/ZX-03-2026/comments/"


@pytest.fixture
def resident(cast):
    return cast("resident")


def away(user) -> None:
    """The last look was long enough ago for the next one to be another visit; all was said before it."""
    Comment.objects.update(created_at=timezone.now() - timedelta(days=1))
    CommentVisit.objects.filter(user=user).update(seen_at=timezone.now() - APART - timedelta(minutes=1))


def test_first_visit_finds_nothing_new(resident, zhuxi) -> None:
    assert visit_comments(resident, zhuxi) is None


def test_look_within_the_same_visit_changes_nothing(resident, zhuxi) -> None:
    visit_comments(resident, zhuxi)
    away(resident)
    since = visit_comments(resident, zhuxi)
    assert since is not None and visit_comments(resident, zhuxi) == since
    away(resident)
    assert visit_comments(resident, zhuxi) > since


def test_others_words_are_new_and_ones_own_and_hidden_ones_are_not(resident, mandate, zhuxi, cast) -> None:
    visit_comments(resident, zhuxi)
    away(resident)
    visit_comments(resident, zhuxi)
    made = [comments.add_comment(mandate(name), zhuxi, "Word") for name in ("factory", "developer", "resident")]
    Comment.objects.filter(pk=made[1].pk).update(hidden=True)
    viewer = look(cast("resident"), "ZX-03-2026")
    assert list(new_comments(viewer, new_since(viewer))) == [made[0]]


def test_page_says_how_many_are_new_marks_them_and_shows_only_them(resident, mandate, signed_in, zhuxi) -> None:
    old = comments.add_comment(mandate("factory"), zhuxi, "An old word")
    client = signed_in("resident")
    assert "since your last visit" not in client.get(PAGE).content.decode()
    away(resident)
    fresh = comments.add_comment(mandate("developer"), zhuxi, "A fresh word")
    reply = comments.add_comment(mandate("factory"), zhuxi, "A reply", parent=old)
    page = client.get(PAGE)
    assert "2 new comments since your last visit" in page.content.decode()
    marked = [row.pk for thread in page.context["comments"] for row in (thread, *thread.replies.all()) if row.new]
    assert sorted(marked) == [fresh.pk, reply.pk] and page.content.decode().count('class="new-mark"') == 2
    shown = client.get(f"{PAGE}?new=yes").context["comments"]
    assert sorted(row.pk for row in shown) == [old.pk, fresh.pk]


def test_nobody_signed_in_finds_nothing_new_and_leaves_no_row(mandate, signed_in, zhuxi) -> None:
    comments.add_comment(mandate("factory"), zhuxi, "A word")
    assert "new-mark" not in signed_in("").get(PAGE).content.decode()
    assert list(signed_in("").get(f"{PAGE}?new=yes").context["comments"]) == []
    assert not CommentVisit.objects.exists()


def test_api_tells_what_is_new_and_takes_visits(resident, mandate, signed_in, zhuxi) -> None:
    client, post = signed_in("resident"), {"content_type": "application/json"}
    assert client.post(f"{API}visit/", {}, **post).json() == {"since": None}
    away(resident)
    made = comments.add_comment(mandate("factory"), zhuxi, "A word")
    assert client.post(f"{API}visit/", {}, **post).json()["since"] is not None
    rows = client.get(f"{API}?new=true").json()["results"]
    assert [(row["id"], row["new"]) for row in rows] == [(made.pk, True)]
    assert signed_in("").post(f"{API}visit/", {}, **post).status_code == 401


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_as_many_statements_for_three_as_for_one(count, resident, mandate, signed_in, zhuxi) -> None:
    client = signed_in("resident")
    client.get(PAGE)
    away(resident)
    for _number in range(count):
        comments.add_comment(mandate("factory"), zhuxi, "A word")
    with CaptureQueriesContext(connection) as found:
        page = client.get(PAGE)
    assert page.context["new_count"] == count
    assert len(found) == 22
