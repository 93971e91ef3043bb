"""The page and the API of the changes between two revisions: in words, for each reader what is theirs to see."""

import copy
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from negotiation import drafts, packages, scorecards
from negotiation.models import Allocation, Flow, Package, Revision
from negotiation.permissions import look
from negotiation.queries import changes

ROOM = "/rooms/ZX-03-2026/"
PAGE = f"{ROOM}packages/A/2/changes/"
API = f"/api/v1{ROOM}packages/A/revisions/2/"


def revised(developer, room, edit) -> Revision:
    """The next revision of the developer's package A, after `edit` of its document."""
    package = Package.objects.select_related("room", "proposer", "latest").get(room=room, code="A")
    draft = packages.revise_package(developer, package)
    document = copy.deepcopy(draft.document)
    edit(document)
    draft = drafts.save_draft(developer, draft, document, draft.version)
    return packages.submit_package(developer, draft, draft.version)


def shift_to_neighbour(document) -> None:
    """100 yuan more for one household, and the developer's first payment lower by 50,000 yuan."""
    row = next(row for row in document["flows"] if row["to"] == "HH-150")
    row["yuan"] = str(Decimal(row["yuan"]) + 100)
    own = next(row for row in document["flows"] if row["from"] == "MKT-DEV")
    own["yuan"] = str(Decimal(own["yuan"]) - 50_000)
    document["title"] = "A second thought"


def raise_all(document) -> None:
    """Every household's relocation money up by 1,000 yuan."""
    for row in document["flows"]:
        if row["to"].startswith("HH-"):
            row["yuan"] = str(Decimal(row["yuan"]) + 1000)


@pytest.fixture
def second(mandate, zhuxi) -> Revision:
    revision = revised(mandate("developer"), zhuxi, shift_to_neighbour)
    scorecards.compute_card(revision)
    return revision


def seen_by(name: str, room, base: Revision, target: Revision) -> changes.Changes:
    return changes.read_changes(look(User.objects.get(username=name), room.code), base, target)


def test_government_reads_every_change(second, zhuxi) -> None:
    found = seen_by("finance", zhuxi, second.package.revisions.get(number=1), second)
    assert sorted(c.difference("yuan") for c in found.rows) == [Decimal(-50_000), Decimal(100)]
    assert (found.together, found.few) == ([], False)
    assert found.head["title"][1] == "A second thought"


@pytest.mark.parametrize("name", ["developer", "resident", "chair", "observer"])
def test_change_for_one_other_household_is_told_but_not_what_it_is(name: str, second, zhuxi) -> None:
    found = seen_by(name, zhuxi, second.package.revisions.get(number=1), second)
    assert [c.difference("yuan") for c in found.rows] == [Decimal(-50_000)]
    assert (found.together, found.few) == ([], True)


def test_changes_for_many_households_are_summed(mandate, zhuxi) -> None:
    second = revised(mandate("developer"), zhuxi, raise_all)
    first = second.package.revisions.get(number=1)
    rows = first.flows.filter(target__startswith="HH-")
    found = seen_by("developer", zhuxi, first, second)
    assert (found.rows, found.few) == ([], False)
    households = rows.values("target").distinct().count()
    assert [(row.households, row.difference) for row in found.together] == [(households, rows.count() * 1000)]
    own = seen_by("resident", zhuxi, first, second)
    assert {c.new["to"] for c in own.rows} == {"HH-017", "HH-018"}
    assert own.together[0].households == households - 2


@pytest.mark.parametrize("role", ["", "stranger", "observer", "resident", "chair", "developer", "factory"])
def test_household_is_neither_named_nor_counted_out(role: str, signed_in, second) -> None:
    client = signed_in(role)
    texts = [client.get(where).content.decode() for where in (PAGE, f"{API}changes/", f"{API}effects/")]
    assert [mark for mark in ("HH-150", "东街150户", "+0.01") for text in texts if mark in text] == []
    assert "fewer than five other households" in texts[0]


