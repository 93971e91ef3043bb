"""The log page: every filter page by page through an index, each entry with its proof, checkpoints with their waits."""

import json
from datetime import timedelta
from hashlib import sha256
from itertools import combinations

import pytest
from django.db import connection
from django.utils import timezone

from audit import log
from audit.models import Checkpoint, Entry
from audit.sequencer import sequence_all
from negotiation import comments, voting
from negotiation.queries.entries import PER_PAGE, Wanted, entry_slice, wanted_entries
from negotiation.queries.packages import latest
from negotiation.queries.spans import Move, phase_at, read_move, spans
from tongchou_verify.checkpoints import read_checkpoint
from tongchou_verify.merkle import verify_inclusion

ROOM = "ZX-03-2026"
SCOPE = f"room:{ROOM}"
PAGE = f"/rooms/{ROOM}/log/"
START = timezone.now() - timedelta(days=400)


@pytest.fixture
def many(zhuxi) -> None:
    """500 further entries, one a minute, of five parties and three acts, some at the very same moment."""
    for number in range(500):
        moment = START + timedelta(minutes=number // 2)
        actor = log.Actor(f"HH-{number % 5}", log.Private.text("x"))
        action = ("vote.cast", "comment.add", "package.save")[number % 3]
        log.append(SCOPE, action, actor, "thing", number % 7, {"number": number}, time=moment)


CHOICES = {
    "action": "vote",
    "party": "HH-1",
    "thing": "thing/3",
    "phase": "negotiation",
    "after": START + timedelta(minutes=20),
    "before": START + timedelta(minutes=200),
}


def matches(entry: Entry, wanted: dict) -> bool:
    kind, _slash, number = wanted.get("thing", "").partition("/")
    return (
        entry.action.startswith(wanted.get("action", ""))
        and entry.party.startswith(wanted.get("party", ""))
        and (not kind or (entry.object_type, entry.object_id) == (kind, number))
        and entry.time >= wanted.get("after", entry.time)
        and entry.time <= wanted.get("before", entry.time)
    )


@pytest.mark.parametrize("chosen", [pair for n in range(4) for pair in combinations(CHOICES, n)], ids="+".join)
def test_every_combination_is_read_whole_page_by_page(many, zhuxi, chosen: tuple[str, ...]) -> None:
    wanted = {name: CHOICES[name] for name in chosen}
    rows = wanted_entries(zhuxi, Wanted(**wanted))
    seen, page = [], entry_slice(rows)
    seen += page.rows
    while page.older:
        assert len(page.rows) == PER_PAGE
        page = entry_slice(rows, older=page.older)
        seen += page.rows
    expected = [row for row in Entry.objects.filter(scope=SCOPE) if matches(row, wanted)]
    assert [row.id for row in seen] == [row.id for row in sorted(expected, key=lambda e: (e.time, e.id), reverse=True)]
    back = entry_slice(rows, newer=seen[-1].id) if len(seen) > 1 else None
    assert back is None or [row.id for row in back.rows] == [row.id for row in seen[:-1]][-PER_PAGE:]


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({}, "entry_by_time"),
        ({"after": CHOICES["after"], "before": CHOICES["before"]}, "entry_by_time"),
        ({"party": "HH-1"}, "entry_by_party"),
        ({"thing": "thing/3"}, "entry_by_object"),
        ({"thing": "thing/3", "party": "HH-1"}, "entry_by_"),
        ({"action": "vote.cast"}, "entry_by_action"),
        ({"action": "comment"}, "entry_by_"),
    ],
)
def test_plan_uses_an_index(many, zhuxi, wanted: dict, index: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_entry (id, scope, time, action, party, object_type, object_id, body)"
            " SELECT gen_random_uuid(), 'room:T' || n % 50, now(), 'x', 'P' || n % 999, 'y', n, 'z'"
            " FROM generate_series(1, 20000) AS n"
        )
        cursor.execute("ANALYZE audit_entry")
    plan = wanted_entries(zhuxi, Wanted(**wanted)).order_by("-time", "-id")[:51].explain()
    assert index in plan and "Seq Scan" not in plan


