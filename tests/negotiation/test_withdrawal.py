"""A package taken off the table: by whom, when, what follows, and how it comes back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.refusals import Conflict, Invalid, NotAllowed, WrongPhase
from audit.models import Entry
from negotiation import comparisons, mediation, packages, scorecards, voting
from negotiation.casedump import dump_case
from negotiation.casefile import check_case
from negotiation.models import Ballot, Package, Room, Withdrawal
from negotiation.queries.packages import latest, on_the_table, package_titles
from negotiation.terms import package_document

ROOM = "/rooms/ZX-03-2026/"
REASON = "The bank no longer pays the first instalment of 8,123 yuan."


def package(room: Room, code: str = "A") -> Package:
    return Package.objects.select_related("room", "proposer", "latest__package__room").get(room=room, code=code)


def codes(room: Room) -> list[str]:
    return [row.package.code for row in latest(room)]


def test_withdrawn_package_leaves_every_list(mandate, zhuxi) -> None:
    packages.withdraw_package(mandate("developer"), package(zhuxi), REASON)
    assert codes(zhuxi) == ["B", "C"]
    assert [row.revision.package.code for row in on_the_table(zhuxi, only=["A", "B"])] == ["B"]
    assert [code for code, _title in package_titles(zhuxi)] == ["B", "C"]
    assert list(comparisons.read_table(zhuxi).packages) == ["B", "C"]


def test_comparison_is_computed_anew_without_it(mandate, zhuxi) -> None:
    packages.withdraw_package(mandate("developer"), package(zhuxi), REASON)
    assert comparisons.found_comparison(zhuxi, comparisons.read_table(zhuxi)) is None
    assert comparisons.under_way(zhuxi).state == "pending"
    assert comparisons.compute_comparison(zhuxi).packages == {"B": 1, "C": 1}


def test_last_package_withdrawn_leaves_nothing_to_compare(mandate, hekou) -> None:
    for person, code in (("planner", "A"), ("planner", "B")):
        Package.objects.filter(room=hekou, code=code).update(proposer=mandate(person, "HK-2026").party)
        packages.withdraw_package(mandate(person, "HK-2026"), package(hekou, code), REASON)
    assert comparisons.compute_comparison(hekou) is None
    assert comparisons.under_way(hekou) is None


def test_dumped_case_leaves_it_out_with_what_answers_it(mandate, zhuxi) -> None:
    whole = dump_case(zhuxi)
    assert [row.get("counters") for row in whole["packages"]] == [None, None, "B"]
    packages.withdraw_package(mandate("planner"), package(zhuxi, "B"), REASON)
    document = dump_case(zhuxi)
    assert [(row["code"], row.get("counters")) for row in document["packages"]] == [("A", None), ("C", None)]
    assert not check_case(document).faults


def test_new_revision_puts_it_back(mandate, zhuxi) -> None:
    developer = mandate("developer")
    packages.withdraw_package(developer, package(zhuxi), REASON)
    draft = packages.revise_package(developer, package(zhuxi))
    revision = packages.submit_package(developer, draft, draft.version)
    assert (codes(zhuxi), revision.number) == (["A", "B", "C"], 2)
    assert Withdrawal.objects.get().revision.number == 1
    packages.withdraw_package(developer, package(zhuxi), "Once more")
    assert codes(zhuxi) == ["B", "C"]


def test_reason_is_in_the_log_only_as_a_commitment(mandate, zhuxi) -> None:
    packages.withdraw_package(mandate("developer"), package(zhuxi), f"  {REASON} ")
    body = bytes(Entry.objects.get(action="package.withdraw").body).decode()
    assert "8,123" not in body and '"revision":1' in body
    assert Withdrawal.objects.get().reason == REASON


@pytest.mark.parametrize("name", ["planner", "finance", "factory", "chair", "resident"])
def test_only_its_proposer_withdraws_it(name: str, mandate, zhuxi) -> None:
    with pytest.raises(NotAllowed) as refusal:
        packages.withdraw_package(mandate(name), package(zhuxi), REASON)
    assert refusal.value.code == "not_your_package"


@pytest.mark.parametrize("name", ["auditor", "observer"])
def test_those_who_look_on_do_not_withdraw(name: str, mandate, zhuxi) -> None:
    with pytest.raises(NotAllowed):
        packages.withdraw_package(mandate(name), package(zhuxi), REASON)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2001, "a\x00b"])
def test_reason_is_asked_for(reason: str, mandate, zhuxi) -> None:
    with pytest.raises(Invalid) as refusal:
        packages.withdraw_package(mandate("developer"), package(zhuxi), reason)
    assert set(refusal.value.fields) == {"reason"}
    assert codes(zhuxi) == ["A", "B", "C"]


def test_it_is_withdrawn_once(mandate, zhuxi) -> None:
    packages.withdraw_package(mandate("developer"), package(zhuxi), REASON)
    with pytest.raises(WrongPhase) as refusal:
        packages.withdraw_package(mandate("developer"), package(zhuxi), REASON)
    assert refusal.value.code == "withdrawn"


def test_draft_that_was_never_submitted_can_not_be_withdrawn(mandate, zhuxi) -> None:
    draft = packages.start_package(mandate("developer"), zhuxi)
    with pytest.raises(WrongPhase) as refusal:
        packages.withdraw_package(mandate("developer"), draft.package, REASON)
    assert refusal.value.code == "not_on_table"


@pytest.mark.parametrize("phase", ["vote", "decided"])
def test_nothing_is_withdrawn_after_negotiation(phase: str, mandate, zhuxi) -> None:
    Room.objects.filter(pk=zhuxi.pk).update(phase=phase)
    with pytest.raises(WrongPhase):
        packages.withdraw_package(mandate("developer"), package(zhuxi), REASON)


def test_package_being_voted_on_is_not_withdrawn(mandate, zhuxi) -> None:
    found = package(zhuxi, "B")
    voting.open_ballot(mandate("planner"), latest(zhuxi).get(package__code="B"), timezone.now() + timedelta(1))
    Room.objects.filter(pk=zhuxi.pk).update(phase="negotiation")
    with pytest.raises(WrongPhase) as refusal:
        packages.withdraw_package(mandate("planner"), package(zhuxi, found.code), REASON)
    assert refusal.value.code == "under_ballot"


def test_nothing_is_begun_on_a_withdrawn_package(mandate, zhuxi) -> None:
    planner, revision = mandate("planner"), latest(zhuxi).get(package__code="B")
    packages.withdraw_package(planner, package(zhuxi, "B"), REASON)
    for act in (
        lambda: voting.open_ballot(planner, revision, timezone.now() + timedelta(1)),
        lambda: voting.publish_notice(planner, revision, timezone.localdate(), "Town hall"),
        lambda: mediation.ask_mediator(planner, revision, "improve"),
        lambda: packages.start_package(mandate("developer"), zhuxi, source=revision, counter=True),
    ):
        with pytest.raises(WrongPhase) as refusal:
            act()
        assert refusal.value.code == "withdrawn"


def test_copy_of_a_withdrawn_package_may_be_drafted(mandate, zhuxi) -> None:
    revision = latest(zhuxi).get(package__code="B")
    packages.withdraw_package(mandate("planner"), package(zhuxi, "B"), REASON)
    draft = packages.start_package(mandate("developer"), zhuxi, source=revision)
    assert draft.document["flows"] == package_document(revision)["flows"]


def test_scoring_that_was_under_way_ends(mandate, zhuxi) -> None:
    developer = mandate("developer")
    draft = packages.start_package(developer, zhuxi, source=latest(zhuxi).get(package__code="B"))
    revision = packages.submit_package(developer, draft, draft.version)
    packages.withdraw_package(developer, revision.package, REASON)
    assert scorecards.compute_card(revision).state == "done"
    assert codes(zhuxi) == ["A", "B", "C"]


@pytest.mark.django_db(transaction=True)
def test_withdrawal_and_opening_at_once_exclude_each_other(mandate, zhuxi) -> None:
    planner, found = mandate("planner"), package(zhuxi, "B")
    revision = latest(zhuxi).get(package__code="B")
    acts = (
        lambda: packages.withdraw_package(planner, found, REASON),
        lambda: voting.open_ballot(planner, revision, timezone.now() + timedelta(1)),
        lambda: packages.withdraw_package(planner, found, REASON),
    )

    def attempt(act) -> str:
        try:
            act()
        except (WrongPhase, Conflict) as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(3) as pool:
        outcomes = list(pool.map(attempt, acts))
    assert outcomes.count("done") == 1
    assert Withdrawal.objects.count() + Ballot.objects.count() == 1


def test_page_asks_to_confirm_and_shows_the_reason_to_all(signed_in, zhuxi) -> None:
    client = signed_in("developer")
    assert "Take it off the table" in client.get(f"{ROOM}packages/A/").content.decode()
    path = f"{ROOM}packages/A/withdraw/"
    assert "Take package A off the table?" in client.get(path).content.decode()
    faulty = client.post(path, {"reason": " "})
    assert (faulty.status_code, set(faulty.context["form"].errors)) == (422, {"reason"})
    assert client.post(path, {"reason": REASON}).url == f"{ROOM}packages/A/"
    for role in ("developer", "", "resident", "planner"):
        page = signed_in(role).get(f"{ROOM}packages/A/").content.decode()
        assert "This package was withdrawn" in page and REASON in page
        assert "Take it off the table" not in page and "Open the vote" not in page
    assert "A · " not in signed_in("").get(f"{ROOM}compare/?p=A&p=B").content.decode()


def test_withdrawal_by_api(signed_in, zhuxi) -> None:
    where = f"/api/v1{ROOM}packages/A/"
    body = {"data": '{"reason": "No money."}', "content_type": "application/json"}
    answer = signed_in("developer").post(f"{where}withdrawal/", **body)
    assert (answer.status_code, answer.json()["withdrawn"]["reason"]) == (201, "No money.")
    assert signed_in("developer").post(f"{where}withdrawal/", **body).json()["code"] == "withdrawn"
    rows = signed_in("").get(f"/api/v1{ROOM}packages/").json()["results"]
    assert {row["package"]: row["withdrawn"] for row in rows} == {"B": None, "C": None}
    assert signed_in("").get(where).json()["withdrawn"]["reason"] == "No money."
