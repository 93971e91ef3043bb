"""Private threads: read by their members, and by nobody else in any way."""

import asyncio
import contextlib
import hashlib
import json

import pytest
from channels.layers import get_channel_layer
from django.test import override_settings

from accounts.refusals import Conflict, Invalid, NotAllowed, NotFound, TooMany
from audit.models import Commitment, Entry
from negotiation import caucuses
from negotiation.live.events import group, party_group
from negotiation.models import Caucus, Room
from negotiation.permissions import look
from negotiation.queries.caucuses import find_caucus, own_caucuses
from tests.negotiation.test_voting_concurrency import in_thread

ROOM = "/rooms/ZX-03-2026/"
SECRET = "We would accept eight per cent."


@pytest.fixture
def caucus(mandate, zhuxi) -> Caucus:
    """Between the resident and the factory."""
    made = caucuses.open_caucus(mandate("resident"), zhuxi, "Exchange of plots", parties=["MKT-TEX"])
    caucuses.say_in_caucus(mandate("factory"), made, SECRET)
    return made


def test_named_parties_read_it_and_nobody_else_does(caucus, mandate, zhuxi, signed_in) -> None:
    where = f"{ROOM}caucuses/{caucus.pk}/"
    for who in ("resident", "factory"):
        assert SECRET in signed_in(who).get(where).content.decode()
        assert "Exchange of plots" in signed_in(who).get(ROOM + "caucuses/").content.decode()
    for who in ("planner", "finance", "developer", "chair", "neighbour", "auditor", "observer", "stranger"):
        client = signed_in(who)
        for path in ("", "messages/", "leave/"):
            assert client.get(where + path).status_code == 404
        assert client.get(f"/api/v1{where}messages/").status_code in (403, 404)
        for path in ("caucuses/", "comments/", "log/", ""):
            text = client.get(ROOM + path).content.decode()
            assert SECRET not in text and "Exchange of plots" not in text
    assert signed_in("").get(where).status_code == 302


@pytest.mark.parametrize("who", ["planner", "developer", "auditor"])
def test_who_is_no_member_says_nothing_in_it(caucus, mandate, who: str) -> None:
    with pytest.raises((NotFound, NotAllowed)):
        caucuses.say_in_caucus(mandate(who), caucus, "Hello")


def test_side_thread_is_read_by_every_seat_of_the_side(mandate, zhuxi, signed_in) -> None:
    made = caucuses.open_caucus(mandate("developer"), zhuxi, "Among companies", own_side=True)
    caucuses.say_in_caucus(mandate("factory"), made, SECRET)
    assert SECRET in signed_in("developer").get(f"{ROOM}caucuses/{made.pk}/").content.decode()
    assert signed_in("planner").get(f"{ROOM}caucuses/{made.pk}/").status_code == 404
    with pytest.raises(Conflict):
        caucuses.leave_caucus(mandate("factory"), made)


def test_log_holds_a_commitment_that_a_member_can_prove(caucus, signed_in) -> None:
    entry = Entry.objects.get(action="caucus.say")
    body = json.loads(bytes(entry.body))
    row = signed_in("resident").get(f"/api/v1{ROOM}caucuses/{caucus.pk}/messages/").json()["results"][0]
    proof = hashlib.sha256(bytes.fromhex(row["salt"]) + row["body"].encode()).hexdigest()
    assert (body["data"]["said"], body["actor"]["party"]) == (proof, "MKT-TEX")
    kept = [bytes(row.content).decode() for row in Commitment.objects.all()]
    assert SECRET not in "".join(kept)
    logged = "".join(bytes(row.body).decode() for row in Entry.objects.filter(action__startswith="caucus."))
    assert SECRET not in logged and "Exchange of plots" not in logged and "HH-017" in logged


