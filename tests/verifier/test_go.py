"""An independent reader: Go's sumdb libraries (Debian: golang-go, golang-golang-x-mod-dev), where they are there."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.verifier.forging import lines, packed, unpacked, with_lines
from tests.verifier.test_cosignatures import KEY, LINE, TEXT, TIME, K, witnessed  # noqa: F401 (a fixture)

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
    assert reader(bundle) == (0, f"entries {len(lines(files))} checkpoints {checkpoints} cosigned 0")


def test_go_finds_a_changed_entry(reader, bundle: Path, tmp_path: Path) -> None:
    files = unpacked(bundle)
    rows = lines(files)
    rows[3] = rows[3].replace(b'"v":1', b'"v":2')
    code, said = reader(packed(with_lines(files, rows), tmp_path / "changed.zip"))
    assert code == 1 and said.startswith("checkpoint ")


def test_go_checks_the_receipt(reader, receipt: Path) -> None:
    code, said = reader("--receipt", receipt)
    assert (code, said.split()[0]) == (0, "index")


def test_go_finds_the_cosignatures_of_a_witness(reader, witnessed: Path) -> None:  # noqa: F811
    code, said = reader(witnessed, K[0])
    assert (code, said.split()[-2:]) == (0, ["cosigned", "1"])
    assert reader(witnessed, K[2])[1].endswith("cosigned 0")


def test_go_refuses_a_false_cosignature(reader, witnessed: Path, tmp_path: Path) -> None:  # noqa: F811
    files = unpacked(witnessed)
    name, note = next((name, raw) for name, raw in files.items() if b" w0 " in raw)
    line = note.splitlines()[-1]
    changed = note.replace(line, line[:-4] + b"AAA=")
    code, said = reader(packed({**files, name: changed}, tmp_path / "changed.zip"), K[0])
    assert code == 1 and "invalid signature" in said


def test_go_signs_as_the_verifier_checks(reader, tmp_path: Path) -> None:
    (tmp_path / "checkpoint").write_text(TEXT)
    seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    assert reader("--cosign", KEY.name, seed, TIME, tmp_path / "checkpoint") == (0, LINE.strip())
