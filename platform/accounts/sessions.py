"""Sessions in the database, each with the person who is signed in by it."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as Store
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils.crypto import constant_time_compare

from accounts.models import Session, User


class SessionStore(Store):
    """Django's own, over our model."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        row = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)  # type: ignore[attr-defined]  # it is of our model
        return row


def is_of(data: Mapping[str, Any], user: User) -> bool:
    """Whether the session with this content is the person's, as `django.contrib.auth.get_user` would say.

    One of before the last change of the password is not, nor one of a way to sign in that is gone.
    """
    known = data.get(SESSION_KEY) == str(user.pk) and data.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS
    return known and constant_time_compare(data.get(HASH_SESSION_KEY) or "", user.get_session_auth_hash())
