"""The verifier stands alone: it imports nothing of the platform but its counting and scoring."""

import ast
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "verifier" / "src" / "tongchou_verify"
ALLOWED = {"cryptography", "negotiation", "tongchou_verify"} | sys.stdlib_module_names


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


@pytest.mark.parametrize("path", sorted(SOURCE.glob("*.py")), ids=lambda path: path.name)
def test_module_imports_only_what_a_stranger_has(path: Path) -> None:
    names = imported(path)
    assert {name.split(".")[0] for name in names} <= ALLOWED
    ours = {name for name in names if name.startswith("negotiation")}
    assert ours <= {"negotiation.rules", "negotiation.scoring"}


def test_counting_is_the_platforms_own_not_a_copy(tmp_path: Path) -> None:
    target = tmp_path / "verify.pyz"
    subprocess.run([sys.executable, ROOT / "scripts" / "verifier.py", target], check=True, stdout=subprocess.DEVNULL)
    with zipfile.ZipFile(target) as archive:
        inside = {name: archive.read(name) for name in archive.namelist() if name.startswith("negotiation/")}
    assert {name: (ROOT / name).read_bytes() for name in inside} == inside
    assert "negotiation/rules/counting.py" in inside and "negotiation/models.py" not in inside
    assert not [path for path in (ROOT / "verifier").rglob("*.py") if "rules" in path.parts]


def test_same_sources_give_the_same_file(tmp_path: Path) -> None:
    for name in ("a.pyz", "b.pyz"):
        subprocess.run(
            [sys.executable, ROOT / "scripts" / "verifier.py", tmp_path / name], check=True, stdout=subprocess.DEVNULL
        )
    assert (tmp_path / "a.pyz").read_bytes() == (tmp_path / "b.pyz").read_bytes()


def test_version_and_help(stranger) -> None:
    assert stranger("--version").out == "0.1.0\n"
    assert stranger("--help").code == stranger("mirror", "--help").code == stranger("witness", "--help").code == 0


def test_stranger_can_be_a_witness(stranger, tmp_path: Path) -> None:
    made = stranger("witness", "make", tmp_path / "w", "--name", "example.org/w")
    assert (made.code, made.err, stranger("witness", "key", tmp_path / "w").out) == (0, "", made.out)
    visit = stranger("witness", "visit", tmp_path / "w")
    assert (visit.code, visit.out, visit.err) == (0, "", "")


def test_without_the_extra_scoring_again_says_so(stranger, bundle: Path) -> None:
    done = stranger(bundle, "--score")
    assert done.code == 1 and "scoring again needs the extra" in done.err


def test_every_card_scored_again_is_the_same(bundle: Path) -> None:
    from tongchou_verify.bundle import open_bundle
    from tongchou_verify.checking import check_bundle
    from tongchou_verify.scoring import check_scores

    with open_bundle(bundle) as found:
        assert check_scores(found, check_bundle(found).course) == (3, [])
