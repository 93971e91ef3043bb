"""Who is told what: one row with the act, notices by the job, and what the law requires proven in the log."""

import json
import os
import re
import subprocess
import sys
import textwrap
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import Mandate, Party, User
from accounts.refusals import Conflict, Invalid, NotAllowed, NotFound
from audit.models import Entry
from negotiation import (
    answers,
    caucuses,
    comments,
    delivering,
    documents,
    mandates,
    meetings,
    packages,
    papers,
    proxies,
    rollcalls,
    tasks,
    voting,
)
from negotiation.models import Package, RequiredDocument
from negotiation.queries.notices import unreached
from negotiation.queries.packages import latest
from negotiation.telling import receivers, spread_telling, tell, tell_promises
from notifications import outbox, proof
from notifications.models import Delivery, Message, Notice, Telling
from notifications.topics import TOPICS, outline, words
from tests.negotiation.papers import begun, entered, opened


def spread_all() -> None:
    for number in Telling.objects.filter(done_at=None).order_by("pk").values_list("pk", flat=True):
        spread_telling(number)


@pytest.fixture
def told(cast):
    """`told("resident", "comment.answered")`: her notices of this topic, once everything is spread."""
    Telling.objects.filter(done_at=None).update(done_at=timezone.now())  # what the demo's staging told

    def find(name: str, topic: str) -> list[Notice]:
        spread_all()
        return list(Notice.objects.filter(user=cast(name), telling__topic=topic).select_related("telling"))

    return find


