"""`manage.py mediate`: what it prints, and how it says no. No test may touch a database."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from negotiation.scoring.mediator import MODES, suggest, summarize

ROOT = Path(__file__).parents[4]
HEKOU = ROOT / "demo" / "hekou.json"


def mediate(*arguments: str) -> str:
    out = StringIO()
    call_command("mediate", str(HEKOU), *arguments, stdout=out)
    return out.getvalue()


def hekou() -> Any:
    return json.loads(HEKOU.read_text(encoding="utf-8"))


@pytest.mark.parametrize("mode", MODES)
def test_json_is_the_suggestion(mode: str) -> None:
    printed = json.loads(mediate("--package", "B", "--mode", mode, "--json"))
    assert printed == suggest(hekou(), "B", mode).to_json()


def test_summary_is_printed_without_json() -> None:
    assert mediate("--package", "B").splitlines() == summarize(suggest(hekou(), "B", "improve").to_json())


def test_unknown_package_is_refused() -> None:
    with pytest.raises(CommandError) as caught:
        mediate("--package", "Z")
    assert (str(caught.value), caught.value.returncode) == ("$.packages: there is no package 'Z'", 2)


def test_unknown_mode_is_refused() -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        mediate("--package", "B", "--mode", "best")


def test_the_program_writes_nothing_but_the_document_to_standard_output() -> None:
    arguments = [
        sys.executable,
        "-X",
        "utf8=0",
        str(ROOT / "manage.py"),
        "mediate",
        str(HEKOU),
        "--package",
        "B",
        "--json",
    ]
    environment = {"PYTHONIOENCODING": "ascii", "PATH": ""}
    ended = subprocess.run(arguments, cwd=ROOT, capture_output=True, check=False, env=environment)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert json.loads(ended.stdout.decode("utf-8")) == suggest(hekou(), "B", "improve").to_json()
