"""`make run`: services, migrations, demo cases, then web, worker and beat under honcho."""

import os
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import psutil
from honcho.manager import Manager

from embedded.services import ServiceError, services

PYTHON = sys.executable
# Migrations and commands connect as the owner of the tables, what serves under a role of least right.
DATABASE_ROLES = {"web": "tongchou_web", "worker": "tongchou_worker", "beat": "tongchou_worker"}


def serve(folder: Path, port: int) -> int:
    """Serve until Ctrl-C; the exit code is honcho's, 0 when the user stopped it."""
    pids = folder / "pids"
    stop_leftovers(pids)
    need_port(port)
    with services(folder) as environment:
        environment |= {"DEMO": os.environ.get("DEMO", "1"), "DJANGO_SETTINGS_MODULE": "config.settings"}
        # In a container or on a test machine the worker may be root; Celery would say so at length.
        environment |= {"PYTHONWARNINGS": "ignore:::celery.platforms"}
        prepare(environment)
        print(f"\nTongchou 统筹: http://127.0.0.1:{port}/   (Ctrl-C stops it)\n", flush=True)  # noqa: T201
        return supervise(commands(port), environment, pids)


def commands(port: int) -> dict[str, str]:
    python = shlex.quote(PYTHON)
    quiet = "--lifespan off --no-access-log --log-level warning"
    return {
        "web": f"{python} -m uvicorn config.asgi:application --host 127.0.0.1 --port {port} {quiet}",
        "worker": f"{python} -m celery -A config --quiet worker --loglevel warning --concurrency 2",
        "beat": f"{python} -m celery -A config --quiet beat --loglevel warning",
    }


def prepare(environment: dict[str, str]) -> None:
    """Migrate, load the demo cases, and print the demo sign-ins."""
    for command in (["migrate", "--verbosity", "0"], ["demo"]):
        done = subprocess.run([PYTHON, "manage.py", *command], env=os.environ | environment)  # noqa: S603
        if done.returncode:
            raise ServiceError(f"`manage.py {' '.join(command)}` failed, see above.")


def supervise(lines: dict[str, str], environment: dict[str, str], pids: Path) -> int:
    pids.mkdir(exist_ok=True)
    manager = Manager()
    for name, line in lines.items():
        # The shell leaves its pid, which becomes the program's, so that a later start finds what a kill -9 orphaned.
        recorded = f"echo $$ > {shlex.quote(str(pids / name))}; exec {line}"
        manager.add_process(name, recorded, env=os.environ | environment | {"DATABASE_ROLE": DATABASE_ROLES[name]})
    manager.loop()
    return 0 if manager.returncode in (130, 143) else manager.returncode or 1


def stop_leftovers(pids: Path) -> None:
    """Stop what a killed earlier run left running."""
    for file in pids.glob("*"):
        number = file.read_text().strip()
        if number.isdigit() and psutil.pid_exists(int(number)):
            stop_if_ours(psutil.Process(int(number)))
        file.unlink()


def stop_if_ours(process: psutil.Process) -> None:
    try:
        if PYTHON not in " ".join(process.cmdline()):
            return
        family = [process, *process.children(recursive=True)]
        for member in family:
            member.terminate()
        for member in psutil.wait_procs(family, timeout=5)[1]:
            member.kill()
    except psutil.NoSuchProcess:
        pass


def need_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ServiceError(f"Port {port} is in use; choose another: make run PORT={port + 1}") from error
