"""`manage.py score`: what it prints, and how it says no. No test may touch a database."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from negotiation.scoring import card, cards

ROOT = Path(__file__).parents[3]
HEKOU = ROOT / "demo" / "hekou.json"


def score(*arguments: str) -> str:
    out = StringIO()
    call_command("score", *arguments, stdout=out)
    return out.getvalue()


def refused(*arguments: str) -> list[str]:
    with pytest.raises(CommandError) as caught:
        score(*arguments)
    assert caught.value.returncode == 2
    return str(caught.value).splitlines()


def hekou() -> Any:
    return json.loads(HEKOU.read_text(encoding="utf-8"))


def test_json_of_one_package_is_its_card() -> None:
    assert json.loads(score(str(HEKOU), "--package", "B", "--json")) == card(hekou(), "B")


def test_json_of_all_packages_holds_the_comparison() -> None:
    assert json.loads(score(str(HEKOU), "--json")) == cards(hekou())


def test_summary_names_each_package() -> None:
    lines = score(str(HEKOU)).splitlines()
    assert [line.split(" (")[0] for line in lines if not line.startswith(" ")] == [
        "HK-2026, package A",
        "HK-2026, package B",
    ]


def test_unknown_package_is_refused() -> None:
    assert refused(str(HEKOU), "--package", "Z") == ["$.packages: there is no package 'Z'"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"a": NaN}', b"null", b'{"packages": 5}'])
def test_what_is_no_case_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "case.json"
    path.write_bytes(content)
    assert all(line.startswith("$") for line in refused(str(path)))


def test_missing_file_is_refused(tmp_path: Path) -> None:
    assert len(refused(str(tmp_path / "none.json"))) == 1
    assert len(refused(str(tmp_path))) == 1


def test_every_fault_has_its_line(tmp_path: Path) -> None:
    case = hekou()
    case["packages"][0]["flows"][0]["year"] = 99
    case["packages"][0]["flows"][1]["yuan"] = "-1"
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case), encoding="utf-8")
    places = sorted(line.split(":")[0] for line in refused(str(path)))
    assert places == ["$.packages[0].flows[0].year", "$.packages[0].flows[1].yuan"]


def test_the_program_ends_with_two_and_without_a_traceback(tmp_path: Path) -> None:
    arguments = [sys.executable, str(ROOT / "manage.py"), "score", str(tmp_path / "none.json")]
    ended = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, len(ended.stderr.splitlines())) == (2, "", 1)


def test_the_program_writes_utf8_whatever_the_terminal_speaks() -> None:
    arguments = [sys.executable, "-X", "utf8=0", str(ROOT / "manage.py"), "score", str(HEKOU), "--json"]
    environment = {"PYTHONIOENCODING": "ascii", "PATH": ""}
    ended = subprocess.run(arguments, cwd=ROOT, capture_output=True, check=False, env=environment)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert json.loads(ended.stdout.decode("utf-8")) == cards(hekou())
