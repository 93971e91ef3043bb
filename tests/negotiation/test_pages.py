"""Pages outside any room, and what every answer carries."""

import pytest
from django.test import override_settings

OIDC = [
    {
        "provider_id": "province",
        "name": "Provincial sign-in",
        "client_id": "x",
        "settings": {"server_url": "https://id.example.gov.cn"},
    }
]


def test_sign_in_offers_no_registration(client, db) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert "signup" not in page
    assert client.post("/accounts/signup/", {"username": "x", "password1": "tea-and-rice-9"}).status_code == 200
    from accounts.models import User

    assert not User.objects.filter(username="x").exists()


def test_openid_connect_is_offered_once_it_is_set_up(client, db) -> None:
    with override_settings(SOCIALACCOUNT_PROVIDERS={"openid_connect": {"APPS": OIDC}}):
        page = client.get("/accounts/login/").content.decode()
    assert "Provincial sign-in" in page and "/accounts/oidc/province/login/" in page


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/rooms/ZX-03-2026/", "/nowhere/"])
def test_no_inline_script_or_style_is_let_through(path: str, signed_in) -> None:
    answer = signed_in("planner").get(path, follow=True)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    assert b"<style" not in answer.content and b" style=" not in answer.content and b" onclick" not in answer.content


def test_second_factor_is_asked_for_when_it_is_set(client, cast) -> None:
    from allauth.mfa.totp.internal import auth

    person = cast("finance")
    person.set_password("tea-and-rice-9")
    person.save()
    auth.TOTP.activate(person, auth.generate_totp_secret())
    answer = client.post("/accounts/login/", {"login": "finance", "password": "tea-and-rice-9"})
    assert answer.headers["Location"].startswith("/accounts/2fa/authenticate/")
