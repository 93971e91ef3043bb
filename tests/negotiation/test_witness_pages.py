"""What the site shows of witnesses, what it gives to those who come, and a mirror of the real platform."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.throttling import AnonRateThrottle

from audit import log, witnesses
from audit.keys import current_key
from audit.models import Checkpoint, Entry, WitnessState
from audit.notes import verifier_key
from audit.sequencer import sequence_all
from negotiation.models import Room
from tongchou_verify import mirror, serving
from tongchou_verify.bundle import open_bundle
from tongchou_verify.cosignatures import check_cosignatures
from tongchou_verify.notes import Verifier
from tongchou_verify.platform_client import RoomLog, Unreachable
from tongchou_verify.policy import read_lines
from tongchou_verify.witness import Witness, make_witness

ROOM = "ZX-03-2026"
SCOPE = f"room:{ROOM}"
PAGE = f"/rooms/{ROOM}/log/"
API = f"/api/v1/rooms/{ROOM}/log/"
ADDRESS = f"https://testserver/rooms/{ROOM}/"


@pytest.fixture
def witness(zhuxi, tmp_path: Path, settings) -> Witness:
    """One that comes to us; the log's beginning is sealed."""
    sequence_all(SCOPE)
    found = make_witness(tmp_path / "witness", "w.example.org/1")
    key = verifier_key(f"localhost/log/{SCOPE}", bytes(current_key().public))
    (tmp_path / "witness" / "logs").write_text(f"log {key} {ADDRESS}\n")
    settings.LOG_WITNESSES = str(tmp_path / "policy")
    (tmp_path / "policy").write_text(f"witness 县档案馆 {found.key.text}\nquorum 县档案馆\n")
    return found


@pytest.fixture
def by_client(monkeypatch: pytest.MonkeyPatch):
    """Lets visitors and mirrors reach the platform as this client does, without a network."""

    def use(client: Client) -> None:
        @contextmanager
        def through(_self: RoomLog, request) -> Iterator[io.BytesIO]:
            where, body = urlsplit(request.full_url), request.data
            path = f"{where.path}?{where.query}"
            answer = client.post(path, body, "text/plain") if body else client.get(path)
            if answer.status_code != 200:
                raise Unreachable(f"HTTP {answer.status_code} {answer.content.decode()}")
            yield io.BytesIO(answer.content)

        monkeypatch.setattr(RoomLog, "_open", through)

    return use


def grow(count: int) -> Checkpoint:
    for number in range(count):
        log.append(SCOPE, "x.y", None, "thing", number)
    sequence_all(SCOPE)
    return Checkpoint.objects.filter(scope=SCOPE).order_by("-size").first()


def test_witness_comes_takes_a_checkpoint_and_brings_its_word(witness: Witness, signed_in, by_client, capsys) -> None:
    by_client(signed_in())
    for _again in range(2):
        last = grow(3)
        serving.visit_all(witness)
        assert f"size {last.size} was signed" in capsys.readouterr().out
        note = Checkpoint.objects.get(pk=last.pk).whole_note
        assert list(check_cosignatures(note.encode(), [witness.key])) == [witness.key]
    page = signed_in("auditor").get(f"{PAGE}witnesses/").content.decode()
    assert "县档案馆" in page and "✓ up to date" in page and witness.key.text in page
    checkpoints = signed_in("auditor").get(f"{PAGE}checkpoints/").content.decode()
    assert checkpoints.count("✓ w.example.org/1") == 2
    (row,) = signed_in("auditor").get(f"{API}witnesses/").json()
    assert (row["name"], row["size"], row["behind"], row["trouble"]) == ("县档案馆", last.size, 0, "")
    rows = signed_in("auditor").get(f"{API}checkpoints/").json()["results"]
    assert [mark["name"] for mark in rows[0]["witnesses"]] == ["w.example.org/1"]


def test_what_went_wrong_stands_on_the_page(witness: Witness, signed_in) -> None:
    (row,) = witnesses.witnesses()
    state = {"size": 1, "error": "disagrees", "asked": timezone.now()}
    WitnessState.objects.create(witness=row.key.label, scope=SCOPE, **state)
    page = signed_in("auditor").get(f"{PAGE}witnesses/").content.decode()
    assert "✗ It has seen another history of this log." in page
    (row,) = signed_in("auditor").get(f"{API}witnesses/").json()
    assert (row["error"], row["trouble"]) == ("disagrees", "It has seen another history of this log.")


def test_page_without_witnesses_says_so(zhuxi, signed_in) -> None:
    sequence_all(SCOPE)
    assert "Nobody has been asked to be a witness" in signed_in("auditor").get(f"{PAGE}witnesses/").content.decode()
    assert signed_in().get(f"{API}policy/").content.decode().endswith("\n\nquorum none\n")


def test_list_that_can_not_be_read_is_said(witness: Witness, signed_in, settings) -> None:
    Path(settings.LOG_WITNESSES).write_text("nonsense\n")
    answer = signed_in("auditor").get(f"{PAGE}witnesses/")
    assert answer.status_code == 409 and "1: nonsense" in answer.content.decode()
    assert signed_in("auditor").get(f"{API}witnesses/").json()["code"] == "witness_policy"