def test_who_left_reads_no_more(caucus, mandate, zhuxi) -> None:
    caucuses.leave_caucus(mandate("factory"), caucus)
    with pytest.raises(NotFound):
        find_caucus(look(mandate("factory").user, zhuxi.code), caucus.pk)
    with pytest.raises(NotFound):
        caucuses.leave_caucus(mandate("factory"), caucus)
    assert [row.said for row in own_caucuses(look(mandate("resident").user, zhuxi.code))] == [1]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({}, "parties"),
        ({"parties": ["HH-017"]}, "parties"),
        ({"parties": ["NOBODY"]}, "parties"),
        ({"parties": ["MKT-TEX"], "own_side": True}, "parties"),
        ({"parties": [f"HH-{n:03}" for n in range(1, 60)]}, "parties"),
        ({"parties": ["a\x00"]}, "parties"),
    ],
)
def test_thread_needs_others_with_a_seat(mandate, zhuxi, more: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        caucuses.open_caucus(mandate("resident"), zhuxi, "Name", **more)
    assert set(refusal.value.fields) == {field}


@pytest.mark.parametrize("who", ["observer", "auditor"])
def test_lookers_on_begin_none(mandate, zhuxi, who: str) -> None:
    with pytest.raises(NotAllowed):
        caucuses.open_caucus(mandate(who), zhuxi, "Name", parties=["MKT-TEX"])


@pytest.mark.parametrize("phase", ["negotiation", "vote", "decided"])
def test_private_talk_goes_on_in_every_phase(caucus, mandate, zhuxi, phase: str) -> None:
    Room.objects.filter(pk=zhuxi.pk).update(phase=phase)
    caucus.room.refresh_from_db()
    assert caucuses.say_in_caucus(mandate("resident"), caucus, "Still here")


@override_settings(COMMENTS_PER_HOUR=2)
def test_private_messages_count_to_the_hours_measure(caucus, mandate) -> None:
    caucuses.say_in_caucus(mandate("factory"), caucus, "Two")
    with pytest.raises(TooMany):
        caucuses.say_in_caucus(mandate("factory"), caucus, "Three")


def test_page_works_without_script(signed_in, zhuxi) -> None:
    client = signed_in("resident")
    form = {"name": "Neighbours", "codes": "HH-018，HH-019", "parties": ["COL-ZX"]}
    answer = client.post(ROOM + "caucuses/", form)
    made = Caucus.objects.get(name="Neighbours")
    assert answer.url == f"{ROOM}caucuses/{made.pk}/"
    assert set(caucuses.member_codes(made)) == {"HH-017", "HH-018", "HH-019", "COL-ZX"}
    assert client.post(answer.url, {"body": "Tea at four?"}).status_code == 302
    page = client.get(answer.url).content.decode()
    assert "Tea at four?" in page and "东街019户" not in page and "HH-019" in page
    assert client.post(f"{answer.url}leave/").url == ROOM + "caucuses/"


@pytest.mark.django_db(transaction=True)
def test_live_event_reaches_members_only(transactional_db, mandate, zhuxi) -> None:
    def act() -> None:
        made = caucuses.open_caucus(mandate("resident"), zhuxi, "Name", parties=["MKT-TEX"])
        caucuses.say_in_caucus(mandate("resident"), made, SECRET)

    names = {"room": group(zhuxi.code)} | {p: party_group(zhuxi.code, p) for p in ("HH-017", "MKT-TEX", "GOV-NR")}
    heard = asyncio.run(listened(names, in_thread(act)))
    told = [f"caucus:{Caucus.objects.get().pk}", "caucuses", "caucuses"]
    topics = {name: sorted(row["topic"] for row in rows) for name, rows in heard.items()}
    assert topics == {"room": [], "HH-017": told, "MKT-TEX": told, "GOV-NR": []}
    assert SECRET not in json.dumps(heard)


async def listened(groups: dict[str, str], act) -> dict[str, list[dict[str, object]]]:
    """What each group of listeners heard of an act."""
    layer, ears = get_channel_layer(), {}
    for name, where in groups.items():
        ears[name] = await layer.new_channel()
        await layer.group_add(where, ears[name])
    await asyncio.to_thread(act)
    return {name: await drained(layer, channel) for name, channel in ears.items()}


async def drained(layer, channel: str) -> list[dict[str, object]]:
    """What came to a channel, until nothing comes for a while."""
    rows = []
    with contextlib.suppress(asyncio.TimeoutError):
        while True:
            async with asyncio.timeout(0.5):
                rows.append((await layer.receive(channel))["message"])
    return rows
