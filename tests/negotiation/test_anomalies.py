"""The declared checks: each finds its case, and lets pass what stands just at its limit."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone

from audit import log
from audit.sequencer import sequence_all
from negotiation import anomalies, comments, voting
from negotiation.anomalies import CHECKS, PHASED, Fact, Facts
from negotiation.permissions import ACTS
from negotiation.queries.anomalies import facts as read_facts
from negotiation.queries.packages import latest
from negotiation.queries.story import WORDS

ROOM = "ZX-03-2026"
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def fact(minutes: float, action: str, index: int | None = None, **data) -> Fact:
    return Fact(uuid4(), index, NOON + timedelta(minutes=minutes), action, data)


def look(code: str, *rows: Fact, used=None, checkpoints=(), phase: str = "negotiation") -> list[dict]:
    """The figures of what one check finds."""
    found = Facts(sorted(rows, key=lambda row: row.time), checkpoints, used or {}, phase, timedelta(seconds=60))
    return [dict(row.figures) for row in anomalies.find_anomalies(found) if row.code == code]


def opened(minutes: float, closes: float) -> Fact:
    closes_at = log.stamp(NOON + timedelta(minutes=closes))
    return fact(minutes, "ballot.open", ballot=7, closes_at=closes_at)


def test_act_outside_its_phase() -> None:
    rows = [fact(1, "vote.cast"), opened(2, 60), fact(3, "vote.cast"), fact(4, "package.submit")]
    assert look("outside_phase", *rows) == [{"phase": "negotiation"}, {"phase": "vote"}]


def test_override() -> None:
    assert look("override", fact(1, "procedure.override", duties=["a", "b"])) == [{"count": 2}]


@pytest.mark.parametrize(("first", "hits"), [(-1, 1), (0, 0), (5, 0)])
def test_mandate_used_before_it_was_given(first: float, hits: int) -> None:
    granted = fact(0, "mandate.grant", mandate="m", party="HH-1")
    assert len(look("used_before_grant", granted, used={"m": NOON + timedelta(minutes=first)})) == hits


@pytest.mark.parametrize(("minutes", "hits"), [(-3 * 24 * 60, 0), (-3 * 24 * 60 + 1, 1), (30, 1), (60, 0)])
def test_mandate_given_near_a_ballot(minutes: float, hits: int) -> None:
    rows = [fact(minutes, "mandate.grant", mandate="m", party="HH-1"), opened(0, 60)]
    assert look("granted_near_ballot", *rows) == [{"party": "HH-1", "ballot": 7}] * hits


@pytest.mark.parametrize(("minutes", "late", "hits"), [(-5, False, 0), (-5, True, 1), (5, False, 1), (65, False, 0)])
def test_document_given_late(minutes: float, late: bool, hits: int) -> None:
    rows = [fact(minutes, "document.receive", party="MKT", late=late), opened(0, 60)]
    assert len(look("document_late", *rows)) == hits


@pytest.mark.parametrize(("times", "hits"), [(3, 0), (4, 1)])
def test_vote_changed_often(times: int, hits: int) -> None:
    votes = [fact(n, "vote.cast", ballot=7, seat="HH-1") for n in range(times)]
    others = [fact(n, "vote.cast", ballot=7, seat=f"HH-{n + 2}") for n in range(9)]
    assert look("vote_changed_often", *votes, *others) == [{"ballot": 7, "seat": "HH-1", "count": times}] * hits


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
    rows = [fact(0, "x", 0), fact(0.5, "x", 1), fact(10, "x", 2)]
    seals = [(2, NOON + timedelta(seconds=waited)), (3, NOON + timedelta(minutes=10))]
    assert look("sealed_late", *rows, checkpoints=seals) == [{"seconds": waited, "size": 2}] * hits


@pytest.mark.parametrize(("minutes", "hits"), [(-10, 0), (-11, 1)])
def test_clock_that_steps_back(minutes: float, hits: int) -> None:
    assert look("time_steps_back", fact(0, "x", 0), fact(minutes, "x", 1)) == [{"seconds": -minutes * 60}] * hits


def test_every_check_stands_in_the_auditors_page() -> None:
    text = Path("docs/auditor.md").read_text()
    assert [check.code for check in CHECKS if f"| `{check.code}` |" not in text] == []


def test_actions_and_acts_are_known() -> None:
    assert [action for action, act in PHASED.items() if action not in WORDS or act not in ACTS] == []


def test_page_counts_links_and_filters(signed_in, mandate, zhuxi) -> None:
    revision = latest(zhuxi).get(package__code="B")
    ballot = voting.open_ballot(mandate("planner"), revision, timezone.now() + timedelta(days=1))
    for choice in ("yes", "no", "yes", "no"):
        voting.cast(mandate("resident", party="HH-017"), ballot, choice)
    comments.add_comment(mandate("resident"), zhuxi, "Hello")
    sequence_all(f"room:{ROOM}")
    client = signed_in("auditor")
    where = f"/rooms/{ROOM}/log/anomalies/"
    answer = client.get(where, {"check": "vote_changed_often"})
    [row] = answer.context["found"]
    assert row["note"] == f"HH-017 voted 4 times in ballot {ballot.pk}"
    assert f"/log/entries/{row['line']['entry'].id}/" in answer.content.decode()
    counts = {row["check"].code: row["count"] for row in answer.context["checks"]}
    assert (counts["vote_changed_often"], counts["outside_phase"], counts["time_steps_back"]) == (1, 0, 0)
    # The cast of the demo was seated today, shortly before this vote.
    near = client.get(where, {"check": "granted_near_ballot"}).context["rows"].paginator
    assert counts["granted_near_ballot"] == near.count > 0
    told = client.get(f"/api/v1{where}", {"check": "vote_changed_often"}).json()
    assert [(one["check"], one["note"]) for one in told] == [("vote_changed_often", row["note"])]
    assert client.get(f"/api/v1{where}", {"check": "x"}).status_code == 422


def test_facts_take_few_statements(zhuxi, django_assert_num_queries) -> None:
    with django_assert_num_queries(5):
        read_facts(zhuxi)
