"""The result of a vote: arithmetic, roll, certificate, for each reader's eyes."""

from datetime import timedelta
from fractions import Fraction
from hashlib import sha256

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Checkpoint, Entry
from audit.sequencer import sequence_all
from negotiation import comments, voting
from negotiation.models import Ballot
from negotiation.queries.packages import latest
from negotiation.web.views import results as pages
from tests.negotiation.printing.reading import packed, pdf_text
from tests.negotiation.votes import vote_as

ROOM = "ZX-03-2026"
SCOPE = f"room:{ROOM}"


@pytest.fixture
def decided(mandate, zhuxi) -> Ballot:
    """Of 221 owners 160 in favour, 20 against, 10 abstain; one of them by proxy. The companies accept."""
    revision = latest(zhuxi).get(package__code="B")
    ballot = voting.open_ballot(mandate("planner"), revision, timezone.now() + timedelta(days=1))
    lines = list(ballot.roll.filter(chamber="owners").order_by("seat__party__code"))
    vote_as(ballot, "yes", lines[:160])
    vote_as(ballot, "no", lines[160:180])
    vote_as(ballot, "abstain", lines[180:189])
    vote_as(ballot, "abstain", lines[189:190], "proxy")
    vote_as(ballot, "accept", ballot.roll.filter(chamber="investors"))
    Ballot.objects.filter(pk=ballot.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    voting.decide(mandate("planner"), ballot)
    sequence_all(SCOPE)
    return ballot


def address(ballot: Ballot, what: str = "result/") -> str:
    return f"/rooms/{ROOM}/ballots/{ballot.pk}/{what}"


def test_arithmetic_is_spelled_out_and_is_that_of_the_decision(signed_in, decided) -> None:
    page = signed_in().get(address(decided))
    owners = page.context["chambers"][0]
    assert (owners.seats, owners.choices, owners.silent) == (221, {"yes": 160, "no": 20, "abstain": 10}, 31)
    turnout, _area, heads, area = owners.measures
    assert (turnout.favour, turnout.base, turnout.reached) == ("190 seats", "221 seats", "190/221")
    assert (heads.favour, heads.base, heads.reached, heads.wanted) == ("160 seats", "190 seats", "16/19", "≥ 3/4")
    assert Fraction(area.reached) == Fraction(area.favour.split()[0]) / Fraction(area.base.split()[0])
    text = page.content.decode()
    wanted = ["16/19", "民法典第278条", decided.roll_digest, "by proxy: <strong", "has agreed", "certificate.pdf"]
    assert [word for word in wanted if word not in text] == []


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("", set()),
        ("observer", set()),
        ("resident", {"HH-017", "HH-018"}),
        ("neighbour", {"HH-018"}),
        ("developer", {"MKT-DEV"}),
        ("planner", None),
        ("finance", None),
        ("auditor", None),
    ],
)
def test_roll_shows_ones_own_seats_or_all_by_code(signed_in, decided, role: str, seen: set[str] | None) -> None:
    every = set(decided.roll.values_list("seat__party__code", flat=True))
    client = signed_in(role)
    found: set[str] = set()
    for number in range(1, 6):
        page = client.get(address(decided) + f"?page={number}")
        found |= {line.seat.party.code for line in page.context["lines"]}
        assert "王桂芳" not in page.content.decode().split("<main")[1]
    assert found == (every if seen is None else seen)
    answer = client.get(f"/api/v1{address(decided, 'roll/')}?size=200").json()
    rows = answer["results"] + (client.get(answer["next"]).json()["results"] if answer["next"] else [])
    assert {row["seat"] for row in rows} == found


def test_roll_tells_the_vote_that_counts(signed_in, decided) -> None:
    line = decided.roll.filter(chamber="owners").order_by("seat__party__code").first()
    vote_as(decided, "no", [line], "proxy")
    rows = signed_in("auditor").get(f"/api/v1{address(decided, 'roll/')}?size=200").json()["results"]
    row = next(row for row in rows if row["seat"] == line.seat.party.code)
    assert (row["choice"], row["via"]) == ("yes", "own")


