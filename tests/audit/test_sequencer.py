"""Sealing: nothing is lost, nothing is half done, and one does it at a time."""

import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from celery import current_app
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from redis import Redis

from audit import log, sequencer, tree
from audit.merkle import leaf_hash
from audit.models import Checkpoint, Entry, Tile
from audit.tasks import sequence_scope, sequence_waiting
from audit.waking import awake
from tongchou_verify.checkpoints import open_checkpoint
from tongchou_verify.merkle import Frontier
from tongchou_verify.notes import Verifier

SCOPE = "room:T"


def write(count: int, scope: str = SCOPE) -> None:
    with transaction.atomic():
        for number in range(count):
            log.append(scope, "test.act", None, "thing", number)


def in_thread(work):
    def run(*arguments):
        try:
            return work(*arguments)
        finally:
            connection.close()

    return run


def check_whole(scope: str = SCOPE) -> int:
    """Places without a gap, tree and checkpoints over exactly these bytes; returns the size."""
    rows = list(Entry.objects.filter(scope=scope, index__isnull=False).order_by("index").values_list("index", "body"))
    assert [index for index, _body in rows] == list(range(len(rows)))
    grown, roots = Frontier(), {}
    for _index, body in rows:
        grown.append(leaf_hash(bytes(body)))
        roots[grown.size] = grown.root()
    kept = {size: bytes(root) for size, root in Checkpoint.objects.filter(scope=scope).values_list("size", "root")}
    assert {size: roots[size] for size in kept} == kept
    assert max(kept, default=0) == len(rows)
    assert not rows or tree.root(scope, len(rows)) == grown.root()
    return len(rows)


