"""Comments on parcels, quotes, agreements by side, how many in an hour."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from accounts.refusals import Conflict, Invalid, NotAllowed, NotFound, TooMany, WrongPhase
from audit.models import Entry
from negotiation import comments
from negotiation.models import Agreement, Comment, Room
from negotiation.permissions import look
from negotiation.queries.comments import comment_page
from negotiation.queries.packages import latest
from tests.negotiation.test_voting_concurrency import in_thread

ROOM = "/rooms/ZX-03-2026/"


@pytest.fixture
def resident(mandate):
    return mandate("resident")


@pytest.fixture
def comment(resident, zhuxi) -> Comment:
    return comments.add_comment(resident, zhuxi, "The road is loud.")


# Parcels


def test_comment_on_a_parcel_is_in_its_list_and_on_the_map(resident, zhuxi, signed_in) -> None:
    parcel = zhuxi.plan.parcels.order_by("pk")[3]
    said = comments.add_comment(resident, zhuxi, "Keep the camphor tree.", parcel=parcel)
    comments.add_comment(resident, zhuxi, "Elsewhere")
    viewer = look(resident.user, zhuxi.code)
    assert [row.pk for row in comment_page(viewer, "1", parcel=parcel.code)] == [said.pk]
    features = signed_in().get(ROOM + "map.json").json()["parcels"]["features"]
    assert {row["id"]: row["properties"]["said"] for row in features if row["properties"]["said"]} == {parcel.code: 1}


def test_reply_is_about_the_parcel_of_its_thread(resident, mandate, zhuxi) -> None:
    parcel = zhuxi.plan.parcels.earliest("pk")
    top = comments.add_comment(resident, zhuxi, "Here", parcel=parcel)
    assert comments.add_comment(mandate("finance"), zhuxi, "Yes", parent=top).parcel == parcel


def test_parcel_of_another_room_or_beside_a_package_is_refused(resident, zhuxi, hekou) -> None:
    elsewhere, here = hekou.plan.parcels.earliest("pk"), zhuxi.plan.parcels.earliest("pk")
    revision = latest(zhuxi).get(package__code="B")
    for more in ({"parcel": elsewhere}, {"parcel": here, "revision": revision}):
        with pytest.raises(Invalid) as refusal:
            comments.add_comment(resident, zhuxi, "Here", **more)
        assert set(refusal.value.fields) == {"parcel"}
    with pytest.raises(NotFound):
        comments.find_parcel(zhuxi, elsewhere.code + "x")


def test_page_says_something_about_a_parcel_without_script(signed_in, zhuxi) -> None:
    client, code = signed_in("resident"), zhuxi.plan.parcels.earliest("pk").code
    form = client.get(f"{ROOM}comments/?parcel={code}").content.decode()
    assert f'name="parcel" value="{code}"' in form
    assert client.post(ROOM + "comments/", {"body": "Here", "parcel": code}).status_code == 302
    assert Comment.objects.get(body="Here").parcel.code == code


# Quotes


def test_quote_stands_beside_the_comment(comment, mandate, zhuxi, signed_in) -> None:
    made = comments.add_comment(mandate("finance"), zhuxi, "We measured it.", quote=comment)
    page = signed_in("resident").get(ROOM + "comments/").content.decode()
    assert page.count("The road is loud.") == 2
    assert made.quote == comment


def test_quote_from_another_room_is_refused(resident, zhuxi, hekou, mandate) -> None:
    elsewhere = comments.add_comment(mandate("resident", "HK-2026"), hekou, "Elsewhere")
    with pytest.raises(Invalid) as refusal:
        comments.add_comment(resident, zhuxi, "As said", quote=elsewhere)
    assert set(refusal.value.fields) == {"quote"}


# Agreement


def test_each_seat_agrees_once_and_is_counted_for_its_side(comment, mandate, zhuxi) -> None:
    for who, party in (("developer", ""), ("factory", ""), ("finance", ""), ("resident", "HH-018")):
        comments.agree(mandate(who, party=party), comment)
    with pytest.raises(Conflict):
        comments.agree(mandate("developer"), comment)
    with pytest.raises(Conflict):
        comments.agree(mandate("neighbour"), comment)
    row = comment_page(look(mandate("developer").user, zhuxi.code), "1")[0]
    assert row.sides == {"government": 1, "market": 2, "public": 1}
    assert (row.agreed, row.mine) == (4, True)


def test_agreement_is_taken_back_and_the_log_keeps_both(comment, mandate) -> None:
    comments.agree(mandate("developer"), comment)
    comments.take_back_agreement(mandate("developer"), comment)
    with pytest.raises(Conflict):
        comments.take_back_agreement(mandate("developer"), comment)
    comment.refresh_from_db()
    assert (comment.agreed, Agreement.objects.count()) == (0, 0)
    acts = Entry.objects.filter(object_type="comment", party="MKT-DEV").order_by("pk")
    assert list(acts.values_list("action", flat=True)) == ["comment.agree", "comment.take_back"]


def test_nobody_agrees_with_themselves(comment, resident) -> None:
    with pytest.raises(Invalid) as refusal:
        comments.agree(resident, comment)
    assert refusal.value.code == "own_comment"


@pytest.mark.parametrize("who", ["observer", "auditor"])
def test_lookers_on_do_not_agree(comment, mandate, who: str) -> None:
    with pytest.raises(NotAllowed):
        comments.agree(mandate(who), comment)


@pytest.mark.parametrize(("phase", "open_"), [("negotiation", True), ("vote", True), ("decided", False)])
def test_agreeing_ends_with_the_decision(comment, mandate, zhuxi, phase: str, open_: bool) -> None:
    Room.objects.filter(pk=zhuxi.pk).update(phase=phase)
    comment.room.refresh_from_db()
    if open_:
        assert comments.agree(mandate("developer"), comment)
        return
    with pytest.raises(WrongPhase):
        comments.agree(mandate("developer"), comment)


def test_names_of_those_who_agree_are_nowhere(comment, mandate, signed_in) -> None:
    comments.agree(mandate("neighbour"), comment)
    for who in ("", "developer", "factory", "auditor", "planner"):
        page = signed_in(who).get(ROOM + "comments/list/").content.decode()
        assert "HH-018" not in page and "东街018户" not in page


def test_most_agreed_comes_first(comment, resident, mandate, zhuxi) -> None:
    later = comments.add_comment(resident, zhuxi, "Later")
    comments.agree(mandate("developer"), comment)
    viewer = look(resident.user, zhuxi.code)
    assert [row.pk for row in comment_page(viewer, "1", sort="agreed")] == [comment.pk, later.pk]


def test_button_comes_back_to_the_comment_where_it_stood(comment, signed_in) -> None:
    client, came = signed_in("developer"), f"http://testserver{ROOM}comments/?sort=agreed"
    answer = client.post(f"{ROOM}comments/{comment.pk}/agree/", headers={"Referer": came})
    assert answer.url == f"{came}#comment-{comment.pk}"
    away = client.post(f"{ROOM}comments/{comment.pk}/agree/", {"take_back": "yes"}, headers={"Referer": "//evil.cn/"})
    assert away.url == f"{ROOM}comments/#comment-{comment.pk}"


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one_agreement(transactional_db, comment, mandate) -> None:
    def click(_number: int) -> bool:
        try:
            comments.agree(mandate("developer"), comment)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(in_thread(click), range(4)))
    comment.refresh_from_db()
    assert (sum(done), comment.agreed, Agreement.objects.filter(comment=comment).count()) == (1, 1, 1)


# How many in an hour


@override_settings(COMMENTS_PER_HOUR=3)
def test_a_seat_that_said_too_much_is_told_when_to_go_on(resident, zhuxi, mandate, signed_in) -> None:
    for number in range(3):
        comments.add_comment(resident, zhuxi, f"Number {number}")
    Comment.objects.filter(body="Number 0").update(created_at=timezone.now() - timedelta(minutes=50))
    with pytest.raises(TooMany) as refusal:
        comments.add_comment(resident, zhuxi, "One more")
    assert (refusal.value.code, refusal.value.status) == ("too_many", 429)
    assert 590 < refusal.value.wait <= 601
    assert comments.add_comment(mandate("resident", party="HH-018"), zhuxi, "For my neighbour")
    page = signed_in("resident").post(ROOM + "comments/", {"body": "One more"})
    assert page.status_code == 429 and "10 minutes" in page.content.decode()
    answer = signed_in("resident").post(f"/api/v1{ROOM}comments/", {"body": "x"}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
    assert 590 < int(answer["Retry-After"]) <= 601
    Comment.objects.filter(body="Number 0").update(created_at=timezone.now() - timedelta(minutes=61))
    assert comments.add_comment(resident, zhuxi, "After the hour")


@pytest.mark.django_db(transaction=True)
@override_settings(COMMENTS_PER_HOUR=3)
def test_rate_holds_when_many_come_at_once(transactional_db, mandate, zhuxi) -> None:
    def say(number: int) -> bool:
        try:
            comments.add_comment(mandate("factory"), zhuxi, f"At once {number}")
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(in_thread(say), range(8))) == 3
