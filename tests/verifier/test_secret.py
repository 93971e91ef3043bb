"""The verifier on secret ballots: trustees, sealed votes, the opened count; with shares, every choice."""

import base64
import json
import re
import time
from datetime import timedelta
from pathlib import Path

import pytest
import rfc8785
from Crypto.Protocol.SecretSharing import Shamir
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Party
from negotiation import bundles, unsealing, voting
from negotiation.mandates import grant_mandate
from negotiation.models import Ballot
from negotiation.queries.packages import latest
from tests.negotiation.ballots import give, passphrase, trusted
from tests.verifier.forging import Entry, Files, checked, edited, entries, find, forged, packed, unpacked
from tests.verifier.test_audit_doc import table
from tongchou_verify import secrecy
from tongchou_verify.command import main
from tongchou_verify.faults import Fault

CHOICES = ["yes", "no", "yes", "abstain", "yes", "no"]
_made: list[tuple[Files, list[bytes]]] = []


@pytest.fixture
def made(mandate, zhuxi, cast, tmp_path_factory: pytest.TempPathFactory) -> tuple[Files, list[bytes]]:
    """A decided secret ballot of six votes, one of them changed; its bundle and the shares of all trustees."""
    if not _made:
        trusted(mandate, zhuxi)
        planner, voters = mandate("planner"), []
        for number in range(150, 156):
            party = Party.objects.get(realm=zhuxi.code, code=f"HH-{number}")
            voters.append(grant_mandate(planner, zhuxi, cast("stranger"), party, "self"))
        closes = timezone.now() + timedelta(seconds=4)
        ballot = voting.open_ballot(planner, latest(zhuxi).get(package__code="B"), closes)
        voting.cast(voters[0], ballot, "no")
        for voter, choice in zip(voters, CHOICES, strict=True):
            voting.cast(voter, ballot, choice)
        time.sleep(max((closes - timezone.now()).total_seconds(), 0) + 0.01)
        ballot = Ballot.objects.get(pk=ballot.pk)
        for name in ("developer", "finance"):
            give(mandate, ballot, name)
        shares = [
            unsealing.take_share(mandate(name), ballot, passphrase(name))[1]
            for name in ("finance", "auditor", "developer")
        ]
        voting.decide(planner, Ballot.objects.get(pk=ballot.pk))
        path = tmp_path_factory.mktemp("secret") / "bundle.zip"
        bundles.export_by_operator(zhuxi, path, "planner")
        _made.append((unpacked(path), shares))
    return _made[0]


@pytest.fixture
def files(made) -> Files:
    return made[0]


@pytest.fixture
def rows(files) -> list[Entry]:
    return entries(files)


@pytest.fixture
def shares(made, tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"share-{number}.json" for number in range(1, 4)]
    for path, content in zip(paths, made[1], strict=True):
        path.write_bytes(content)
    return paths


def fault(files: Files, rows: list[Entry], tmp_path: Path, **options: object) -> str:
    with pytest.raises(Fault) as found:
        checked(forged(files, rows), tmp_path, **options)
    return str(found.value)


def test_it_holds_and_counts_six(files, tmp_path: Path) -> None:
    (ballot,) = checked(files, tmp_path).course.ballots.values()
    assert (ballot.cast, ballot.secret.recounted) == (7, False) and len(ballot.secret.given) == 2


def test_keys_of_the_entries_are_named_in_the_page(rows) -> None:
    named = table()
    for row in rows:
        if row["action"].split(".")[0] in ("trustees", "ballot", "vote", "share"):
            assert set(row["data"]) <= set(re.findall(r"`([a-z_0-9]+)`", named[row["action"]])), row["action"]


@pytest.mark.parametrize("pair", [(0, 1), (0, 2), (2, 1)])
def test_two_shares_open_and_count_every_vote(files, shares, tmp_path: Path, pair, capsys) -> None:
    bundle = packed(files, tmp_path / "bundle.zip")
    assert main([str(bundle), "--shares", *(str(shares[number]) for number in pair)]) == 0
    assert "counted again" in capsys.readouterr().out


