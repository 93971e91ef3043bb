"""Nobody on the public or market side reads another household's rows: pages, JSON, exports, fragments."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import count

import pytest
from django.utils import timezone

from accounts.models import Mandate, Party, User
from negotiation import caucuses, drafting, packages, scorecards
from negotiation.models import (
    Allocation,
    Attendance,
    Disposition,
    DueDate,
    Flow,
    HearingDemand,
    Meeting,
    RequiredDocument,
    Scorecard,
)
from negotiation.permissions import look
from negotiation.queries.accounts import account_parts
from negotiation.queries.packages import latest
from tests.negotiation.printing.reading import pdf_text
from units.models import Right

ROOM = "/rooms/ZX-03-2026/"
NEIGHBOUR = "HH-150"
NAME = "东街150户"
# Figures that occur nowhere else, as they stand in the database, in 万元 and with separators.
MARKS = ("123.457", "123.46", "765431.23", "765,431.23", "76.54", "7654321.09", "7,654,321.09")
PAGES = [
    "",
    "unit/",
    "packages/B/mediator/",
    "map.json",
    "procedure/",
    "packages/",
    "packages/tree/",
    "packages/B/",
    "packages/B/?allocations={n}",
    "packages/B/?flows={n}",
    "packages/B/1/",
    "packages/B/1/due/",
    "packages/B/1/changes/?with=A.1",
    "packages/B/1/changes/?with=A.1&page=99&parties=99",
    "packages/B/1/card/",
    "packages/B/1/card/versions/",
    "packages/B/1/cards/1.0.0/",
    "packages/B/1/cards/1.0.0/balance.basic.net/?page=99",
    "packages/B/1/cards/1.0.0/fairness.sides.public/?page=99",
    "packages/B/1/cards/1.0.0/gates.supply.flat/?page=99",
    "packages/B/1/cards/1.0.0/gates.rights/?page=99",
    "packages/B/1/cards/1.0.0/fairness.recovery.min/?page=99",
    "compare/?p=A&p=B",
    "compare/measures/?p=A&p=B",
    "comments/",
    "comments/list/",
    "answers/",
    "ballots/",
    "polls/",
    "trustees/",
    "files/",
    "mine/",
    "acceptance/",
    "documents/",
    "meetings/",
    "meetings/{m}/",
]

API = [
    "",
    "map/",
    "mine/",
    "compare/",
    "comparison/",
    "packages/",
    "packages/B/",
    "proposals/",
    "packages/B/revisions/1/dispositions/",
    "packages/B/revisions/1/allocations/",
    "packages/B/revisions/1/flows/",
    "packages/B/revisions/1/due/",
    "packages/B/revisions/1/responsibilities/",
    "packages/B/revisions/1/changes/?with=A.1",
    "packages/B/revisions/1/effects/?with=A.1",
    "packages/B/revisions/1/card/",
    "packages/B/revisions/1/cards/",
    "packages/B/revisions/1/cards/1.0.0/",
    "comments/",
    "answers/",
    "attachments/",
    "ballots/",
    "acceptance/",
    "procedure/",
    "procedure/overrides/",
    "procedure/reviews/",
    "documents/",
    "hearing-demands/",
    "meetings/",
    "meetings/{m}/",
    "meetings/{m}/attendance/",
]

PAPERS = ["packages/B/1/card.pdf", "answers.pdf"]


@pytest.fixture
def marked(zhuxi):
    """Package B with a household whose figures nobody else has."""
    revision = latest(zhuxi).get(package__code="B")
    Allocation.objects.filter(revision=revision, party__code=NEIGHBOUR).update(quantity=Decimal("123.457"))
    Flow.objects.filter(revision=revision, target=NEIGHBOUR).update(yuan=Decimal("765431.23"))
    paid = Flow.objects.filter(revision=revision, target=NEIGHBOUR).first()
    DueDate.objects.create(revision=revision, kind="flows", place=0, row=paid.pk, on="2030-01-01", ends=[NEIGHBOUR])
    Right.objects.filter(plan=zhuxi.plan, party__code=NEIGHBOUR).update(value=Decimal("7654321.09"))
    Scorecard.objects.filter(revision=revision).delete()
    scorecards.compute_card(revision)
    proceedings(zhuxi, Mandate.objects.get(user__username="planner", party__realm=zhuxi.code))
    return revision


def proceedings(room, convener) -> None:
    """The household owes a document, demands a hearing and was at it."""
    party = Party.objects.get(realm=room.code, code=NEIGHBOUR)
    common = {"room": room, "party": party}
    RequiredDocument.objects.create(title="Certificate 765431.23", required_by=convener, **common)
    HearingDemand.objects.create(mandate=convener, reason="I lose 765,431.23 yuan.", **common)
    meeting = Meeting.objects.create(
        room=room,
        kind="hearing",
        state="held",
        begins_at=timezone.now(),
        place="Hall",
        agenda="All",
        planned_by=convener,
    )
    Attendance.objects.create(meeting=meeting, party=party)


# Those that say what becomes of the land: without the long lists of shares and payments.
LAND = [page for page in PAGES if "{n}" not in page]


def everything(client, pages: list[str] = PAGES) -> str:
    """All pages of the room, with every page of the long lists, as one text."""
    texts = [text for page in pages for text in to_the_last(client, page)]
    texts += [pdf_text(client.get(ROOM + paper).content) for paper in PAPERS]
    return "\n".join([*texts, *by_api(client)])


def to_the_last(client, page: str) -> Iterator[str]:
    """A page, or every page of the list that its `{n}` counts."""
    name = page.partition("?")[2].partition("=")[0]
    for number in count(1):
        text = client.get(ROOM + page.format(n=number, m=last_meeting())).content.decode()
        yield text
        if "{n}" not in page or f"{name}={number + 1}#" not in text:
            return


def last_meeting() -> int:
    return Meeting.objects.values_list("pk", flat=True).last() or 0


def by_api(client) -> Iterator[str]:
    """The same through the API, to the last page of each list."""
    for path in API:
        path = path.format(m=last_meeting())
        address = f"/api/v1{ROOM}{path}{'&' if '?' in path else '?'}size=200"
        while address:
            response = client.get(address)
            yield response.content.decode()
            body = response.json()
            address = body.get("next") if isinstance(body, dict) and "results" in body else None


@pytest.mark.parametrize("role", ["", "stranger", "observer", "resident", "chair", "developer", "factory"])
def test_side_members_and_lookers_on_do_not_see_a_household(role: str, signed_in, marked) -> None:
    text = everything(signed_in(role))
    assert [mark for mark in (*MARKS, NAME, NEIGHBOUR) if mark in text] == []


def test_government_sees_rows_and_names(signed_in, marked) -> None:
    text = everything(signed_in("finance"))
    assert "123.46" in text and "76.54" in text and NAME in text


def test_auditor_sees_rows_by_code(signed_in, marked) -> None:
    text = everything(signed_in("auditor"))
    assert "76.54" in text and NEIGHBOUR in text
    assert NAME not in text


def test_resident_sees_her_own_rows(signed_in, zhuxi) -> None:
    text = everything(signed_in("resident"))
    assert "649,600.00" in text  # HH-017's appraisal in the case file
    assert "东街017户" in text


def test_editor_keeps_hidden_rows_without_showing_them(signed_in, mandate, zhuxi) -> None:
    """The collective's chair revises package C: 220 households' rows stay, none is in the page."""
    package = latest(zhuxi).get(package__code="C").package
    draft = packages.revise_package(mandate("chair"), package)
    stored = len(draft.document["allocations"])
    page = signed_in("chair").get(ROOM + "packages/C/draft/").content.decode()
    assert "HH-0" not in page and "东街" not in page.replace("东街老住宅", "")
    merged = drafting.merge(draft.document, {"allocations": []}, {"HH-001"})
    assert [row["party"] for row in merged["allocations"]] == ["HH-001"]
    assert stored == 226


def test_household_that_gets_a_parcel_is_not_named(signed_in, marked) -> None:
    Disposition.objects.filter(revision=marked).update(recipient=Party.objects.get(realm=ROOM[7:-1], code=NEIGHBOUR))
    for role, named in (("resident", False), ("developer", False), ("finance", True)):
        assert (NEIGHBOUR in everything(signed_in(role), LAND)) is named


def test_purposes_of_few_households_are_shown_together(zhuxi, marked) -> None:
    Flow.objects.filter(revision=marked, target=NEIGHBOUR).update(category="hardship")
    resident, planner = (look(User.objects.get(username=name), zhuxi.code) for name in ("resident", "planner"))
    assert "hardship" in {part.category for part in account_parts(planner, marked)["basic"]}
    shown = account_parts(resident, marked)["basic"]
    assert "hardship" not in {part.category for part in shown}
    assert next(part.out for part in shown if not part.category) == Decimal("765431.23")


CAUCUS = ("We would sell for nine hundred thousand.", "Plot exchange")


def test_private_thread_is_nowhere_but_with_its_members(mandate, zhuxi, signed_in) -> None:
    """Every page and every list of the API, as everybody who is no member, the convener and the auditor too."""
    made = caucuses.open_caucus(mandate("resident"), zhuxi, CAUCUS[1], parties=["MKT-TEX"])
    caucuses.say_in_caucus(mandate("factory"), made, CAUCUS[0])
    mine = [f"caucuses/{made.pk}/", f"caucuses/{made.pk}/messages/", "caucuses/", "log/", "log/entries.jsonl"]
    for role in ("", "stranger", "observer", "developer", "chair", "neighbour", "finance", "planner", "auditor"):
        client = signed_in(role)
        pages = [page for page in LAND if "cards/" not in page]
        texts = [client.get(ROOM + path).getvalue().decode() for path in [*pages, *mine]]
        texts += [client.get(f"/api/v1{ROOM}{path}").getvalue().decode() for path in [*API, *mine]]
        assert [mark for mark in CAUCUS if mark in "".join(texts)] == []
    for role in ("resident", "factory"):
        assert CAUCUS[0] in signed_in(role).get(ROOM + mine[0]).content.decode()


def test_faults_of_hidden_rows_are_not_quoted(mandate, zhuxi) -> None:
    document = {"dispositions": [], "flows": [], "allocations": [{"party": "HH-001", "quantity": "-5"}]}
    faults = {"allocations[0].quantity": "expected more than 0 (-5)", "title": "missing"}
    shown = drafting.mask_faults(faults, document, {"HH-001"})
    assert set(shown) == {"title", "hidden"}
    assert "-5" not in "".join(shown.values())
