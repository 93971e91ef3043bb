"""The mediator at the table: asked, stopped, answered, adopted; what is private stays so."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Mandate
from accounts.refusals import Invalid, NotAllowed, WrongPhase
from audit.models import Entry
from negotiation import mediation, packages, scorecards, voting
from negotiation.models import DueDate, Mediation, Revision, Room, Valuation
from negotiation.queries.packages import latest
from negotiation.terms import package_document

ROOM = "/rooms/ZX-03-2026/"


def asked(mandate: Mandate, room: Room, mode: str = "improve") -> Mediation:
    """A question about package B, answered."""
    found = mediation.ask_mediator(mandate, latest(room).get(package__code="B"), mode)
    return mediation.compute_mediation(found)


@pytest.fixture
def developer(mandate):
    return mandate("developer")


@pytest.mark.parametrize("mode", ["improve", "fair", "nash"])
def test_demo_package_is_answered_in_every_mode(mode: str, developer, zhuxi) -> None:
    found = asked(developer, zhuxi, mode)
    assert (found.state, found.error) == ("done", "")
    assert (found.result["mode"], found.result["format"]) == (mode, "tongchou-suggestion/1")


def test_suggestion_is_adopted_as_ones_own_counter_proposal(developer, zhuxi) -> None:
    found = asked(developer, zhuxi, "fair")
    draft = mediation.adopt_suggestion(developer, found)
    assert (draft.package.proposer.code, draft.document["counters"]) == ("MKT-DEV", "B")
    revision = packages.submit_package(developer, draft, draft.version)
    card = scorecards.compute_card(revision).card
    assert card["gates"]["passed"]
    after = found.result["gains"]["after"]
    assert {code: card["fairness"]["gains"][code] for code in after} == pytest.approx(after, abs=0.011)


def test_adopted_suggestion_keeps_the_due_dates_of_its_package(developer, zhuxi) -> None:
    revision = latest(zhuxi).get(package__code="B")
    row = revision.flows.order_by("pk")[2].pk
    DueDate.objects.create(revision=revision, kind="flows", place=2, row=row, on=date(2030, 1, 31))
    draft = mediation.adopt_suggestion(developer, asked(developer, zhuxi, "fair"))
    assert draft.document["due"] == {"/flows/2": "2030-01-31"}


def test_package_without_negotiable_terms_is_not_asked_about(developer, zhuxi) -> None:
    revision = latest(zhuxi).get(package__code="B")
    Revision.objects.filter(pk=revision.pk).update(negotiable=None)
    with pytest.raises(WrongPhase) as refusal:
        mediation.ask_mediator(developer, latest(zhuxi).get(package__code="B"), "improve")
    assert refusal.value.code == "nothing_negotiable"


def test_unknown_question_is_refused(developer, zhuxi) -> None:
    with pytest.raises(Invalid):
        mediation.ask_mediator(developer, latest(zhuxi).get(package__code="B"), "best")


def test_nobody_asks_while_a_vote_is_open(developer, mandate, zhuxi) -> None:
    revision = latest(zhuxi).get(package__code="B")
    voting.open_ballot(mandate("planner"), revision, timezone.now() + timedelta(days=1))
    with pytest.raises(WrongPhase):
        mediation.ask_mediator(developer, latest(zhuxi).get(package__code="B"), "improve")


def test_party_asks_so_often_a_day_and_not_more(developer, mandate, zhuxi) -> None:
    revision = latest(zhuxi).get(package__code="B")
    for _time in range(mediation.RUNS):
        mediation.ask_mediator(developer, revision, "improve")
    with pytest.raises(WrongPhase) as refusal:
        mediation.ask_mediator(developer, revision, "improve")
    assert refusal.value.code == "asked_often"
    assert mediation.ask_mediator(mandate("factory"), revision, "improve")


def test_stopped_run_keeps_no_answer(developer, zhuxi) -> None:
    found = mediation.ask_mediator(developer, latest(zhuxi).get(package__code="B"), "improve")
    mediation.cancel_mediation(developer, found)
    assert mediation.compute_mediation(found).result is None
    assert Mediation.objects.get(pk=found.pk).state == "cancelled"
    with pytest.raises(WrongPhase):
        mediation.cancel_mediation(developer, found)


def test_only_the_party_that_asked_stops_it(developer, mandate, zhuxi) -> None:
    found = mediation.ask_mediator(developer, latest(zhuxi).get(package__code="B"), "improve")
    with pytest.raises(Invalid):
        mediation.cancel_mediation(mandate("factory"), found)


def test_run_twice_is_answered_once(developer, zhuxi) -> None:
    found = asked(developer, zhuxi)
    mediation.compute_mediation(found)
    assert Entry.objects.filter(action="mediator.answer", object_id=str(found.pk)).count() == 1


def test_those_who_look_on_do_not_ask(mandate, zhuxi) -> None:
    with pytest.raises(NotAllowed):
        mediation.ask_mediator(mandate("auditor"), latest(zhuxi).get(package__code="B"), "improve")


@pytest.mark.parametrize("multiplier", ["-1", "NaN", "Infinity", "1000.1"])
def test_faulty_valuation_is_refused(multiplier: str, developer, zhuxi) -> None:
    with pytest.raises(Invalid) as refusal:
        mediation.state_valuation(developer, zhuxi, {"flat": Decimal(multiplier), "gold": Decimal(1)}, Decimal("NaN"))
    assert set(refusal.value.fields) == {"flat", "gold", "walk_away"}
    assert not Valuation.objects.exists()


def test_private_demand_is_nowhere_to_be_read(developer, mandate, signed_in, zhuxi) -> None:
    """A walk-away that nothing can reach: others read that a private demand stands in the way, not whose, not what."""
    mediation.state_valuation(mandate("factory"), zhuxi, {"loft": Decimal("1.2345")}, Decimal("987654321.12"))
    found = asked(developer, zhuxi)
    assert found.result["status"] == "infeasible"
    assert {"code": "private"} in found.result["conflict"]
    texts = [json.dumps(found.result)]
    texts += [bytes(row.body).decode() for row in Entry.objects.all()]
    for role in ("developer", "planner", "finance", "resident", "auditor", "observer", ""):
        client = signed_in(role)
        texts += [client.get(f"{ROOM}{path}").content.decode() for path in (f"mediator/{found.pk}/", "log/", "")]
        texts.append(client.get(f"/api/v1{ROOM}mediations/{found.pk}/").content.decode())
    for mark in ("987654321.12", "987,654,321.12", "98,765.43", "1.2345"):
        assert [text for text in texts if mark in text] == []
    assert "987654321.12" in signed_in("factory").get(f"{ROOM}mediator/private/").content.decode()
    assert "987654321.12" not in signed_in("developer").get(f"{ROOM}mediator/private/").content.decode()


def test_other_households_terms_and_gains_are_not_told(developer, mandate, signed_in, zhuxi) -> None:
    """Households' relocation money is made negotiable: each of them would change."""
    revision = latest(zhuxi).get(package__code="B")
    document = package_document(revision)
    bounds = [
        {"term": f"/flows/{place}/yuan", "min": row["yuan"], "max": str(Decimal(row["yuan"]) + 10_000)}
        for place, row in enumerate(document["flows"])
        if row["to"].startswith("HH-")
    ]
    Revision.objects.filter(pk=revision.pk).update(negotiable=bounds)
    found = asked(developer, zhuxi, "fair")
    assert found.result["status"] == "found"
    for role, sees in (("resident", {"HH-017", "HH-018"}), ("developer", set()), ("", set())):
        body = signed_in(role).get(f"/api/v1{ROOM}mediations/{found.pk}/").json()["result"]
        assert {code for code in body["gains"]["after"] if code.startswith("HH-")} == sees
        page = signed_in(role).get(f"{ROOM}mediator/{found.pk}/").content.decode()
        assert "HH-150" not in page + json.dumps(body) and "东街150户" not in page
        assert "draft" not in body and "certificate" not in body
    everyone = signed_in("planner").get(f"/api/v1{ROOM}mediations/{found.pk}/").json()["result"]
    assert "HH-150" in everyone["gains"]["after"] and len(everyone["changes"]) >= 1


def test_page_asks_and_shows_the_answer(signed_in, zhuxi) -> None:
    client = signed_in("developer")
    answer = client.post(f"{ROOM}packages/B/mediator/", {"mode": "fair"})
    found = Mediation.objects.get()
    assert answer.url == f"{ROOM}mediator/{found.pk}/"
    assert "Waiting to be computed" in client.get(answer.url).content.decode()
    mediation.compute_mediation(found)
    page = client.get(f"{answer.url}state/").content.decode()
    assert "This is the fairest that these bounds allow." in page and "Open it as our own counter-proposal" in page
