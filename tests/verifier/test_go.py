"""An independent reader: Go's sumdb libraries (Debian: golang-go, golang-golang-x-mod-dev), where they are there."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.verifier.forging import lines, packed, unpacked, with_lines

LIBRARY = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")
pytestmark = pytest.mark.skipif(
    shutil.which("go") is None or not LIBRARY.exists(), reason="needs golang-go and golang-golang-x-mod-dev"
)


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory):
    home = tmp_path_factory.mktemp("go")
    source, program = Path(__file__).parent / "go" / "read.go", home / "read"
    environment = os.environ | {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(home / "cache")}
    subprocess.run(["go", "build", "-o", program, source], check=True, env=environment, timeout=300)

    def run(*arguments: object) -> tuple[int, str]:
        done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout.strip() or done.stderr.strip()

    return run


def test_go_reads_the_bundle(reader, bundle: Path) -> None:
    files = unpacked(bundle)
    checkpoints = sum(name.startswith("checkpoints/") for name in files)
    assert reader(bundle) == (0, f"entries {len(lines(files))} checkpoints {checkpoints}")


def test_go_finds_a_changed_entry(reader, bundle: Path, tmp_path: Path) -> None:
    files = unpacked(bundle)
    rows = lines(files)
    rows[3] = rows[3].replace(b'"v":1', b'"v":2')
    code, said = reader(packed(with_lines(files, rows), tmp_path / "changed.zip"))
    assert code == 1 and said.startswith("checkpoint ")


def test_go_checks_the_receipt(reader, receipt: Path) -> None:
    code, said = reader("--receipt", receipt)
    assert (code, said.split()[0]) == (0, "index")
