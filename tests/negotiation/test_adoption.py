"""Parts of another's package taken into one's own draft: what is taken, what clashes, what is never lost."""

import copy
import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.refusals import Conflict, Invalid, NotAllowed, WrongPhase
from audit.models import Entry
from negotiation import drafts, packages
from negotiation.adoption import adopt_changes, takeable
from negotiation.changes import Change, diff, same
from negotiation.drafting import embedded
from negotiation.merging import MINE, THEIRS, merge_changes
from negotiation.models import Draft, Package, Revision, Room
from negotiation.queries.packages import latest
from negotiation.terms import package_document
from tests.negotiation.test_changes import content, documents

ROOM = "/rooms/ZX-03-2026/"
KINDS = ("dispositions", "allocations", "flows")


@given(documents(), documents())
def test_all_changes_taken_into_the_base_give_the_other_package(base, other) -> None:
    merged = merge_changes(base, base, diff(base, other).rows, {})
    expected = {**content(other), "title": base["title"]}
    assert (merged.clashes, content(merged.document)) == ([], expected)


@settings(max_examples=40)
@given(documents(), documents(), documents())
def test_nothing_chosen_changes_nothing(base, _other, draft) -> None:
    assert merge_changes(draft, base, [], {}).document == draft


@settings(max_examples=40)
@given(documents(), documents(), documents(), st.booleans())
def test_decided_rows_stand_in_the_draft_and_none_is_lost(base, other, draft, ours: bool) -> None:
    changes = diff(base, other).rows
    open_ones = merge_changes(draft, base, changes, {}).clashes
    choice = MINE if ours else THEIRS
    merged = merge_changes(draft, base, changes, {clash.change.id: choice for clash in open_ones})
    assert merged.clashes == []
    rows = embedded(merged.document)
    clashing = {clash.change.id for clash in open_ones}
    for change in changes:
        if change.new and (not ours or change.id not in clashing):
            assert any(same(row, change.new) for row in rows[change.kind])
    for clash in open_ones:
        if clash.mine and ours:
            assert any(same(row, clash.mine) for row in rows[clash.change.kind])


@settings(max_examples=40)
@given(documents(), documents(), documents())
def test_undecided_clashes_leave_their_rows_alone(base, other, draft) -> None:
    merged = merge_changes(draft, base, diff(base, other).rows, {})
    rows = embedded(merged.document)
    for clash in merged.clashes:
        if clash.mine:
            assert any(same(row, clash.mine) for row in rows[clash.change.kind])


@pytest.fixture
def both(zhuxi) -> tuple[Revision, Revision]:
    """B and C, which answers it."""
    rows = latest(zhuxi)
    return rows.get(package__code="B"), rows.get(package__code="C")


@pytest.fixture
def own(mandate, zhuxi, both) -> Draft:
    """The developer's draft of D, a copy of B."""
    return packages.start_package(mandate("developer"), zhuxi, source=both[0], counter=True)


def open_ids(both, hidden=frozenset()) -> list[str]:
    """Changes that concern no household."""
    rows = takeable(*both, hidden)
    return [c.id for c in rows if not any(str(v).startswith("HH-") for row in c.rows for v in row.values())]


def changed_flow(both) -> Change:
    """A payment that concerns no household and that the second package changes."""
    ids = set(open_ids(both))
    return next(c for c in takeable(*both, ()) if c.id in ids and c.kind == "flows" and c.how == "changed")


def seen(both, mandate, room: Room) -> list[str]:
    from negotiation.permissions import viewer_of

    return [c.id for c in takeable(*both, viewer_of(mandate, room).hidden_codes)]


def test_chosen_changes_are_in_the_draft_and_no_others(mandate, both, own) -> None:
    chosen = open_ids(both)[:2]
    draft = adopt_changes(mandate("developer"), *both, chosen, into=own.package)
    made = diff(package_document(both[0]), draft.document)
    wanted = [c for c in diff(*map(package_document, both)).rows if c.id in chosen]
    assert [(c.old, c.new) for c in made.rows] == [(c.old, c.new) for c in wanted]
    assert draft.version == own.version + 1