class TestWhoIsTold:
    def test_answer_is_told_to_who_said_it_and_leads_to_the_comment(self, told, mandate, zhuxi) -> None:
        comment = comments.add_comment(mandate("resident"), zhuxi, "How loud is the road?")
        answers.answer_comment(mandate("planner"), comment, "adopted", "Trees will be planted.")
        (notice,) = told("resident", "comment.answered")
        assert notice.link == f"/rooms/ZX-03-2026/comments/{comment.pk}/"
        assert told("factory", "comment.answered") == []

    def test_several_answered_together_are_one_notice(self, told, mandate, zhuxi) -> None:
        rows = [comments.add_comment(mandate("resident"), zhuxi, f"Comment {n}") for n in range(2)]
        answers.answer_comments(mandate("planner"), zhuxi, rows, "explained", "See the plan.")
        (notice,) = told("resident", "comment.answered")
        assert notice.link == "/rooms/ZX-03-2026/mine/#said"

    def test_new_revision_is_told_to_the_room_but_not_to_who_made_it(self, told, mandate, zhuxi) -> None:
        package = Package.objects.select_related("room", "proposer", "latest").get(room=zhuxi, code="A")
        developer = mandate("developer")
        draft = packages.revise_package(developer, package)
        packages.submit_package(developer, draft, draft.version)
        (notice,) = told("resident", "package.submitted")
        with translation.override("en"):
            assert notice.telling.words == "Package A is on the table, revision 2."
        assert told("developer", "package.submitted") == told("stranger", "package.submitted") == []

    def test_counter_proposal_is_told_to_whom_it_answers(self, told, mandate, zhuxi) -> None:
        source = latest(zhuxi).get(package__code="A")
        factory = mandate("factory")
        draft = packages.start_package(factory, zhuxi, source=source, counter=True)
        packages.submit_package(factory, draft, draft.version)
        assert len(told("developer", "package.countered")) == 1
        assert told("resident", "package.countered") == []

    def test_private_message_is_told_to_the_other_members_only(self, told, mandate, zhuxi) -> None:
        made = caucuses.open_caucus(mandate("resident"), zhuxi, "Plots", parties=["MKT-TEX"])
        caucuses.say_in_caucus(mandate("resident"), made, "We would sell.")
        assert len(told("factory", "caucus.said")) == 1
        assert [told(name, "caucus.said") for name in ("resident", "planner", "auditor", "developer")] == [[]] * 4

    def test_who_lost_the_mandate_meanwhile_is_not_told(self, told, mandate, zhuxi) -> None:
        made = caucuses.open_caucus(mandate("resident"), zhuxi, "Plots", parties=["MKT-TEX"])
        caucuses.say_in_caucus(mandate("resident"), made, "We would sell.")
        mandates.revoke_mandate(mandate("planner"), zhuxi, mandate("factory"), "Sold.")
        assert told("factory", "caucus.said") == []
        (notice,) = told("factory", "mandate.revoked")
        assert notice.link == "/"

    def test_mandate_is_told_to_the_person(self, told, cast, mandate, zhuxi) -> None:
        party = Party.objects.get(realm=zhuxi.code, code="HH-150")
        mandates.grant_mandate(mandate("planner"), zhuxi, cast("stranger"), party, "self")
        (notice,) = told("stranger", "mandate.granted")
        assert party.name in notice.telling.words

    def test_vote_that_officials_entered_is_told_to_those_who_act_for_the_seat(self, told, mandate, zhuxi) -> None:
        ballot, planner = opened(mandate("planner"), zhuxi), mandate("planner")
        waiting = entered(planner, ballot, "HH-018")
        assert told("neighbour", "vote.entered") == []
        papers.confirm_paper(mandate("finance"), waiting, "yes")
        (notice,) = told("neighbour", "vote.entered")
        assert notice.link == f"/rooms/ZX-03-2026/ballots/{ballot.pk}/"
        assert [len(told(name, "vote.entered")) for name in ("resident", "developer", "finance")] == [1, 0, 0]

    def test_roll_call_is_told_to_each_of_its_seats(self, told, mandate, zhuxi) -> None:
        planner, own = mandate("planner"), mandate("neighbour")
        ballot, meeting = opened(planner, zhuxi), begun(planner, zhuxi)
        call = rollcalls.take_roll_call(planner, ballot, meeting, [rollcalls.Answer("HH-018", own.pk, "yes")])
        rollcalls.confirm_roll_call(mandate("finance"), call)
        assert [len(told(name, "vote.entered")) for name in ("neighbour", "factory")] == [1, 0]

    def test_answer_about_a_proxy_is_told_to_the_principal(self, told, mandate, zhuxi) -> None:
        until, planner = timezone.now() + timedelta(days=1), mandate("planner")
        proxies.accept_proxy(planner, proxies.name_proxy(mandate("neighbour"), zhuxi, "chair", until=until))
        assert [len(told("neighbour", "proxy.answered")), len(told("chair", "mandate.granted"))] == [1, 1]
        proxies.refuse_proxy(planner, proxies.name_proxy(mandate("factory"), zhuxi, "chair", until=until), "No.")
        assert len(told("factory", "proxy.answered")) == 1

    def test_meeting_and_its_cancelling_are_told(self, told, mandate, zhuxi) -> None:
        begins = timezone.now() + timedelta(days=9)
        for kind in ("meeting", "hearing"):
            made = meetings.plan_meeting(mandate("planner"), zhuxi, kind, begins, "Hall", "All")
            meetings.cancel_meeting(mandate("planner"), made, "Storm")
            assert len(told("resident", f"{kind}.announced")) == len(told("resident", f"{kind}.cancelled")) == 1

    def test_promise_is_told_when_due_and_again_when_broken(self, told, mandate, zhuxi) -> None:
        made = documents.require_document(mandate("planner"), zhuxi, "Certificate", "HH-017")
        documents.promise_document(mandate("resident"), made, timezone.localdate() + timedelta(days=2))
        tell_promises()
        tell_promises()
        assert len(told("resident", "promise.due")) == 1
        RequiredDocument.objects.filter(pk=made.pk).update(due=timezone.localdate() - timedelta(days=1))
        tell_promises()
        tell_promises()
        assert len(told("resident", "promise.broken")) == len(told("planner", "promise.broken")) == 1
        assert told("developer", "promise.due") == told("developer", "promise.broken") == []

    def test_received_document_is_not_told_as_due(self, told, mandate, zhuxi) -> None:
        made = documents.require_document(mandate("planner"), zhuxi, "Certificate", "HH-017")
        documents.promise_document(mandate("resident"), made, timezone.localdate() + timedelta(days=2))
        documents.receive_document(mandate("planner"), made, "File 3")
        tell_promises()
        assert told("resident", "promise.due") == []

    def test_refused_act_tells_nobody(self, mandate, zhuxi) -> None:
        before = Telling.objects.count()
        with pytest.raises(Conflict), transaction.atomic():
            comment = comments.add_comment(mandate("resident"), zhuxi, "Why?")
            answers.answer_comment(mandate("planner"), comment, "explained", "So.")
            raise Conflict
        assert Telling.objects.count() == before