def test_new_entries_do_not_shift_an_older_page(many, zhuxi) -> None:
    rows = wanted_entries(zhuxi, Wanted(party="HH-1"))
    first = entry_slice(rows)
    second = entry_slice(rows, older=first.older).rows
    log.append(SCOPE, "vote.cast", log.Actor("HH-1", log.Private.text("x")), "thing", 1)
    assert entry_slice(rows, older=first.older).rows == second


def test_phase_is_read_from_the_log(mandate, zhuxi, signed_in) -> None:
    comments.add_comment(mandate("resident"), zhuxi, "Before")
    revision = latest(zhuxi).get(package__code="B")
    voting.open_ballot(mandate("planner"), revision, timezone.now() + timedelta(days=1))
    comments.add_comment(mandate("resident"), zhuxi, "During")
    client = signed_in("auditor")
    found = {phase: client.get(PAGE, {"phase": phase}).context["story"] for phase in ("negotiation", "vote")}
    assert [row["entry"].action for row in found["vote"]] == ["comment.add"]
    # The act that ends a phase was done in it.
    assert [row["entry"].action for row in found["negotiation"]][:2] == ["ballot.open", "comment.add"]
    assert found["negotiation"][0]["about"].startswith("B.1 · ")


def test_spans_follow_each_other() -> None:
    moves = [Move(START + timedelta(hours=n), *names) for n, names in enumerate([("a", "b"), ("b", "c")])]
    found = spans(moves, "c")
    times = [
        START - timedelta(1),
        START,
        START + timedelta(minutes=1),
        START + timedelta(hours=1),
        START + timedelta(9),
    ]
    assert [phase_at(found, time) for time in times] == ["a", "a", "b", "b", "c"]
    assert [phase_at(spans([], "x"), START)] == ["x"]


def test_secret_vote_that_is_given_up_leads_back_to_the_table() -> None:
    opened = read_move("ballot.open", START, {})
    given_up = read_move("ballot.give_up", START + timedelta(hours=1), {})
    found = spans([opened, given_up], "negotiation")
    assert [span.phase for span in found] == ["negotiation", "vote", "negotiation"]


def test_entry_stands_with_bytes_hashes_proof_and_neighbours(signed_in, mandate, zhuxi) -> None:
    comments.add_comment(mandate("resident"), zhuxi, "How loud is the road?")
    sequence_all(SCOPE)
    entry = Entry.objects.get(action="comment.add", scope=SCOPE)
    answer = signed_in("auditor").get(f"{PAGE}entries/{entry.id}/")
    line = answer.context["line"]
    raw = bytes(entry.body)
    assert line["digest"] == sha256(raw).hexdigest() and json.loads(line["pretty"]) == json.loads(raw)
    place = line["place"]
    signed = read_checkpoint(place["checkpoint"].note.rpartition("\n\n")[0].encode() + b"\n")
    proof = [bytes.fromhex(part) for part in place["proof"]]
    verify_inclusion(entry.index, signed.size, bytes.fromhex(line["leaf"]), proof, signed.root)
    assert signed.root.hex() == place["root"]
    before = Entry.objects.get(scope=SCOPE, index=entry.index - 1)
    assert (line["previous"], line["next"]) == (before.id, None)
    again = signed_in("auditor").get(f"{PAGE}at/{entry.index}/")
    assert again.url == f"{PAGE}entries/{entry.id}/"


@pytest.mark.parametrize(("who", "shown"), [("auditor", {"/data/body"}), ("planner", {"/data/body", "/actor/mandate"})])
def test_commitments_are_opened_for_those_who_may(signed_in, mandate, zhuxi, who: str, shown: set[str]) -> None:
    comments.add_comment(mandate("resident"), zhuxi, "How loud is the road?")
    entry = Entry.objects.get(action="comment.add", scope=SCOPE)
    rows = signed_in(who).get(f"{PAGE}entries/{entry.id}/").context["line"]["commitments"]
    assert {row["path"] for row in rows if "content" in row} == shown
    for row in rows:
        if "content" in row:
            assert sha256(bytes.fromhex(row["salt"]) + row["content"].encode()).hexdigest() == row["digest"]


