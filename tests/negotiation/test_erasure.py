"""Erasing a person's data from the log: what goes, what stays, who may, and that the log says so and holds."""

import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.refusals import Conflict, Invalid, NotAllowed
from audit.models import Commitment, Entry
from negotiation import bundles, comments, mandates
from negotiation.erasure import erase_person
from tongchou_verify.bundle import open_bundle
from tongchou_verify.checking import check_bundle
from tongchou_verify.command import summary

ROOM = "ZX-03-2026"
WORDS = "I live at East Street 17 and the noise is bad"


@pytest.fixture
def resident(cast) -> User:
    return cast("resident")


@pytest.fixture
def gone(resident, mandate, zhuxi) -> User:
    """The resident has spoken, and has no mandate any more."""
    comments.add_comment(mandate("resident", party="HH-017"), zhuxi, WORDS)
    comments.add_comment(mandate("neighbour"), zhuxi, "I hear nothing")
    for found in resident.mandates.filter(party__realm=ROOM, revoked_at=None):
        mandates.revoke_mandate(mandate("planner"), zhuxi, found, f"{resident.name} moved away")
    return resident


def kept() -> list[bytes]:
    rows = Commitment.objects.filter(entry__scope=f"room:{ROOM}", content__isnull=False)
    return [bytes(content) for content in rows.values_list("content", flat=True)]


def test_everything_of_the_person_goes_and_nothing_else(gone, mandate, zhuxi) -> None:
    before = kept()
    done = erase_person(mandate("planner"), zhuxi, gone, "consent_withdrawn")
    after = kept()
    texts = b"\n".join(after).decode()
    assert [word for word in (WORDS, gone.name, gone.username) if word in texts] == []
    assert b"I hear nothing" in after
    # What is new is the mandate under which the convener erased.
    assert len(before) - len(after) + 1 == done.count
    erased = Commitment.objects.filter(erasure=done.entry)
    assert {(row.salt, row.content) for row in erased} == {(None, None)} and erased.count() == done.count


def test_log_says_how_much_when_and_on_what_ground(gone, mandate, zhuxi) -> None:
    done = erase_person(mandate("planner"), zhuxi, gone, "period_over")
    body = json.loads(bytes(Entry.objects.get(action="log.erase").body))
    assert body["data"] == {"count": done.count, "ground": "period_over"} and done.count > 3
    assert body["actor"]["party"] == mandate("planner").party.code
    text = bytes(Entry.objects.get(action="log.erase").body).decode()
    assert gone.name not in text and gone.username not in text


def test_log_holds_afterwards_and_the_verifier_tells_of_it(gone, mandate, zhuxi, tmp_path: Path) -> None:
    bundles.export_by_operator(zhuxi, tmp_path / "before.zip", "planner")
    done = erase_person(mandate("planner"), zhuxi, gone, "unlawful")
    bundles.export_by_operator(zhuxi, tmp_path / "after.zip", "planner")
    with open_bundle(tmp_path / "after.zip") as bundle:
        lines = "\n".join(summary(check_bundle(bundle), pinned=True))
    index = Entry.objects.get(pk=done.entry.pk).index
    assert f"commitments erased: {done.count}, on grounds of the law, by entries {index}" in lines
    with zipfile.ZipFile(tmp_path / "after.zip") as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert WORDS not in everything and gone.name not in everything


def test_once_is_enough(gone, mandate, zhuxi) -> None:
    erase_person(mandate("planner"), zhuxi, gone, "purpose_met")
    entries = Entry.objects.count()
    with pytest.raises(Conflict) as refusal:
        erase_person(mandate("planner"), zhuxi, gone, "purpose_met")
    assert refusal.value.code == "nothing_to_erase" and Entry.objects.count() == entries


def test_who_still_acts_is_not_erased(resident, mandate, zhuxi) -> None:
    before = kept()
    with pytest.raises(Conflict) as refusal:
        erase_person(mandate("planner"), zhuxi, resident, "purpose_met")
    assert refusal.value.code == "still_acts" and kept() == before


def test_ground_is_one_of_the_laws(gone, mandate, zhuxi) -> None:
    with pytest.raises(Invalid):
        erase_person(mandate("planner"), zhuxi, gone, "because")


@pytest.mark.parametrize("who", ["finance", "developer", "neighbour", "auditor"])
def test_only_the_convener_erases(gone, mandate, zhuxi, who: str) -> None:
    with pytest.raises(NotAllowed):
        erase_person(mandate(who), zhuxi, gone, "purpose_met")


def test_page_and_api_do_the_same(gone, signed_in) -> None:
    ended = gone.mandates.filter(party__realm=ROOM).first()
    planner = signed_in("planner")
    address = f"/rooms/{ROOM}/mandates/{ended.pk}/erase/"
    assert address in planner.get(f"/rooms/{ROOM}/mandates/").content.decode()
    assert planner.get(address).status_code == 200
    assert planner.post(address, {"ground": "nonsense"}).status_code == 422
    assert planner.post(address, {"ground": "period_over"}).status_code == 302
    again = planner.post(address, {"ground": "period_over"})
    assert again.status_code == 422 and "Nothing of this person is left" in again.content.decode()
    answer = planner.post(
        f"/api/v1/rooms/{ROOM}/mandates/{ended.pk}/erasure/", {"ground": "period_over"}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_erase")


def test_api_says_how_much(gone, signed_in) -> None:
    ended = gone.mandates.filter(party__realm=ROOM).first()
    address = f"/api/v1/rooms/{ROOM}/mandates/{ended.pk}/erasure/"
    answer = signed_in("planner").post(address, {"ground": "other_law"}, content_type="application/json")
    assert answer.status_code == 201 and answer.json()["count"] > 3 and answer.json()["ground"] == "other_law"


def test_operator_erases_by_command(gone, capsys) -> None:
    call_command("erase_person", ROOM, gone.username, "--ground", "period_over")
    assert json.loads(bytes(Entry.objects.get(action="log.erase").body))["actor"] == {"party": "", "system": True}
    for arguments in ([ROOM, "nobody"], ["NOWHERE", gone.username], [ROOM, gone.username]):
        with pytest.raises(CommandError) as refusal:
            call_command("erase_person", *arguments, "--ground", "period_over")
        assert refusal.value.returncode == 2