def test_phase_is_told_in_the_readers_language(told, mandate, zhuxi) -> None:
    from negotiation import procedure

    procedure.choose_procedure(mandate("planner"), zhuxi)
    (notice,) = told("resident", "phase.entered")
    assert notice.telling.parameters == {"phase": "Preparation"}
    with translation.override("zh-hans"):
        from negotiation.models import Room

        assert str(Room.Phase.PREPARATION.label) in notice.telling.words


@pytest.mark.parametrize("code", TOPICS)
def test_every_topic_has_words_that_hold_with_what_is_told(code: str) -> None:
    named = dict.fromkeys(re.findall(r"%\((\w+)\)s", str(TOPICS[code].words)), "Vote")
    assert "%" not in words(code, named) and outline(code)


def open_vote(mandate, room):
    revision = latest(room).get(package__code="B")
    return voting.open_ballot(mandate("planner"), revision, timezone.now() + timedelta(days=3))


def entry(action: str) -> dict:
    return json.loads(bytes(Entry.objects.filter(action=action).order_by("-id").first().body))


class TestRequired:
    def test_never_comes_to_nobody_by_what_was_chosen(self, told, cast, mandate, zhuxi) -> None:
        from notifications.preferences import Wish, choose
        from notifications.topics import CHOSEN

        User.objects.filter(username="resident").update(email="wang@example.org", phone="13800000001")
        choose(cast("resident"), {group: Wish("never", "never") for group in CHOSEN})
        open_vote(mandate, zhuxi)
        assert len(told("resident", "ballot.opened")) == 1
        rows = Message.objects.filter(user=cast("resident"))
        assert sorted(rows.values_list("channel", flat=True)) == ["email", "sms"]

    def test_delivery_is_proven_in_the_log(self, told, cast, mandate, zhuxi) -> None:
        User.objects.filter(username="resident").update(email="wang@example.org")
        open_vote(mandate, zhuxi)
        told("resident", "ballot.opened")
        telling = Telling.objects.get(topic="ballot.opened")
        rows = list(telling.deliveries.select_related("party", "message").order_by("pk"))
        body = entry("notice.deliver")
        assert body["actor"] == {"party": "", "system": True}
        data = body["data"]
        assert (data["notice"], data["topic"]) == (telling.pk, "ballot.opened")
        # She acts for two parties: her own and her neighbour's.
        assert data["channels"] == {"email": 2, "page": len(rows) - 2}
        assert data["root"] == proof.root(rows)

    @pytest.mark.parametrize("field", ["channel", "salt", "user_id"])
    def test_changed_row_does_not_fit_the_root(self, field: str, told, mandate, zhuxi) -> None:
        open_vote(mandate, zhuxi)
        told("resident", "ballot.opened")
        rows = list(Delivery.objects.select_related("party", "message").order_by("pk"))
        setattr(rows[3], field, {"channel": "email", "salt": b"x" * 32, "user_id": 1}[field])
        assert proof.root(rows) != entry("notice.deliver")["data"]["root"]

    def test_party_without_anybody_is_to_be_reached_by_hand(self, told, mandate, zhuxi) -> None:
        open_vote(mandate, zhuxi)
        told("resident", "ballot.opened")
        telling = Telling.objects.get(topic="ballot.opened")
        assert unreached(zhuxi, telling).count() == zhuxi.seats.count()
        delivering.deliver_by_hand(mandate("planner"), zhuxi, telling, "HH-150", "Receipt 7, witness Li")
        assert unreached(zhuxi, telling).count() == zhuxi.seats.count() - 1
        data = entry("notice.hand")["data"]
        assert (data["party"], "Receipt" in str(data)) == ("HH-150", False)
        with pytest.raises(Conflict):
            delivering.deliver_by_hand(mandate("planner"), zhuxi, telling, "HH-150", "Again")

    def test_read_on_the_page_or_sent_is_reached_and_held_or_failed_is_not(
        self, told, cast, mandate, zhuxi, settings
    ) -> None:
        User.objects.filter(username="factory").update(email="he@example.org")
        open_vote(mandate, zhuxi)
        (notice,) = told("chair", "ballot.opened")
        telling = notice.telling

        def codes() -> set[str]:
            return set(unreached(zhuxi, telling).values_list("code", flat=True))

        assert {"COL-ZX", "MKT-TEX"} & codes() == {"COL-ZX"}
        Notice.objects.filter(pk=notice.pk).update(read_at=timezone.now())
        Message.objects.filter(user=cast("factory")).update(state="failed")
        assert {"COL-ZX", "MKT-TEX"} & codes() == {"MKT-TEX"}

    @pytest.mark.parametrize("who", ["finance", "resident", "auditor"])
    def test_only_the_convener_records_a_delivery(self, who: str, told, mandate, zhuxi) -> None:
        open_vote(mandate, zhuxi)
        telling = Telling.objects.get(topic="ballot.opened")
        with pytest.raises(NotAllowed):
            delivering.deliver_by_hand(mandate(who), zhuxi, telling, "HH-150", "x")

    def test_faulty_record_is_refused(self, told, mandate, zhuxi, hekou) -> None:
        open_vote(mandate, zhuxi)
        telling = Telling.objects.get(topic="ballot.opened")
        for party, evidence, field in (("NOBODY", "x", "party"), ("A\x00", "x", "party"), ("HH-150", " ", "evidence")):
            with pytest.raises(Invalid) as refused:
                delivering.deliver_by_hand(mandate("planner"), zhuxi, telling, party, evidence)
            assert list(refused.value.fields) == [field]
        with pytest.raises(NotFound):
            delivering.deliver_by_hand(mandate("planner", "HK-2026"), hekou, telling, "GOV-NR", "x")