def test_api_tells_the_same_arithmetic(signed_in, decided) -> None:
    told = signed_in().get(f"/api/v1{address(decided)}").json()
    owners = told["chambers"][0]
    assert (told["outcome"], told["sealed"], told["ways"]) == ("passed", True, {"own": 192, "paper": 0, "proxy": 1})
    assert (owners["measures"][2]["reached"], owners["measures"][2]["passed"]) == ("16/19", True)


@pytest.mark.parametrize("count", [1, 3])
def test_result_takes_the_same_statements_however_long_its_roll(signed_in, decided, monkeypatch, count: int) -> None:
    monkeypatch.setattr(pages, "PER_PAGE", count)
    client = signed_in("planner")
    client.get(address(decided))
    with CaptureQueriesContext(connection) as captured:
        page = client.get(address(decided))
    assert (len(page.context["lines"]), len(captured)) == (count, 19)


@pytest.mark.parametrize("count", [1, 3])
def test_roll_by_api_takes_the_same_statements(signed_in, decided, count: int) -> None:
    client = signed_in("planner")
    client.get(f"/api/v1{address(decided, 'roll/')}")
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(f"/api/v1{address(decided, 'roll/')}?size={count}")
    assert (len(answer.json()["results"]), len(captured)) == (count, 9)


# The certificate


def test_certificate_says_what_the_log_has_sealed(signed_in, decided) -> None:
    entry = Entry.objects.get(action="ballot.decide")
    checkpoint = Checkpoint.objects.filter(scope=SCOPE, size__gt=entry.index).order_by("size").first()
    text = packed(pdf_text(signed_in().get(address(decided, "certificate.pdf")).content))
    origin, size, root = checkpoint.note.split("\n")[:3]
    wanted = [
        ROOM,
        "Decision:Passed",
        "B.1",
        "16/19",
        "190/221",
        "民法典第278条",
        "≥3/4",
        sha256(bytes(entry.body)).hexdigest(),
    ]
    wanted += [decided.revision.digest, decided.card_digest, decided.roll_digest, decided.rule_digest, packed(origin)]
    wanted += [size, root, packed(checkpoint.note)]
    assert [word for word in wanted if word not in text] == []


def test_certificate_stays_the_same_paper_while_the_log_grows(signed_in, mandate, decided) -> None:
    first = signed_in().get(address(decided, "certificate.pdf"))
    comments.add_comment(mandate("planner"), decided.room, "Done.")
    sequence_all(SCOPE)
    again = signed_in().get(address(decided, "certificate.pdf"), headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert signed_in("auditor").get(f"/api/v1{address(decided, 'certificate.pdf')}").content == first.content


def test_there_is_no_result_before_the_decision(signed_in, mandate, zhuxi) -> None:
    revision = latest(zhuxi).get(package__code="B")
    ballot = voting.open_ballot(mandate("planner"), revision, timezone.now() + timedelta(days=1))
    for what in ("result/", "roll/", "certificate.pdf"):
        answer = signed_in().get(f"/api/v1{address(ballot, what)}")
        assert (answer.status_code, answer.json()["code"]) == (409, "not_decided")


def test_certificate_of_a_failed_vote_says_so(signed_in, mandate, zhuxi) -> None:
    revision = latest(zhuxi).get(package__code="B")
    ballot = voting.open_ballot(mandate("planner"), revision, timezone.now() + timedelta(days=1))
    Ballot.objects.filter(pk=ballot.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    voting.decide(mandate("planner"), ballot)
    where = f"/api/v1{address(ballot, 'certificate.pdf')}"
    assert signed_in().get(where).json()["code"] == "not_sealed"
    assert "ready in a moment" in signed_in().get(address(ballot)).content.decode()
    sequence_all(SCOPE)
    assert "Toofewtookpart" in packed(pdf_text(signed_in().get(where).content))
