"""Several processes over one bundle: nothing is lost, and none stays behind, however it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.verifier.forging import lines, packed, sealed, unpacked, with_lines
from tongchou_verify import helpers
from tongchou_verify.bundle import open_bundle
from tongchou_verify.checking import check_bundle
from tongchou_verify.faults import Fault

SIZE = 60_000
EVERY = 20_000
_made: list[dict[str, bytes]] = []


@pytest.fixture
def files(bundle: Path) -> dict[str, bytes]:
    """The bundle, and then its last entry again and again under other ids."""
    if not _made:
        kept = unpacked(bundle)
        rows = lines(kept)
        before, _id, after = rows[-1].partition(b'"id":"')
        # The first twelve digits of an id are its time: eight, a hyphen, and four.
        rows += [b'%s"id":"%08x%s' % (before, number, after[8:]) for number in range(SIZE - len(rows))]
        _made.append(sealed(kept, rows, EVERY))
    return _made[0]


@pytest.fixture
def large(files, tmp_path: Path) -> Path:
    return packed(files, tmp_path / "large.zip")


@pytest.fixture
def running(large):
    """`tongchou-verify` over the large bundle with one helper, held in the middle; and the helper."""
    command = [sys.executable, "-m", "tongchou_verify", "--jobs", "2", large]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while not (found := psutil.Process(process.pid).children()):
            assert process.poll() is None
            time.sleep(0.001)
        process.send_signal(signal.SIGSTOP)
        yield process, found[0]
        process.kill()


def gone(process: psutil.Process) -> bool:
    return psutil.wait_procs([process], timeout=20)[1] == [] or process.status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_any_number_of_processes_finds_the_same(files, large: Path, jobs: int) -> None:
    with open_bundle(large) as bundle:
        report = check_bundle(bundle, jobs)
        assert (report.tree.size, report.checkpoints) == (SIZE, SIZE // EVERY)
    rows = lines(files)
    rows[50_000] = rows[50_000].replace(b'"v":1', b'"v":2')
    changed = packed(with_lines(files, rows), large.parent / "changed.zip")
    with open_bundle(changed) as bundle, pytest.raises(Fault) as found:
        check_bundle(bundle, jobs)
    assert str(found.value) == "entry 50000: the version is 2, want 1"
    assert psutil.Process().children() == []


def test_single_file_has_helpers_too(stranger, large: Path) -> None:
    done = stranger("--jobs", 3, large)
    assert (done.code, done.err) == (0, "")
    assert f"{SIZE} entries" in done.out


@pytest.mark.parametrize("missing", ["fork", "memory", "cores"])
def test_without_helpers_it_is_done_in_one_process(missing: str, large: Path, monkeypatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise BlockingIOError

    if missing == "fork":
        monkeypatch.setattr(helpers, "get_all_start_methods", lambda: ["spawn"])
    elif missing == "memory":
        monkeypatch.setattr(os, "fork", refuse)
    else:
        monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0})
    monkeypatch.setattr(helpers, "_receive", refuse)
    with open_bundle(large) as bundle:
        assert check_bundle(bundle).tree.size == SIZE


def test_interrupt_ends_all_with_one_line(running) -> None:
    process, helper = running
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGCONT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err == "tongchou-verify: interrupted; nothing is said about the bundle\n"
    assert gone(helper)


def test_helper_does_not_outlive_the_one_that_it_helps(running) -> None:
    process, helper = running
    process.kill()
    assert gone(helper)


def test_helper_that_somebody_ends_is_no_fault_of_the_bundle(running) -> None:
    process, helper = running
    helper.kill()
    process.send_signal(signal.SIGCONT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert err == "tongchou-verify: entries.jsonl: the process that reads it was ended; try --jobs 1\n"
