"""The product as it runs in service: PostgreSQL, Valkey, uvicorn and a Celery worker, and a real Chromium."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from psycopg import sql

ROOT = Path(__file__).parents[2]
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
DATABASE = "browser"


@dataclass
class Product:
    """A running product with the demo staged."""

    address: str
    password: str


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fresh_database() -> str:
    """An empty database beside the tests' own; its address."""
    address = os.environ["DATABASE_URL"]
    name = sql.Identifier(DATABASE)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
    return address.replace("/tongchou", f"/{DATABASE}", 1)


def environment() -> dict[str, str]:
    names = {"CHANNEL_PREFIX": DATABASE, "CELERY_QUEUE": DATABASE, "CACHE_PREFIX": DATABASE}
    return {**os.environ, **names, "DATABASE_URL": fresh_database(), "DEMO": "1"}


def wait_for(address: str) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address)  # noqa: S310
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"nothing answers at {address}")


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    env, port = environment(), free_port()
    for command in (["migrate", "--verbosity", "0"], ["demo"]):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL
        )
    web = [
        "-m",
        "uvicorn",
        "config.asgi:application",
        "--port",
        str(port),
        "--lifespan",
        "off",
        "--log-level",
        "warning",
    ]
    worker = ["-m", "celery", "-A", "config", "--quiet", "worker", "--concurrency", "1", "--loglevel", "error"]
    with subprocess.Popen([sys.executable, *web], cwd=ROOT, env=env) as serving:
        with subprocess.Popen(
            [sys.executable, *worker], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as working:
            wait_for(f"http://127.0.0.1:{port}/")
            password = (ROOT / "var" / "demo_password").read_text().strip()[:12]
            yield Product(f"http://127.0.0.1:{port}", password)
            working.terminate()
        serving.terminate()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def faults() -> list[str]:
    """What the browsers of one test complained about: script errors, refused content."""
    return []


@pytest.fixture
def enter(product: Product, browser: Browser, faults: list[str]) -> Iterator[Callable[..., Page]]:
    """`enter("resident", phone=True)`: a page of somebody's own browser, signed in."""
    contexts: list[BrowserContext] = []

    def sign_in(name: str = "", *, phone: bool = False, script: bool = True, locale: str = "zh-CN") -> Page:
        context = browser.new_context(
            base_url=product.address, viewport=PHONE if phone else WIDE, locale=locale, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if is_fault(line) else None)
        if name:
            page.goto("/accounts/login/")
            page.fill("input[name=login]", name)
            page.fill("input[name=password]", product.password)
            page.click("main form button[type=submit]")
            page.wait_for_url("/")
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert faults == []


def is_fault(line) -> bool:
    """Errors of ours; a refused form (409, 422) is told to the console by the browser itself."""
    return line.type == "error" and "status of 4" not in line.text
