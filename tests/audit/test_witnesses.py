"""The platform and its witnesses: real ones over HTTP, some that lie, one that is silent, and those that come to us."""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts.refusals import Conflict, Invalid, NotFound
from audit import exchange, sequencer, witnesses
from audit.keys import current_key
from audit.models import Checkpoint, Cosignature, WitnessState
from audit.notes import verifier_key
from audit.roles import WEB, WORKER, acting_as
from audit.tasks import ask_witnesses, sequence_scope
from audit.waking import called
from tests.audit.test_sequencer import SCOPE, in_thread, write
from tongchou_verify.cosignatures import check_cosignatures
from tongchou_verify.policy import read_lines
from tongchou_verify.serving import server
from tongchou_verify.witness import Witness, make_witness

pytestmark = pytest.mark.django_db
NAME = "w.example.org/1"


@pytest.fixture
def seal(settings, tmp_path: Path) -> Callable[..., Checkpoint]:
    settings.LOG_KEY_FILE = tmp_path / "keys" / "log_key"

    def grow(count: int = 1, scope: str = SCOPE) -> Checkpoint:
        write(count, scope)
        sequencer.sequence(scope)
        return sequencer.last_checkpoint(scope)

    return grow


@pytest.fixture
def open_() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def witness(seal, tmp_path: Path) -> Witness:
    """One that knows every log of this platform; the first checkpoint is sealed."""
    seal()
    found = make_witness(tmp_path / "witness", NAME)
    (tmp_path / "witness" / "logs").write_text(f"log {verifier_key('localhost/log/*', bytes(current_key().public))}\n")
    return found


@pytest.fixture
def policy(settings, tmp_path: Path) -> Callable[..., None]:
    """`policy("line", …)` writes the operator's file."""
    settings.LOG_WITNESSES = str(tmp_path / "policy")

    def write_file(*lines: str) -> None:
        (tmp_path / "policy").write_text("".join(f"{line}\n" for line in lines))

    return write_file


@pytest.fixture
def asked(witness: Witness, policy, open_: ExitStack) -> witnesses.Witness:
    """The witness as a service that the platform knows."""
    found = open_.enter_context(server(witness, "127.0.0.1", 0))
    Thread(target=found.serve_forever, args=[0.05], daemon=True).start()
    open_.callback(found.shutdown)
    policy(f"witness w1 {witness.key.text} http://127.0.0.1:{found.server_port}/", "quorum w1")
    (row,) = witnesses.witnesses()
    return row


def states() -> list[tuple[str, int, int, str]]:
    rows = WitnessState.objects.order_by("scope")
    return [(row.scope, row.size, row.failures, row.error) for row in rows]


def test_witness_cosigns_what_was_sealed(asked, witness: Witness, seal) -> None:
    assert witnesses.visit(asked) == 1
    last = seal(3)
    with transaction.atomic(), acting_as(WORKER):
        assert witnesses.visit(asked) == 1
    assert witnesses.visit(asked) == 0
    assert states() == [(SCOPE, 4, 0, "")]
    kept = Checkpoint.objects.get(pk=last.pk)
    (row,) = kept.witnessed
    assert (row.name, timezone.now() - row.seen < timedelta(minutes=1)) == (NAME, True)
    assert list(check_cosignatures(kept.whole_note.encode(), [witness.key])) == [witness.key]
    assert witness.last(last.origin).size == 4


def test_every_log_is_brought_up_to_date_or_one(asked, seal) -> None:
    seal(2, "room:U")
    seal(2, "site")
    assert witnesses.visit(asked, "room:U") == 1
    assert witnesses.visit(asked) == 2
    assert [row[:2] for row in states()] == [(SCOPE, 1), ("room:U", 2), ("site", 2)]


def test_witness_that_is_ahead_of_what_we_remember_says_where_it_is(asked, seal) -> None:
    witnesses.visit(asked)
    seal(4)
    WitnessState.objects.update(size=0)
    assert witnesses.visit(asked) == 1
    assert states() == [(SCOPE, 5, 0, "")]


def test_witness_that_saw_a_lost_history_is_an_alarm(asked, witness: Witness, seal, settings, caplog) -> None:
    point = transaction.savepoint()
    seal(5)
    witnesses.visit(asked)
    transaction.savepoint_rollback(point)
    assert witnesses.visit(asked) == 0
    assert states() == [(SCOPE, 0, 1, "ahead")]
    assert WitnessState.objects.get().detail == "6 > 1"
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]
    # The same number of other entries: another history under a size that it has signed.
    for path in settings.LOG_MARKS.iterdir():
        path.unlink()
    seal(5)
    WitnessState.objects.update(due=timezone.now())
    assert witnesses.visit(asked) == 0
    assert states() == [(SCOPE, 0, 2, "disagrees")]
    assert list((witness.folder / "evidence").iterdir())


def test_witness_that_does_not_know_the_log(asked, witness: Witness, seal) -> None:
    (witness.folder / "logs").write_text("")
    seal(1, "room:U")
    assert witnesses.visit(asked) == 0
    assert states() == [(SCOPE, 0, 1, "unknown_log"), ("room:U", 0, 1, "unknown_log")]


