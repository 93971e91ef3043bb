"""Search by words and parts of words."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from negotiation import comments
from negotiation.models import Comment
from negotiation.permissions import look
from negotiation.queries.comments import threads
from negotiation.searching import asked, fold, grams

TEXT = "老旧小区的电梯加装费用太高，请调整 Flow 3 的金额。"
ALPHABET = st.text("老旧小区电梯费用 Aab12Ａ１", max_size=12)


@pytest.fixture
def room(mandate, zhuxi):
    for body in (TEXT, "学校操场太小", "停车位不够，电瓶车乱停"):
        comments.add_comment(mandate("resident"), zhuxi, body)
    return zhuxi


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("电", 2),
        ("电梯", 1),
        ("梯加", 1),
        ("电梯加装费用", 1),
        ("电梯 金额", 1),
        ("电梯 操场", 0),
        ("梯电", 0),
        ("小区操场", 0),
        ("ＦＬＯＷ", 1),
        ("lo", 1),
        ("%", 0),
        ("_", 0),
        ("   ", 3),
        ("", 3),
        ("没有这个词", 0),
    ],
)
def test_words_and_parts_of_words_are_found(room, cast, search: str, found: int) -> None:
    viewer = look(cast("resident"), room.code)
    assert threads(viewer, search=search).count() == found


def test_reply_leads_to_its_thread(room, mandate, cast) -> None:
    top = Comment.objects.get(body="学校操场太小")
    comments.add_comment(mandate("finance"), room, "可以扩建塑胶跑道", parent=top)
    assert list(threads(look(cast("resident"), room.code), search="跑道")) == [top]


def test_same_words_of_another_room_are_not_found(room, hekou, mandate, cast) -> None:
    comments.add_comment(mandate("resident", "HK-2026"), hekou, "电梯")
    assert threads(look(cast("resident"), "HK-2026"), search="电梯").count() == 1
    assert set(grams(room.pk, "电梯")) & set(grams(hekou.pk, "电梯")) == set()


@given(text=ALPHABET, search=ALPHABET)
def test_every_text_that_holds_the_words_has_their_numbers(text: str, search: str) -> None:
    words, numbers = asked(1, search)
    if all(word in fold(text) for word in words):
        assert set(numbers) <= set(grams(1, text))


@given(st.text(max_size=40))
def test_numbers_fit_the_column_whatever_is_written(text: str) -> None:
    assert all(-(2**31) <= number < 2**31 for number in grams(10**9, text))


def test_search_among_five_thousand_goes_through_the_index(zhuxi, mandate, cast) -> None:
    acting = mandate("resident")
    common = {"room": zhuxi, "party": acting.party, "mandate": acting}
    Comment.objects.bulk_create(
        Comment(body=f"第{n}条：道路绿化与停车位的意见{n % 97}", **common).index() for n in range(5_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE negotiation_comment")
    for search in ("条4321", "九", "96 4"):
        rows = threads(look(cast("resident"), zhuxi.code), search=search)[:20]
        assert "comment_grams" in rows.explain()
