"""The declared checks: each finds its case, and lets pass what stands just at its limit."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit import log
from audit.models import Entry
from audit.sequencer import sequence_all
from negotiation import anomalies, comments, phases, reviewing, tasks, voting
from negotiation.anomalies import ANY_PHASE, CHECKS, PHASED, Fact, Known
from negotiation.models import LogReview
from negotiation.permissions import ACTS
from negotiation.queries.packages import latest
from negotiation.queries.story import WORDS
from tests.negotiation.test_log_pages import rewrite
from tests.verifier.test_audit_doc import ACT, table

ROOM = "ZX-03-2026"
SCOPE = f"room:{ROOM}"
WHERE = f"/rooms/{ROOM}/log/anomalies/"
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


LIMIT = timedelta(seconds=60)


def fact(minutes: float, action: str, mandate: str = "", sealed: float | None = None, **data) -> Fact:
    """`sealed`: seconds after noon when the checkpoint was sealed that the entry ends."""
    seal = None if sealed is None else NOON + timedelta(seconds=sealed)
    return Fact(str(uuid4()), 0, NOON + timedelta(minutes=minutes), action, mandate, data, seal)


def look(code: str, *rows: Fact, phase: str = "negotiation") -> list[dict]:
    """The figures of what one check finds, of what is found again by the same key the last."""
    known, found = Known(phase), {}
    for index, row in enumerate(rows):
        # As between two parts: what is known goes through JSON.
        known = Known(**json.loads(json.dumps(vars(known))))
        hits = anomalies.look(replace(row, index=index), known, LIMIT)
        found |= {hit.key: dict(hit.figures) for hit in hits if hit.code == code}
    return list(found.values())


def given(minutes: float, mandate: str = "m") -> Fact:
    return replace(fact(minutes, "mandate.grant"), data={"mandate": mandate, "party": "HH-1"})


def opened(minutes: float, closes: float) -> Fact:
    closes_at = log.stamp(NOON + timedelta(minutes=closes))
    return fact(minutes, "ballot.open", ballot=7, closes_at=closes_at)


def test_act_outside_its_phase() -> None:
    rows = [fact(1, "vote.cast"), opened(2, 60), fact(3, "vote.cast"), fact(4, "package.submit")]
    assert look("outside_phase", *rows) == [{"phase": "negotiation"}, {"phase": "vote"}]


def test_override() -> None:
    assert look("override", fact(1, "procedure.override", duties=["a", "b"])) == [{"count": 2}]


def test_acts_stand_in_the_phase_of_their_time() -> None:
    decided = fact(60, "ballot.decide", ballot=7, outcome="passed")
    # Written before the decision, sealed after it; and one that was written after.
    rows = [opened(2, 60), decided, fact(59, "vote.cast"), fact(61, "vote.cast")]
    assert look("outside_phase", *rows) == [{"phase": "decided"}]
    back = fact(5, "procedure.reopen", **{"from": "fixing", "to": "negotiation"})
    assert look("outside_phase", back, fact(6, "roll.publish"), phase="fixing") == []


@pytest.mark.parametrize(
    ("action", "phase"),
    [
        ("roll.publish", "vote"),
        ("roll.object", "decided"),
        ("trustees.name", "vote"),
        ("ballot.share", "negotiation"),
        ("seat.say", "negotiation"),
        ("poll.answer", "vote"),
        ("package.submit", "fixing"),
    ],
)
def test_newer_acts_have_their_phases(action: str, phase: str) -> None:
    assert look("outside_phase", fact(1, action), phase=phase) == [{"phase": phase}]


@pytest.mark.parametrize(("first", "hits"), [(-1, 1), (0, 0)])
def test_mandate_used_before_it_was_given(first: float, hits: int) -> None:
    granted = given(0, "m" * 64)
    assert len(look("used_before_grant", fact(first, "x.y", "m" * 64), granted)) == hits
    assert look("used_before_grant", granted, fact(5, "x.y", "m" * 64), granted) == []


@pytest.mark.parametrize(("minutes", "hits"), [(-3 * 24 * 60, 0), (-3 * 24 * 60 + 1, 1), (30, 1), (60, 0)])
def test_mandate_given_near_a_ballot(minutes: float, hits: int) -> None:
    rows = sorted([given(minutes), opened(0, 60)], key=lambda row: row.time)
    assert look("granted_near_ballot", *rows) == [{"party": "HH-1", "ballot": 7}] * hits


@pytest.mark.parametrize(("minutes", "late", "hits"), [(-5, False, 0), (-5, True, 1), (5, False, 1), (65, False, 0)])
def test_document_given_late(minutes: float, late: bool, hits: int) -> None:
    rows = sorted([fact(minutes, "document.receive", party="MKT", late=late), opened(0, 60)], key=lambda row: row.time)
    assert len(look("document_late", *rows)) == hits


@pytest.mark.parametrize(("times", "hits"), [(3, 0), (4, 1)])
def test_vote_changed_often(times: int, hits: int) -> None:
    votes = [fact(n, "vote.cast", ballot=7, seat="HH-1") for n in range(times)]
    others = [fact(n, "vote.cast", ballot=7, seat=f"HH-{n + 2}") for n in range(9)]
    end = fact(20, "ballot.close", ballot=7)
    again = fact(30, "vote.cast", ballot=7, seat="HH-1")
    assert (
        look("vote_changed_often", *votes, *others, end, again)
        == [{"ballot": 7, "seat": "HH-1", "count": times}] * hits
    )


def test_score_with_another_result() -> None:
    rows = [fact(n, "card.score", package="A", revision=1, sha256=digest) for n, digest in enumerate("xxyy")]
    assert look("score_differs", *rows, fact(9, "card.score", package="A", revision=2, sha256="z")) == [
        {"package": "A", "revision": 1}
    ]


@pytest.mark.parametrize(("minutes", "hits"), [(61, 0), (61.1, 1)])
def test_ballot_closed_late(minutes: float, hits: int) -> None:
    assert len(look("closed_late", opened(0, 60), fact(minutes, "ballot.close", ballot=7))) == hits


@pytest.mark.parametrize(("waited", "hits"), [(60, 0), (61, 1)])
def test_entry_that_waited_for_its_seal(waited: int, hits: int) -> None:
    rows = [fact(0, "x"), fact(0.5, "x", sealed=waited), fact(10, "x", sealed=610)]
    assert look("sealed_late", *rows) == [{"seconds": waited, "size": 2}] * hits


@pytest.mark.parametrize(("minutes", "hits"), [(-10, 0), (-11, 1)])
def test_clock_that_steps_back(minutes: float, hits: int) -> None:
    assert look("time_steps_back", fact(0, "x"), fact(minutes, "x")) == [{"seconds": -minutes * 60}] * hits


def test_finding_overdue_or_answered_late_is_found_once() -> None:
    about = {"finding": "3", "day": "2026-11-01"}
    told = fact(1, "notice.deliver", topic="finding.overdue", about=about)
    other = fact(1, "notice.deliver", topic="finding.opened", about=about)
    late, timely = (fact(2, "finding.answer", finding=3, late=late) for late in (True, False))
    assert look("finding_overdue", other, timely) == []
    assert look("finding_overdue", told) == [{"finding": "3"}]
    assert look("finding_overdue", told, late) == [{"finding": 3}]


def test_data_of_another_kind_is_found_and_stops_nothing() -> None:
    rows = [
        fact(1, "mandate.grant", party=3),
        fact(2, "ballot.open", ballot="x", closes_at="noon"),
        fact(3, "card.score"),
        fact(4, "procedure.override", duties=5),
        replace(fact(5, "vote.cast"), data=None),
    ]
    assert look("unreadable", *rows, fact(6, "x.y")) == [{}] * 5
    # That a vote was opened is known by the act alone.
    assert look("outside_phase", *rows) == [{"phase": "vote"}]


def test_every_action_has_its_phases_or_is_open_in_all() -> None:
    of_the_site = {"person.add", "person.renew"}
    sources = [*Path("negotiation").rglob("*.py"), *Path("platform/audit").glob("*.py")]
    written = {action for path in sources for action in ACT.findall(path.read_text("utf-8"))}
    known = set(PHASED) | ANY_PHASE
    assert (written | set(WORDS) | set(table())) - of_the_site - {"vote.paper"} == known
    assert set(PHASED) & ANY_PHASE == set()
    assert [action for action, act in PHASED.items() if set(ACTS[act].phases) == set(phases.ALL)] == []


def test_every_check_stands_in_the_auditors_page() -> None:
    text = Path("docs/auditor.md").read_text()
    assert [check.code for check in CHECKS if f"| `{check.code}` |" not in text] == []


@pytest.fixture
def voted(mandate, zhuxi):
    """A vote in which one seat changes its mind often, sealed and checked."""
    revision = latest(zhuxi).get(package__code="B")
    ballot = voting.open_ballot(mandate("planner"), revision, timezone.now() + timedelta(days=1))
    for choice in ("yes", "no", "yes", "no"):
        voting.cast(mandate("resident", party="HH-017"), ballot, choice)
    comments.add_comment(mandate("resident"), zhuxi, "Hello")
    sequence_all(SCOPE)
    tasks.review_log(zhuxi.pk)
    return ballot


def test_page_counts_links_and_filters(voted, signed_in, mandate) -> None:
    client = signed_in("auditor")
    answer = client.get(WHERE, {"check": "vote_changed_often"})
    [row] = answer.context["found"]
    assert row["note"] == f"HH-017 voted 4 times in ballot {voted.pk}"
    assert f"/log/entries/{row['line']['entry'].id}/" in answer.content.decode()
    counts = {row["check"].code: row["count"] for row in answer.context["review"]["checks"]}
    assert (counts["vote_changed_often"], counts["outside_phase"], counts["time_steps_back"]) == (1, 0, 0)
    # The cast of the demo was seated today, shortly before this vote.
    near = client.get(WHERE, {"check": "granted_near_ballot"}).context["rows"].paginator
    assert counts["granted_near_ballot"] == near.count > 0
    told = client.get(f"/api/v1{WHERE}", {"check": "vote_changed_often"}).json()["results"]
    assert [(one["check"], one["note"]) for one in told] == [("vote_changed_often", row["note"])]
    assert client.get(f"/api/v1{WHERE}", {"check": "x"}).status_code == 422
    state = client.get(f"/api/v1{WHERE}review/").json()
    assert state["done"] == state["size"] == Entry.objects.filter(scope=SCOPE).count()
    assert {row["check"]: row["count"] for row in state["checks"]} == counts
    # A fifth vote is the same finding, at another entry.
    voting.cast(mandate("resident", party="HH-017"), voted, "yes")
    sequence_all(SCOPE)
    assert "sealed entries are checked; the others" in client.get(WHERE).content.decode()
    tasks.review_log(voted.room_id)
    [row] = client.get(WHERE, {"check": "vote_changed_often"}).context["found"]
    assert row["note"] == f"HH-017 voted 5 times in ballot {voted.pk}"


def found(room) -> list[tuple]:
    return list(room.anomalies.order_by("code", "key").values_list("code", "key", "index", "figures"))


@pytest.mark.parametrize("part", [1, 7])
def test_in_parts_the_same_is_found(voted, zhuxi, monkeypatch, part: int) -> None:
    whole, entries = found(zhuxi), LogReview.objects.get(room=zhuxi).done
    LogReview.objects.update(edition="another")
    monkeypatch.setattr(reviewing, "PART", part)
    assert list(reviewing.behind()) == [zhuxi]
    assert reviewing.review_part(zhuxi) and LogReview.objects.get(room=zhuxi).done == part
    assert found(zhuxi) != whole
    tasks.review_log(zhuxi.pk)
    assert (found(zhuxi), LogReview.objects.get(room=zhuxi).done) == (whole, entries)
    assert list(reviewing.behind()) == []


def test_part_takes_few_statements_however_many_entries(voted, zhuxi, django_assert_num_queries) -> None:
    for count in (1, 40):
        for number in range(count):
            log.append(SCOPE, "procedure.override", None, "room", ROOM, {"duties": [number]})
        sequence_all(SCOPE)
        with django_assert_num_queries(8):
            reviewing.review_part(zhuxi)
    assert zhuxi.anomalies.filter(code="override").count() == 41


def test_review_reads_only_what_is_new(voted, zhuxi) -> None:
    log.append(SCOPE, "procedure.override", None, "room", ROOM, {"duties": ["a"]})
    sequence_all(SCOPE)
    with CaptureQueriesContext(connection) as captured:
        assert not reviewing.review_part(zhuxi)
    [read] = [row["sql"] for row in captured if '"audit_entry"."body"' in row["sql"]]
    assert f'"index" >= {Entry.objects.filter(scope=SCOPE).count() - 1}' in read


def test_unreadable_entry_is_found_and_the_rest_is_checked(voted, zhuxi, signed_in) -> None:
    last = Entry.objects.filter(scope=SCOPE).latest("index")
    for raw in (b"\xff", b'{"data":{"text":"\\u0000"}}', b'{"data":{"seat":[],"ballot":1}}'):
        rewrite(Entry.objects.filter(scope=SCOPE, action="vote.cast").latest("index"), raw)
        LogReview.objects.update(edition="another")
        tasks.review_log(zhuxi.pk)
        assert LogReview.objects.get(room=zhuxi).done == last.index + 1
        page = signed_in("auditor").get(WHERE, {"check": "unreadable"}).content.decode()
        assert "the bytes are no entry" in page


def test_beat_starts_a_check_of_each_room_that_is_behind(zhuxi, hekou, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(tasks.review_log, "delay", asked.append)
    sequence_all(SCOPE)
    tasks.reviews_pending()
    assert asked == [zhuxi.pk]