def test_new_draft_is_a_copy_with_the_changes_that_answers_the_base(mandate, both, zhuxi) -> None:
    draft = adopt_changes(mandate("factory"), *both, open_ids(both)[:1])
    assert (draft.package.code, draft.document["counters"]) == ("D", "B")
    assert len(diff(package_document(both[0]), draft.document).rows) == 1


def test_package_without_a_draft_gets_one(mandate, both, zhuxi) -> None:
    package = Package.objects.select_related("room", "proposer", "latest").get(room=zhuxi, code="A")
    chosen = open_ids(both)[:1]
    draft = adopt_changes(mandate("developer"), *both, chosen, into=package, decided=dict.fromkeys(chosen, THEIRS))
    assert draft.package_id == package.pk


def test_row_that_the_draft_changed_too_is_asked_about(mandate, both, own) -> None:
    developer = mandate("developer")
    change = changed_flow(both)
    document = copy.deepcopy(own.document)
    mine = next(row for row in document["flows"] if row == {k: v for k, v in change.old.items() if k != "negotiable"})
    mine["yuan"] = str(Decimal(mine["yuan"]) + 7)
    own = drafts.save_draft(developer, own, document, own.version)
    with pytest.raises(Invalid) as refusal:
        adopt_changes(developer, *both, [change.id], into=own.package)
    assert (refusal.value.code, set(refusal.value.fields)) == ("clash", {change.id})
    assert Draft.objects.get(pk=own.pk).document == document
    kept = adopt_changes(developer, *both, [change.id], into=own.package, decided={change.id: MINE})
    assert mine["yuan"] in {row["yuan"] for row in kept.document["flows"]}
    taken = adopt_changes(developer, *both, [change.id], into=own.package, decided={change.id: THEIRS})
    assert mine["yuan"] not in {row["yuan"] for row in taken.document["flows"]}


def test_choice_about_an_older_draft_is_refused(mandate, both, own) -> None:
    developer = mandate("developer")
    drafts.save_draft(developer, own, own.document, own.version)
    with pytest.raises(Conflict):
        adopt_changes(developer, *both, open_ids(both)[:1], into=own.package, version=own.version)


def test_rows_of_other_households_are_not_taken(mandate, both, own, zhuxi) -> None:
    developer = mandate("developer")
    shown = set(seen(both, developer, zhuxi))
    hidden = [c.id for c in takeable(*both, ()) if c.id not in shown]
    assert len(hidden) > 100
    with pytest.raises(Invalid) as refusal:
        adopt_changes(developer, *both, hidden[:1], into=own.package)
    assert set(refusal.value.fields) == {hidden[0]}
    adopt_changes(mandate("planner"), *both, hidden[:3])


@pytest.mark.parametrize("chosen", [[], ["flows.9999.x"], ["nonsense"]])
def test_choice_of_nothing_or_of_what_is_not_there_is_refused(chosen, mandate, both) -> None:
    with pytest.raises(Invalid):
        adopt_changes(mandate("developer"), *both, chosen)
    assert not Draft.objects.exists()


def test_nobody_adopts_into_another_partys_draft(mandate, both, own) -> None:
    with pytest.raises(NotAllowed):
        adopt_changes(mandate("factory"), *both, open_ids(both)[:1], into=own.package)


@pytest.mark.parametrize("name", ["auditor", "observer"])
def test_those_who_look_on_do_not_adopt(name: str, mandate, both) -> None:
    with pytest.raises(NotAllowed):
        adopt_changes(mandate(name), *both, open_ids(both)[:1])


@pytest.mark.parametrize("phase", ["vote", "decided"])
def test_nothing_is_adopted_after_negotiation(phase: str, mandate, both, zhuxi) -> None:
    Room.objects.filter(pk=zhuxi.pk).update(phase=phase)
    both[1].package.room.refresh_from_db()
    with pytest.raises(WrongPhase):
        adopt_changes(mandate("developer"), *both, open_ids(both)[:1])


