"""Comments, threads and the convener's answers."""

import pytest

from accounts.refusals import Conflict, Invalid, NotAllowed
from audit.models import Commitment, Entry
from negotiation import answers, comments
from negotiation.models import Comment
from negotiation.permissions import look
from negotiation.queries.comments import comment_page
from negotiation.queries.packages import latest


@pytest.fixture
def resident(mandate):
    return mandate("resident")


def test_comment_stands_in_the_log_as_a_commitment(resident, zhuxi) -> None:
    comment = comments.add_comment(resident, zhuxi, "  The school yard is too small.  ")
    entry = Entry.objects.get(action="comment.add", object_id=str(comment.pk))
    assert "school" not in bytes(entry.body).decode()
    texts = Commitment.objects.filter(entry=entry, path="/data/body")
    assert [bytes(row.content).decode() for row in texts] == ["The school yard is too small."]


@pytest.mark.parametrize("body", ["", "   ", "x" * 4001, "a\x00b"])
def test_faulty_body_is_refused_beside_its_field(resident, zhuxi, body: str) -> None:
    with pytest.raises(Invalid) as refusal:
        comments.add_comment(resident, zhuxi, body)
    assert set(refusal.value.fields) == {"body"}


def test_reply_to_a_reply_joins_the_thread(resident, mandate, zhuxi) -> None:
    top = comments.add_comment(resident, zhuxi, "First")
    reply = comments.add_comment(mandate("finance"), zhuxi, "Second", parent=top)
    third = comments.add_comment(resident, zhuxi, "Third", parent=reply)
    assert third.parent_id == top.pk


@pytest.mark.parametrize(
    ("term", "fits"), [("/flows/0", True), ("/flows/99999", False), ("/title", False), ("x", False)]
)
def test_term_must_be_in_the_revision(resident, zhuxi, term: str, fits: bool) -> None:
    revision = latest(zhuxi).get(package__code="B")
    if fits:
        assert comments.add_comment(resident, zhuxi, "Why?", revision=revision, term=term).term == term
        return
    with pytest.raises(Invalid) as refusal:
        comments.add_comment(resident, zhuxi, "Why?", revision=revision, term=term)
    assert set(refusal.value.fields) == {"term"}


def test_only_the_convener_answers_and_only_once(resident, mandate, zhuxi) -> None:
    comment = comments.add_comment(resident, zhuxi, "Please keep the old tree.")
    with pytest.raises(NotAllowed):
        answers.answer_comment(mandate("finance"), comment, "adopted", "Yes")
    answers.answer_comment(mandate("planner"), comment, "adopted", "It stays.")
    with pytest.raises(Conflict):
        answers.answer_comment(mandate("planner"), comment, "explained", "Again")


@pytest.mark.parametrize(("verdict", "reason", "field"), [("maybe", "x", "verdict"), ("partly", " ", "reason")])
def test_answer_needs_a_verdict_and_a_reason(resident, mandate, zhuxi, verdict, reason, field) -> None:
    comment = comments.add_comment(resident, zhuxi, "Please keep the old tree.")
    with pytest.raises(Invalid) as refusal:
        answers.answer_comment(mandate("planner"), comment, verdict, reason)
    assert set(refusal.value.fields) == {field}


@pytest.mark.parametrize("who", ["observer", "auditor"])
def test_lookers_on_do_not_comment(mandate, zhuxi, who: str) -> None:
    with pytest.raises(NotAllowed):
        comments.add_comment(mandate(who), zhuxi, "Hello")


def test_sorting(resident, mandate, zhuxi, cast) -> None:
    quiet = comments.add_comment(resident, zhuxi, "Quiet")
    busy = comments.add_comment(resident, zhuxi, "Busy")
    comments.add_comment(resident, zhuxi, "Reply", parent=quiet)
    answers.answer_comment(mandate("planner"), busy, "explained", "Because")
    viewer = look(cast("resident"), "ZX-03-2026")

    def order(sort: str) -> list[str]:
        return [row.body for row in comment_page(viewer, "1", sort=sort)]

    assert order("newest") == ["Busy", "Quiet"]
    assert order("oldest") == ["Quiet", "Busy"]
    assert order("replies") == ["Quiet", "Busy"]
    assert order("unanswered") == ["Quiet"]


def test_page_works_without_script(signed_in, zhuxi) -> None:
    """Posting is a plain form that comes back to the comment."""
    client = signed_in("resident")
    answer = client.post("/rooms/ZX-03-2026/comments/", {"body": "Will there be a lift?", "package": "B"})
    comment = Comment.objects.get(body="Will there be a lift?")
    assert (answer.status_code, answer.url) == (302, f"/rooms/ZX-03-2026/comments/#comment-{comment.pk}")
    assert comment.revision.package.code == "B"
    assert "Will there be a lift?" in client.get("/rooms/ZX-03-2026/comments/").content.decode()
