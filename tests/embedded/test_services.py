"""What `make run` says when it can not start, and how it recovers from a killed one."""

import os
import signal
import socket
import stat
import time
from pathlib import Path

import pytest

from embedded.serve import need_port
from embedded.services import ServiceError, need_space, noted, owned, remove_stale_pid, valkey_socket

# The forked processes only sleep.
pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")


def hold_and_fork(folder: Path) -> tuple[int, int]:
    """A process that owns the folder, and its child that lives on; their pids."""
    reading, writing = os.pipe()
    holder = os.fork()
    if not holder:
        with owned(folder):
            child = os.fork()
            if child:
                os.write(writing, str(child).encode())
            time.sleep(60)
        os._exit(0)
    return holder, int(os.read(reading, 20))


def test_second_one_over_the_same_folder_is_told_so(tmp_path: Path) -> None:
    holder, child = hold_and_fork(tmp_path)
    try:
        with pytest.raises(ServiceError, match="Another Tongchou is running"), owned(tmp_path, seconds=0.3):
            pass
    finally:
        os.kill(child, signal.SIGKILL)
        os.kill(holder, signal.SIGKILL)
        os.waitpid(holder, 0)


def test_killed_holder_lets_go_though_its_children_live(tmp_path: Path) -> None:
    holder, child = hold_and_fork(tmp_path)
    os.kill(holder, signal.SIGKILL)
    os.waitpid(holder, 0)
    try:
        with owned(tmp_path, seconds=2):
            os.kill(child, 0)  # it is still there
    finally:
        os.kill(child, signal.SIGKILL)


def test_port_in_use_is_one_line_with_a_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServiceError, match=f"Port {port} is in use; choose another: make run PORT={port + 1}"):
            need_port(port)


def test_full_disk_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="is full"):
        need_space(tmp_path, megabytes=10**12)


@pytest.mark.parametrize(
    ("pid", "lines"),
    [("", 0), ("4194305", 1), ("4194305", 8), ("mine", 8)],
    ids=["empty", "cut", "gone", "another program's"],
)
def test_pid_file_of_a_server_that_is_gone_is_removed(pid: str, lines: int, tmp_path: Path) -> None:
    number = str(os.getpid()) if pid == "mine" else pid
    (tmp_path / "postmaster.pid").write_text("\n".join([number, *["x"] * (lines - 1)]) if lines else "")
    remove_stale_pid(tmp_path)
    assert not (tmp_path / "postmaster.pid").exists()


def test_socket_of_a_deep_folder_is_kept_short(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-rather-long-name"] * 8)
    assert len(str(valkey_socket(deep))) <= 90 and valkey_socket(deep) == valkey_socket(deep)
    assert valkey_socket(deep) != valkey_socket(deep / "other")


def test_addresses_are_for_the_owner_only_and_go_with_the_servers(tmp_path: Path) -> None:
    file = tmp_path / "addresses.env"
    with noted(file, {"DATABASE_URL": "postgres:///x"}):
        assert file.read_text() == "DATABASE_URL=postgres:///x\n"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not file.exists()
