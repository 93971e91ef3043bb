"""The keys that seal the log: made once, kept apart, followed by others without a gap."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.refusals import Conflict
from audit import keys, log, sequencer
from audit.models import Checkpoint, Entry, Key
from audit.notes import fingerprint, verifier_key
from tests.audit.test_sequencer import SCOPE, write
from tongchou_verify.checkpoints import open_checkpoint
from tongchou_verify.faults import Fault
from tongchou_verify.notes import Verifier, split_note

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def file(settings, tmp_path: Path) -> Path:
    settings.LOG_KEY_FILE = tmp_path / "secrets" / "log_key"
    return settings.LOG_KEY_FILE


def seal(count: int = 1) -> Checkpoint:
    write(count)
    sequencer.sequence(SCOPE)
    return sequencer.last_checkpoint(SCOPE)


def opens(row: Checkpoint, public: bytes) -> bool:
    verifier = Verifier.read(verifier_key(row.origin, public))
    try:
        return open_checkpoint(row.whole_note.encode(), verifier, row.origin).size == row.size
    except Fault:
        return False


def test_key_is_made_at_first_use_for_its_owner_only(file: Path) -> None:
    assert keys.current_key() is None and not file.exists()
    seal()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text().startswith("-----BEGIN PRIVATE KEY-----\n")
    assert Key.objects.count() == 1


def test_lost_key_stops_sealing_until_the_operator_says_so(file: Path) -> None:
    seal()
    file.unlink()
    write(1)
    with pytest.raises(Conflict) as refusal:
        sequencer.sequence(SCOPE)
    assert refusal.value.code == "log_key_unknown"
    keys.rotate("The disk broke")
    assert sequencer.sequence(SCOPE) == 2  # the act and the change of the key
    assert opens(sequencer.last_checkpoint(SCOPE), bytes(keys.current_key().public))


def test_file_that_is_no_key_is_refused(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("nonsense")
    write(1)
    with pytest.raises(Conflict) as refusal:
        sequencer.sequence(SCOPE)
    assert refusal.value.code == "log_key_file"


def test_new_key_also_signs_what_the_old_one_sealed(file: Path) -> None:
    first = seal()
    old = bytes(keys.current_key().public)
    new = bytes(keys.rotate("Every year").public)
    assert opens(first, old) and opens(first, new)
    assert Checkpoint.objects.get(pk=first.pk).note == first.note
    both = seal()
    assert opens(both, old) and opens(both, new)
    assert len(split_note(both.whole_note.encode())[1]) == 2
    assert keys.end_overlap() == 1
    last = seal()
    assert (opens(last, old), opens(last, new)) == (False, True)
    assert file.read_text().count("BEGIN PRIVATE KEY") == 1 and file.stat().st_mode & 0o777 == 0o600
    assert [bytes(row.public) for row in Key.objects.filter(ended=None)] == [new]


def test_change_of_key_stands_in_every_log() -> None:
    seal()
    old = fingerprint(bytes(keys.current_key().public))
    new = fingerprint(bytes(keys.rotate("Every year").public))
    rows = {row.scope: json.loads(bytes(row.body))["data"] for row in Entry.objects.filter(action="log.key")}
    assert {scope: (row["from"], row["to"]) for scope, row in rows.items()} == {
        SCOPE: (old, new),
        log.SITE: (old, new),
    }


def test_rotation_that_was_interrupted_is_taken_up_again(file: Path) -> None:
    """The file was written, the database was not."""
    seal()
    before = file.read_text()
    keys.rotate("Every year")
    made = file.read_text()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM audit_key")
        cursor.execute("SET LOCAL session_replication_role = origin")
    file.write_text(before)
    seal()
    file.write_text(made)
    row = keys.rotate("Every year")
    assert file.read_text() == made
    assert opens(seal(), bytes(row.public))


def test_commands_print_and_change_the_key() -> None:
    with pytest.raises(CommandError):
        call_command("log_key")
    seal()
    out = StringIO()
    call_command("log_key", SCOPE, stdout=out)
    public = bytes(keys.current_key().public)
    assert fingerprint(public) in out.getvalue()
    assert verifier_key("localhost/log/room:T", public) in out.getvalue()
    call_command("log_key", "--all", stdout=out)
    assert verifier_key("localhost/log/*", public) in out.getvalue()
    with pytest.raises(CommandError):
        call_command("rotate_log_key")
    call_command("rotate_log_key", "--reason", "Every year", stdout=out)
    assert fingerprint(bytes(keys.current_key().public)) in out.getvalue()
    call_command("rotate_log_key", "--end-overlap", stdout=out)
    assert "1 old keys have ended" in out.getvalue()
