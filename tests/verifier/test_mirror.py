"""The mirror: it follows a log, is killed at any time, and shouts when it is shown another history."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import merkle
from audit.exchange import request_body
from audit.notes import checkpoint_text, sign
from tongchou_verify.command import main
from tongchou_verify.merkle import Frontier, leaf_hash
from tongchou_verify.notes import Verifier

ORIGIN = "log.example/log/room:A"
SOURCE = Path(__file__).parents[2] / "verifier" / "src"
PAGE = 3  # checkpoints on a page
PART = 4  # entries in an answer


class Platform(SimpleNamespace):
    """What a platform shows; a test may let it show anything."""

    entries: list[bytes]
    sizes: list[int]
    key: Ed25519PrivateKey
    delay: float = 0
    handed: list[bytes] | None = None  # the entries that it hands out, where they are others than it has signed
    proof: Sequence[bytes] | None = None
    leaves_asked: list[int]

    @property
    def vkey(self) -> Verifier:
        return Verifier(ORIGIN, self.key.public_key().public_bytes_raw())

    def root(self, begin: int, end: int) -> bytes:
        tree = Frontier()
        for entry in self.entries[begin:end]:
            tree.append(leaf_hash(entry))
        return tree.root()

    def note(self, size: int) -> str:
        return sign(checkpoint_text(ORIGIN, size, self.root(0, size)), ORIGIN, [self.key])

    def answer(self, path: str, query: dict[str, str]) -> bytes:
        time.sleep(self.delay)
        if path.endswith("/policy/"):
            return f"log {self.vkey.text}\nquorum none\n".encode()
        if path.endswith("/checkpoints/"):
            begin = int(query.get("cursor", "0"))
            rows = [{"note": self.note(size)} for size in sorted(self.sizes, reverse=True)[begin : begin + PAGE]]
            more = f"http://elsewhere.example/?cursor={begin + PAGE}" if begin + PAGE < len(self.sizes) else None
            return json.dumps({"results": rows, "next": more}).encode()
        if path.endswith("/growth/"):
            old, new = int(query["old"]), int(query["new"])
            spans = merkle.consistency(old, new) if old else []
            proof = [self.root(*span) for span in spans] if self.proof is None else self.proof
            return request_body(old, proof, self.note(new)).encode()
        begin = int(query["from"])
        self.leaves_asked.append(begin)
        shown = self.entries if self.handed is None else self.handed
        return b"".join(row + b"\n" for row in shown[begin : begin + PART])


@pytest.fixture
def platform() -> Iterator[Platform]:
    found = Platform(entries=made(10), sizes=[1, 3, 4, 9, 10], key=Ed25519PrivateKey.generate(), leaves_asked=[])
    with serving(found) as address:
        found.address = address
        yield found


class serving:
    def __init__(self, platform: Platform) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                raw = platform.answer(parts.path, {name: row[0] for name, row in parse_qs(parts.query).items()})
                self.send_response(200)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_arguments: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_arguments: None  # who was killed reads no answer

    def __enter__(self) -> str:
        Thread(target=self.server.serve_forever, args=[0.05], daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}/rooms/A/"

    def __exit__(self, *_error: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def made(count: int, word: str = "entry") -> list[bytes]:
    return [f'{{"n":"{word} {n}"}}'.encode() for n in range(count)]


@pytest.fixture
def mirror(platform: Platform, tmp_path: Path, capsys):
    """`mirror()` follows once: exit code, and what was printed."""

    def run(*more: str) -> tuple[int, str]:
        code = main(["mirror", platform.address, str(tmp_path / "m"), *more])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def copied(tmp_path: Path) -> list[bytes]:
    return (tmp_path / "m" / "entries.jsonl").read_bytes().splitlines()


def test_mirror_holds_every_entry_and_checkpoint(platform: Platform, mirror, tmp_path: Path) -> None:
    code, said = mirror()
    assert code == 0 and said.startswith(
        f"holds: {ORIGIN}, 10 entries, 10 of them new\nroot: {platform.root(0, 10).hex()}"
    )
    assert said.endswith(f"key: {platform.vkey.fingerprint}; compare it with the printed notice\n")
    assert copied(tmp_path) == platform.entries
    notes = [json.loads(row) for row in (tmp_path / "m" / "checkpoints.jsonl").read_text().splitlines()]
    assert notes == [platform.note(size) for size in platform.sizes]


def test_mirror_goes_on_where_it_was(platform: Platform, mirror, tmp_path: Path) -> None:
    mirror()
    platform.leaves_asked.clear()
    platform.entries, platform.sizes = made(14), [*platform.sizes, 12, 14]
    code, said = mirror("--key", platform.vkey.fingerprint)
    assert code == 0 and "14 entries, 4 of them new" in said and "compare it" not in said
    assert platform.leaves_asked == [10] and copied(tmp_path) == platform.entries
    assert mirror()[1].startswith(f"holds: {ORIGIN}, 14 entries, 0 of them new")


def test_other_key_is_not_taken(platform: Platform, mirror) -> None:
    other = Verifier(ORIGIN, b"\1" * 32)
    assert mirror("--key", other.fingerprint) == (
        1,
        f"tongchou-verify: the platform names no key of the log with the fingerprint {other.fingerprint}\n",
    )
    code, said = mirror("--key", other.text)
    assert code == 1 and "no signature of" in said


def test_new_key_is_taken_when_it_is_named(platform: Platform, mirror) -> None:
    mirror()
    platform.key = Ed25519PrivateKey.generate()
    assert mirror()[0] == 1
    assert mirror("--key", platform.vkey.text)[0] == 0
    assert mirror()[0] == 0


def evidence(tmp_path: Path) -> str:
    (path,) = (tmp_path / "m" / "evidence").iterdir()
    return path.read_text()


@pytest.mark.parametrize("case", ["same size", "longer", "shorter"])
def test_two_histories_are_shouted_and_kept(platform: Platform, mirror, tmp_path: Path, case: str) -> None:
    mirror()
    ours = platform.note(10)
    platform.entries = [*made(5), *made(9, "another")]
    platform.sizes = {"same size": [10], "longer": [12, 14], "shorter": [7]}[case]
    for _twice in range(2):
        code, said = mirror()
        assert code == 3 and said.startswith(f"tongchou-verify: TWO HISTORIES: {ORIGIN}")
        assert ours in evidence(tmp_path) and platform.note(platform.sizes[0]) in evidence(tmp_path)
    assert copied(tmp_path) == made(10)
    platform.entries, platform.sizes = made(11), [10, 11]
    assert mirror()[0] == 0


def test_wrong_proof_does_not_help(platform: Platform, mirror, tmp_path: Path) -> None:
    mirror()
    platform.entries, platform.sizes = [*made(5), *made(9, "another")], [14]
    platform.proof = [b"\0" * 32] * 3
    assert mirror()[0] == 3


def test_log_that_has_gone_back_is_said(platform: Platform, mirror, tmp_path: Path) -> None:
    mirror()
    platform.sizes = [1, 3, 4]
    code, said = mirror()
    assert (code, said) == (1, "tongchou-verify: the log has gone back to size 4, and was 10\n")
    assert not (tmp_path / "m" / "evidence").exists()


def test_entry_that_was_changed_behind_the_seal_is_no_second_history(platform: Platform, mirror, tmp_path) -> None:
    mirror()
    platform.entries, platform.sizes = made(14), [*platform.sizes, 12, 14]
    platform.handed = [*made(13), b'{"n":"changed"}']
    code, said = mirror()
    assert (code, said) == (1, "tongchou-verify: entries 12 to 13: what is handed out is not what was sealed\n")
    # What held until there is kept, and the rest comes once it is right.
    assert copied(tmp_path) == made(12)
    platform.handed = made(13)
    assert "entries from 13 on are not handed out; 14 were sealed" in mirror()[1]
    platform.handed = None
    assert "14 entries, 2 of them new" in mirror()[1]


def test_own_copy_that_was_changed_is_noticed(mirror, tmp_path: Path) -> None:
    mirror()
    path = tmp_path / "m" / "entries.jsonl"
    before = path.read_bytes()
    path.write_bytes(before.replace(b"entry 5", b"entry x"))
    code, said = mirror()
    assert code == 1 and "was changed: it does not fit its checkpoint of 9 entries" in said
    path.write_bytes(before[:-30])
    assert "has 8 entries, its last checkpoint 10" in mirror()[1]


@pytest.mark.parametrize(
    ("files", "rest"),
    [
        ({"entries.jsonl": b'{"n":"half'}, b""),
        ({"entries.jsonl": b'{"n":"whole"}\n{"n":"half'}, b""),
        ({"checkpoints.jsonl": b'"half'}, b""),
        ({"entries.jsonl": b'{"n":"whole"}\n', "checkpoints.jsonl": b'"half'}, b""),
        ({".key.draft": b"half"}, b""),
    ],
)
def test_what_a_dying_process_left_is_cut_off(mirror, tmp_path: Path, files: dict[str, bytes], rest: bytes) -> None:
    mirror()
    for name, content in files.items():
        with (tmp_path / "m" / name).open("ab") as file:
            file.write(content)
    assert mirror()[0] == 0
    assert copied(tmp_path) == made(10)


def test_killed_at_any_time_it_goes_on(platform: Platform, tmp_path: Path, mirror) -> None:
    platform.entries, platform.sizes, platform.delay = made(60), list(range(1, 61)), 0.003
    command = [sys.executable, "-m", "tongchou_verify", "mirror", platform.address, str(tmp_path / "m")]
    for n in range(8):
        process = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(SOURCE)}, stdout=subprocess.DEVNULL)
        time.sleep(0.15 + 0.05 * n)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    code, said = mirror()
    assert code == 0 and f"{ORIGIN}, 60 entries" in said
    assert copied(tmp_path) == platform.entries


def test_who_does_not_answer_is_no_fault_of_the_log(tmp_path: Path, capsys) -> None:
    assert main(["mirror", "http://127.0.0.1:9/rooms/A/", str(tmp_path / "m")]) == 2
    assert "Connection refused" in capsys.readouterr().err
    assert main(["mirror", "nonsense", str(tmp_path / "m")]) == 1
    token = tmp_path / "token"
    token.write_text("secret")
    token.chmod(0o644)
    assert main(["mirror", "http://127.0.0.1:9/rooms/A/", str(tmp_path / "m"), "--token-file", str(token)]) == 1
    assert "others may read it" in capsys.readouterr().err
