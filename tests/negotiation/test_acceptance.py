"""Sealed acceptance: what is marked stays secret until a package would pass, and then the room learns just that."""

import json
import re

import pytest

from accounts.models import Party
from accounts.refusals import Invalid, NotAllowed, WrongPhase
from accounts.sealing import CannotOpen, seal, unseal
from audit.models import Entry
from negotiation import acceptance
from negotiation.models import Acceptance, Accord, Room, Seat
from negotiation.queries.packages import latest

ROOM = "/rooms/ZX-03-2026/"
OTHERS = ("planner", "finance", "developer", "factory", "chair", "neighbour", "auditor", "observer", "stranger", "")


@pytest.fixture
def b(zhuxi):
    return latest(zhuxi).get(package__code="B")


def mark_for_all(room: Room, revision, but: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    """Seal the mark of every party but some, as its own act would."""
    for party in Party.objects.filter(seats__room=room).exclude(code__in=but):
        sealed = seal([revision.pk], f"acceptance:{room.code}:{party.code}")
        Acceptance.objects.update_or_create(room=room, party=party, defaults={"sealed": sealed})


def test_a_mark_is_read_by_its_own_party_alone(mandate, zhuxi, b) -> None:
    acceptance.mark_acceptable(mandate("resident"), zhuxi, [b])
    assert acceptance.own_marks(mandate("resident"), zhuxi) == {b.pk}
    assert acceptance.own_marks(mandate("developer"), zhuxi) is None


def test_marks_replace_earlier_ones_and_none_is_an_answer(mandate, zhuxi, b) -> None:
    a = latest(zhuxi).get(package__code="A")
    for chosen in ([a, b], [a], []):
        acceptance.mark_acceptable(mandate("resident"), zhuxi, chosen)
        assert acceptance.own_marks(mandate("resident"), zhuxi) == {row.pk for row in chosen}
    assert Acceptance.objects.count() == 1


def test_what_is_kept_is_as_long_whatever_was_marked(mandate, zhuxi, b) -> None:
    rows = [acceptance.mark_acceptable(mandate("resident"), zhuxi, chosen) for chosen in ([], [b], list(latest(zhuxi)))]
    assert {len(row.sealed) for row in rows} == {len(rows[0].sealed)}


def test_the_log_says_that_a_party_answered_and_nothing_more(mandate, zhuxi, b) -> None:
    acceptance.mark_acceptable(mandate("resident"), zhuxi, [b])
    entry = Entry.objects.get(action="acceptance.seal")
    said = json.loads(bytes(entry.body))
    assert (said["object"], said["data"]) == ({"type": "party", "id": "HH-017"}, {})
    assert not entry.commitments.exclude(path="/actor/mandate").exists()


def test_no_page_tells_what_others_marked(signed_in, mandate, zhuxi, b) -> None:
    """Whatever the resident marks, every other role reads the same on every page and from the API."""
    paths = [ROOM, f"{ROOM}acceptance/", f"{ROOM}packages/", f"{ROOM}packages/B/", f"{ROOM}mine/", f"{ROOM}log/"]
    paths += [f"/api/v1{ROOM}acceptance/", f"/api/v1{ROOM}packages/", f"/api/v1{ROOM}packages/B/"]
    seen = []
    for chosen in ([], [b]):
        acceptance.mark_acceptable(mandate("resident"), zhuxi, chosen)
        acceptance.find_agreements(zhuxi)
        seen.append([shown(signed_in(role).get(path)) for role in OTHERS for path in paths])
    assert seen[0] == seen[1]


def shown(response) -> tuple[int, str]:
    """A page without what changes with every request, or with every entry of the log."""
    text = response.content.decode()
    text = re.sub(r'(name="csrfmiddlewaretoken" value|nonce|data-live-version)="[^"]*"', "", text)
    text = re.sub(r'<meta name="csrf-token"[^>]*>', "", text)
    return response.status_code, text if "/log/" not in response.wsgi_request.path else ""


def test_an_agreement_is_disclosed_when_every_side_has_marked(mandate, zhuxi, b) -> None:
    mark_for_all(zhuxi, b, but={"MKT-DEV"})
    assert acceptance.find_agreements(zhuxi) == []
    acceptance.mark_acceptable(mandate("developer"), zhuxi, [b])
    assert acceptance.find_agreements(zhuxi) == [b]
    assert Accord.objects.get().revision == b
    entry = Entry.objects.get(action="acceptance.open")
    assert json.loads(bytes(entry.body))["data"]["package"] == "B"


def test_an_agreement_is_disclosed_once(zhuxi, b) -> None:
    mark_for_all(zhuxi, b)
    assert [acceptance.find_agreements(zhuxi) for _ in range(2)] == [[b], []]
    assert Entry.objects.filter(action="acceptance.open").count() == 1


def test_only_so_many_households_are_needed_as_the_rule_asks_for(zhuxi, b) -> None:
    households = list(Party.objects.filter(seats__room=zhuxi, kind="household").values_list("code", flat=True))
    mark_for_all(zhuxi, b, but=set(households))
    everybody = {row.party.code for row in Acceptance.objects.select_related("party")}
    counts = [n for n in range(len(households) + 1) if acceptance.agreed(zhuxi, everybody | set(households[:n]))]
    assert counts and counts[0] > len(households) // 2
    assert counts == list(range(counts[0], len(households) + 1))


def test_silence_of_a_department_is_no_consent(hekou) -> None:
    parties = set(Party.objects.filter(seats__room=hekou).values_list("code", flat=True))
    departments = {seat.party.code for seat in Seat.objects.filter(room=hekou, party__side="government")}
    assert acceptance.agreed(hekou, parties)
    assert [code for code in departments if acceptance.agreed(hekou, parties - {code})] == []


def test_pages_tell_of_the_agreement(signed_in, zhuxi, b) -> None:
    mark_for_all(zhuxi, b)
    acceptance.find_agreements(zhuxi)
    client = signed_in("observer")
    assert 'alert-success">✓' in client.get(f"{ROOM}packages/B/").content.decode()
    assert 'status-met">✓' in client.get(f"{ROOM}packages/").content.decode()


def test_a_revision_that_was_replaced_is_refused(mandate, hekou, b) -> None:
    with pytest.raises(Invalid) as refusal:
        acceptance.mark_acceptable(mandate("planner", "HK-2026"), hekou, [b])
    assert set(refusal.value.fields) == {"packages"}
    assert not Acceptance.objects.exists()


def test_those_without_a_vote_do_not_mark(mandate, zhuxi, b) -> None:
    for role in ("auditor", "observer"):
        with pytest.raises(NotAllowed):
            acceptance.mark_acceptable(mandate(role), zhuxi, [b])


@pytest.mark.parametrize("phase", ["vote", "decided"])
def test_marks_belong_to_negotiation(phase: str, mandate, zhuxi, b) -> None:
    Room.objects.filter(pk=zhuxi.pk).update(phase=phase)
    zhuxi.refresh_from_db()
    with pytest.raises(WrongPhase):
        acceptance.mark_acceptable(mandate("resident"), zhuxi, [b])


def test_a_page_that_is_out_of_date_is_refused_beside_the_form(signed_in, zhuxi) -> None:
    answer = signed_in("resident").post(f"{ROOM}acceptance/", {"revision": ["999999"]})
    assert answer.status_code == 422
    assert not Acceptance.objects.exists()


def test_the_api_takes_and_shows_ones_own_marks(signed_in, zhuxi) -> None:
    client = signed_in("resident")
    sent = {"packages": [{"package": "B", "revision": 1}]}
    answer = client.put(f"/api/v1{ROOM}acceptance/", sent, content_type="application/json")
    assert (answer.status_code, answer.json()["packages"]) == (200, sent["packages"])
    others = signed_in("developer").get(f"/api/v1{ROOM}acceptance/").json()
    assert (others["answered"], others["packages"]) == (False, [])
    assert [row["answered"] for row in others["sides"]] == [0, 0, 1]


# Sealing


def test_sealed_content_opens_in_its_own_context_only() -> None:
    sealed = seal({"a": 1}, "valuation:X:P")
    assert unseal(sealed, "valuation:X:P") == {"a": 1}
    for context in ("valuation:X:Q", "acceptance:X:P", ""):
        with pytest.raises(CannotOpen):
            unseal(sealed, context)


def test_a_changed_byte_is_noticed() -> None:
    sealed = bytearray(seal([1], "c"))
    sealed[-1] ^= 1
    with pytest.raises(CannotOpen):
        unseal(bytes(sealed), "c")


def test_an_earlier_key_still_opens_and_the_first_one_seals(settings) -> None:
    settings.PRIVATE_KEYS = ["old"]
    sealed = seal([7], "c")
    settings.PRIVATE_KEYS = ["new", "old"]
    assert unseal(sealed, "c") == [7]
    fresh = seal([8], "c")
    settings.PRIVATE_KEYS = ["new"]
    assert unseal(fresh, "c") == [8]
    with pytest.raises(CannotOpen):
        unseal(sealed, "c")


def test_equal_content_is_sealed_differently_each_time() -> None:
    assert seal([1], "c") != seal([1], "c")
