"""The plain sentences of every household: the card's own figures, and nobody else's rows."""

import re
from decimal import Decimal

import pytest
from django.utils import translation

from accounts.models import Party
from negotiation.figures import wan
from negotiation.models import Allocation, Disposition, Flow, Room
from negotiation.permissions import is_personal, viewer_of
from negotiation.queries.mine import rights_of
from negotiation.queries.packages import on_the_table
from negotiation.queries.plain_words import own_words, told_outcomes

ROOM = "/rooms/ZX-03-2026/"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize("code", ["ZX-03-2026", "HK-2026"])
def test_every_household_reads_the_cards_figures(code: str, mandate) -> None:
    room = Room.objects.select_related("plan").get(code=code)
    viewer, packages = viewer_of(mandate("planner", code), room), on_the_table(room)
    households = [party for party in Party.objects.filter(realm=code).order_by("pk") if is_personal(party)]
    assert len(households) > 30
    for party in households[::7]:
        found = told_outcomes(viewer, party, rights_of(viewer, party), packages)
        for outcome in found:
            text = " ".join(outcome.sentences)
            assert 1 <= len(outcome.sentences) <= 8
            if outcome.gain:
                assert (
                    f"{wan(abs(outcome.gain))} 万元 {'more' if outcome.gain > 0 else 'less'} than what you give" in text
                )
            if outcome.ending:
                assert f"appraised at {wan(outcome.before)} 万元" in text
            paid = sum((flow.yuan for flow in outcome.received), Decimal(0))
            assert (f"You are paid {wan(paid)} 万元" in text) is bool(outcome.received)
            for other in found:
                if other is not outcome and other.gain is not None and outcome.gain is not None:
                    apart = abs(Decimal(str(other.gain)) - Decimal(str(outcome.gain)))
                    named = re.search(rf"Package {other.listed.revision.package.code} would .*?this one", text)
                    assert named is None or wan(apart) in named[0]


def test_household_that_is_not_touched_is_told_so(mandate, zhuxi) -> None:
    resident = mandate("resident")
    revision = on_the_table(zhuxi)[0].revision
    Allocation.objects.filter(revision=revision, party=resident.party).delete()
    Flow.objects.filter(revision=revision, source=resident.party.code).delete()
    Flow.objects.filter(revision=revision, target=resident.party.code).delete()
    parcels = resident.party.rights.values("parcel")
    Disposition.objects.filter(revision=revision, parcel__in=parcels).update(action="retain")
    found = own_words(viewer_of(resident, zhuxi), on_the_table(zhuxi))
    assert "does not touch you" in found[0].sentences[0]


def test_resident_reads_them_on_three_pages_and_by_api(signed_in) -> None:
    client = signed_in("resident")
    for path in ("mine/", "packages/B/", "compare/"):
        text = client.get(ROOM + path).content.decode()
        assert "You give up: " in text and "Read it to me" in text
    rows = client.get(f"/api/v1{ROOM}mine/").json()["outcomes"]
    assert all(row["sentences"] for row in rows)


@pytest.mark.parametrize("role", ["", "observer", "developer", "planner"])
def test_who_is_no_household_is_not_addressed(role: str, signed_in) -> None:
    assert "You give up: " not in signed_in(role).get(ROOM + "packages/B/").content.decode()


def test_sentences_name_no_other_household(mandate, zhuxi) -> None:
    resident = mandate("resident")
    text = " ".join(
        sentence
        for outcome in own_words(viewer_of(resident, zhuxi), on_the_table(zhuxi))
        for sentence in outcome.sentences
    )
    names = Party.objects.filter(realm=zhuxi.code, kind="household").exclude(pk=resident.party_id)
    assert [name for name in names.values_list("name", flat=True) if name in text] == []
