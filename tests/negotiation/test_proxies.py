"""Proxies: named by the principal, valid once the convener accepts, at most so many for one person, revoked at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid, NotAllowed, WrongPhase
from audit.models import Entry
from negotiation import mandates, proxies, voting
from negotiation.models import Ballot, ProxyNaming
from negotiation.proxies import accept_proxy, name_proxy, revoke_proxy
from tests.negotiation.papers import opened
from tests.negotiation.test_paper_pages import statements
from tests.negotiation.test_voting_concurrency import in_thread

ROOM = "/rooms/ZX-03-2026/"


@pytest.fixture
def planner(mandate):
    return mandate("planner")


@pytest.fixture
def resident(mandate):
    return mandate("resident", party="HH-017")


def named(principal: Mandate, room, who: str = "factory") -> ProxyNaming:
    return name_proxy(principal, room, who, until=timezone.now() + timedelta(days=3))


def test_named_proxy_has_no_right_before_the_convener_accepts(resident, zhuxi, cast) -> None:
    assert named(resident, zhuxi).state == "asked"
    assert not Mandate.objects.filter(user=cast("factory"), party=resident.party).exists()


def test_accepted_proxy_votes_and_the_principal_wins(resident, planner, zhuxi) -> None:
    ballot = opened(planner, zhuxi)
    naming = accept_proxy(planner, name_proxy(resident, zhuxi, "factory", ballot=ballot))
    vote = voting.cast(naming.mandate, ballot, "yes")
    assert (vote.via, vote.seat.party.code) == ("proxy", "HH-017")
    voting.cast(resident, ballot, "no")
    assert voting.effective_vote(ballot, [vote.seat_id]).choice == "no"


def test_proxy_for_one_ballot_ends_with_it(resident, planner, zhuxi) -> None:
    ballot = opened(planner, zhuxi)
    naming = accept_proxy(planner, name_proxy(resident, zhuxi, "factory", ballot=ballot))
    assert (naming.mandate.kind, naming.mandate.valid_to) == ("proxy", ballot.closes_at)


def test_naming_accepting_and_the_mandate_are_in_the_log_without_a_name(resident, planner, zhuxi) -> None:
    accept_proxy(planner, named(resident, zhuxi))
    rows = Entry.objects.filter(action__in=["proxy.name", "mandate.grant", "proxy.accept"]).order_by("-time", "-id")[:3]
    assert [(row.action, row.party) for row in rows] == [
        ("proxy.accept", "GOV-NR"),
        ("mandate.grant", "GOV-NR"),
        ("proxy.name", "HH-017"),
    ]
    assert b"factory" not in b"".join(bytes(row.body) for row in rows)


def test_proxy_is_for_one_ballot_or_until_a_time(resident, planner, zhuxi) -> None:
    ballot, later = opened(planner, zhuxi), timezone.now() + timedelta(1)
    for limits in ({}, {"ballot": ballot, "until": later}, {"until": timezone.now()}):
        with pytest.raises(Invalid) as refusal:
            name_proxy(resident, zhuxi, "factory", **limits)
        assert set(refusal.value.fields) == {"valid_to"}
    Ballot.objects.filter(pk=ballot.pk).update(state="closed")
    with pytest.raises(WrongPhase):
        name_proxy(resident, zhuxi, "factory", ballot=Ballot.objects.get(pk=ballot.pk))


def test_only_the_principal_names_and_revokes(mandate, zhuxi, planner) -> None:
    proxy = mandate("resident", party="HH-018")
    with pytest.raises(NotAllowed) as refusal:
        named(proxy, zhuxi)
    assert refusal.value.code == "not_the_principal"
    with pytest.raises(NotAllowed):
        revoke_proxy(proxy, zhuxi, proxy)
    with pytest.raises(NotAllowed) as refusal:
        revoke_proxy(mandate("resident", party="HH-017"), zhuxi, proxy)
    assert refusal.value.code == "not_your_proxy"


def test_nobody_is_their_own_proxy_and_one_waits_at_a_time(resident, zhuxi) -> None:
    with pytest.raises(Invalid):
        named(resident, zhuxi, "resident")
    named(resident, zhuxi)
    with pytest.raises(Conflict):
        named(resident, zhuxi, "chair")


def test_naming_does_not_tell_who_has_an_account_but_accepting_does(resident, planner, zhuxi) -> None:
    naming = named(resident, zhuxi, "nobody-at-all")
    with pytest.raises(Invalid) as refusal:
        accept_proxy(planner, naming)
    assert set(refusal.value.fields) == {"username"}


def test_one_person_is_the_proxy_of_two_principals_at_the_most(resident, mandate, planner, zhuxi, cast) -> None:
    """The resident has the neighbour's; of two more one is accepted."""
    factory = mandate("factory")
    accept_proxy(planner, named(factory, zhuxi, "resident"))
    naming = named(mandate("developer"), zhuxi, "resident")
    with pytest.raises(Invalid) as refusal:
        accept_proxy(planner, naming)
    assert refusal.value.code == "too_many_principals"
    with pytest.raises(Invalid):
        mandates.grant_mandate(planner, zhuxi, cast("resident"), naming.party, "proxy", document="Paper 7")
    proxies.set_proxy_limit(planner, zhuxi, 3)
    assert accept_proxy(planner, naming).state == "accepted"


