"""Groups of like comments: the method on texts, and the job that keeps what it finds."""

from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.refusals import NotAllowed, WrongPhase
from negotiation import answers, clusters, comments, moderation
from negotiation.likeness import LIKE, common_words, like_groups, likeness
from negotiation.models import Clustering
from negotiation.queries.clusters import group_page

TEXTS = [
    "电梯加装费用太高，一楼不应分摊",
    "学校操场太小，孩子没地方跑",
    "电梯加装的费用一楼不应该分摊",
    "操场太小了，学校的孩子没地方跑步",
    "希望保留老樟树",
    "一楼不应分摊电梯加装费用",
]
ROOM = "/rooms/ZX-03-2026/"


def test_like_texts_are_found_together_and_single_ones_left_out() -> None:
    assert like_groups(TEXTS) == [[0, 2, 5], [1, 3]]


def test_words_say_what_sets_a_group_apart() -> None:
    words = "".join(common_words([TEXTS[place] for place in (0, 2, 5)], TEXTS))
    assert "分摊" in words and "操场" not in words


@pytest.mark.parametrize("texts", [[], ["电梯"], ["", ""], ["!", "?"], ["a", "b"], ["x" * 4000, ""]])
def test_texts_that_say_nothing_make_no_group(texts: list[str]) -> None:
    assert like_groups(texts) == []


def test_same_text_twice_is_a_group() -> None:
    assert like_groups(["保留樟树", "保留樟树"]) == [[0, 1]]
    assert likeness(["保留樟树", "保留樟树"])[0, 1] == pytest.approx(1)


def by_hand(texts: list[str]) -> float:
    """The likeness of the first two, as the docstring defines it."""
    bags = [[word[n : n + 2] for word in text.split() for n in range(len(word) - 1)] for text in texts]
    vectors = []
    for bag in bags[:2]:
        held = {pair: sum(pair in other for other in bags) for pair in bag}
        weights = {p: (1 + log(bag.count(p))) * (log((1 + len(texts)) / (1 + held[p])) + 1) for p in held}
        vectors.append(weights)
    dot = sum(weight * vectors[1].get(pair, 0) for pair, weight in vectors[0].items())
    return dot / sqrt(sum(w * w for w in vectors[0].values()) * sum(w * w for w in vectors[1].values()))


def test_likeness_is_what_its_definition_says() -> None:
    texts = ["电梯电梯 费用", "电梯太小", "费用太高", "学校"]
    assert likeness(texts)[0, 1] == pytest.approx(by_hand(texts))


@given(st.lists(st.text("电梯费用操场 a", max_size=8), max_size=8))
def test_groups_hold_each_text_at_most_once_and_are_the_same_again(texts: list[str]) -> None:
    found = like_groups(texts)
    places = [place for group in found for place in group]
    assert len(places) == len(set(places)) and found == like_groups(texts)
    if len(texts) > 1:
        near = likeness(texts)
        for group in found:
            assert max(near[a, b] for a in group for b in group if a < b) >= LIKE - 1e-9
        assert np.all(near <= 1 + 1e-9) and np.all(near >= 0)


# The job


@pytest.fixture
def said(mandate, zhuxi):
    return [comments.add_comment(mandate("resident"), zhuxi, text) for text in TEXTS]


def test_convener_has_them_found_and_answers_a_group(said, mandate, zhuxi, signed_in) -> None:
    planner = mandate("planner")
    clusters.find_clusters(planner, zhuxi)
    with pytest.raises(WrongPhase):
        clusters.find_clusters(planner, zhuxi)
    assert "being compared" in signed_in("planner").get(ROOM + "comments/clusters/").content.decode()
    done = clusters.compute_clusters(zhuxi)
    expected = [[said[place].pk for place in group] for group in ((0, 2, 5), (1, 3))]
    assert [group["comments"] for group in done.groups] == expected
    page = signed_in("planner").get(ROOM + "comments/clusters/").content.decode()
    assert all(f'name="c" value="{said[place].pk}" checked' in page for place in (0, 1, 2, 3, 5))
    answers.answer_comments(planner, zhuxi, [said[place] for place in (0, 2, 5)], "explained", "Law")
    assert [len(group.comments) for group in group_page(done, "1")] == [0, 2]


@pytest.mark.parametrize("who", ["resident", "finance", "developer", "auditor", "observer"])
def test_others_do_not_ask(said, mandate, zhuxi, who: str) -> None:
    with pytest.raises(NotAllowed):
        clusters.find_clusters(mandate(who), zhuxi)


def test_answered_and_hidden_comments_are_not_compared(said, mandate, zhuxi) -> None:
    answers.answer_comment(mandate("planner"), said[0], "explained", "Law")
    moderation.hide_comment(mandate("planner"), said[2], "Rude")
    numbers = [number for number, _text in clusters.open_comments(zhuxi)]
    assert numbers == [said[place].pk for place in (1, 3, 4, 5)]


def test_job_runs_twice_without_harm_and_not_unasked(said, mandate, zhuxi) -> None:
    assert clusters.compute_clusters(zhuxi) is None
    clusters.find_clusters(mandate("planner"), zhuxi)
    first = clusters.compute_clusters(zhuxi)
    assert clusters.compute_clusters(zhuxi) is None
    assert Clustering.objects.get(room=zhuxi).groups == first.groups
