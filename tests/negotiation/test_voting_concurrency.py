"""Two hundred votes at once; votes against the close; a process killed around its commit."""

import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Mandate, Party, User
from accounts.refusals import WrongPhase
from audit.models import Entry
from negotiation import voting
from negotiation.models import Ballot
from negotiation.permissions import role_group
from negotiation.queries.packages import latest

pytestmark = pytest.mark.django_db(transaction=True)
ROOM = "ZX-03-2026"


@pytest.fixture
def ballot(transactional_db, zhuxi, mandate):
    revision = latest(zhuxi).get(package__code="B")
    return voting.open_ballot(mandate("planner"), revision, timezone.now() + timedelta(hours=1))


def householders(zhuxi, count: int) -> list[Mandate]:
    """A person with a mandate of their own for each of `count` households."""
    parties = list(Party.objects.filter(realm=ROOM, kind="household").order_by("pk")[:count])
    users = User.objects.bulk_create(User(username=f"u{party.pk}") for party in parties)
    group = role_group(zhuxi, "public")
    User.groups.through.objects.bulk_create(User.groups.through(user=user, group=group) for user in users)
    made = Mandate.objects.bulk_create(
        Mandate(user=user, party=party, kind="self", valid_from=timezone.now() - timedelta(days=1))
        for user, party in zip(users, parties, strict=True)
    )
    return [Mandate.objects.select_related("user", "party").get(pk=row.pk) for row in made]


def in_thread(work):
    """Run it and give the thread's connection back."""

    def run(*args):
        try:
            return work(*args)
        finally:
            connection.close()

    return run


def test_two_hundred_votes_at_once_are_all_counted_once(ballot, zhuxi) -> None:
    mandates = householders(zhuxi, 200)
    vote = in_thread(lambda row: voting.cast(row, ballot, "yes", key=f"key-{row.pk}"))
    with ThreadPoolExecutor(8) as pool:
        # Every vote is sent twice, as a browser does that got no answer.
        list(pool.map(vote, [*mandates, *mandates]))
    assert ballot.votes.count() == 200
    assert Entry.objects.filter(action="vote.cast").count() == 200
    heads = voting.tally(ballot)["chambers"][0]["measures"][0]
    assert heads["reached"] == "200/221"


def test_votes_racing_the_close_are_counted_as_they_were_answered(ballot, zhuxi) -> None:
    mandates = householders(zhuxi, 60)
    Ballot.objects.filter(pk=ballot.pk).update(closes_at=timezone.now() + timedelta(milliseconds=250))

    def vote(row: Mandate) -> bool:
        try:
            voting.cast(row, ballot, "yes")
        except WrongPhase:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(in_thread(vote), mandates))
    while not voting.close_if_due(ballot):
        if Ballot.objects.get(pk=ballot.pk).state != "open":
            break
    assert ballot.votes.count() == sum(answers)


CHILD = """
    import os, signal, sys
    import django
    django.setup()
    from django.conf import settings
    from django.db import transaction
    from accounts.models import Mandate
    from negotiation import voting
    from negotiation.models import Ballot
    mandate = Mandate.objects.select_related("user", "party").get(pk=int(sys.argv[1]))
    ballot = Ballot.objects.select_related("room").get(pk=int(sys.argv[2]))
    with transaction.atomic():
        voting.cast(mandate, ballot, "yes", key="once")
        if sys.argv[3] == "before":
            os.kill(os.getpid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("moment", "kept"), [("before", 0), ("after", 1)])
def test_killed_between_vote_and_answer_leaves_a_whole_vote_or_none(
    moment: str, kept: int, ballot, mandate, tmp_path
) -> None:
    resident = mandate("resident", party="HH-017")
    script = tmp_path / "child.py"
    script.write_text(textwrap.dedent(CHILD))
    name = connection.settings_dict["NAME"]
    address = os.environ["DATABASE_URL"].replace("/tongchou", f"/{name}", 1)
    command = [sys.executable, str(script), str(resident.pk), str(ballot.pk), moment]
    done = subprocess.run(
        command, env=os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings"}, timeout=60
    )
    assert done.returncode == -9
    assert ballot.votes.count() == Entry.objects.filter(action="vote.cast").count() == kept
    voting.cast(resident, ballot, "yes", key="once")
    assert ballot.votes.count() == Entry.objects.filter(action="vote.cast").count() == 1