@pytest.mark.django_db
class TestSealing:
    def test_entries_get_their_places_in_the_order_of_writing(self) -> None:
        write(3)
        assert sequencer.sequence(SCOPE) == 3
        assert list(Entry.objects.filter(scope=SCOPE).order_by("index").values_list("object_id", flat=True)) == [
            "0",
            "1",
            "2",
        ]
        assert check_whole() == 3

    def test_nothing_to_do_is_no_harm(self) -> None:
        write(2)
        assert [sequencer.sequence(SCOPE) for _ in range(3)] == [2, 0, 0]
        assert Checkpoint.objects.filter(scope=SCOPE).count() == 1
        assert sequencer.sequence("room:NOBODY") == 0

    def test_round_has_a_limit_and_the_rest_comes_next(self) -> None:
        write(7)
        assert [sequencer.sequence(SCOPE, most=3) for _ in range(4)] == [3, 3, 1, 0]
        assert list(Checkpoint.objects.filter(scope=SCOPE).order_by("size").values_list("size", flat=True)) == [3, 6, 7]
        assert check_whole() == 7

    def test_scopes_have_trees_of_their_own(self) -> None:
        write(2)
        write(3, "unit:U")
        assert {SCOPE, "unit:U"} <= set(sequencer.waiting_scopes())
        sequence_waiting()
        assert (check_whole(), check_whole("unit:U"), sequencer.waiting_scopes()) == (2, 3, [])

    def test_checkpoint_is_a_signed_note_of_the_scope(self) -> None:
        from audit.keys import current_key
        from audit.notes import verifier_key

        write(1)
        sequence_scope(SCOPE)
        last = sequencer.last_checkpoint(SCOPE)
        verifier = Verifier.read(verifier_key(last.origin, bytes(current_key().public)))
        opened = open_checkpoint(last.note.encode(), verifier, "localhost/log/room:T")
        assert (opened.size, opened.root) == (1, bytes(last.root))

    def test_origin_stays_when_the_platform_moves(self, settings) -> None:
        write(1)
        sequencer.sequence(SCOPE)
        settings.LOG_ORIGIN = "elsewhere.example"
        write(1)
        sequencer.sequence(SCOPE)
        assert sequencer.last_checkpoint(SCOPE).origin == "localhost/log/room:T"
        assert sequencer.log_name("room:中 +") == "elsewhere.example/log/room:%E4%B8%AD%20%2B"

    @pytest.mark.parametrize(
        "statement", ["DELETE FROM audit_checkpoint", "UPDATE audit_checkpoint SET size = size + 1"]
    )
    def test_checkpoint_is_kept_for_ever(self, statement: str) -> None:
        write(1)
        sequencer.sequence(SCOPE)
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    @pytest.mark.parametrize(
        "step", ["_place", "tree.extend", "leaf_hash", "_seal", "signing_keys", "tree.root", "marks.prepare"]
    )
    def test_failure_at_any_step_leaves_all_as_it_was(self, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
        write(2)
        sequencer.sequence(SCOPE)
        write(3)

        def stop(*_arguments: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(f"audit.sequencer.{step}", stop)
        with pytest.raises(KeyboardInterrupt):
            sequencer.sequence(SCOPE)
        monkeypatch.undo()
        assert check_whole() == 2
        assert sequencer.sequence(SCOPE) == 3 and check_whole() == 5


@pytest.mark.django_db(transaction=True)
class TestSeveralAtOnce:
    def test_entry_that_commits_late_is_sealed_later_and_not_lost(self) -> None:
        written, finish = Event(), Event()

        def late() -> None:
            with transaction.atomic():
                log.append(SCOPE, "test.late", None, "thing", "late")
                written.set()
                assert finish.wait(20)

        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(in_thread(late))
            assert written.wait(20)
            write(2)
            assert sequencer.sequence(SCOPE) == 2
            finish.set()
            waiting.result()
        assert sequencer.sequence(SCOPE) == 1
        rows = Entry.objects.filter(scope=SCOPE).order_by("index")
        assert [row.action for row in rows] == ["test.act", "test.act", "test.late"]
        assert rows[2].id < rows[0].id and check_whole() == 3

    def test_many_writers_and_sealers_lose_nothing(self) -> None:
        with ThreadPoolExecutor(8) as pool:
            jobs = [pool.submit(in_thread(write), 5) for _ in range(20)]
            jobs += [pool.submit(in_thread(sequencer.sequence), SCOPE) for _ in range(20)]
            for job in jobs:
                job.result()
        sequencer.sequence_all(SCOPE)
        assert check_whole() == 100

    CHILD = """
        import os, signal, sys
        import django
        django.setup()
        from audit import sequencer
        name = sys.argv[1]
        def killed(*arguments):
            os.kill(os.getpid(), signal.SIGKILL)
        if name == "commit":
            from django.db import connection
            connection.ensure_connection()
            connection._commit = killed
        elif name != "after":
            owner, _dot, name = name.rpartition(".")
            setattr(getattr(sequencer, owner) if owner else sequencer, name, killed)
        sequencer.sequence("room:T")
        killed()
    """

    STEPS = ("last_checkpoint", "_place", "tree.extend", "_seal", "signing_keys", "marks.prepare", "commit")

    @pytest.mark.parametrize("step", [*STEPS, "marks.leave", "after"])
    def test_killed_at_any_step_leaves_a_whole_log(self, step: str, tmp_path) -> None:
        write(2)
        sequencer.sequence(SCOPE)
        write(3)
        script = tmp_path / "child.py"
        script.write_text(textwrap.dedent(self.CHILD))
        address = os.environ["DATABASE_URL"].replace("/tongchou", f"/{connection.settings_dict['NAME']}", 1)
        environment = os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "config.settings"}
        environment |= {"LOG_MARKS": str(settings.LOG_MARKS), "DATABASE_ROLE": "tongchou_worker"}
        done = subprocess.run([sys.executable, script, step], env=environment, timeout=60)
        assert done.returncode == -9
        assert check_whole() == (5 if step in ("marks.leave", "after") else 2)
        sequencer.sequence_all(SCOPE)
        assert check_whole() == 5
        assert Tile.objects.filter(scope=SCOPE).count() == 1

    def test_act_wakes_the_sequencer_once_after_its_commit(self) -> None:
        queue = Redis.from_url(settings.REDIS_URL)
        name = current_app.conf.task_default_queue
        awake(SCOPE)
        before = queue.llen(name)
        with transaction.atomic():
            write(3)
            assert queue.llen(name) == before
        write(2)
        assert queue.llen(name) == before + 1
        awake(SCOPE)
        write(1)
        assert queue.llen(name) == before + 2