def test_log_names_the_revision_that_was_taken_from(mandate, both, own) -> None:
    chosen = open_ids(both)[:2]
    adopt_changes(mandate("developer"), *both, chosen, into=own.package)
    body = json.loads(bytes(Entry.objects.get(action="package.adopt").body))
    data = body["data"]
    assert (data["package"], data["source"], data["base"], data["changes"]) == ("D", "C.1", "B.1", chosen)
    assert data["source_digest"] == both[1].digest


@pytest.mark.django_db(transaction=True)
def test_two_adoptions_at_once_are_both_in_the_draft(mandate, zhuxi) -> None:
    rows = latest(zhuxi)
    both = rows.get(package__code="B"), rows.get(package__code="C")
    developer = mandate("developer")
    own = packages.start_package(developer, zhuxi, source=both[0])
    chosen = open_ids(both)[:2]

    def adopt(name: str) -> None:
        try:
            adopt_changes(developer, *both, [name], into=own.package)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(adopt, chosen))
    assert len(diff(package_document(both[0]), Draft.objects.get(pk=own.pk).document).rows) == 2


def test_page_takes_the_ticked_changes(signed_in, both, own) -> None:
    client, chosen = signed_in("developer"), open_ids(both)[:1]
    page = client.get(f"{ROOM}packages/C/1/changes/?with=B.1").content.decode()
    assert f'value="{chosen[0]}"' in page and "our draft of D" in page
    answer = client.post(f"{ROOM}packages/C/1/adopt/", {"with": "B.1", "change": chosen, "into": "D"})
    assert answer.url == f"{ROOM}packages/D/draft/?saved=1"
    assert len(diff(package_document(both[0]), Draft.objects.get().document).rows) == 1


def test_page_takes_all_that_the_party_may_see(signed_in, mandate, both, own, zhuxi) -> None:
    client = signed_in("developer")
    client.post(f"{ROOM}packages/C/1/adopt/", {"with": "B.1", "all": "yes", "into": "D"})
    taken = diff(package_document(both[0]), Draft.objects.get().document).rows
    assert len(taken) == len(seen(both, mandate("developer"), zhuxi))


def test_page_asks_whose_row_stays(signed_in, mandate, both, own) -> None:
    client, developer = signed_in("developer"), mandate("developer")
    change = changed_flow(both)
    document = copy.deepcopy(own.document)
    document["flows"] = [row for row in document["flows"] if not same(row, {**change.old, "negotiable": None})]
    draft = drafts.save_draft(developer, own, {**document, "negotiable": []}, own.version)
    path, form = f"{ROOM}packages/C/1/adopt/", {"with": "B.1", "change": change.id, "into": "D"}
    asked = client.post(path, form)
    assert asked.status_code == 422 and "Keep our draft" in asked.content.decode()
    stale = client.post(path, {**form, f"decide-{change.id}": "theirs", "version": draft.version - 1})
    assert stale.status_code == 409
    done = client.post(path, {**form, f"decide-{change.id}": "theirs", "version": draft.version})
    assert done.status_code == 302
    assert any(same(row, change.new) for row in embedded(Draft.objects.get().document)["flows"])


def test_reader_is_offered_nothing_to_tick(signed_in, zhuxi) -> None:
    for role in ("", "observer", "auditor"):
        assert 'name="change"' not in signed_in(role).get(f"{ROOM}packages/C/1/changes/").content.decode()


def test_adoption_by_api(signed_in, both, own) -> None:
    where = f"/api/v1{ROOM}packages/C/revisions/1/"
    client = signed_in("developer")
    rows = client.get(f"{where}changes/?with=B.1&size=200").json()["results"]
    body = {"base": "B.1", "changes": [rows[0]["id"]], "into": "D"}
    answer = client.post(f"{where}adoption/", json.dumps(body), content_type="application/json")
    assert (answer.status_code, answer.json()["package"], answer.json()["version"]) == (201, "D", 2)
    lost = client.post(f"{where}adoption/", json.dumps({**body, "into": "B"}), content_type="application/json")
    assert lost.status_code == 404
