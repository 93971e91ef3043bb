"""Who may act for whom, from when to when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Mandate, Party, User
from accounts.refusals import Conflict, Invalid, NotAllowed
from negotiation import comments, mandates
from negotiation.permissions import look

ROOM = "ZX-03-2026"


@pytest.fixture
def person(cast) -> User:
    return User.objects.create_user("newcomer", password="x", name="Newcomer")


@pytest.fixture
def household(zhuxi) -> Party:
    return Party.objects.get(realm=ROOM, code="HH-060")


def test_granted_mandate_opens_the_room_and_lets_act(mandate, zhuxi, person, household) -> None:
    made = mandates.grant_mandate(mandate("planner"), zhuxi, person, household, "self")
    assert look(User.objects.get(pk=person.pk), ROOM).mandate == made
    assert comments.add_comment(made, zhuxi, "Good morning").party == household


def test_proxy_needs_a_document(mandate, zhuxi, person, household) -> None:
    with pytest.raises(Invalid) as refusal:
        mandates.grant_mandate(mandate("planner"), zhuxi, person, household, "proxy")
    assert set(refusal.value.fields) == {"document"}


def test_only_the_convener_grants(mandate, zhuxi, person, household) -> None:
    with pytest.raises(NotAllowed):
        mandates.grant_mandate(mandate("finance"), zhuxi, person, household, "self")


def test_mandate_of_another_room_is_refused(mandate, zhuxi, hekou, person) -> None:
    elsewhere = Party.objects.get(realm="HK-2026", code="HH-00002")
    with pytest.raises(Invalid):
        mandates.grant_mandate(mandate("planner"), zhuxi, person, elsewhere, "self")
    with pytest.raises(NotAllowed) as refusal:
        comments.add_comment(mandate("resident", "HK-2026"), zhuxi, "Hello")
    assert refusal.value.code == "mandate_elsewhere"


def test_revoked_mandate_no_longer_acts(mandate, zhuxi, person, household) -> None:
    made = mandates.grant_mandate(mandate("planner"), zhuxi, person, household, "self")
    made = mandates.revoke_mandate(mandate("planner"), zhuxi, made, "Moved away")
    with pytest.raises(NotAllowed) as refusal:
        comments.add_comment(made, zhuxi, "Still here")
    assert refusal.value.code == "mandate_not_valid"
    with pytest.raises(Conflict):
        mandates.revoke_mandate(mandate("planner"), zhuxi, made, "Again")


def test_revoked_mandate_no_longer_reads(mandate, zhuxi, person, household) -> None:
    finance = Party.objects.get(realm=ROOM, code="GOV-FIN")
    own = mandates.grant_mandate(mandate("planner"), zhuxi, person, household, "self")
    office = mandates.grant_mandate(mandate("planner"), zhuxi, person, finance, "representative", document="Letter 1")
    assert look(User.objects.get(pk=person.pk), ROOM).may("read_households")
    mandates.revoke_mandate(mandate("planner"), zhuxi, office, "Moved to another office")
    viewer = look(User.objects.get(pk=person.pk), ROOM)
    assert not viewer.may("read_households") and viewer.may("comment")
    mandates.revoke_mandate(mandate("planner"), zhuxi, own, "Sold the house")
    assert look(User.objects.get(pk=person.pk), ROOM).permissions == frozenset()


def test_mandate_that_ends_by_itself_takes_its_role_along(mandate, zhuxi, person, household) -> None:
    finance = Party.objects.get(realm=ROOM, code="GOV-FIN")
    mandates.grant_mandate(mandate("planner"), zhuxi, person, household, "self")
    office = mandates.grant_mandate(mandate("planner"), zhuxi, person, finance, "representative", document="Letter 1")
    Mandate.objects.filter(pk=office.pk).update(valid_to=timezone.now() - timedelta(minutes=1))
    mandates.refresh_changed_roles(timedelta(hours=1))
    assert not look(User.objects.get(pk=person.pk), ROOM).may("read_households")


def test_convener_does_not_lock_himself_out(mandate, zhuxi) -> None:
    with pytest.raises(Invalid):
        mandates.revoke_mandate(mandate("planner"), zhuxi, mandate("planner"), "By mistake")


@pytest.mark.parametrize(("start", "stop"), [(1, None), (-2, -1)])
def test_mandate_holds_only_in_its_time(mandate, zhuxi, start: int, stop: int | None) -> None:
    resident, now = mandate("resident"), timezone.now()
    resident.valid_from = now + timedelta(days=start)
    resident.valid_to = now + timedelta(days=stop) if stop else None
    resident.save()
    with pytest.raises(NotAllowed):
        comments.add_comment(resident, zhuxi, "Hello")


def test_person_of_several_parties_chooses_for_whom(signed_in, mandate) -> None:
    client = signed_in("resident")
    proxy = mandate("resident", party="HH-018")
    client.post(f"/rooms/{ROOM}/mandate/", {"mandate": proxy.pk})
    assert "东街018户" in client.get(f"/rooms/{ROOM}/mine/").content.decode()


def test_mandate_of_somebody_else_can_not_be_chosen(signed_in, mandate) -> None:
    client = signed_in("resident")
    client.post(f"/rooms/{ROOM}/mandate/", {"mandate": mandate("developer").pk})
    assert "东街017户" in client.get(f"/rooms/{ROOM}/mine/").content.decode()


def test_following_mandates_costs_the_same_however_many_are_new(mandate, zhuxi, django_assert_num_queries) -> None:
    with django_assert_num_queries(3):
        mandates.refresh_changed_roles(timedelta(hours=24))
    for party in Party.objects.filter(seats__room=zhuxi, mandates=None, kind="household")[:5]:
        mandates.seat_person(zhuxi, User.objects.create_user(f"new-{party.code}"), party, "self")
    with django_assert_num_queries(3):
        mandates.refresh_changed_roles(timedelta(hours=24))