def test_one_share_does_not(files, shares, tmp_path: Path, capsys) -> None:
    bundle = packed(files, tmp_path / "bundle.zip")
    assert main([str(bundle), "--shares", str(shares[0])]) == 1
    assert "1 shares do not open the ballot, 2 are needed" in capsys.readouterr().err


def test_a_false_share_is_named(files, shares, tmp_path: Path, capsys) -> None:
    row = json.loads(shares[1].read_bytes())
    shares[1].write_bytes(rfc8785.dumps(row | {"share": base64.b64encode(b"x" * 32).decode()}))
    assert main([str(packed(files, tmp_path / "bundle.zip")), "--shares", str(shares[0]), str(shares[1])]) == 1
    assert "the share of trustee 2 is not the one that the opening names" in capsys.readouterr().err


def test_a_stranger_opens_with_the_single_file(files, shares, stranger, tmp_path: Path) -> None:
    done = stranger(packed(files, tmp_path / "bundle.zip"), "--shares", *shares[:2])
    assert (done.code, done.err) == (0, "") and "7 votes cast" in done.out


def test_before_the_platform_opens_it_the_trustees_can(files, rows, shares, tmp_path: Path, capsys) -> None:
    cut = rows[: find(rows, "ballot.share")]
    bundle = packed(forged(files, cut), tmp_path / "bundle.zip")
    assert main([str(bundle), "--shares", str(shares[0]), str(shares[2])]) == 0
    told = capsys.readouterr().out.splitlines()[-1]
    assert json.loads(told) == rows[find(rows, "ballot.unseal")]["data"]["count"]


def stuffed(rows: list[Entry]) -> list[Entry]:
    """A keeper who turns one no on the board into a yes, with a count that fits."""
    place = find(rows, "ballot.unseal")
    opening = rows[find(rows, "ballot.open")]["data"]

    def change(row: Entry) -> None:
        board = row["data"]["boards"][0]["votes"]
        line = next(pair for pair in board if pair[1] == "no")
        line[1] = "yes"
        seats = [{key: value for key, value in seat.items() if key != "chamber"} for seat in opening["seats"]]
        voted = [row["data"]["seat"] for row in rows if row["action"] == "vote.cast"][1:]
        votes = [{"seat": seat, "choice": pair[1]} for seat, pair in zip(voted, board, strict=True)]
        row["data"]["count"] = secrecy.rules.opened(secrecy.rules.parse_rule(opening["rule"]), seats, votes)

    found = edited(rows, place, change)
    decision = find(found, "ballot.decide")
    count = found[place]["data"]["count"]
    found[decision]["data"] |= {"count": count, "outcome": count["state"]}
    return found


def test_false_choices_are_found_with_the_shares_only(files, rows, shares, tmp_path: Path) -> None:
    """Without the shares it can not be seen: that is what the page says."""
    forgery = stuffed(rows)
    assert checked(forged(files, forgery), tmp_path)
    opened = secrecy.read_shares(shares[:2], rows[0]["scope"])
    text = fault(files, forgery, tmp_path, shares=opened)
    assert text.endswith("has another count or another board")


def data(action: str, place: int = 0):
    return lambda rows: rows[find(rows, action, place)]["data"]


def drop(action: str, place: int = 0):
    def change(rows: list[Entry]) -> None:
        del rows[find(rows, action, place)]

    return change


def with_choice(rows: list[Entry]) -> None:
    data("vote.cast")(rows)["choice"] = "yes"


def short_seal(rows: list[Entry]) -> None:
    data("vote.cast")(rows)["sealed"] = base64.b64encode(b"x" * 71).decode()


def same_trustee(rows: list[Entry]) -> None:
    rows[find(rows, "ballot.share", 1)]["actor"] = rows[find(rows, "ballot.share")]["actor"]