class TestJob:
    def test_second_run_makes_nothing_new(self, told, mandate, zhuxi) -> None:
        open_vote(mandate, zhuxi)
        spread_all()
        number = Telling.objects.get(topic="ballot.opened").pk
        before = Notice.objects.count(), Entry.objects.count()
        assert spread_telling(number) is False
        assert (Notice.objects.count(), Entry.objects.count()) == before

    def test_lost_job_is_swept_up(self, told, cast, mandate, zhuxi, monkeypatch) -> None:
        comment = comments.add_comment(mandate("resident"), zhuxi, "Why?")
        answers.answer_comment(mandate("planner"), comment, "explained", "So.")
        monkeypatch.setattr(tasks.spread_telling, "delay", tasks.spread_telling)
        tasks.spread_waiting()
        assert Telling.objects.filter(done_at=None).count() == 1
        Telling.objects.update(created_at=timezone.now() - tasks.STALE * 2)
        tasks.spread_waiting()
        assert Notice.objects.filter(user=cast("resident")).count() == 1

    def test_statements_do_not_grow_with_the_receivers(self, told, mandate, zhuxi) -> None:
        def cost(people: int) -> int:
            parties = Party.objects.filter(realm=zhuxi.code, mandates=None, code__startswith="HH-")[:people]
            users = User.objects.bulk_create(User(username=f"p{p.pk}", email=f"p{p.pk}@example.org") for p in parties)
            Mandate.objects.bulk_create(
                Mandate(user=u, party=p, kind="self", roles=["public"]) for u, p in zip(users, parties, strict=True)
            )
            with transaction.atomic():
                tell(zhuxi, "hearing.announced", "/", {"day": "2026-12-24"})
            with CaptureQueriesContext(connection) as captured:
                spread_all()
            return len(captured)

        assert cost(3) == cost(90)


