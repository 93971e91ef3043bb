"""Faults around sealing: a database of yesterday, a full disk, a clock that steps back."""

import json
import os
import resource
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from psycopg import sql

from accounts.refusals import Conflict
from accounts.secrets import secret
from audit import keys, log, marks, sequencer
from audit.models import Entry
from audit.tasks import look_back, sequence_waiting
from tests.audit.test_sequencer import SCOPE, check_whole, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def key_file(settings, tmp_path: Path) -> Path:
    settings.LOG_KEY_FILE = tmp_path / "keys" / "log_key"
    return settings.LOG_KEY_FILE


@pytest.fixture
def marked(settings) -> Path:
    """The one mark that lies there."""
    write(2)
    sequencer.sequence(SCOPE)
    (path,) = settings.LOG_MARKS.iterdir()
    return path


@contextmanager
def yesterday() -> Iterator[None]:
    """What is done in the block is gone from the database after it, and not from the disk."""
    point = transaction.savepoint()
    yield
    transaction.savepoint_rollback(point)


def test_mark_is_the_last_checkpoint_for_its_owner_only(marked: Path) -> None:
    last = sequencer.last_checkpoint(SCOPE)
    assert json.loads(marked.read_text()) == {"scope": SCOPE, "size": 2, "root": bytes(last.root).hex()}
    assert stat.S_IMODE(marked.stat().st_mode) == 0o600
    write(1)
    sequencer.sequence(SCOPE)
    assert json.loads(marked.read_text())["size"] == 3
    assert list(marked.parent.iterdir()) == [marked]


def test_log_that_went_back_is_not_sealed(marked: Path) -> None:
    with yesterday():
        write(3)
        sequencer.sequence(SCOPE)
    write(1)
    with pytest.raises(Conflict) as refusal:
        sequencer.sequence(SCOPE)
    assert refusal.value.code == "log_went_back"
    assert check_whole() == 2


def test_another_history_of_the_same_length_is_noticed(marked: Path) -> None:
    with yesterday():
        write(1)
        sequencer.sequence(SCOPE)
    text = marked.read_text()
    marked.unlink()
    write(1)
    sequencer.sequence(SCOPE)
    marked.write_text(text)
    with pytest.raises(Conflict):
        sequencer.sequence(SCOPE)


def test_a_mark_that_was_left_behind_is_no_fault(marked: Path) -> None:
    """The process was killed between its commit and the mark."""
    before = marked.read_text()
    write(1)
    sequencer.sequence(SCOPE)
    marked.write_text(before)
    write(1)
    assert sequencer.sequence(SCOPE) == 1 and json.loads(marked.read_text())["size"] == 4


def test_mark_that_can_not_be_read_stops_sealing(marked: Path) -> None:
    marked.write_text("{")
    write(1)
    with pytest.raises(Conflict) as refusal:
        sequencer.sequence(SCOPE)
    assert refusal.value.code == "log_mark_file"


def test_one_log_that_went_back_does_not_hold_the_others(marked: Path, caplog) -> None:
    with yesterday():
        write(3)
        sequencer.sequence(SCOPE)
    write(1)
    write(2, "room:Z")
    sequence_waiting()
    assert check_whole("room:Z") == 2 and f"{SCOPE} is not sealed" in caplog.text
    caplog.clear()
    look_back()
    assert f"{SCOPE} has lost what was sealed up to size 5" in caplog.text


def test_operator_states_why_and_sealing_goes_on(marked: Path) -> None:
    with yesterday():
        write(3)
        sequencer.sequence(SCOPE)
        lost = json.loads(marked.read_text())
    with pytest.raises(CommandError) as refusal:
        call_command("log_restored")
    assert refusal.value.returncode == 2 and f"{SCOPE}: sealed up to size 5" in str(refusal.value)
    out = StringIO()
    call_command("log_restored", "--reason", "The disk broke on Monday", stdout=out)
    entry = Entry.objects.get(action="log.restore")
    data = json.loads(bytes(entry.body))["data"]
    assert (data["lost_size"], data["lost_root"], data["size"]) == (5, lost["root"], 2)
    assert b"disk" not in bytes(entry.body)
    assert bytes(entry.commitments.get().content) == b"The disk broke on Monday"
    assert sequencer.sequence(SCOPE) == 1 and check_whole() == 3
    again = StringIO()
    call_command("log_restored", stdout=again)
    assert again.getvalue() == "no log has gone back\n"


