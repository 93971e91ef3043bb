"""New people: invited by a convener or made by the operator, with a link of their own."""

import json
import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Mandate, User
from accounts.refusals import Invalid, NotAllowed
from audit.models import Entry
from negotiation.people import add_person, invite_person
from negotiation.permissions import look

ROOM = "ZX-03-2026"


def test_invited_person_chooses_a_password_and_signs_in(signed_in) -> None:
    body = {"username": "wang.mei", "name": "王梅"}
    page = signed_in("planner").post(f"/rooms/{ROOM}/people/", body).content.decode()
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+?)<", page)
    client = Client()
    form = client.get(link[1], follow=True)
    client.post(form.request["PATH_INFO"], {"password1": "tea-and-rice-9", "password2": "tea-and-rice-9"})
    assert Client().login(username="wang.mei", password="tea-and-rice-9")


def test_link_works_once(signed_in) -> None:
    send = signed_in("planner").post
    answer = send(f"/api/v1/rooms/{ROOM}/people/", {"username": "a.b", "name": "A"}, content_type="application/json")
    path = answer.json()["link"].removeprefix("http://testserver")
    for word in ("tea-and-rice-9", "rice-and-tea-8"):
        client = Client()
        form = client.get(path, follow=True)
        client.post(form.request["PATH_INFO"], {"password1": word, "password2": word})
    assert Client().login(username="a.b", password="tea-and-rice-9")
    assert not Client().login(username="a.b", password="rice-and-tea-8")


def test_only_a_convener_invites(mandate, zhuxi) -> None:
    with pytest.raises(NotAllowed):
        invite_person(mandate("developer"), zhuxi, "x", "X")


@pytest.mark.parametrize(
    ("username", "name", "field"),
    [("planner", "X", "username"), ("PLANNER", "X", "username"), ("a b", "X", "username")],
)
def test_faulty_sign_in_name_is_refused(username: str, name: str, field: str, cast) -> None:
    with pytest.raises(Invalid) as refusal:
        add_person(username, name)
    assert set(refusal.value.fields) == {field}


def test_entry_of_the_site_names_nobody(cast) -> None:
    add_person("secret-name", "Secret Person")
    body = bytes(Entry.objects.get(scope="site", action="person.add").body)
    assert b"ecret" not in body
    assert json.loads(body)["actor"] == {"party": "", "system": True}


def test_operator_seats_the_first_convener_and_an_auditor(cast, zhuxi) -> None:
    call_command("add_person", "first", "First")
    call_command("add_person", "checker", "Checker")
    letter = ["--document", "Letter 7"]
    call_command("seat", "first", ROOM, "GOV-NR", "--role", "convener", "--role", "government", *letter)
    call_command("seat", "checker", ROOM, "AUD-2", "--role", "auditor", "--onlooker", "Audit office", *letter)
    first, checker = (look(User.objects.get(username=name), ROOM) for name in ("first", "checker"))
    assert first.may("convene") and first.may("propose")
    assert checker.may("read_log") and not checker.may("convene")


def test_seating_refuses_what_it_does_not_know(cast, zhuxi) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("seat", "nobody", ROOM, "NOBODY", "--document", "x")
    assert refusal.value.returncode == 2
    assert "username" in str(refusal.value) and "party" in str(refusal.value)
    assert not Mandate.objects.filter(party__code="NOBODY").exists()