CHILD = """
    import os, signal, sys
    import django
    django.setup()
    from notifications import spreading
    from negotiation import telling
    step, number = sys.argv[1], int(sys.argv[2])
    def killed(*_a, **_k):
        os.kill(os.getpid(), signal.SIGKILL)
    owner, name = step.split(".")
    setattr({"spreading": spreading, "telling": telling}[owner], name, killed)
    telling.spread_telling(number)
"""


@pytest.mark.django_db(transaction=True)
class TestTogether:
    @pytest.mark.parametrize("step", ["spreading._deliveries", "spreading.letter", "telling.record"])
    def test_killed_job_leaves_nothing_half_told_and_is_done_again(self, step, cast, mandate, zhuxi, tmp_path) -> None:
        User.objects.filter(username="resident").update(email="wang@example.org")
        with transaction.atomic():
            tell(zhuxi, "hearing.announced", "/", {"day": "2026-12-24"})
        number = Telling.objects.order_by("-pk").first().pk
        script = tmp_path / "child.py"
        script.write_text(textwrap.dedent(CHILD))
        address = os.environ["DATABASE_URL"].replace("/tongchou", f"/{connection.settings_dict['NAME']}", 1)
        environment = os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings"}
        done = subprocess.run([sys.executable, script, step, str(number)], env=environment, timeout=60)
        assert done.returncode == -9
        assert (Notice.objects.filter(telling=number).count(), Message.objects.count()) == (0, 0)
        assert spread_telling(number)
        assert Notice.objects.filter(telling=number, user=cast("resident")).count() == 1
        assert Message.objects.filter(user=cast("resident")).count() == 1

    def test_two_workers_tell_once(self, mandate, zhuxi) -> None:
        with transaction.atomic():
            tell(zhuxi, "hearing.announced", "/", {"day": "2026-12-24"})
        number, start = Telling.objects.order_by("-pk").first().pk, Barrier(2)

        def work() -> None:
            start.wait()
            spread_telling(number)
            connection.close()

        threads = [Thread(target=work) for _n in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert Entry.objects.filter(action="notice.deliver").count() == 1
        assert Notice.objects.filter(telling=number).count() == len(receivers(Telling.objects.get(pk=number)))


def test_mail_leads_to_the_site_and_says_that_the_law_requires_it(told, cast, mandate, zhuxi, settings) -> None:
    settings.SITE_ADDRESS = "https://plan.example.org"
    User.objects.filter(username="resident").update(email="wang@example.org", language="en")
    ballot = open_vote(mandate, zhuxi)
    told("resident", "ballot.opened")
    outbox.deliver_due()
    (sent,) = mail.outbox
    assert f"https://plan.example.org/rooms/ZX-03-2026/ballots/{ballot.pk}/" in sent.body
    assert "The law requires" in sent.body and "List-Unsubscribe" not in sent.extra_headers


@pytest.mark.parametrize(
    ("language", "kept", "shown"),
    [
        ("zh-hans", "2026-10-26", "2026年10月26日"),
        ("zh-hans", "2026-10-06 09:05", "2026年10月6日 09:05"),
        ("en", "2026-10-26", "2026-10-26"),
        ("en", "2026-10-06 09:05", "2026-10-06 09:05"),
        ("zh-hans", "2026-13-40", "2026-13-40"),
        ("zh-hans", "tomorrow", "tomorrow"),
    ],
)
def test_days_are_written_as_the_reader_writes_them(language: str, kept: str, shown: str) -> None:
    with translation.override(language):
        assert words("meeting.announced", {"day": kept}) == TOPICS["meeting.announced"].words % {"day": shown}
