"""One cast of people for all tests: the demo's, staged once in each test database."""

import os
from collections.abc import Callable

import hypothesis
import pytest
from django.conf import settings as configuration
from django.test import Client
from pytest_django.plugin import blocking_manager_key

from negotiation import ballotkeys
from tests import snapshot, staging

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NEED_CAST = {"cast", "bundle"}  # a bundle is made of the cast's acts when the first test asks for it


# No deadline: a busy machine is no fault. In CI always the same examples, so that a run can be repeated.
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if "CI" in os.environ else "here")


def pytest_configure(config: pytest.Config) -> None:
    """Cheap passwords, no limit of requests, and a name space of its own in Valkey for each worker."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    configuration.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    ballotkeys.COST = 2
    # Tests ask more in a minute than anybody: who sits at the table is walked through every route.
    configuration.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] |= {"anon": None, "user": None}
    configuration.CACHES["default"]["KEY_PREFIX"] = f"test-{worker}"
    configuration.CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = f"test-{worker}"
    configuration.CELERY_TASK_DEFAULT_QUEUE = f"test-{worker}"


@pytest.fixture(autouse=True)
def files_apart(tmp_path, settings):
    """What a test attaches, and the marks of what it seals, lie in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.LOG_MARKS = tmp_path / "marks"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> None:
    with django_db_blocker.unblock():
        snapshot.allow_emptying()
        staging.stage_cases()
        snapshot.take()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Bring the cast back before a test that needs it, once one that commits has emptied the tables behind itself."""
    if snapshot.kept and NEED_CAST & set(getattr(item, "fixturenames", ())):
        with item.config.stash[blocking_manager_key].unblock():
            snapshot.restore_if_empty()


@pytest.fixture
def cast(db: None) -> Callable[[str], "object"]:
    """A person of the cast by sign-in name."""
    from accounts.models import User

    return lambda name: User.objects.get(username=name)


@pytest.fixture
def zhuxi(cast):
    from negotiation.models import Room

    return Room.objects.select_related("plan").get(code="ZX-03-2026")


@pytest.fixture
def hekou(cast):
    from negotiation.models import Room

    return Room.objects.select_related("plan").get(code="HK-2026")


@pytest.fixture
def mandate(cast):
    """`mandate("planner", "ZX-03-2026")`: the mandate of one of the cast, by party where there are several."""
    from accounts.models import Mandate

    def find(name: str, room: str = "ZX-03-2026", party: str = "") -> Mandate:
        rows = Mandate.objects.select_related("party", "user").filter(user__username=name, party__realm=room)
        return rows.get(party__code=party) if party else rows.order_by("pk").first()

    return find


@pytest.fixture
def signed_in(cast):
    """A browserless client signed in as one of the cast; "" is nobody."""

    def enter(name: str = "") -> Client:
        client = Client(HTTP_ACCEPT_LANGUAGE="en")
        if name:
            client.force_login(cast(name), backend=BACKEND)
        return client

    return enter
