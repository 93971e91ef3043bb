"""Without Valkey there is nothing live and no job, but people read, comment and vote."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from negotiation import voting
from negotiation.models import Vote
from negotiation.queries.packages import latest

NOWHERE = "unix:///nowhere/valkey.sock"
CACHES = {"default": {**settings.CACHES["default"], "LOCATION": NOWHERE}}
LAYERS = {"default": {**settings.CHANNEL_LAYERS["default"], "CONFIG": {"hosts": [NOWHERE]}}}
ROOM = "/rooms/ZX-03-2026/"


@pytest.fixture
def no_valkey():
    with override_settings(CACHES=CACHES, CHANNEL_LAYERS=LAYERS):
        yield


@pytest.mark.django_db(transaction=True)
def test_vote_and_comment_are_kept_and_answered(signed_in, mandate, zhuxi, request) -> None:
    revision = latest(zhuxi).get(package__code="B")
    ballot = voting.open_ballot(mandate("planner"), revision, timezone.now() + timedelta(days=1))
    client = signed_in("resident")
    request.getfixturevalue("no_valkey")
    answer = client.post(f"{ROOM}ballots/{ballot.pk}/vote/", {"choice": "yes", "key": "k"})
    assert (answer.status_code, Vote.objects.count()) == (302, 1)
    assert client.post(f"{ROOM}comments/", {"body": "Still here"}).status_code == 302
    assert "Still here" in client.get(f"{ROOM}comments/").content.decode()
    for path in ("", "mine/", "packages/", "packages/B/", f"ballots/{ballot.pk}/"):
        assert client.get(ROOM + path).status_code == 200
