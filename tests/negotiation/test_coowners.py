"""Co-owners: one seat; any of them votes, or the one they have named, or all together."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Mandate
from accounts.refusals import Invalid, NotAllowed, WrongPhase
from audit.models import Entry
from negotiation import coowners, mandates, papers, proxies, receipts, rollcalls, voting
from negotiation.electoral import Change
from negotiation.models import Ballot
from negotiation.rollcalls import Answer
from notifications.models import Telling
from tests.negotiation.papers import begun, entered
from tests.negotiation.rolls import co_owner, opened, settled
from tests.negotiation.test_voting_concurrency import in_thread

HOUSE = "HH-017"
ROOM = "/rooms/ZX-03-2026/"


@pytest.fixture
def planner(mandate):
    return mandate("planner")


@pytest.fixture
def resident(mandate):
    return mandate("resident", party=HOUSE)


@pytest.fixture
def brother(planner, zhuxi, cast):
    return co_owner(planner, zhuxi, cast("observer"))


def declared(how: str, **more: object) -> Change:
    return Change(HOUSE, deciding=how, document="Declaration of 3 May", **more)  # type: ignore[arg-type]


@pytest.fixture
def together(planner, zhuxi, resident, brother) -> Ballot:
    settled(planner, zhuxi, declared("all"))
    return opened(planner, zhuxi)


@pytest.fixture
def named(planner, zhuxi, resident, brother) -> Ballot:
    """The brother is the representative."""
    settled(planner, zhuxi, declared("named", named=brother.pk))
    return opened(planner, zhuxi)


def choices(ballot: Ballot) -> list[str]:
    return [row["choice"] for row in voting.vote_rows(ballot)]


def test_any_co_owner_votes_and_the_last_vote_counts(planner, zhuxi, resident, brother) -> None:
    ballot = opened(planner, zhuxi)
    voting.cast(resident, ballot, "no")
    voting.cast(brother, ballot, "yes")
    assert choices(ballot) == ["yes"]


def test_only_the_named_representative_votes(named, resident, brother) -> None:
    with pytest.raises(NotAllowed) as refusal:
        voting.cast(resident, named, "no")
    assert refusal.value.code == "not_the_representative" and str(brother.user) in refusal.value.message
    voting.cast(brother, named, "yes")
    assert choices(named) == ["yes"]


def test_proposal_of_one_counts_nothing_until_all_have_said_the_same(together, resident, brother) -> None:
    coowners.say(resident, together, "yes")
    assert choices(together) == []
    coowners.say(brother, together, "no")
    assert choices(together) == []
    coowners.say(brother, together, "yes")
    assert choices(together) == ["yes"]
    data = json.loads(bytes(Entry.objects.get(action="vote.cast").body))["data"]
    assert (data["via"], len(data["together"])) == ("own", 2)


def test_nobody_of_those_who_decide_together_votes_alone(together, resident) -> None:
    with pytest.raises(NotAllowed) as refusal:
        voting.cast(resident, together, "yes")
    assert (refusal.value.code, together.votes.count()) == ("co_owners_together", 0)


def test_agreed_vote_stands_until_all_agree_on_another(together, resident, brother) -> None:
    for mandate in (resident, brother):
        coowners.say(mandate, together, "yes")
    coowners.say(resident, together, "no")
    assert choices(together) == ["yes"]
    coowners.say(brother, together, "no")
    assert choices(together) == ["no"]


def test_saying_the_same_twice_is_said_once(together, resident, brother) -> None:
    for mandate in (resident, resident, brother, brother, resident):
        coowners.say(mandate, together, "yes")
    assert Entry.objects.filter(action="seat.say").count() == 2
    assert together.votes.count() == Entry.objects.filter(action="vote.cast").count() == 1


def test_the_others_are_told_to_agree_or_not(together, resident, brother) -> None:
    coowners.say(resident, together, "yes")
    coowners.say(brother, together, "yes")
    assert [row.audience for row in Telling.objects.filter(topic="seat.said")] == [{"parties": {HOUSE: ""}}]


def test_co_owner_whose_mandate_has_ended_is_not_waited_for(together, resident, brother, planner, zhuxi) -> None:
    coowners.say(resident, together, "yes")
    mandates.revoke_mandate(planner, zhuxi, brother, "Sold the share")
    coowners.say(resident, together, "yes")
    assert choices(together) == ["yes"]


def test_who_came_after_the_opening_has_no_say(together, planner, zhuxi, cast) -> None:
    with pytest.raises(NotAllowed) as refusal:
        coowners.say(co_owner(planner, zhuxi, cast("stranger")), together, "yes")
    assert refusal.value.code == "not_a_co_owner"


def test_seats_of_others_are_voted_as_ever(together, mandate) -> None:
    voting.cast(mandate("neighbour"), together, "yes")
    with pytest.raises(NotAllowed):
        coowners.say(mandate("neighbour"), together, "yes")


def test_choice_must_fit_and_the_ballot_be_open(together, resident) -> None:
    with pytest.raises(Invalid):
        coowners.say(resident, together, "accept")
    Ballot.objects.filter(pk=together.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(WrongPhase):
        coowners.say(resident, together, "yes")


def test_agreed_vote_has_a_receipt(together, resident, brother) -> None:
    for mandate in (resident, brother):
        coowners.say(mandate, together, "yes")
    assert receipts.find_entry(receipts.find_vote(resident, together)).party == HOUSE


def test_proxy_of_co_owners_is_not_named_by_one_of_them(planner, zhuxi, resident, brother) -> None:
    settled(planner, zhuxi, declared("named", named=brother.pk))
    later = timezone.now() + timedelta(days=1)
    with pytest.raises(NotAllowed):
        proxies.name_proxy(resident, zhuxi, "factory", until=later)
    assert proxies.name_proxy(brother, zhuxi, "factory", until=later).state == "asked"


def test_proxy_with_a_mandate_votes_for_all_of_them(together, planner, zhuxi, cast, resident) -> None:
    proxy = mandates.grant_mandate(planner, zhuxi, cast("chair"), resident.party, "proxy", document="Signed by both")
    assert voting.cast(proxy, together, "no").via == "proxy"


def test_paper_counts_as_signed_by_all(together, planner, mandate) -> None:
    entry = entered(planner, together, HOUSE)
    papers.confirm_paper(mandate("finance"), entry, "yes")
    assert choices(together) == ["yes"]


@pytest.mark.parametrize("how", ["all", "named"])
def test_one_of_them_does_not_answer_a_roll_call(planner, zhuxi, resident, brother, how: str) -> None:
    settled(planner, zhuxi, declared(how, named=brother.pk))
    ballot, meeting = opened(planner, zhuxi), begun(planner, zhuxi)
    with pytest.raises(Invalid) as refusal:
        rollcalls.take_roll_call(planner, ballot, meeting, [Answer(HOUSE, resident.pk, "yes")])
    assert set(refusal.value.fields) == {HOUSE}


def test_page_of_the_ballot_says_who_has_said_what_and_takes_the_choice(together, signed_in, brother) -> None:
    client = signed_in("resident")
    address = f"{ROOM}ballots/{together.pk}/"
    client.post(f"{ROOM}mandate/", {"mandate": Mandate.objects.get(user__username="resident", party__code=HOUSE).pk})
    assert b"once all co-owners have said the same" in client.get(f"{address}vote/?choice=yes").content
    assert client.post(f"{address}vote/", {"choice": "yes"}).status_code == 302
    rows = client.get(address).context["owners"]
    assert [(row.own, row.choice) for row in rows] == [(True, "yes"), (False, "")]
    coowners.say(brother, together, "yes")
    assert client.get(address).context["my_vote"].choice == "yes"


def test_what_they_said_is_nobody_elses(together, signed_in, resident, brother) -> None:
    coowners.say(resident, together, "yes")
    for who in ("planner", "auditor", "neighbour", "developer", ""):
        assert not signed_in(who).get(f"{ROOM}ballots/{together.pk}/").context.get("owners")
    assert b'"choice":"yes"' not in bytes(Entry.objects.get(action="seat.say").body)


def test_page_of_the_ballot_names_the_representative(named, signed_in) -> None:
    client = signed_in("resident")
    client.post(f"{ROOM}mandate/", {"mandate": Mandate.objects.get(user__username="resident", party__code=HOUSE).pk})
    context = client.get(f"{ROOM}ballots/{named.pk}/").context
    assert (context["representative"].user.username, context["may_vote"]) == ("observer", False)


def test_co_owners_agree_by_api(together, signed_in, resident, brother) -> None:
    address = f"/api/v1{ROOM}ballots/{together.pk}/co-owners/"
    headers = {"HTTP_TONGCHOU_MANDATE": str(resident.pk)}
    client = signed_in("resident")
    alone = client.post(f"{address[:-10]}votes/", {"choice": "yes"}, content_type="application/json", **headers)
    assert (alone.status_code, alone.json()["code"]) == (403, "co_owners_together")
    sent = client.post(address, {"choice": "yes"}, content_type="application/json", **headers)
    assert (sent.status_code, sent.json()["choice"]) == (201, "yes")
    assert [row["choice"] for row in client.get(address, **headers).json()] == ["yes", ""]


def confirming(ballot: Ballot) -> Callable[[Mandate], str]:
    def confirm(mandate: Mandate) -> str:
        try:
            return str(coowners.say(mandate, ballot, "yes").choice)
        except WrongPhase as refusal:
            return str(refusal.code)

    return confirm


@pytest.fixture
def shared(transactional_db, planner, zhuxi, cast) -> tuple[Ballot, list[Mandate]]:
    """Two co-owners who decide together, committed."""
    with transaction.atomic():
        brother = co_owner(planner, zhuxi, cast("observer"))
        settled(planner, zhuxi, declared("all"))
    resident = Mandate.objects.select_related("user", "party").get(user__username="resident", party__code=HOUSE)
    return opened(planner, zhuxi), [resident, brother]


@pytest.mark.django_db(transaction=True)
def test_two_who_agree_at_once_cast_one_vote(shared) -> None:
    ballot, owners = shared
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(in_thread(confirming(ballot)), owners)) == ["yes", "yes"]
    assert ballot.votes.count() == Entry.objects.filter(action="vote.cast").count() == 1


@pytest.mark.django_db(transaction=True)
def test_last_word_against_the_close_is_a_vote_before_it_or_none(shared) -> None:
    ballot, owners = shared
    coowners.say(owners[0], ballot, "yes")
    Ballot.objects.filter(pk=ballot.pk).update(closes_at=timezone.now() + timedelta(milliseconds=120))
    ballot.refresh_from_db()

    def close(_owner: object) -> str:
        while not voting.close_if_due(ballot):
            pass
        return "closed"

    with ThreadPoolExecutor(4) as pool:
        closing = pool.submit(in_thread(close), None)
        said = [pool.submit(in_thread(confirming(ballot)), owners[1]) for _time in range(3)]
        assert closing.result() == "closed"
        ends = {row.result() for row in said}
    assert ends <= {"yes", "ballot_closed"}
    assert ballot.votes.count() == (1 if "yes" in ends else 0)
    assert all(vote.cast_at < ballot.closes_at for vote in ballot.votes.all())
