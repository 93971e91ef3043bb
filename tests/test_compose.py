"""docker-compose.yml: what it starts, what it shows to the world, and that a missing secret stops it."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

yaml = pytest.importorskip("yaml", reason="PyYAML reads the file")

ROOT = Path(__file__).parent.parent
FILE = ROOT / "docker-compose.yml"
COMPOSE = shutil.which("docker-compose")
SECRETS = {"SECRET_KEY": "a-secret-of-the-test", "PRIVATE_KEYS": "one-more", "POSTGRES_PASSWORD": "another"}
SERVICES = {"web", "worker", "beat", "db", "valkey", "caddy", "migrate"}
with_compose = pytest.mark.skipif(COMPOSE is None, reason="docker-compose is not installed")


def written() -> dict[str, Any]:
    return dict(yaml.safe_load(FILE.read_text(encoding="utf-8"))["services"])


def config(**variables: str) -> subprocess.CompletedProcess[str]:
    """`docker-compose config` over the example file and these variables alone."""
    command = [str(COMPOSE), "--env-file", "deploy/env.example", "config"]
    env = {"PATH": os.environ["PATH"], **variables}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)


def published(services: dict[str, Any]) -> set[tuple[str, str]]:
    """(service, port of the host), from the short form and the long one."""
    ports = ((name, port) for name, service in services.items() for port in service.get("ports", []))
    return {(name, str(port["published"]) if isinstance(port, dict) else port.split(":")[-2]) for name, port in ports}


def test_exactly_the_services_of_the_design_are_there() -> None:
    assert set(written()) == SERVICES


def test_no_port_but_those_of_caddy_is_published() -> None:
    assert published(written()) == {("caddy", "80"), ("caddy", "443")}


def test_no_service_takes_the_network_or_the_privileges_of_the_host() -> None:
    forbidden = ("network_mode", "privileged", "pid", "ipc", "cap_add", "devices")
    assert [(name, key) for name, service in written().items() for key in forbidden if key in service] == []


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_product_starts_after_the_migrations_and_without_the_demo(name: str) -> None:
    service = written()[name]
    assert service["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert (service["environment"]["DEMO"], service["environment"]["HTTPS"]) == ("0", "1")


def test_every_image_has_a_version() -> None:
    assert [name for name, service in written().items() if ":" not in service["image"]] == []


def test_example_holds_no_secret() -> None:
    example = (ROOT / "deploy" / "env.example").read_text(encoding="utf-8")
    assert [name for name in SECRETS if not re.search(rf"^{name}=$", example, re.MULTILINE)] == []


def test_every_variable_of_the_settings_is_in_the_operators_table() -> None:
    settings = (ROOT / "platform" / "config" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings))
    table = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs" / "operator.md").read_text(encoding="utf-8"), re.M))
    assert len(read) > 10
    assert read - table == set()


@with_compose
def test_compose_accepts_the_example_with_its_secrets_filled_in() -> None:
    done = config(**SECRETS)
    assert (done.returncode, done.stderr) == (0, "")
    services = yaml.safe_load(done.stdout)["services"]
    assert set(services) == SERVICES
    assert published(services) == {("caddy", "80"), ("caddy", "443")}
    assert services["web"]["environment"]["ALLOWED_HOSTS"] == "plan.example.org,127.0.0.1"


@with_compose
@pytest.mark.parametrize("name", ["SECRET_KEY", "PRIVATE_KEYS", "POSTGRES_PASSWORD", "DOMAIN", "TLS"])
def test_compose_names_a_variable_that_is_missing(name: str) -> None:
    done = config(**{**SECRETS, name: ""})
    assert done.returncode != 0
    assert f"set {name} in .env" in done.stderr
