"""The number of SQL statements of each page stays the same as rows grow."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Party
from negotiation.models import (
    Attendance,
    Comment,
    LegalReview,
    Meeting,
    Override,
    Package,
    RequiredDocument,
    Resolution,
    Revision,
    Scorecard,
)
from negotiation.queries.packages import latest

ROOM = "/rooms/HK-2026/"
PAGES = {
    "planner": [
        "",
        "map.json",
        "unit/",
        "procedure/",
        "packages/",
        "packages/list/",
        "packages/tree/",
        "packages/A/",
        "packages/A/mediator/",
        "packages/A/1/changes/?with=B.1",
        "packages/B/withdraw/",
        "packages/A/1/card.pdf",
        "packages/A/1/card/versions/",
        "packages/A/1/cards/1.0.0/",
        "packages/A/1/cards/1.0.0/fairness.total/",
        "compare/",
        "compare/measures/",
        "comments/",
        "comments/list/",
        "files/",
        "comments/?sort=replies",
        "comments/?sort=unanswered",
        "comments/?sort=agreed",
        "comments/?search=reply",
        "comments/answer/",
        "comments/moderation/",
        "comments/clusters/",
        "caucuses/",
        "answers/",
        "answers/?verdict=open&side=government",
        "ballots/",
        "log/",
        "log/checkpoints/",
        "log/anomalies/",
        "log/findings/",
        "mandates/",
        "packages/new/",
        "procedure/advance/",
        "trustees/",
        "documents/",
        "meetings/",
        "meetings/{m}/",
        "meetings/{m}/record/",
    ],
    "resident": [
        "",
        "mine/",
        "mine/comments/",
        "answers/",
        "acceptance/",
        "procedure/",
        "documents/",
        "meetings/",
        "meetings/{m}/",
        "packages/",
        "packages/A/",
        "packages/A/1/card.pdf",
        "comments/",
    ],
    "": ["", "packages/", "packages/A/", "comments/"],
}


def statements(client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(ROOM + path).status_code == 200
    return len(captured)


def more_packages(room, mandate, count: int) -> None:
    """Copies of the last package's head and card under new codes."""
    source = latest(room).get(package__code="B")
    card = source.scorecards.get()
    party = source.package.proposer
    made = Package.objects.bulk_create(Package(room=room, code=f"X{n}", proposer=party) for n in range(count))
    revisions = Revision.objects.bulk_create(
        Revision(package=row, number=1, title=row.code, digest=source.digest, submitted_by=mandate) for row in made
    )
    for package, revision in zip(made, revisions, strict=True):
        package.latest = revision
    Package.objects.bulk_update(made, ["latest"])
    Scorecard.objects.bulk_create(
        Scorecard(revision=row, engine=card.engine, digest=card.digest, state=card.state, card=card.card)
        for row in revisions
    )


def more_comments(room, mandate, count: int) -> None:
    """Threads about the room and about package A, each with replies."""
    revision = latest(room).get(package__code="A")
    common = {"room": room, "party": mandate.party, "mandate": mandate}
    tops = Comment.objects.bulk_create(
        Comment(body=f"Comment {n}", revision=revision if n % 2 else None, **common).index() for n in range(count // 2)
    )
    Comment.objects.bulk_create(
        Comment(body="Reply", parent=top, revision=top.revision, **common).index() for top in tops
    )


def more_proceedings(room, mandate, count: int) -> int:
    """So many documents, overrides, meetings; the first meeting was attended and resolved so much. Its number."""
    common = {"room": room, "party": mandate.party}
    RequiredDocument.objects.bulk_create(
        RequiredDocument(title="x", required_by=mandate, **common) for n in range(count)
    )
    day = timezone.localdate()
    Override.objects.bulk_create(
        Override(
            room=room, phase="notice", duties=["notice_run"], reason="x", state="confirmed", asked_by=mandate, until=day
        )
        for n in range(count)
    )
    revision = latest(room).get(package__code="A")
    LegalReview.objects.bulk_create(
        LegalReview(revision=revision, person="x", reviewed_on=day, document="x", mandate=mandate) for n in range(count)
    )
    Meeting.objects.bulk_create(
        Meeting(room=room, kind="meeting", begins_at=timezone.now(), place="x", agenda="x", planned_by=mandate)
        for n in range(count)
    )
    first = Meeting.objects.filter(room=room).order_by("pk").first()
    Meeting.objects.filter(pk=first.pk).update(state="held")
    parties = list(Party.objects.filter(realm=room.code).exclude(pk__in=first.attendances.values("party")))[:count]
    Attendance.objects.bulk_create(Attendance(meeting=first, party=party) for party in parties)
    Resolution.objects.bulk_create(Resolution(meeting=first, text="x", revision=revision) for n in range(count))
    return first.pk


@pytest.mark.parametrize("role", PAGES)
def test_pages_take_the_same_statements_however_many_rows(role: str, signed_in, hekou, mandate) -> None:
    acting = mandate("planner", "HK-2026")
    more_comments(hekou, acting, 20)
    meeting = more_proceedings(hekou, acting, 3)
    client = signed_in(role)
    client.get(ROOM)
    client.get(f"{ROOM}comments/")  # from the second look on it is known what is new
    before = {path: statements(client, path.format(m=meeting)) for path in PAGES[role]}
    more_packages(hekou, acting, 198)
    more_comments(hekou, acting, 20_000)
    more_proceedings(hekou, acting, 300)
    assert {path: statements(client, path.format(m=meeting)) for path in PAGES[role]} == before
    assert max(before.values()) <= 50