def test_witness_that_does_not_answer_is_left_alone_ever_longer(witness: Witness, policy, seal) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        policy(f"witness w1 {witness.key.text} http://127.0.0.1:{free.getsockname()[1]}")
    seal(1, "room:U")
    (row,) = witnesses.witnesses()
    waits = []
    for n in range(9):
        assert witnesses.visit(row) == 0
        assert witnesses.visit(row) == 0, "it is not time yet, for no log of it"
        (state,) = WitnessState.objects.all()
        assert (state.failures, state.error) == (n + 1, "unreachable")
        waits.append(round((state.due - state.asked).total_seconds() / 60))
        WitnessState.objects.update(due=timezone.now())
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


@contextmanager
def answering(status: int, kind: str, body: bytes, location: str = "") -> Iterator[str]:
    """A web server that says this whatever it is asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as found:
        found.daemon_threads, found.handle_error = True, lambda *_arguments: None
        Thread(target=found.serve_forever, args=[0.05], daemon=True).start()
        yield f"http://127.0.0.1:{found.server_port}"
        found.shutdown()


TEXT, SIZE = "text/plain", "text/x.tlog.size"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((200, TEXT, b""), "false_signature"),
        ((200, TEXT, "— somebody AAAA\n".encode()), "false_signature"),
        ((200, TEXT, b"\xff\xfe"), "false_signature"),
        ((200, TEXT, b"x" * 20_000), "bad_answer"),
        ((204, TEXT, b""), "bad_answer"),
        ((400, TEXT, b"no"), "bad_answer"),
        ((403, TEXT, b""), "key_refused"),
        ((404, TEXT, b""), "unknown_log"),
        ((409, TEXT, b"1\n"), "bad_answer"),
        ((409, SIZE, b"-1\n"), "bad_answer"),
        ((409, SIZE, b"1\n"), "bad_answer"),  # again and again
        ((409, SIZE, b"9" * 30), "bad_answer"),
        ((409, SIZE, b"2\n"), "ahead"),
        ((422, TEXT, b""), "disagrees"),
        ((429, TEXT, b""), "busy"),
        ((500, TEXT, b""), "bad_answer"),
        ((503, TEXT, b""), "busy"),
        ((302, TEXT, b"", "http://127.0.0.1:9/"), "bad_answer"),
    ],
)
def test_no_answer_does_harm(witness: Witness, policy, answer: tuple, code: str) -> None:
    with answering(*answer) as address:
        policy(f"witness w1 {witness.key.text} {address}")
        (row,) = witnesses.witnesses()
        assert witnesses.visit(row) == 0
    assert states() == [(SCOPE, 0, 1, code)] and not Cosignature.objects.exists()


def test_silent_witness_costs_its_time_and_no_more(witness: Witness, policy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        policy(f"witness w1 {witness.key.text} http://127.0.0.1:{silent.getsockname()[1]}")
        (row,) = witnesses.witnesses()
        assert witnesses.visit(row) == 0
    assert states() == [(SCOPE, 0, 1, "unreachable")]


def test_seal_calls_the_witnesses_and_the_sweep_finds_the_rest(asked, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = []
    monkeypatch.setattr("audit.waking.current_app.send_task", lambda *arguments, **_more: sent.append(arguments))
    called(SCOPE)
    for _twice in range(2):
        write(1)
        sequence_scope(SCOPE)
    assert [row for row in sent if "ask" in row[0]] == [("audit.tasks.ask_witnesses", [SCOPE])]
    ask_witnesses(SCOPE)
    assert states() == [(SCOPE, 3, 0, "")]
    write(1)
    sequence_scope(SCOPE)
    assert len([row for row in sent if "ask" in row[0]]) == 2
    ask_witnesses()
    assert states() == [(SCOPE, 4, 0, "")]


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_one_asks(asked, witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    requests, add = [], Witness.add_checkpoint
    monkeypatch.setattr(Witness, "add_checkpoint", lambda self, body: requests.append(body) or add(self, body))
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(in_thread(witnesses.visit), asked) for _ in range(4)]
    assert (sum(job.result() for job in jobs), len(requests)) == (1, 1)


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "witness w1",
        "witness w1 nonsense",
        "witness w1 {key} ftp://example.org/",
        "witness w1 {key} http://example.org/?x",
        "witness w1 {key} http://example.org more",
        "witness w2 {key}",  # the same key again
    ],
)
def test_list_that_can_not_be_read_is_refused(witness: Witness, policy, line: str) -> None:
    policy(f"witness w0 {witness.key.text}", line.format(key=witness.key.text))
    with pytest.raises(Conflict) as refusal:
        witnesses.witnesses()
    assert refusal.value.code == "witness_policy" and "2: " in refusal.value.message


def test_list_that_is_not_there_is_refused(settings) -> None:
    assert witnesses.witnesses() == []
    settings.LOG_WITNESSES = "/nowhere/policy"
    with pytest.raises(Conflict):
        witnesses.witnesses()


class TestComing:
    """A witness without an address takes a checkpoint and brings its cosignature."""

    @pytest.fixture
    def comes(self, witness: Witness, policy) -> Witness:
        policy(f"witness w1 {witness.key.text}", "quorum w1")
        return witness

    def test_what_it_is_given_is_a_request_and_what_it_brings_is_kept(self, comes: Witness, seal) -> None:
        for old, size in ((0, 1), (1, 4), (4, 9)):
            last = seal(size - old) if old else sequencer.last_checkpoint(SCOPE)
            body = witnesses.growth(SCOPE, old)
            line = comes.add_checkpoint(body.encode())
            with transaction.atomic(), acting_as(WEB):
                taken = witnesses.accept(SCOPE, (last.note + line).encode())
            assert (taken.size, taken.witnessed[0].line) == (size, line)
            assert states() == [(SCOPE, size, 0, "")]

    def test_first_cosignature_stays(self, comes: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
        note = sequencer.last_checkpoint(SCOPE).note
        first = comes.add_checkpoint(witnesses.growth(SCOPE, 0).encode())
        monkeypatch.setattr("tongchou_verify.witness.time.time", lambda: 2e9)
        again = comes.add_checkpoint(witnesses.growth(SCOPE, 1).encode())
        assert first != again
        for line in (first, again):
            witnesses.accept(SCOPE, (note + line).encode())
        assert [row.line for row in Cosignature.objects.all()] == [first]

    def test_earlier_checkpoint_may_be_brought_later(self, comes: Witness, seal) -> None:
        note, line = sequencer.last_checkpoint(SCOPE).note, comes.add_checkpoint(witnesses.growth(SCOPE, 0).encode())
        seal(2)
        later = comes.add_checkpoint(witnesses.growth(SCOPE, 1).encode())
        witnesses.accept(SCOPE, (sequencer.last_checkpoint(SCOPE).note + later).encode())
        witnesses.accept(SCOPE, (note + line).encode())
        assert states() == [(SCOPE, 3, 0, "")] and Cosignature.objects.count() == 2

    @pytest.mark.parametrize(
        ("case", "code"),
        [
            ("other text", "not_our_checkpoint"),
            ("other log", "not_our_checkpoint"),
            ("nonsense", "not_our_checkpoint"),
            ("empty", "not_our_checkpoint"),
            ("false", "invalid"),
            ("long", "invalid"),
            ("unknown", "unknown_witness"),
            ("none", "unknown_witness"),
        ],
    )
    def test_what_is_no_cosignature_of_ours_is_refused(self, comes: Witness, seal, case: str, code: str) -> None:
        seal(1, "room:U")
        note, line = sequencer.last_checkpoint(SCOPE).note, comes.add_checkpoint(witnesses.growth(SCOPE, 0).encode())
        raw = {
            "other text": note.replace("localhost", "elsewhere") + line,
            "other log": sequencer.last_checkpoint("room:U").note + line,
            "nonsense": "\xff\n99999999999999999999\n\n",
            "empty": "",
            "false": note + line[:-12] + "AAAAAA" + line[-6:],
            "long": note + line * 1000,
            "unknown": note + line.replace(NAME, "x.example.org/1"),
            "none": note,
        }[case]
        with pytest.raises(Invalid) as refusal:
            witnesses.accept(SCOPE, raw.encode())
        assert refusal.value.code == code and not Cosignature.objects.exists()

    def test_growth_has_bounds(self, comes: Witness, seal) -> None:
        seal(3)
        assert witnesses.growth(SCOPE, 1, 4).startswith("old 1\n")
        assert witnesses.growth(SCOPE, 4).startswith("old 4\n\nlocalhost/log/room:T\n4\n")
        with pytest.raises(NotFound):
            witnesses.growth(SCOPE, 1, 3)
        with pytest.raises(NotFound):
            witnesses.growth("room:NOBODY", 0)
        with pytest.raises(Invalid):
            witnesses.growth(SCOPE, 5)


def test_policy_for_auditors_names_the_keys_and_the_witnesses(asked, settings) -> None:
    last = sequencer.last_checkpoint(SCOPE)
    found = read_lines(witnesses.whole_policy(last).encode())
    assert [key.text for key, _address in found.logs] == [verifier_key(last.origin, bytes(current_key().public))]
    assert (list(found.witnesses), found.quorum) == (["w1"], "w1")
    settings.LOG_WITNESSES = ""
    assert read_lines(witnesses.whole_policy(last).encode()).quorum == "none"


def test_command_says_how_it_stands(asked, seal) -> None:
    out = StringIO()
    call_command("witnesses", SCOPE, stdout=out)
    call_command("witnesses", SCOPE, "--ask", stdout=out)
    first, second = out.getvalue().splitlines()
    assert first == f"w1  {asked.address}  size 0, 1 behind"
    assert second == f"w1  {asked.address}  size 1, 0 behind"
