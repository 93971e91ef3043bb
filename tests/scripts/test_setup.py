"""What `make setup` says about a machine on which it can not go on, and what it does not do twice."""

import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

FILE = Path(__file__).parents[2] / "scripts" / "setup.py"


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, over a folder of its own."""
    spec = importlib.util.spec_from_file_location("setup_script", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    return module


@pytest.mark.parametrize(
    ("stderr", "line"),
    [
        ("ERROR: … Temporary failure in name resolution", "No network"),
        ("npm error code ENOTFOUND", "No network"),
        ("OSError: [Errno 28] No space left on device", "is full"),
        ("ERROR: No matching distribution found for shapely==9", "No ready-built package for this machine: ERROR: No"),
        ("first\nlast words\n", "`pip install` failed: last words"),
    ],
)
def test_failed_step_is_explained_in_one_line(setup: ModuleType, stderr: str, line: str) -> None:
    found = setup.explain(subprocess.CalledProcessError(1, ["pip", "install"], stderr=stderr))
    assert line in found and "\n" not in found


def test_step_is_done_once_for_the_same_inputs(setup: ModuleType, tmp_path: Path, capsys) -> None:
    (tmp_path / "lock").write_text("one")
    done: list[int] = []
    for content in ("one", "one", "two", "two"):
        (tmp_path / "lock").write_text(content)
        setup.step("words-of-this-test", ["lock"], lambda: done.append(1))
    assert len(done) == 2


def test_packages_for_tests_are_enough_for_running_and_not_the_other_way(
    setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lock").write_text("one")
    done: list[str] = []
    for arguments in (["setup.py"], ["setup.py", "--dev"], ["setup.py"], ["setup.py", "--dev"]):
        monkeypatch.setattr(setup.sys, "argv", arguments)
        setup.step("python", ["lock"], lambda arguments=arguments: done.append(arguments[-1]))
    assert done == ["setup.py", "--dev"]


@pytest.mark.parametrize(("arguments", "oracle"), [(["setup.py"], []), (["setup.py", "--dev"], ["oracle"])])
def test_what_tests_compare_with_is_prepared_for_tests_only(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, arguments: list[str], oracle: list[str]
) -> None:
    prepared: list[str] = []
    monkeypatch.setattr(setup, "environment", lambda: None)
    monkeypatch.setattr(setup, "step", lambda name, inputs, action: prepared.append(name))
    monkeypatch.setattr(setup.sys, "argv", arguments)
    assert setup.main() == 0
    assert prepared == ["python", *oracle, "node", "front", "static", "words"]


@pytest.mark.parametrize("lock", sorted(FILE.parents[1].glob("requirements*.lock")), ids=lambda lock: lock.name)
def test_lock_pins_and_hashes_everything_and_names_no_index(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    pinned = text.replace("\\\n", "").splitlines()
    rows = [row for row in pinned if row and not row.lstrip().startswith("#")]
    assert [row for row in rows if "==" not in row or "--hash=sha256:" not in row] == []
    assert ("://" in text, "--index" in text, "--find-links" in text) == (False, False, False)