def test_household_that_gets_a_parcel_is_not_named(signed_in, second) -> None:
    from accounts.models import Party

    household = Party.objects.get(realm="ZX-03-2026", code="HH-150")
    second.dispositions.filter(pk=second.dispositions.order_by("pk")[0].pk).update(recipient=household)
    for role, named in (("developer", False), ("resident", False), ("finance", True), ("auditor", True)):
        client = signed_in(role)
        pages = client.get(PAGE).content.decode() + client.get(f"{API}changes/").content.decode()
        assert ("HH-150" in pages or "东街150户" in pages) is named


def test_page_says_who_gains_and_what_stands_otherwise(signed_in, second) -> None:
    page = signed_in("developer").get(PAGE).content.decode()
    assert "What changes: A.1 → A.2" in page
    # 50,000 yuan of year 2 at 5 per cent are 45,351.47 today.
    assert re.search(r'江城置业</span></th>(?:(?!</tr>).)*title="45,351.47 yuan">4.54 万元 more', page, re.S)
    assert "<ins>A second thought</ins>" in page


def test_without_a_choice_the_one_before_is_compared(signed_in, second) -> None:
    context = signed_in("developer").get(PAGE).context
    assert (str(context["base"]), str(context["target"])) == ("A.1", "A.2")


def test_counter_proposal_is_compared_with_what_it_answers(signed_in, zhuxi) -> None:
    context = signed_in("").get(f"{ROOM}packages/C/1/changes/").context
    assert (str(context["base"]), str(context["target"])) == ("B.1", "C.1")


def test_first_revision_of_its_own_asks_what_to_compare_with(signed_in, zhuxi) -> None:
    answer = signed_in("").get(f"{ROOM}packages/A/1/changes/")
    assert answer.context["base"] is None
    assert "Choose what to compare it with." in answer.content.decode()


@pytest.mark.parametrize("name", ["A", "A.", ".1", "A.0", "A.x", "A.²", "Z.1", "A.99", "A.999999999999999999999"])
def test_revision_that_is_not_there_is_not_found(name: str, signed_in, zhuxi) -> None:
    assert signed_in("planner").get(f"{ROOM}packages/A/1/changes/", {"with": name}).status_code == 404


def test_same_revision_changes_nothing(signed_in, zhuxi) -> None:
    page = signed_in("planner").get(f"{ROOM}packages/A/1/changes/?with=A.1").content.decode()
    assert "Nothing changes: the two say the same." in page


def test_without_a_card_the_terms_are_compared_all_the_same(signed_in, mandate, zhuxi) -> None:
    revised(mandate("developer"), zhuxi, shift_to_neighbour)
    page = signed_in("planner").get(PAGE).content.decode()
    assert "one is not computed yet" in page and "A.1 → A.2" in page


def test_api_gives_the_changes_page_by_page(signed_in, zhuxi) -> None:
    client, rows = signed_in("planner"), []
    address = f"/api/v1{ROOM}packages/B/revisions/1/changes/?with=A.1&size=100"
    while address:
        body = client.get(address).json()
        rows += body["results"]
        address = body["next"]
    assert (body["base"], body["target"], body["few"]) == ("A.1", "B.1", False)
    assert body["count"] == len(rows) == len({row["id"] for row in rows}) > 100


def test_api_says_who_gains(signed_in, second) -> None:
    body = signed_in("developer").get(f"{API}effects/").json()
    market = next(row for row in body["sides"] if row["side"] == "market")
    assert market["difference"] == pytest.approx(45_351.47, abs=0.01)
    assert body["computed"] is True
    assert signed_in("").get(f"/api/v1{ROOM}packages/A/revisions/1/effects/").status_code == 422


def test_statements_stay_the_same_however_many_rows(signed_in, second) -> None:
    client = signed_in("finance")

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(PAGE).status_code == 200
        return len(captured)

    allocation = second.allocations.first()
    Allocation.objects.create(revision=second, party=allocation.party, item=allocation.item, quantity=1, year=1)
    client.get(PAGE)
    before = statements()
    Allocation.objects.bulk_create(
        Allocation(revision=second, party=allocation.party, item=allocation.item, quantity=n + 1, year=2)
        for n in range(500)
    )
    Flow.objects.bulk_create(
        Flow(revision=second, source="outside", target="project", category="tax", stage="build", year=1, yuan=n + 1)
        for n in range(500)
    )
    assert statements() == before