def test_statements_stay_as_witnesses_and_checkpoints_grow(witness: Witness, signed_in, by_client, settings) -> None:
    by_client(signed_in())
    client = signed_in("auditor")

    def statements(path: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(PAGE + path).status_code == 200
        return len(found)

    grow(1)
    serving.visit_all(witness)
    before = [statements(path) for path in ("witnesses/", "checkpoints/")]
    for _again in range(3):
        grow(1)
        serving.visit_all(witness)
    more = [make_witness(witness.folder / str(n), f"w{n}").key.text for n in range(3)]
    with Path(settings.LOG_WITNESSES).open("a") as policy:
        policy.writelines(f"witness w{n} {key}\n" for n, key in enumerate(more))
    assert [statements(path) for path in ("witnesses/", "checkpoints/")] == before


def test_plain_text_for_whoever_comes(witness: Witness, signed_in) -> None:
    last, client = grow(5), signed_in()
    answer = client.get(f"{API}checkpoint/")
    assert (answer.content.decode(), answer["Content-Type"]) == (last.note, "text/plain; charset=utf-8")
    grown = client.get(f"{API}growth/", {"old": last.size - 5}).content.decode()
    assert grown.startswith(f"old {last.size - 5}\n") and grown.endswith(last.note)
    assert client.get(f"{API}growth/", {"old": last.size + 1}).status_code == 422
    assert client.get(f"{API}growth/", {"new": last.size + 1}).status_code == 404
    for query in ({"old": "x"}, {"new": "-1"}, {"old": "9" * 16}):
        assert client.get(f"{API}growth/", query).status_code == 422
    policy = read_lines(client.get(f"{API}policy/").content)
    assert policy.logs[0][0].name == last.origin and policy.quorum == "县档案馆"


def test_what_is_brought_is_checked(witness: Witness, signed_in) -> None:
    client, last = signed_in(), grow(1)
    line = witness.add_checkpoint(client.get(f"{API}growth/").content)

    def bring(body: str, kind: str = "text/plain") -> tuple[int, str]:
        answer = client.post(f"{API}cosignatures/", body, kind)
        return answer.status_code, answer.json().get("code", "") if answer.status_code != 200 else ""

    assert bring("") == (422, "not_our_checkpoint")
    assert bring(last.note) == (422, "unknown_witness")
    assert bring("x" * 100_000) == (422, "invalid")
    assert bring(last.note + line, "application/json")[0] == 415
    assert bring(last.note + line) == (200, "")
    assert client.get(f"{API}checkpoint/").content.decode() == last.note + line


def test_closed_room_tells_strangers_nothing(witness: Witness, signed_in, zhuxi) -> None:
    Room.objects.filter(pk=zhuxi.pk).update(published=False)
    for path in ("checkpoint/", "growth/", "policy/"):
        assert signed_in().get(API + path).status_code == 404
        assert signed_in("auditor").get(API + path).status_code == 200
    assert signed_in().post(f"{API}cosignatures/", "x", "text/plain").status_code == 404


def test_those_who_come_are_slowed_down(zhuxi, signed_in, monkeypatch: pytest.MonkeyPatch) -> None:
    sequence_all(SCOPE)
    monkeypatch.setitem(AnonRateThrottle.THROTTLE_RATES, "anon", "2/min")
    client = signed_in()
    answers = [client.get(f"{API}checkpoint/", REMOTE_ADDR="192.0.2.77") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429] and answers[2]["Retry-After"]


def test_mirror_follows_the_platform(witness: Witness, signed_in, by_client, tmp_path: Path) -> None:
    by_client(signed_in("auditor"))
    folder = tmp_path / "mirror"

    def follow() -> list[str]:
        return list(mirror.run(mirror.parser().parse_args([ADDRESS, str(folder)])))

    size = 0
    for count in (3, 1, 4):
        last = grow(count)
        assert follow()[0] == f"holds: {last.origin}, {last.size} entries, {last.size - size} of them new"
        size = last.size
    kept = Entry.objects.filter(scope=SCOPE, index__isnull=False).order_by("index").values_list("body", flat=True)
    assert (folder / "entries.jsonl").read_bytes().splitlines() == [bytes(body) for body in kept]
    assert Verifier.read((folder / "key").read_text().strip()).public == bytes(current_key().public)
    notes = [json.loads(line) for line in (folder / "checkpoints.jsonl").read_text().splitlines()]
    assert notes == [row.note for row in Checkpoint.objects.filter(scope=SCOPE).order_by("size")]
    by_client(signed_in("resident"))
    grow(1)
    with pytest.raises(Unreachable, match="HTTP 403"):
        follow()


def test_bundle_carries_the_cosignatures(witness: Witness, signed_in, by_client, zhuxi, tmp_path: Path) -> None:
    from negotiation import bundles

    by_client(signed_in())
    last = grow(2)
    serving.visit_all(witness)
    bundles.export_by_operator(zhuxi, tmp_path / "bundle.zip", "auditor")
    with open_bundle(tmp_path / "bundle.zip") as bundle:
        note = bundle.read(f"checkpoints/{last.size}.txt")
    assert list(check_cosignatures(note, [witness.key])) == [witness.key]