def test_entry_of_another_room_is_not_there(signed_in, hekou) -> None:
    other = Entry.objects.filter(scope="room:HK-2026").first()
    assert signed_in("auditor").get(f"{PAGE}entries/{other.id}/").status_code == 404


def test_checkpoints_show_gaps(signed_in, zhuxi, settings) -> None:
    sequence_all(SCOPE)
    log.append(SCOPE, "x.y", None, "thing", 1, time=timezone.now() - timedelta(minutes=5))
    log.append(SCOPE, "x.y", None, "thing", 2)
    sequence_all(SCOPE)
    answer = signed_in("auditor").get(f"{PAGE}checkpoints/")
    last, first = answer.context["rows"]
    assert (last.added, first.held, last.held) == (2, 0, first.size)
    assert timedelta(minutes=5) <= last.waited < timedelta(minutes=6)
    # The demo's entries were staged long before they were sealed here, too.
    row = answer.content.decode().split("<tbody>")[1].split("</tr>")[0]
    assert "✗ 5 min" in row
    settings.LOG_SEAL_SECONDS = 1000
    assert "✗ 5 min" not in signed_in("auditor").get(f"{PAGE}checkpoints/").content.decode()
    rows = signed_in("auditor").get(f"/api/v1/rooms/{ROOM}/log/checkpoints/").json()["results"]
    assert [(row["size"], row["added"]) for row in rows] == [(last.size, 2), (first.size, first.size)]


def test_leaves_are_the_sealed_bytes_in_order(signed_in, zhuxi) -> None:
    sequence_all(SCOPE)
    log.append(SCOPE, "x.y", None, "thing", 1)
    client = signed_in("auditor")
    kept = Entry.objects.filter(scope=SCOPE, index__isnull=False).order_by("index").values_list("body", flat=True)
    for where in (f"{PAGE}leaves.jsonl", f"/api/v1/rooms/{ROOM}/log/leaves/"):
        assert client.get(where).content.splitlines() == [bytes(body) for body in kept]
        assert client.get(where, {"from": "2"}).content.splitlines() == [bytes(body) for body in kept[2:]]
        assert client.get(where, {"from": "99999"}).content == b""
        assert client.get(where, {"from": "x"}).status_code == 422
    size = Checkpoint.objects.get(scope=SCOPE).size
    assert client.get(f"{PAGE}checkpoints/{size}.txt").content.decode() == Checkpoint.objects.get(scope=SCOPE).note
    assert client.get(f"{PAGE}checkpoints/{size + 1}.txt").status_code == 404


EARLY = "?after=0001-01-01T00:00:00%2B22:00"  # before the first moment that there is


@pytest.mark.parametrize("query", ["?after=x", "?action=nonsense", "?phase=nonsense", "?older=x", EARLY])
def test_nonsense_is_said_beside_the_field(signed_in, query: str) -> None:
    answer = signed_in("auditor").get(PAGE + query)
    assert (answer.status_code, answer.context["form"].is_valid(), answer.context["story"]) == (200, False, [])
    assert signed_in("auditor").get(f"/api/v1/rooms/{ROOM}/log/{query}").status_code == 422


def test_moment_may_have_any_offset(signed_in, zhuxi) -> None:
    client = signed_in("auditor")
    for moment, found in (("2001-01-01T00:00:00+22:17", True), ("3001-01-01T00:00:00-23:00", False)):
        rows = client.get(f"/api/v1/rooms/{ROOM}/log/", {"after": moment}).json()["results"]
        assert bool(rows) is found


def test_api_gives_the_same(signed_in, mandate, zhuxi) -> None:
    comments.add_comment(mandate("resident"), zhuxi, "Hello")
    sequence_all(SCOPE)
    client = signed_in("auditor")
    rows = client.get(f"/api/v1/rooms/{ROOM}/log/", {"action": "comment", "party": "HH-017"}).json()["results"]
    assert [row["entry"]["action"] for row in rows] == ["comment.add"]
    found = client.get(f"/api/v1/rooms/{ROOM}/log/entries/{rows[0]['id']}/").json()
    assert found["sha256"] == rows[0]["sha256"] and found["place"]["proof"]
    assert [row["path"] for row in found["commitments"] if "content" in row] == ["/data/body"]


