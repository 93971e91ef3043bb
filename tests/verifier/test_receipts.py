"""A voter's receipt: taken from the page or the API, checked by a stranger."""

import json
from pathlib import Path

import pytest

from audit.sequencer import sequence_all
from negotiation import voting
from tests.verifier.conftest import ROOM, SCOPE, receipt_address


def test_receipt_of_the_last_vote_holds(stranger, receipt: Path, ballot) -> None:
    done = stranger("--receipt", receipt)
    assert (done.code, done.err) == (0, "")
    assert f"ballot {ballot.pk}, seat HH-017, choice yes, via own" in done.out


def test_receipt_stays_good_while_the_log_grows(stranger, receipt: Path, signed_in, ballot, mandate) -> None:
    voting.cast(mandate("developer"), ballot, "accept")
    sequence_all(SCOPE)
    assert stranger("--receipt", receipt).code == 0
    later = receipt.with_name("later.json")
    later.write_bytes(signed_in("resident").get(receipt_address(ballot)).content)
    assert stranger("--receipt", later).code == 0
    assert later.read_bytes() != receipt.read_bytes()


def test_api_gives_the_same_bytes(receipt: Path, signed_in, ballot) -> None:
    answer = signed_in("resident").get(f"/api/v1/rooms/{ROOM}/ballots/{ballot.pk}/receipt/")
    assert (answer.status_code, answer.content) == (200, receipt.read_bytes())


def test_vote_that_is_not_yet_sealed_has_no_receipt(signed_in, ballot, mandate) -> None:
    voting.cast(mandate("resident", party="HH-017"), ballot, "yes")
    client = signed_in("resident")
    assert client.get(receipt_address(ballot)).status_code == 409
    assert "not yet sealed" in client.get(f"/rooms/{ROOM}/ballots/{ballot.pk}/").content.decode()
    answer = client.get(f"/api/v1/rooms/{ROOM}/ballots/{ballot.pk}/receipt/")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_sealed")
    sequence_all(SCOPE)
    assert receipt_address(ballot) in client.get(f"/rooms/{ROOM}/ballots/{ballot.pk}/").content.decode()


def test_receipt_is_the_voters_own(receipt: Path, signed_in, ballot) -> None:
    assert signed_in("neighbour").get(receipt_address(ballot)).status_code == 404
    assert signed_in("observer").get(receipt_address(ballot)).status_code == 403


@pytest.mark.parametrize(
    ("key", "change", "words"),
    [
        ("entry", lambda text: text.replace('"choice":"yes"', '"choice":"no"'), "the root is "),
        ("entry", lambda text: text.replace(",", ", ", 1), "not canonical"),
        ("index", lambda index: index - 1, "want "),
        ("index", lambda index: index + 99, "is beyond a tree of size"),
        ("proof", lambda rows: rows[1:], "hashes, want"),
        ("proof", lambda rows: [rows[1], rows[0], *rows[2:]], "the root is "),
        ("checkpoint", lambda note: note.replace("localhost", "localhose", 1), "is false"),
        ("key", lambda _key: "nonsense", "is no verifier key"),
        ("format", lambda _format: "x", "the format is x"),
        ("proof", lambda _proof: {}, "proof is {}"),
        ("proof", lambda rows: [1, *rows[1:]], "a hash has 0 bytes, want 32"),
        ("entry", lambda _entry: "[" * 1000, "deeper than 64"),
        ("entry", lambda _entry: "1", "an object of exactly"),
    ],
)
def test_changed_receipt_is_found(stranger, receipt: Path, key: str, change, words: str) -> None:
    document = json.loads(receipt.read_bytes())
    document[key] = change(document[key])
    receipt.write_text(json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False), "utf-8")
    done = stranger("--receipt", receipt)
    assert done.code == 1 and words in done.err, done.err


def test_key_of_the_log_is_on_its_page(receipt: Path, signed_in) -> None:
    from tongchou_verify.notes import Verifier

    key = Verifier.read(json.loads(receipt.read_bytes())["key"])
    assert key.fingerprint in signed_in().get("/log/key/").content.decode()
