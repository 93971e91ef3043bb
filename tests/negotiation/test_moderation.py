"""Reports, hiding with a public trace, the appeal."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import override_settings

from accounts.refusals import Conflict, Invalid, NotAllowed, TooMany, WrongPhase
from audit.models import Commitment, Entry
from negotiation import comments, moderation
from negotiation.models import Comment, Hiding, Room
from negotiation.permissions import look
from negotiation.queries.comments import threads
from tests.negotiation.test_voting_concurrency import in_thread

ROOM = "/rooms/ZX-03-2026/"
BODY = "The neighbour at number nine is a thief."


@pytest.fixture
def comment(mandate, zhuxi) -> Comment:
    return comments.add_comment(mandate("resident"), zhuxi, BODY)


@pytest.fixture
def hidden(comment, mandate) -> Comment:
    moderation.hide_comment(mandate("planner"), comment, "It accuses a person by name.")
    comment.refresh_from_db()
    return comment


def seen(signed_in, who: str) -> str:
    return signed_in(who).get(ROOM + "comments/").content.decode()


def test_hidden_comment_leaves_its_reason_and_takes_its_words(hidden, signed_in) -> None:
    for who in ("", "stranger", "observer", "developer", "neighbour", "auditor"):
        page = seen(signed_in, who)
        assert BODY not in page and "It accuses a person by name." in page
    for who in ("resident", "planner", "finance"):
        assert BODY in seen(signed_in, who)


def test_hidden_words_are_in_no_search_quote_table_or_api(hidden, mandate, zhuxi, signed_in) -> None:
    assert threads(look(mandate("planner").user, zhuxi.code), search="thief").count() == 0
    with pytest.raises(Invalid):
        comments.add_comment(mandate("factory"), zhuxi, "As said", quote=hidden)
    for path in ("answers/", "mine/", "packages/B/", f"comments/?quote={hidden.pk}"):
        assert BODY not in signed_in("developer").get(ROOM + path).content.decode()
    rows = signed_in("developer").get(f"/api/v1{ROOM}comments/").json()["results"]
    assert [(row["body"], row["hidden"]) for row in rows] == [(None, True)]
    assert rows[0]["traces"][0]["reason"] == "It accuses a person by name."


def test_quote_made_before_goes_with_its_comment(comment, mandate, zhuxi, signed_in) -> None:
    comments.add_comment(mandate("factory"), zhuxi, "As said", quote=comment)
    moderation.hide_comment(mandate("planner"), comment, "It accuses a person by name.")
    assert BODY not in seen(signed_in, "developer")


@pytest.mark.parametrize("who", ["resident", "developer", "finance", "auditor", "observer"])
def test_only_the_convener_hides_and_dismisses(comment, mandate, who: str) -> None:
    for act in (moderation.hide_comment, moderation.dismiss_reports):
        with pytest.raises(NotAllowed):
            act(mandate(who), comment, "Because")


@pytest.mark.parametrize("phase", ["negotiation", "vote", "decided"])
def test_hiding_and_appeal_are_open_in_every_phase_reports_until_the_decision(comment, mandate, zhuxi, phase) -> None:
    Room.objects.filter(pk=zhuxi.pk).update(phase=phase)
    comment.room.refresh_from_db()
    if phase == "decided":
        with pytest.raises(WrongPhase):
            moderation.report_comment(mandate("developer"), comment, "Rude")
    else:
        assert moderation.report_comment(mandate("developer"), comment, "Rude")
    moderation.hide_comment(mandate("planner"), comment, "Rude")
    moderation.appeal_hiding(mandate("resident"), comment, "It is true")
    assert moderation.decide_appeal(mandate("finance"), comment, "lifted", "It names nobody").outcome == "lifted"


def test_author_appeals_once_and_a_second_member_decides(hidden, mandate, signed_in) -> None:
    with pytest.raises(NotAllowed):
        moderation.appeal_hiding(mandate("developer"), hidden, "Let it stand")
    moderation.appeal_hiding(mandate("resident"), hidden, "It is the truth.")
    with pytest.raises(Conflict):
        moderation.appeal_hiding(mandate("resident"), hidden, "Again")
    for who in ("resident", "developer", "auditor"):
        with pytest.raises(NotAllowed):
            moderation.decide_appeal(mandate(who), hidden, "lifted", "Yes")
    moderation.decide_appeal(mandate("finance"), hidden, "lifted", "No name is in it.")
    page = seen(signed_in, "developer")
    for text in (BODY, "It is the truth.", "No name is in it.", "somebody else than the one who hid it"):
        assert text in page
    with pytest.raises(Conflict):
        moderation.decide_appeal(mandate("planner"), hidden, "upheld", "No")


def test_page_says_when_the_one_who_hid_it_decided(hidden, mandate, signed_in) -> None:
    moderation.appeal_hiding(mandate("resident"), hidden, "It is the truth.")
    moderation.decide_appeal(mandate("planner"), hidden, "upheld", "It stays.")
    page = seen(signed_in, "")
    assert "decided by the one who hid it" in page and BODY not in page
    with pytest.raises(Conflict):
        moderation.appeal_hiding(mandate("resident"), hidden, "Again")


def test_comment_shown_again_may_be_hidden_again_and_appealed_again(hidden, mandate) -> None:
    moderation.appeal_hiding(mandate("resident"), hidden, "Why?")
    moderation.decide_appeal(mandate("finance"), hidden, "lifted", "Right")
    moderation.hide_comment(mandate("planner"), hidden, "New facts")
    moderation.appeal_hiding(mandate("resident"), hidden, "Which?")
    assert Hiding.objects.filter(comment=hidden).count() == 2


@pytest.mark.parametrize(("outcome", "reason", "field"), [("maybe", "x", "outcome"), ("lifted", " ", "reason")])
def test_decision_needs_outcome_and_reason(hidden, mandate, outcome: str, reason: str, field: str) -> None:
    moderation.appeal_hiding(mandate("resident"), hidden, "Why?")
    with pytest.raises(Invalid) as refusal:
        moderation.decide_appeal(mandate("finance"), hidden, outcome, reason)
    assert set(refusal.value.fields) == {field}


def test_no_appeal_without_a_hiding_and_no_decision_without_an_appeal(comment, mandate) -> None:
    with pytest.raises(Conflict):
        moderation.appeal_hiding(mandate("resident"), comment, "Why?")
    moderation.hide_comment(mandate("planner"), comment, "Rude")
    with pytest.raises(Conflict):
        moderation.hide_comment(mandate("planner"), comment, "Rude")
    with pytest.raises(Conflict):
        moderation.decide_appeal(mandate("finance"), comment, "lifted", "Yes")


def test_reports_reach_the_convener_and_nobody_else(comment, mandate, signed_in) -> None:
    moderation.report_comment(mandate("neighbour"), comment, "I am number nine.")
    with pytest.raises(Conflict):
        moderation.report_comment(mandate("neighbour"), comment, "Again")
    with pytest.raises(Invalid):
        moderation.report_comment(mandate("resident"), comment, "My own")
    assert "I am number nine." in signed_in("planner").get(ROOM + "comments/moderation/").content.decode()
    for who in ("resident", "developer", "auditor"):
        assert signed_in(who).get(ROOM + "comments/moderation/").status_code == 403
        assert "I am number nine." not in seen(signed_in, who)
    assert moderation.dismiss_reports(mandate("planner"), comment, "It names nobody.") == 1
    with pytest.raises(Conflict):
        moderation.dismiss_reports(mandate("planner"), comment, "Again")


def test_hiding_settles_the_reports(comment, mandate) -> None:
    moderation.report_comment(mandate("neighbour"), comment, "Rude")
    moderation.hide_comment(mandate("planner"), comment, "Rude")
    assert comment.reports.get().settled_at
    with pytest.raises(Conflict):
        moderation.report_comment(mandate("developer"), comment, "Rude")


@override_settings(COMMENTS_PER_HOUR=1)
def test_reports_count_to_the_hours_measure(comment, mandate, zhuxi) -> None:
    moderation.report_comment(mandate("developer"), comment, "Rude")
    with pytest.raises(TooMany):
        comments.add_comment(mandate("developer"), zhuxi, "And so on")


def test_reasons_stand_in_the_log_as_commitments(hidden, mandate) -> None:
    moderation.appeal_hiding(mandate("resident"), hidden, "It is the truth.")
    moderation.decide_appeal(mandate("finance"), hidden, "upheld", "It is not proven.")
    rows = Entry.objects.filter(object_type="comment", object_id=str(hidden.pk)).exclude(action="comment.add")
    actions = list(rows.order_by("pk").values_list("action", flat=True))
    assert actions == ["comment.hide", "comment.appeal", "comment.upheld"]
    assert all("truth" not in bytes(row.body).decode() and "proven" not in bytes(row.body).decode() for row in rows)
    assert Commitment.objects.filter(entry__in=rows, path="/data/reason").count() == 3


def test_whole_way_without_script(comment, signed_in) -> None:
    where = f"{ROOM}comments/{comment.pk}/"
    assert signed_in("neighbour").post(where + "report/", {"reason": "Rude"}).status_code == 302
    assert signed_in("planner").post(where + "hide/", {"reason": "It accuses a person."}).status_code == 302
    assert where + "appeal/" in seen(signed_in, "resident")
    assert signed_in("resident").post(where + "appeal/", {"reason": "True"}).status_code == 302
    assert where + "decide/" in signed_in("finance").get(ROOM + "comments/moderation/").content.decode()
    decided = signed_in("finance").post(where + "decide/", {"reason": "So be it", "outcome": "lifted"})
    assert decided.status_code == 302
    assert BODY in seen(signed_in, "")


@pytest.mark.django_db(transaction=True)
def test_two_conveners_hiding_at_once_hide_it_once(transactional_db, comment, mandate) -> None:
    def hide(_number: int) -> bool:
        try:
            moderation.hide_comment(mandate("planner"), comment, "Rude")
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(in_thread(hide), range(4))) == 1
    assert Hiding.objects.filter(comment=comment).count() == 1
