"""The product as it runs in service: a database of its own, uvicorn and a Celery worker.

The demo is staged once in each process of the tests; each product gets a copy of that database.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import psycopg
from psycopg import sql

ROOT = Path(__file__).parents[1]
# The browser of the tests and of the pictures.
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 780}
WEB = "-m uvicorn config.asgi:application --lifespan off --log-level warning --port"
WORKER = "-m celery -A config --quiet worker --concurrency 1 --loglevel error"


@dataclass
class Product:
    """A running product with the demo staged."""

    address: str
    password: str
    env: dict[str, str]

    def manage(self, *command: str) -> str:
        """What the operator types; what it prints."""
        line = [sys.executable, "manage.py", *command]
        return subprocess.run(line, cwd=ROOT, env=self.env, check=True, capture_output=True, text=True).stdout


@contextmanager
def running(name: str, **settings: str) -> Iterator[Product]:
    """Start the product under `name`, which sets it apart from others in PostgreSQL and Valkey."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    env = environment(own(name), copy_of=staged()) | {"SITE_ADDRESS": address} | settings
    with process(f"{WEB} {port}", env), process(WORKER, env | {"DATABASE_ROLE": "tongchou_worker"}):
        wait_for(f"{address}/")
        password = (ROOT / "var" / "demo_password").read_text().strip()[:12]
        yield Product(address, password, env)


@cache
def staged() -> str:
    """The name of a database with the demo on the table, scored, and everybody told."""
    name = own("staged")
    env = environment(name)
    for command in (["manage.py", "migrate", "--verbosity", "0"], ["-m", "tests.staging"]):
        subprocess.run([sys.executable, *command], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
    return name


def own(name: str) -> str:
    """The name as this process of the tests uses it, beside others that run at the same time."""
    return f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


def environment(name: str, copy_of: str = "template1") -> dict[str, str]:
    apart = dict.fromkeys(("CHANNEL_PREFIX", "CELERY_QUEUE", "CACHE_PREFIX"), name)
    rates = dict.fromkeys(("API_RATE_ANON", "API_RATE_USER", "API_RATE_LOGIN"), "100000/min")
    own = {"DATABASE_URL": fresh_database(name, copy_of), "LOG_MARKS": mkdtemp(prefix="tongchou-marks-"), "DEMO": "1"}
    return {**os.environ, **apart, **rates, **own}


def fresh_database(name: str, copy_of: str) -> str:
    """A database beside the tests' own, as `copy_of` is; its address."""
    address = os.environ["DATABASE_URL"]
    copied = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(copy_of))
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(copied)
    return address.replace("/tongchou", f"/{name}", 1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(arguments: str, env: dict[str, str]) -> Iterator[None]:
    with subprocess.Popen([sys.executable, *arguments.split()], cwd=ROOT, env=env, stderr=subprocess.DEVNULL) as child:
        try:
            yield
        finally:
            child.terminate()


def wait_for(address: str, patience: float = 30) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"nothing answers at {address}")
