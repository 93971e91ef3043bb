"""Two hundred votes at once; votes against the close; a process killed around its commit."""

import json
import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Mandate, Party, User
from accounts.refusals import NotAllowed, WrongPhase
from audit import sequencer
from audit.models import Entry
from negotiation import mandates, voting
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


def test_vote_that_meets_a_revocation_is_not_cast_after_it(ballot, mandate) -> None:
    resident, planner = mandate("resident", party="HH-017"), mandate("planner")
    revoked, seen = Event(), Event()

    def revoke() -> None:
        with transaction.atomic():
            mandates.revoke_mandate(planner, ballot.room, resident, "Sold the house")
            revoked.set()
            # The vote has found the mandate valid, for this is not committed, and now waits for the row.
            seen.wait(1)

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(in_thread(revoke))
        assert revoked.wait(20)
        with pytest.raises(NotAllowed) as refusal:
            voting.cast(resident, ballot, "yes")
        done.result()
    assert refusal.value.code == "mandate_not_valid"
    assert ballot.votes.count() == 0


def test_last_of_many_votes_at_once_is_the_last_in_the_log(ballot, mandate) -> None:
    resident, scope = mandate("resident", party="HH-017"), f"room:{ROOM}"
    with ThreadPoolExecutor(6) as pool:
        jobs = [
            pool.submit(in_thread(voting.cast), resident, ballot, ("yes", "no", "abstain")[n % 3]) for n in range(45)
        ]
        jobs += [pool.submit(in_thread(sequencer.sequence), scope) for _ in range(5)]
        for job in jobs:
            job.result()
    sequencer.sequence_all(scope)
    rows = Entry.objects.filter(scope=scope, action="vote.cast").order_by("index")
    in_the_log = [(row.time, json.loads(bytes(row.body))["data"]["choice"]) for row in rows]
    assert in_the_log == list(ballot.votes.order_by("pk").values_list("cast_at", "choice"))