def test_log_that_is_gone_altogether_is_noticed_too(settings) -> None:
    with yesterday():
        write(1)
        sequencer.sequence(SCOPE)
    write(1)
    with pytest.raises(Conflict):
        sequencer.sequence(SCOPE)
    call_command("log_restored", "--reason", "A new beginning", stdout=StringIO())
    assert sequencer.sequence(SCOPE) == 2 and check_whole() == 2


@contextmanager
def full_disk(free: int = 0) -> Iterator[None]:
    """No file can be written beyond so many bytes; the system answers as for a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_full_disk_seals_nothing_and_leaves_the_mark(marked: Path) -> None:
    before = marked.read_text()
    write(3)
    with full_disk(), pytest.raises(OSError):
        sequencer.sequence(SCOPE)
    assert check_whole() == 2 and marked.read_text() == before
    assert list(marked.parent.iterdir()) == [marked]
    assert sequencer.sequence(SCOPE) == 3 and check_whole() == 5


def test_full_disk_leaves_the_keys_as_they_were(marked: Path, key_file: Path) -> None:
    before = key_file.read_text()
    with full_disk(20), pytest.raises(CommandError) as refusal:
        call_command("rotate_log_key", "--reason", "Every year")
    assert refusal.value.returncode == 2 and len(str(refusal.value).splitlines()) == 1
    assert key_file.read_text() == before and list(key_file.parent.iterdir()) == [key_file]
    assert not Entry.objects.filter(action="log.key").exists()
    write(1)
    assert sequencer.sequence(SCOPE) == 1


def test_full_disk_makes_no_half_secret(tmp_path: Path) -> None:
    with full_disk(10), pytest.raises(OSError):
        secret(tmp_path / "secret")
    assert not (tmp_path / "secret").exists() and not list(tmp_path.glob(".draft*"))


def test_full_disk_leaves_no_half_bundle(zhuxi, tmp_path: Path) -> None:
    sequencer.sequence_all(f"room:{zhuxi.code}")
    (tmp_path / "out").mkdir()
    target = tmp_path / "out" / "bundle.zip"
    target.write_bytes(b"an earlier one")
    with full_disk(5000), pytest.raises(CommandError) as refusal:
        call_command("export_log", zhuxi.code, str(target))
    assert refusal.value.returncode == 2
    assert target.read_bytes() == b"an earlier one" and list(target.parent.iterdir()) == [target]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 64 KiB."""
    place = tmp_path / "small"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("a file system can not be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_really_full_disk_seals_nothing(small_disk: Path, settings) -> None:
    settings.LOG_MARKS = small_disk / "marks"
    write(1)
    sequencer.sequence(SCOPE)
    with (small_disk / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError):
        while True:
            filler.write(b"x" * 4096)
    write(1)
    with pytest.raises(OSError, match="No space left"):
        sequencer.sequence(SCOPE)
    assert check_whole() == 1
    (small_disk / "filler").unlink()
    assert sequencer.sequence(SCOPE) == 1 and check_whole() == 2


def test_clock_that_steps_back_does_not_change_the_order() -> None:
    now = log.clock()
    with transaction.atomic():
        for number, moment in enumerate([now, now - timedelta(hours=2), now - timedelta(hours=1), now]):
            log.append(SCOPE, "test.act", None, "thing", number, time=moment)
    sequencer.sequence(SCOPE)
    rows = Entry.objects.filter(scope=SCOPE).order_by("index")
    assert [row.object_id for row in rows] == ["0", "1", "2", "3"]
    assert [row.time - now for row in rows][1] == timedelta(hours=-2)
    assert check_whole() == 4


@pytest.mark.django_db(transaction=True)
def test_real_backup_of_yesterday_is_noticed(settings) -> None:
    """A copy of the whole database, made before the last sealing, takes the place of the present one."""
    write(2)
    sequencer.sequence(SCOPE)
    name = connection.settings_dict["NAME"]
    connection.close()
    connection.close_pool()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        copies = [sql.Identifier(f"{name}_{end}") for end in ("yesterday", "kept")]
        here = sql.Identifier(name)
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(copies[0], here))
        try:
            write(3)
            sequencer.sequence(SCOPE)
            connection.close()
            connection.close_pool()
            server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(here, copies[1]))
            server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(copies[0], here))
            write(1)
            with pytest.raises(Conflict) as refusal:
                sequencer.sequence(SCOPE)
            assert refusal.value.code == "log_went_back" and marks.gone_back()
            assert check_whole() == 2
        finally:
            connection.close()
            connection.close_pool()
            for copy in copies:
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(copy))
    assert keys.current_key() is not None
