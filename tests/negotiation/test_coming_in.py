"""A household comes in with its letter: once with a password, or each time with its phone."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import randrange
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.refusals import Conflict, Invalid
from negotiation import coming_in
from negotiation.mandates import revoke_mandate
from negotiation.models import Invitation, PhoneCheck
from notifications import outbox
from notifications.models import Message
from tests.negotiation.letters import codes, invited, letter

WORD = "tea-and-rice-9"
PHONE = "13800000001"
BAD = "This code does not open anything. Check each letter, or ask the planning office."


@pytest.fixture(autouse=True)
def patience(settings) -> None:
    """Every test comes from one address and with one phone, again and again."""
    often = dict.fromkeys(("come_in", "come_in_phone"), "10000/m/ip,10000/m/key")
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | often


@pytest.fixture
def code(mandate, zhuxi) -> str:
    return codes(mandate("planner"), invited(mandate("planner"), zhuxi, 1))[0]


@pytest.fixture
def gateway(settings) -> None:
    settings.SMS_GATEWAY = "notifications.gateways.webhook"


def sent() -> str:
    """The code of the last text message."""
    return re.search(r"\d{6}", outbox.words(Message.objects.latest("pk")))[0]


def english() -> Client:
    return Client(HTTP_ACCEPT_LANGUAGE="en")


def test_household_sets_a_password_and_the_code_dies(code: str) -> None:
    client = english()
    before = client.get("/come-in/").cookies
    assert client.post("/come-in/", {"code": code.lower().replace("-", " ")}).url == "/come-in/choose/"
    name = letter(code).mandate.user.username
    assert client.post("/come-in/choose/", {"password": WORD}).url == "/rooms/ZX-03-2026/mine/"
    assert client.get("/rooms/ZX-03-2026/mine/").status_code == 200
    assert Client().login(username=name, password=WORD)
    assert "sessionid" not in before
    assert english().post("/come-in/", {"code": code}).status_code == 422
    assert Invitation.objects.get().state == "password"


def test_session_is_another_one_after_the_code_and_after_signing_in(code: str) -> None:
    client, keys = english(), []
    client.get("/accounts/login/")
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["sessionid"] = session.session_key
    keys.append(session.session_key)
    client.post("/come-in/", {"code": code})
    keys.append(client.cookies["sessionid"].value)
    client.post("/come-in/choose/", {"password": WORD})
    keys.append(client.cookies["sessionid"].value)
    assert len(set(keys)) == 3


def test_code_alone_signs_nobody_in(code: str) -> None:
    client = english()
    client.post("/come-in/", {"code": code})
    assert "_auth_user_id" not in client.session
    assert client.get("/come-in/phone/").status_code == 200
    assert client.post("/come-in/phone/", {"short": "000000"}).status_code == 422


@pytest.mark.parametrize("password", ["", "short", "password123"])
def test_weak_password_leaves_the_code_alive(password: str, code: str) -> None:
    client = english()
    client.post("/come-in/", {"code": code})
    assert client.post("/come-in/choose/", {"password": password}).status_code == 422
    assert letter(code).state == "made"


def test_every_failure_says_the_same(code: str, mandate, zhuxi) -> None:
    def answer(text: str) -> str:
        page = english().post("/come-in/", {"code": text})
        assert page.status_code == 422
        return re.sub(r'(value="[^"]*"|csrf\w+)', "", page.content.decode())

    unknown = answer("AAAAA-AAAAA-AAAAA")
    assert BAD in unknown
    found = letter(code)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    expired = answer(code)
    Invitation.objects.update(expires_at=timezone.now() + timedelta(days=1), state="replaced")
    replaced = answer(code)
    Invitation.objects.update(state="made")
    revoke_mandate(mandate("planner"), zhuxi, found.mandate, "moved away")
    assert expired == replaced == answer(code) == unknown


@pytest.mark.parametrize("text", ["", "\x00", "x" * 300, "🏮" * 50])
def test_nonsense_is_refused(text: str, cast) -> None:
    assert english().post("/come-in/", {"code": text}).status_code == 422


def test_tries_are_limited_by_address_and_by_code(cast, settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"come_in": "4/10m/ip,2/10m/key"}
    # Tries are remembered for longer than a test takes.
    address, same = f"fd00:{randrange(1, 2**16):x}:{randrange(1, 2**16):x}::1", uuid4().hex
    client = Client(HTTP_ACCEPT_LANGUAGE="en", REMOTE_ADDR=address)
    codes = (same, same.upper(), same, uuid4().hex, uuid4().hex, uuid4().hex)
    tries = [client.post("/come-in/", {"code": text}).status_code for text in codes]
    assert tries == [422, 422, 429, 422, 429, 429]


def test_text_messages_to_one_phone_are_limited(code: str, gateway, settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"come_in_phone": "2/10m/key"}
    client, number = english(), f"13{randrange(10**9):09}"
    client.post("/come-in/", {"code": code})
    tries = [client.post("/come-in/choose/", {"phone": number}).status_code for _time in range(3)]
    assert tries == [302, 302, 422]
    assert Message.objects.count() == 2


def test_household_goes_on_with_its_phone(code: str, gateway) -> None:
    client = english()
    client.post("/come-in/", {"code": code})
    assert client.post("/come-in/choose/", {"phone": "138 0000-0001"}).url == "/come-in/phone/"
    assert Message.objects.get().text == ""
    assert client.post("/come-in/phone/", {"short": sent()}).url == "/rooms/ZX-03-2026/mine/"
    assert User.objects.get(phone=PHONE) == letter(code).mandate.user

    again = english()
    assert again.post("/come-in/", {"code": code}).url == "/come-in/phone/"
    assert again.get("/come-in/choose/").url == "/come-in/"
    assert "_auth_user_id" not in again.session
    assert again.post("/come-in/phone/", {"short": sent()}).url == "/rooms/ZX-03-2026/mine/"


def test_phone_code_has_five_tries_and_ten_minutes(code: str, gateway) -> None:
    found = letter(code)
    coming_in.send_phone_code(found, PHONE)
    right = sent()
    wrong = f"{(int(right) + 1) % 10**6:06}"
    assert [coming_in.confirm_phone(found, wrong) for _time in range(5)] == [None] * 5
    assert coming_in.confirm_phone(found, right) is None
    coming_in.send_phone_code(found, PHONE)
    PhoneCheck.objects.update(expires_at=timezone.now())
    assert coming_in.confirm_phone(found, sent()) is None
    coming_in.send_phone_code(found, PHONE)
    assert coming_in.confirm_phone(found, sent()) == found.mandate.user


def test_phone_of_another_account_is_refused_only_to_its_owner(code: str, gateway, cast) -> None:
    resident = cast("resident")
    resident.phone = PHONE
    resident.save()
    found = letter(code)
    coming_in.send_phone_code(found, PHONE)
    with pytest.raises(Invalid):
        coming_in.confirm_phone(found, sent())
    assert letter(code).state == "made"


def test_without_a_gateway_only_a_password_is_offered(code: str) -> None:
    client = english()
    client.post("/come-in/", {"code": code})
    assert 'name="phone"' not in client.get("/come-in/choose/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_uses_at_once_one_wins(code: str) -> None:
    found = letter(code)

    def use(word: str) -> str:
        try:
            coming_in.choose_password(found, word)
        except Conflict:
            return "dead"
        finally:
            connection.close()
        return word

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(use, [WORD, "rice-and-tea-8"]))
    winner = next(word for word in results if word != "dead")
    assert results.count("dead") == 1
    assert User.objects.get(pk=found.mandate.user_id).check_password(winner)