def test_ended_proxies_do_not_count(mandate, planner, zhuxi) -> None:
    proxies.set_proxy_limit(planner, zhuxi, 1)
    naming = named(mandate("developer"), zhuxi, "resident")
    revoke_proxy(mandate("neighbour"), zhuxi, mandate("resident", party="HH-018"))
    assert accept_proxy(planner, naming).state == "accepted"


@pytest.mark.parametrize("most", [-1, 21])
def test_limit_has_bounds(planner, zhuxi, most: int) -> None:
    with pytest.raises(Invalid):
        proxies.set_proxy_limit(planner, zhuxi, most)


def test_convener_who_is_the_proxy_or_the_principal_does_not_accept(resident, planner, zhuxi) -> None:
    for naming in (named(resident, zhuxi, "planner"), named(planner, zhuxi, "chair")):
        with pytest.raises(NotAllowed) as refusal:
            accept_proxy(planner, naming)
        assert refusal.value.code == "same_person"


def test_proxy_of_one_whose_mandate_has_ended_is_not_accepted(resident, planner, zhuxi) -> None:
    naming = named(resident, zhuxi)
    Mandate.objects.filter(pk=resident.pk).update(revoked_at=timezone.now())
    with pytest.raises(Conflict):
        accept_proxy(planner, naming)


def test_refused_or_withdrawn_naming_can_not_be_accepted(resident, planner, zhuxi) -> None:
    refused = proxies.refuse_proxy(planner, named(resident, zhuxi), "No signature on the paper")
    withdrawn = proxies.withdraw_proxy(resident, named(resident, zhuxi))
    assert (refused.state, refused.ended_reason, withdrawn.state) == (
        "refused",
        "No signature on the paper",
        "withdrawn",
    )
    for naming in (refused, withdrawn):
        with pytest.raises(Conflict):
            accept_proxy(planner, naming)


def test_revoked_proxy_votes_no_more_and_what_it_voted_stays(mandate, planner, zhuxi) -> None:
    ballot, proxy = opened(planner, zhuxi), mandate("resident", party="HH-018")
    voting.cast(proxy, ballot, "yes")
    revoke_proxy(mandate("neighbour"), zhuxi, proxy)
    proxy.refresh_from_db()
    with pytest.raises(NotAllowed):
        voting.cast(proxy, ballot, "no")
    assert [row["choice"] for row in voting.vote_rows(ballot)] == ["yes"]
    assert Entry.objects.filter(action="mandate.revoke", party="HH-018").count() == 1


def test_principal_revokes_proxies_only(mandate, zhuxi) -> None:
    with pytest.raises(Invalid):
        revoke_proxy(mandate("neighbour"), zhuxi, mandate("neighbour"))


def test_principal_names_and_revokes_on_the_page(signed_in, zhuxi, cast) -> None:
    neighbour = signed_in("neighbour")
    body = {"username": "chair", "valid_to": (timezone.localtime() + timedelta(1)).strftime("%Y-%m-%dT%H:%M")}
    assert neighbour.post(f"{ROOM}proxies/", body).status_code == 302
    naming = ProxyNaming.objects.get()
    assert signed_in("planner").post(f"{ROOM}proxies/{naming.pk}/", {"act": "accept"}).status_code == 302
    made = Mandate.objects.get(user=cast("chair"), party__code="HH-018")
    assert [row.pk for row in neighbour.get(f"{ROOM}proxies/").context["proxies"]][:1] == [made.pk]
    assert neighbour.post(f"{ROOM}proxies/revoke/{made.pk}/").status_code == 302
    made.refresh_from_db()
    assert not made.holds


def test_others_namings_are_not_shown(signed_in, resident, zhuxi) -> None:
    naming = named(resident, zhuxi)
    seen = {who: signed_in(who).get(f"/api/v1{ROOM}proxies/").json()["results"] for who in ("planner", "factory")}
    assert ([row["id"] for row in seen["planner"]], seen["factory"]) == ([naming.pk], [])


def test_list_takes_the_same_statements_for_one_row_and_for_three(signed_in, resident, mandate, zhuxi) -> None:
    client, addresses = signed_in("planner"), [f"{ROOM}proxies/", f"/api/v1{ROOM}proxies/"]
    named(resident, zhuxi)
    client.get(ROOM)
    one = [statements(client, address) for address in addresses]
    for who in ("neighbour", "developer"):
        named(mandate(who), zhuxi)
    assert [statements(client, address) for address in addresses] == one
    assert one == [11, 7]


@pytest.mark.django_db(transaction=True)
def test_two_acceptances_at_once_do_not_pass_the_limit(transactional_db, mandate, zhuxi) -> None:
    planner = mandate("planner")
    with transaction.atomic():
        proxies.set_proxy_limit(planner, zhuxi, 1)
    waiting = [named(mandate(who), zhuxi, "chair") for who in ("developer", "factory")]

    def accept(naming: ProxyNaming) -> str:
        try:
            return str(accept_proxy(planner, naming).state)
        except Invalid as refusal:
            return str(refusal.code)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(in_thread(accept), waiting)) == ["accepted", "too_many_principals"]
