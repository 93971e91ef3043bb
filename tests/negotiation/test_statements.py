"""The number of SQL statements of each page stays the same as rows grow."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from negotiation.models import Comment, Package, Revision, Scorecard
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
        "packages/A/",
        "packages/A/mediator/",
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
        "ballots/",
        "log/",
        "mandates/",
        "packages/new/",
    ],
    "resident": ["", "mine/", "packages/", "packages/A/", "packages/A/1/card.pdf", "comments/"],
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
        Comment(body=f"Comment {n}", revision=revision if n % 2 else None, **common) for n in range(count // 2)
    )
    Comment.objects.bulk_create(Comment(body="Reply", parent=top, revision=top.revision, **common) for top in tops)


@pytest.mark.parametrize("role", PAGES)
def test_pages_take_the_same_statements_however_many_rows(role: str, signed_in, hekou, mandate) -> None:
    acting = mandate("planner", "HK-2026")
    more_comments(hekou, acting, 20)
    client = signed_in(role)
    client.get(ROOM)
    before = {path: statements(client, path) for path in PAGES[role]}
    more_packages(hekou, acting, 198)
    more_comments(hekou, acting, 20_000)
    assert {path: statements(client, path) for path in PAGES[role]} == before
    assert max(before.values()) <= 40
