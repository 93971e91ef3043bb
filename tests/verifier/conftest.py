"""A log bundle of the demo case with a decided ballot, and the verifier as a stranger has it."""

import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.utils import timezone

from audit.sequencer import sequence_all

ROOT = Path(__file__).parents[2]
ROOM = "ZX-03-2026"
SCOPE = f"room:{ROOM}"
VOTES = [
    ("resident", "HH-017", "no"),
    ("resident", "HH-017", "yes"),
    ("neighbour", "HH-018", "yes"),
    ("resident", "HH-018", "no"),
    ("developer", "MKT-DEV", "accept"),
    ("finance", "GOV-FIN", "object"),
]
Verify = Callable[..., SimpleNamespace]


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Verify:
    """`stranger("bundle.zip")`: the single file, elsewhere, in an environment with `cryptography` and nothing else."""
    home = tmp_path_factory.mktemp("stranger")
    program = home / "tongchou-verify.pyz"
    subprocess.run([sys.executable, ROOT / "scripts" / "verifier.py", program], check=True, stdout=subprocess.DEVNULL)
    venv.create(home / "env", with_pip=False, symlinks=True)
    packages = next((home / "env" / "lib").iterdir()) / "site-packages"
    here = Path(__import__("cryptography").__file__).parents[1]
    for found in [here / "cryptography", here / "cffi", *here.glob("_cffi_backend*")]:
        (shutil.copytree if found.is_dir() else shutil.copy)(found, packages / found.name)
    environment = {"PATH": os.defpath, "LC_ALL": "C"}

    def run(*arguments: object) -> SimpleNamespace:
        command = [home / "env" / "bin" / "python", "-I", "-W", "error", program, *map(str, arguments)]
        done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, timeout=300)
        return SimpleNamespace(code=done.returncode, out=done.stdout, err=done.stderr.strip())

    return run


@pytest.fixture
def decided(mandate, zhuxi):
    """The vote on package B: one vote changed, one owner before her proxy, an objection; closed and decided.

    Sealed after each step, as in a room where something happens now and then.
    """
    from negotiation import voting
    from negotiation.models import Ballot
    from negotiation.queries.packages import latest

    sequence_all(SCOPE)
    closes = timezone.now() + timedelta(seconds=3)
    ballot = voting.open_ballot(mandate("planner"), latest(zhuxi).get(package__code="B"), closes)
    for who, party, choice in VOTES:
        reason = "The fund is short in year 2." if choice == "object" else ""
        voting.cast(mandate(who, party=party), ballot, choice, reason=reason)
        sequence_all(SCOPE)
    # The log says when the ballot closes: it can not be made to close earlier behind the log's back.
    time.sleep(max((closes - timezone.now()).total_seconds(), 0) + 0.01)
    voting.decide(mandate("planner"), Ballot.objects.get(pk=ballot.pk))
    return ballot


_made: list[Path] = []


@pytest.fixture
def bundle(db: None, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The room's bundle as the convener sees it; made once, for most tests only read the file."""
    if not _made:
        from negotiation import bundles
        from negotiation.models import Room

        request.getfixturevalue("decided")
        path = tmp_path_factory.mktemp("bundle") / "bundle.zip"
        bundles.export_by_operator(Room.objects.select_related("plan__unit__region").get(code=ROOM), path, "planner")
        _made.append(path)
    return _made[0]


@pytest.fixture
def ballot(mandate, zhuxi):
    """An open vote on package B."""
    from negotiation import voting
    from negotiation.queries.packages import latest

    revision = latest(zhuxi).get(package__code="B")
    return voting.open_ballot(mandate("planner"), revision, timezone.now() + timedelta(days=1))


def receipt_address(ballot) -> str:
    return f"/rooms/{ROOM}/ballots/{ballot.pk}/receipt.json"


@pytest.fixture
def receipt(signed_in, ballot, mandate, tmp_path: Path) -> Path:
    """What the resident takes home."""
    from negotiation import voting

    voting.cast(mandate("resident", party="HH-017"), ballot, "no")
    voting.cast(mandate("resident", party="HH-017"), ballot, "yes")
    sequence_all(SCOPE)
    answer = signed_in("resident").get(receipt_address(ballot))
    assert answer["Content-Disposition"] == f'attachment; filename="receipt-{ballot.pk}-HH-017.json"'
    path = tmp_path / "receipt.json"
    path.write_bytes(answer.content)
    return path
