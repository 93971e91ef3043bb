"""The database's superuser, all triggers off, changes the log behind the platform's back: the verifier names where."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import rfc8785
from django.db import connection

from audit.models import Checkpoint, Entry
from audit.sequencer import sequence_all
from negotiation import bundles
from negotiation.models import Scorecard
from tests.verifier.conftest import SCOPE
from tests.verifier.forging import entries, find, forged, packed, unpacked
from tongchou_verify.bundle import open_bundle
from tongchou_verify.checking import check_bundle
from tongchou_verify.faults import Fault
from tongchou_verify.prefix import check_prefix

Change = Callable[[dict], object]


@pytest.fixture
def honest(decided, zhuxi, tmp_path: Path) -> Path:
    """A bundle that an auditor took home before."""
    sequence_all(SCOPE)
    return written(zhuxi, tmp_path / "honest.zip")


@pytest.fixture
def superuser(honest) -> Callable[..., None]:
    """Runs a statement as nobody but the keeper of the machine can."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")

    def run(statement: str, *values: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            assert cursor.rowcount > 0

    return run


def written(room, path: Path) -> Path:
    bundles.write_bundle(room, path, None)
    return path


def vote(place: int = 1) -> Entry:
    """The second vote: sealed by a checkpoint of its own."""
    return Entry.objects.filter(scope=SCOPE, action="vote.cast").order_by("index")[place]


def fault(path: Path) -> Fault:
    with open_bundle(path) as bundle, pytest.raises(Fault) as found:
        check_bundle(bundle)
    return found.value


def prefix_fault(old: Path, new: Path) -> Fault:
    with open_bundle(old) as before, open_bundle(new) as after, pytest.raises(Fault) as found:
        check_prefix(before, after)
    return found.value


def rewrite(superuser, entry: Entry, change: Change) -> None:
    body = json.loads(bytes(entry.body))
    change(body)
    superuser("UPDATE audit_entry SET body = %s WHERE id = %s", rfc8785.dumps(body), entry.pk)


def drop(superuser, entry: Entry) -> None:
    superuser("DELETE FROM audit_commitment WHERE entry_id = %s", entry.pk)
    superuser("DELETE FROM audit_entry WHERE id = %s", entry.pk)


CHANGES: dict[str, Change] = {
    "another choice": lambda body: body["data"].update(choice="abstain"),
    "backdated": lambda body: body.update(time="2026-01-01T00:00:00.000000Z"),
    "another party": lambda body: body["actor"].update(party="HH-018"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changed_row_is_found(name: str, superuser, honest, zhuxi, tmp_path: Path) -> None:
    entry = vote()
    rewrite(superuser, entry, CHANGES[name])
    changed = written(zhuxi, tmp_path / "changed.zip")
    assert (fault(changed).index, fault(changed).last) == (entry.index, entry.index)
    assert prefix_fault(honest, changed).index == entry.index


def test_dropped_row_is_found(superuser, honest, zhuxi, tmp_path: Path) -> None:
    entry = vote()
    drop(superuser, entry)
    changed = written(zhuxi, tmp_path / "changed.zip")
    assert fault(changed).index == entry.index
    assert prefix_fault(honest, changed).index == entry.index


def test_dropped_row_whose_gap_was_closed_is_found(superuser, honest, zhuxi, tmp_path: Path) -> None:
    entry = vote()
    drop(superuser, entry)
    superuser("UPDATE audit_entry SET index = -index WHERE scope = %s AND index > %s", SCOPE, entry.index)
    superuser("UPDATE audit_entry SET index = -index - 1 WHERE scope = %s AND index < 0", SCOPE)
    changed = written(zhuxi, tmp_path / "changed.zip")
    assert fault(changed).index == entry.index


def test_reordered_rows_are_found(superuser, honest, zhuxi, tmp_path: Path) -> None:
    first, second = vote(1), vote(2)
    superuser("UPDATE audit_entry SET index = -1 WHERE id = %s", first.pk)
    superuser("UPDATE audit_entry SET index = %s WHERE id = %s", first.index, second.pk)
    superuser("UPDATE audit_entry SET index = %s WHERE id = %s", second.index, first.pk)
    changed = written(zhuxi, tmp_path / "changed.zip")
    assert fault(changed).index == first.index
    assert prefix_fault(honest, changed).index == first.index


def test_row_slipped_in_is_found(superuser, honest, zhuxi, tmp_path: Path) -> None:
    entry = vote()
    superuser("UPDATE audit_entry SET index = -index - 1 WHERE scope = %s AND index > %s", SCOPE, entry.index)
    superuser("UPDATE audit_entry SET index = -index WHERE scope = %s AND index < 0", SCOPE)
    superuser(
        """INSERT INTO audit_entry (id, scope, index, time, action, party, object_type, object_id, body)
        SELECT gen_random_uuid(), scope, index + 1, time, action, party, object_type, object_id, body
        FROM audit_entry WHERE id = %s""",
        entry.pk,
    )
    assert fault(written(zhuxi, tmp_path / "changed.zip")).index == entry.index + 1


def test_swapped_scorecards_are_found(superuser, honest, zhuxi, tmp_path: Path) -> None:
    one, other = Scorecard.objects.filter(revision__package__room=zhuxi, state="done").order_by("pk")[:2]
    superuser("UPDATE negotiation_scorecard SET card = %s::jsonb WHERE id = %s", json.dumps(other.card), one.pk)
    found = fault(written(zhuxi, tmp_path / "changed.zip"))
    assert f"scorecards/{one.digest}.json has the SHA-256" in found.what
    named = Entry.objects.get(scope=SCOPE, index=found.index)
    assert json.loads(bytes(named.body))["data"]["digest"] == one.digest


def test_root_and_tiles_made_to_fit_lack_the_signature(superuser, honest, zhuxi, tmp_path: Path) -> None:
    entry = vote()
    rewrite(superuser, entry, CHANGES["another choice"])
    checkpoint = Checkpoint.objects.get(scope=SCOPE, size=entry.index + 1)
    lines = checkpoint.note.split("\n")
    note = "\n".join([*lines[:2], "A" * 43 + "=", *lines[3:]])
    superuser("UPDATE audit_checkpoint SET note = %s WHERE id = %s", note, checkpoint.pk)
    found = fault(written(zhuxi, tmp_path / "changed.zip"))
    assert found.what.startswith(f"checkpoints/{checkpoint.size}.txt: ")


def test_checkpoint_taken_away_is_found_by_the_earlier_bundle(superuser, honest, zhuxi, tmp_path: Path) -> None:
    size = vote().index + 1
    superuser("DELETE FROM audit_checkpoint WHERE scope = %s AND size = %s", SCOPE, size)
    changed = written(zhuxi, tmp_path / "changed.zip")
    assert f"checkpoint of size {size} is gone" in prefix_fault(honest, changed).what


def test_sealing_goes_on_over_a_changed_row_and_it_is_still_found(superuser, honest, zhuxi, tmp_path: Path) -> None:
    entry = vote()
    rewrite(superuser, entry, CHANGES["another choice"])
    bundles.export_by_operator(zhuxi, tmp_path / "changed.zip", "planner")
    assert fault(tmp_path / "changed.zip").index == entry.index


def test_keeper_with_the_key_who_seals_all_anew_is_found_by_the_earlier_bundle(honest, tmp_path: Path) -> None:
    files = unpacked(honest)
    rows = entries(files)
    index = find(rows, "notice.publish")
    rows[index]["data"]["place"] = "0" * 64
    changed = packed(forged(files, rows), tmp_path / "changed.zip")
    with open_bundle(changed) as bundle:
        assert check_bundle(bundle).tree.size == len(rows)
    assert prefix_fault(honest, changed).index == index