def other_trustees(rows: list[Entry]) -> None:
    data("ballot.open")(rows)["secret"]["trustees"].pop()


def other_key(rows: list[Entry]) -> None:
    data("ballot.open")(rows)["secret"]["trustees"][0]["key"] = base64.b64encode(b"k" * 32).decode()


def fewer_on_the_board(rows: list[Entry]) -> None:
    data("ballot.unseal")(rows)["boards"][0]["votes"].pop()


def other_heads(rows: list[Entry]) -> None:
    data("ballot.unseal")(rows)["count"]["chambers"][0]["measures"][1]["reached"] = "1"


def impossible_area(rows: list[Entry]) -> None:
    data("ballot.unseal")(rows)["count"]["chambers"][0]["measures"][2]["favour"] = "1000000"


def other_passed(rows: list[Entry]) -> None:
    chamber = data("ballot.unseal")(rows)["count"]["chambers"][0]
    chamber["passed"] = not chamber["passed"]


def other_state(rows: list[Entry]) -> None:
    data("ballot.unseal")(rows)["count"]["state"] = "blocked"


def other_decision(rows: list[Entry]) -> None:
    count = data("ballot.decide")(rows)["count"]
    count["chambers"][0]["measures"][2]["favour"] = "1"


def opened_early(rows: list[Entry]) -> None:
    rows.insert(find(rows, "ballot.close"), rows.pop(find(rows, "ballot.share")))


def given_up(rows: list[Entry]) -> None:
    """Too early, in the place of the opening."""
    row = rows[find(rows, "ballot.unseal")]
    row |= {"action": "ballot.give_up", "actor": rows[find(rows, "ballot.decide")]["actor"]}
    row["data"] = {"ballot": row["data"]["ballot"], "reason": "0" * 64}


def board_of_few(rows: list[Entry]) -> None:
    """Two of the six did not vote: then the board must not show the rest."""
    for _vote in range(2):
        del rows[find(rows, "vote.cast", 5)]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (with_choice, "a vote of a secret ballot states choice"),
        (short_seal, "sealed has 71 bytes, want 72"),
        (same_trustee, "gave its share before"),
        (drop("ballot.share", 1), "opened without the shares of 2 trustees"),
        (drop("ballot.unseal"), "is decided before it is opened"),
        (drop("trustees.accept"), "not those who were named and have accepted"),
        (drop("trustees.name"), "without being named"),
        (other_trustees, "not those who were named and have accepted"),
        (other_key, "not those who were named and have accepted"),
        (fewer_on_the_board, "has 5 votes, cast were 6"),
        (other_heads, "approval by heads is not what was cast"),
        (impossible_area, "approval by area is not what was cast"),
        (other_passed, "counted otherwise than its measures say"),
        (other_state, "the state of the count"),
        (other_decision, "is another than that of its votes"),
        (opened_early, "is opened before it is closed"),
        (given_up, "is given up at"),
        (board_of_few, "fewer than 5 are withheld"),
    ],
)
def test_what_may_not_be(files, rows, tmp_path: Path, change, text: str) -> None:
    copy = json.loads(json.dumps(rows))
    change(copy)
    assert text in fault(files, copy, tmp_path)


@given(st.binary(min_size=32, max_size=32), st.integers(2, 9), st.data())
def test_shares_are_put_together_as_the_library_does(secret: bytes, needed: int, choose) -> None:
    count = choose.draw(st.integers(needed, 9))
    halves = [Shamir.split(needed, count, secret[place : place + 16]) for place in (0, 16)]
    shares = {first[0]: first[1] + second[1] for first, second in zip(*halves, strict=True)}
    chosen = choose.draw(st.lists(st.sampled_from(sorted(shares)), min_size=needed, max_size=needed, unique=True))
    assert secrecy.combine({number: shares[number] for number in chosen}) == secret
    fewer = {number: shares[number] for number in chosen[1:]}
    assert secrecy.combine(fewer) != secret
