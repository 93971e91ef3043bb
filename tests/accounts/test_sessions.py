"""A session knows who is signed in by it."""

from django.test import Client

from accounts.models import Session
from accounts.sessions import SessionStore


def test_session_has_its_person_from_sign_in_to_sign_out(signed_in, cast) -> None:
    client = signed_in("resident")
    key = client.cookies["sessionid"].value
    assert Session.objects.get(pk=key).user == cast("resident")
    client.post("/accounts/logout/")
    assert not cast("resident").sessions.exists() and not SessionStore().exists(key)


def test_session_of_nobody_has_none(db) -> None:
    session = SessionStore()
    session["mandate"] = 1
    session.save()
    assert Session.objects.get(pk=session.session_key).user is None
    assert Session.get_session_store_class() is SessionStore


def test_what_a_session_holds_is_kept(signed_in, cast) -> None:
    client: Client = signed_in("planner")
    session = client.session
    session["note"] = "临时"
    session.save()
    found = Session.objects.get(pk=session.session_key)
    assert found.user == cast("planner") and found.get_decoded()["note"] == "临时"