UNREADABLE = {
    "no JSON": b'{"action":"comment.add"',
    "no UTF-8": b'{"action":"\xff\xfe","data":{}}',
    "no object": b'["comment.add"]',
    "no data": b'{"action":"comment.add"}',
    "nothing": b"",
    "no number": b'{"data":{"ballot":NaN,"seat":1e999}}',
    "half a pair": b'{"data":{"body":"\\ud800"}}',
    "too deep": b'{"data":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
}


def rewrite(entry: Entry, raw: bytes) -> None:
    """As somebody with full rights on the database does it."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE audit_entry SET body = %s WHERE id = %s", [raw, entry.id])
        cursor.execute("SET LOCAL session_replication_role = origin")


def rewritten(room, action: str, raw: bytes) -> Entry:
    """The last entry of this action, sealed and then changed."""
    sequence_all(SCOPE)
    entry = Entry.objects.filter(scope=SCOPE, action=action).latest("index")
    rewrite(entry, raw)
    return entry


@pytest.mark.parametrize("raw", UNREADABLE.values(), ids=UNREADABLE)
def test_entry_that_can_not_be_read_is_shown_with_its_bytes_and_proof(signed_in, mandate, zhuxi, raw: bytes) -> None:
    comments.add_comment(mandate("resident"), zhuxi, "How loud is the road?")
    entry = rewritten(zhuxi, "comment.add", raw)
    client = signed_in("auditor")
    for where in (PAGE, f"{PAGE}?action=comment", f"{PAGE}entries/{entry.id}/"):
        assert "can not be read: its bytes do not match its hash" in client.get(where).content.decode()
    assert client.get(f"{PAGE}entries/{entry.id}/bytes/").content == raw
    proof = client.get(f"{PAGE}entries/{entry.id}/proof.json").json()
    parts = [bytes.fromhex(part) for part in proof["proof"]]
    verify_inclusion(
        entry.index, proof["size"], bytes.fromhex(proof["sealed_leaf"]), parts, bytes.fromhex(proof["root"])
    )
    assert proof["leaf"] == sha256(b"\0" + raw).hexdigest() != proof["sealed_leaf"]
    api = f"/api/v1/rooms/{ROOM}/log/"
    assert client.get(api).json()["results"][0]["entry"] is None
    assert client.get(f"{api}entries/{entry.id}/").json()["changed"] is True


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("notice.deliver", {"topic": [], "about": 1}),
        ("procedure.override", {"duties": 3}),
        ("document.promise", {"due": "2026-99-99"}),
        ("ballot.decide", {"via": {}, "outcome": []}),
        ("procedure.advance", {"from": [], "to": "nowhere"}),
        ("finding.close", {"verdict": []}),
    ],
)
def test_data_of_another_kind_breaks_no_page(signed_in, zhuxi, action: str, data: dict) -> None:
    log.append(SCOPE, action, None, "thing", 1, {})
    entry = rewritten(zhuxi, action, json.dumps({"data": data}).encode())
    client = signed_in("auditor")
    for where in ("", "?phase=negotiation", f"entries/{entry.id}/"):
        assert client.get(PAGE + where).status_code == 200
    assert client.get(f"{PAGE}entries/{entry.id}/").context["line"]["changed"]


def test_entry_that_was_not_changed_says_nothing_of_it(signed_in, zhuxi) -> None:
    sequence_all(SCOPE)
    page = signed_in("auditor").get(f"{PAGE}at/0/", follow=True)
    assert not page.context["line"]["changed"] and "were changed" not in page.content.decode()


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        ("2310-04-23T21:21:40.117686-16:39", 200),
        ("2026-11-27T10:00:00+23:59", 200),
        ("9999-12-31T23:59:59-14:00", 422),
        ("0001-01-01T00:00:00+14:00", 422),
    ],
)
def test_moment_of_any_offset_is_taken_or_refused(signed_in, zhuxi, moment: str, status: int) -> None:
    for name in ("after", "before"):
        assert signed_in("auditor").get(f"/api/v1/rooms/{ROOM}/log/", {name: moment}).status_code == status
