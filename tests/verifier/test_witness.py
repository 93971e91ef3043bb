"""The witness that others run: the requests of C2SP tlog-witness, as FiloSottile/torchwood (ISC) tests its own."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from threading import Thread

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.exchange import request_body
from audit.notes import checkpoint_text, sign
from tongchou_verify.command import main
from tongchou_verify.cosignatures import check_cosignatures
from tongchou_verify.faults import Fault
from tongchou_verify.merkle import EMPTY, Frontier, leaf_hash, node_hash
from tongchou_verify.notes import Verifier
from tongchou_verify.serving import server
from tongchou_verify.witness import Refused, Witness, make_witness, origin_hash

ORIGIN = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"
LOG = Verifier(ORIGIN, bytes.fromhex("ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f"))
LINES = {
    1: (
        "KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=",
    ),
    3: (
        "RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=",
        "UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=",
    ),
    5: (
        "QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=",
        "UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=",
    ),
}
FROM_1_TO_3 = "KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nKgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
FROM_3_TO_5 = (
    "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nKgMAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
    "wgiIFdZfYNv6WU1OllBKsWnLYIS/DBMqt8Uh/S4OukE=\nKgQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
)


def note(size: int, origin: str = ORIGIN) -> str:
    root, signature = LINES[size]
    return f"{origin}\n{size}\n{root}\n\n— {origin} {signature}\n"


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    found = make_witness(tmp_path / "w", "example.com/witness")
    with (tmp_path / "w" / "logs").open("a") as logs:
        logs.write(f"log {LOG.text}\n")
    return found


def asked(witness: Witness, body: str) -> tuple[int, str]:
    try:
        return 200, witness.add_checkpoint(body.encode())
    except Refused as refused:
        return refused.status, refused.text


def test_requests_get_the_answers_of_the_specification(witness: Witness) -> None:
    """In this order, as each changes what the witness has seen."""
    steps = [
        (f"old 0\n\n{note(1)}", 200),
        (f"old 1\n{FROM_1_TO_3}\n{note(3).replace('6go=', '6gx=')}", 400),  # no canonical base64
        (f"old 1\n{FROM_1_TO_3}\n{note(3).replace('6go=', '6gw=')}", 403),
        (f"old 1\n{FROM_1_TO_3}\n{note(3, ORIGIN[:-1] + '3')}", 404),
        (f"old 1\n\n{note(3)}", 422),
        (f"old 1\n{FROM_1_TO_3.replace('AAA=', 'ABA=')}\n{note(3)}", 422),
        (f"old 1\n{FROM_1_TO_3}\n{note(3)}", 200),
        (f"old 1\n{FROM_1_TO_3}\n{note(5)}", 409),
        (f"old 3\n{FROM_3_TO_5}\n{note(1)}", 400),
        (f"old 3\n{FROM_3_TO_5}\n{note(5)}", 200),
        (f"old 0\n\n{note(5)}", 409),
        (f"old 5\n\n{note(5)}", 200),
        (f"old 5\n{FROM_1_TO_3}\n{note(5)}", 422),
    ]
    assert [asked(witness, body)[0] for body, _status in steps] == [status for _body, status in steps]
    assert asked(witness, f"old 0\n\n{note(5)}") == (409, "5")
    assert witness.last(ORIGIN).size == 5


def test_answer_is_a_cosignature_and_is_kept(witness: Witness) -> None:
    before = int(time.time())
    line = witness.add_checkpoint(f"old 0\n\n{note(1)}".encode())
    seen = check_cosignatures((note(1) + line).encode(), [witness.key])
    assert before <= seen[witness.key] <= time.time()
    assert witness.latest(origin_hash(ORIGIN)).decode() == note(1) + line
    assert Witness(witness.folder).last(ORIGIN).size == 1


def test_signatures_of_strangers_are_passed_over_and_not_kept(witness: Witness) -> None:
    other = "— somebody else".replace(" else", "") + f" {LINES[3][1]}\n"
    line = witness.add_checkpoint(f"old 0\n\n{note(1)}{other}".encode())
    assert witness.latest(origin_hash(ORIGIN)).decode() == note(1) + line


@pytest.mark.parametrize(
    "body",
    [
        "",
        "old 0\n",
        f"old 0\n{note(1)}",
        f"old 00\n\n{note(1)}",
        f"old -1\n\n{note(1)}",
        f"old x\n\n{note(1)}",
        f"new 0\n\n{note(1)}",
        f"old 99999999999999999999999\n\n{note(1)}",
        f"old 0\n%%%\n\n{note(1)}",
        "old 0\n" + "KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" * 64 + f"\n{note(1)}",
        "old 0\n\nx\n",
        f"old 0\n\n{note(1)}"[:-1],
        "old 0\n\n" + note(1).replace("\n1\n", "\n01\n"),
    ],
)
def test_nonsense_is_a_bad_request(witness: Witness, body: str) -> None:
    assert asked(witness, body)[0] == 400


# A log of our own, for histories that no real log has shown.
OWN = "log.example/log/room:A"
KEY = Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
LEAVES = [leaf_hash(bytes([n])) for n in range(9)]


def own_key(name: str) -> str:
    return Verifier(name, KEY.public_key().public_bytes_raw()).text


def signed(leaves: list[bytes], origin: str = OWN) -> str:
    tree = Frontier()
    for leaf in leaves:
        tree.append(leaf)
    return sign(checkpoint_text(origin, tree.size, tree.root()), origin, [KEY])


@pytest.fixture
def family(witness: Witness) -> Witness:
    """It takes every log below a name."""
    (witness.folder / "logs").write_text(f"log {own_key('log.example/log/*')}\n")
    return witness


def test_one_line_stands_for_every_log_below_a_name(family: Witness) -> None:
    assert asked(family, f"old 0\n\n{signed(LEAVES[:1])}")[0] == 200
    assert asked(family, f"old 0\n\n{signed(LEAVES[:2], 'log.example/log/room:B')}")[0] == 200
    for name in ("log.example/log/", "log.example/logs", "other.example/log/room:A"):
        assert asked(family, f"old 0\n\n{signed(LEAVES[:1], name)}")[0] == (200 if name == "log.example/log/" else 404)


def test_empty_tree_has_one_root(family: Witness) -> None:
    assert asked(family, f"old 0\n\n{signed([])}")[0] == 200
    wrong = sign(checkpoint_text(OWN, 0, b"\0" * 32), OWN, [KEY])
    assert asked(family, f"old 0\n\n{wrong}")[0] == 422
    assert asked(family, f"old 0\n\n{signed(LEAVES[:2])}")[0] == 200


def test_fork_is_refused_and_kept_as_evidence(family: Witness) -> None:
    ours, theirs = signed(LEAVES[:2]), signed([LEAVES[0], LEAVES[5]])
    line = family.add_checkpoint(f"old 0\n\n{ours}".encode())
    for _twice in range(2):
        with pytest.raises(Fault, match=r"TWO HISTORIES: log.* has two roots of size 2"):
            family.add_checkpoint(f"old 2\n\n{theirs}".encode())
    (evidence,) = (family.folder / "evidence").iterdir()
    assert ours + line in evidence.read_text() and theirs in evidence.read_text()
    # A longer history without the old one, with whatever proof.
    longer = signed([LEAVES[5], *LEAVES[1:4]])
    proof = [node_hash(LEAVES[2], LEAVES[3])]
    assert asked(family, request_body(2, proof, longer))[0] == 422
    assert asked(family, request_body(2, proof, signed(LEAVES[:4])))[0] == 200


def test_nothing_is_signed_that_could_not_be_kept(family: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    signatures = []
    monkeypatch.setattr(Witness, "_sign", lambda *_arguments: signatures.append(1))

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tongchou_verify.witness.write_whole", full)
    with pytest.raises(OSError):
        family.add_checkpoint(f"old 0\n\n{signed(LEAVES[:1])}".encode())
    assert signatures == []


def test_of_many_at_once_one_history_is_signed(family: Witness) -> None:
    """Two histories race, each growing from the same beginning: all that was signed is of one."""
    family.add_checkpoint(f"old 0\n\n{signed(LEAVES[:1])}".encode())
    histories = [(n, signed([LEAVES[0], LEAVES[n]])) for n in range(1, 9)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda row: raced(family, request_body(1, [LEAVES[row[0]]], row[1])), histories))
    assert sorted(found) == [200] + [409] * 7


def raced(witness: Witness, body: str) -> int:
    return asked(Witness(witness.folder), body)[0]


def test_damaged_state_stops_the_witness(family: Witness) -> None:
    family.add_checkpoint(f"old 0\n\n{signed(LEAVES[:2])}".encode())
    (state,) = (family.folder / "state").iterdir()
    state.write_text("nonsense")
    with pytest.raises(Fault):
        family.add_checkpoint(f"old 0\n\n{signed(LEAVES[:2])}".encode())


def test_key_is_for_its_owner_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "w"
    assert main(["witness", "make", str(folder), "--name", "example.com/w"]) == 0
    shown = capsys.readouterr().out.strip()
    assert (folder / "key").stat().st_mode & 0o777 == 0o600 and folder.stat().st_mode & 0o777 == 0o700
    assert main(["witness", "key", str(folder)]) == 0 and capsys.readouterr().out.strip() == shown
    assert main(["witness", "make", str(folder), "--name", "example.com/w"]) == 1
    (folder / "key").chmod(0o640)
    assert main(["witness", "key", str(folder)]) == 1
    assert "others may read it (mode 0640, want 0600)" in capsys.readouterr().err
    (folder / "key").chmod(0o600)
    (folder / "key").write_text("PRIVATE+KEY+x+00000000+BAAA")
    assert main(["witness", "key", str(folder)]) == 1
    assert main(["witness", "key", str(tmp_path)]) == 2
    for name in ("", "a b", "a+b", "é"):
        assert main(["witness", "make", str(tmp_path / "x"), "--name", name]) == 1


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as found:
        yield found


@pytest.fixture
def served(family: Witness) -> Iterator[int]:
    with server(family, "127.0.0.1", 0) as found:
        Thread(target=found.serve_forever, daemon=True).start()
        yield found.server_port
        found.shutdown()


def test_service_speaks_http(served: int, family: Witness, capfd, stack: ExitStack) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served, timeout=10)
    stack.callback(connection.close)

    def send(method: str, path: str, body: str | None = None) -> tuple[int, str, str]:
        connection.request(method, path, body and body.encode())
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read().decode()

    plain = "text/plain; charset=utf-8"
    where = f"/{origin_hash(OWN)}/checkpoint"
    assert send("GET", where)[0] == 404
    status, kind, line = send("POST", "/add-checkpoint", f"old 0\n\n{signed(LEAVES[:2])}")
    assert (status, kind, line[:2]) == (200, plain, "— ")
    assert send("GET", where) == (200, plain, signed(LEAVES[:2]) + line)
    assert send("POST", "/add-checkpoint", f"old 0\n\n{signed(LEAVES[:2])}") == (409, "text/x.tlog.size", "2\n")
    assert send("POST", "/add-checkpoint", f"old 2\n\n{signed(LEAVES[4:6])}")[0] == 422
    assert send("POST", "/elsewhere", "x")[0] == 404
    assert send("GET", "/../key")[0] == 404
    assert send("GET", f"/{'g' * 64}/checkpoint")[0] == 404
    assert send("POST", "/add-checkpoint", "x" * 70_000)[0] == 413
    (family.folder / "state" / f"{origin_hash(OWN)}.txt").write_text("nonsense")
    assert send("POST", "/add-checkpoint", f"old 0\n\n{signed(LEAVES[:2])}")[0] == 500
    with socket.create_connection(("127.0.0.1", served), timeout=10) as raw:
        raw.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 411 ")
    assert "TWO HISTORIES" in capfd.readouterr().err


def test_killed_at_any_time_it_never_contradicts_itself(family: Witness) -> None:
    """A service is killed while requests come; whatever it has answered binds the next one."""
    answered = 0
    for round_ in range(4):
        process = subprocess.Popen(
            [sys.executable, "-m", "tongchou_verify", "witness", "serve", str(family.folder), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2] / "verifier" / "src")},
        )
        process.stdout.readline()
        port = int(process.stdout.readline().rstrip("/\n").rsplit(":", 1)[1])
        Thread(target=lambda p=process, r=round_: (time.sleep(0.1 * r), p.send_signal(signal.SIGKILL))).start()
        answered = max(answered, grow(port, family.last(OWN).size))
        process.wait(10)
        process.stdout.close()
        assert family.last(OWN).size >= answered
    assert answered


def grow(port: int, size: int) -> int:
    """One entry after the other until nobody answers; the last size that was signed."""
    leaves = [leaf_hash(b"%d" % n) for n in range(size)]
    done = 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with closing(connection), suppress(OSError, http.client.HTTPException):
        for n in range(size, size + 5000):
            leaves.append(leaf_hash(b"%d" % n))
            connection.request(
                "POST", "/add-checkpoint", request_body(n, growth_proof(leaves), signed(leaves)).encode()
            )
            with connection.getresponse() as answer:
                assert (answer.status, answer.read()[:3]) == (200, "—".encode())
            done = len(leaves)
    return done


def growth_proof(leaves: list[bytes]) -> list[bytes]:
    """From one leaf less to these, by RFC 9162."""
    from audit import merkle

    def root(begin: int, end: int) -> bytes:
        tree = Frontier()
        for leaf in leaves[begin:end]:
            tree.append(leaf)
        return tree.root()

    size = len(leaves)
    return [root(*span) for span in merkle.consistency(size - 1, size)] if size > 1 else []


def test_empty_root_is_that_of_rfc_6962() -> None:
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
