"""Many amounts at once, and the step back: what moves, what stays, what nobody sees."""

import copy
from decimal import Decimal

import pytest

from accounts.refusals import Conflict, Invalid, NotAllowed, WrongPhase
from audit.models import Entry
from negotiation import drafts, packages
from negotiation.bulk import Bulk, change_in_bulk, moved_rows
from negotiation.models import Draft, Room
from negotiation.queries.packages import latest
from units.models import Right

ROOM = "/rooms/ZX-03-2026/packages/"


@pytest.fixture
def planner(mandate):
    return mandate("planner")


@pytest.fixture
def draft(planner, zhuxi):
    return packages.start_package(planner, zhuxi, source=latest(zhuxi).get(package__code="B"))


def bulk(kind: str = "flows", way: str = "percent", value: str = "3", **more: object) -> Bulk:

    return Bulk(kind, way, Decimal(value), **more)


def put(planner, draft: Draft, *yuan: str, **more: str) -> Draft:
    """The draft with these payments alone."""
    flow = {"from": "project", "to": "GOV-FIN", "category": "tax", "stage": "build", "year": 1, **more}
    flows = [{**flow, "yuan": text} for text in yuan]
    document = {**draft.document, "flows": flows}
    document.pop("negotiable", None)
    return drafts.save_draft(planner, draft, document, draft.version)


@pytest.mark.parametrize(
    ("way", "value", "new"),
    [
        ("percent", "3", ["103.00", "0.34"]),
        ("percent", "-50", ["50.00", "0.17"]),
        ("set", "7.5", ["7.50", "7.50"]),
        ("round", "100", ["100.00", "0.00"]),
        ("round", "0.1", ["100.00", "0.30"]),
    ],
)
def test_amounts_move_exactly(way, value, new, planner, draft) -> None:
    saved = put(planner, draft, "100.00", "0.33")
    rows = moved_rows(saved.package.room, saved.document, bulk(way=way, value=value), ())
    told = {row.place: row.new for row in rows}
    assert [told.get(place, ["100.00", "0.30"][place]) for place in (0, 1)] == new


def test_indivisible_items_stay_whole(planner, draft) -> None:
    item = draft.package.room.catalogue.order_by("pk").first()
    draft.package.room.catalogue.filter(pk=item.pk).update(divisible=False)
    rows = [{"party": "HH-001", "item": item.code, "quantity": "33", "year": 1}]
    saved = drafts.save_draft(planner, draft, {**draft.document, "allocations": rows}, draft.version)
    assert moved_rows(saved.package.room, saved.document, bulk("allocations", value="5"), ())[0].new == "35.00"


def test_class_item_party_and_rows_narrow_the_choice(planner, draft, zhuxi) -> None:
    document, room = draft.document, draft.package.room
    code = Right.objects.filter(plan=zhuxi.plan, party__code="HH-150").first().class_code
    holders = set(Right.objects.filter(plan=zhuxi.plan, class_code=code).values_list("party__code", flat=True))
    moved = moved_rows(room, document, bulk("allocations", "set", "1.23", class_code=code), ())
    assert {row.row["party"] for row in moved} == holders & {row["party"] for row in document["allocations"]}
    item = moved[0].row["item"]
    moved = moved_rows(room, document, bulk("allocations", "set", "1.23", about=item, party="HH-150"), ())
    assert {(row.row["party"], row.row["item"]) for row in moved} == {("HH-150", item)}
    moved = moved_rows(room, document, bulk("flows", "set", "1.23", places=(0, 2)), ())
    assert [row.place for row in moved] == [0, 2]


def test_bulk_change_is_one_step_that_can_be_taken_back(planner, draft) -> None:
    before = copy.deepcopy(draft.document)
    saved = change_in_bulk(planner, draft, bulk(value="10"), draft.version)
    assert saved.document != before and saved.version == draft.version + 1
    back = drafts.undo_draft(planner, saved, saved.version)
    assert (back.document, back.version) == (before, saved.version + 1)
    with pytest.raises(WrongPhase) as refusal:
        drafts.undo_draft(planner, back, back.version)
    assert refusal.value.code == "nothing_to_undo"
    actions = Entry.objects.filter(object_id=draft.package.code).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["package.start", "package.bulk", "package.undo"]


def test_steps_are_taken_back_in_order_and_only_the_last_ones_kept(planner, draft, monkeypatch) -> None:
    monkeypatch.setattr(drafts, "STEPS", 3)
    current = draft
    for title in "abcde":
        current = drafts.save_draft(planner, current, {**current.document, "title": title}, current.version)
    found = []
    for _step in range(3):
        current = drafts.undo_draft(planner, current, current.version)
        found.append(current.document["title"])
    assert found == ["d", "c", "b"] and not current.steps.filter(passing=False).exists()


def test_hidden_rows_never_move(mandate, zhuxi) -> None:
    developer = mandate("developer")
    draft = packages.start_package(developer, zhuxi, source=latest(zhuxi).get(package__code="B"))

    def households(document: dict) -> list[dict]:
        return [row for row in document["flows"] if "HH-" in row["to"] + row["from"]]

    before = copy.deepcopy(draft.document)
    saved = change_in_bulk(developer, draft, bulk(value="10"), draft.version)
    assert households(saved.document) == households(before) != []
    assert len(saved.document["flows"]) == len(before["flows"])


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        (bulk("dispositions"), "kind"),
        (bulk(way="double"), "way"),
        (bulk(value="-100"), "value"),
        (bulk(value="1001"), "value"),
        (bulk(value="NaN"), "value"),
        (bulk(way="set", value="0"), "value"),
        (bulk(way="round", value="-1"), "value"),
    ],
)
def test_faulty_choice_is_refused_by_its_field(choice, field, planner, draft) -> None:
    with pytest.raises(Invalid) as refusal:
        change_in_bulk(planner, draft, choice, draft.version)
    assert set(refusal.value.fields) == {field}


def test_stale_version_another_party_and_a_later_phase_are_refused(planner, mandate, draft) -> None:
    with pytest.raises(Conflict):
        change_in_bulk(planner, draft, bulk(), draft.version + 1)
    for act in (
        lambda: change_in_bulk(mandate("developer"), draft, bulk(), draft.version),
        lambda: drafts.undo_draft(mandate("developer"), draft, draft.version),
    ):
        with pytest.raises(NotAllowed):
            act()
    Room.objects.filter(pk=draft.package.room_id).update(phase="vote")
    draft.package.room.refresh_from_db()
    for act in (
        lambda: change_in_bulk(planner, draft, bulk(), draft.version),
        lambda: drafts.undo_draft(planner, draft, draft.version),
    ):
        with pytest.raises(WrongPhase):
            act()


def test_page_shows_the_rows_changes_them_and_steps_back(signed_in, draft) -> None:
    client, where = signed_in("planner"), f"{ROOM}{draft.package.code}/draft/"
    choice = {"kind": "flows", "way": "set", "value": "12.34", "rows": "1"}
    page = client.get(f"{where}bulk/", choice)
    assert page.status_code == 200 and "1 row changes" in page.content.decode()
    answer = client.post(f"{where}bulk/", {**choice, "version": page.context["version"]})
    assert answer.status_code == 302
    assert Draft.objects.get(pk=draft.pk).document["flows"][0]["yuan"] == "12.34"
    page = client.get(where)
    assert page.context["steps"] == 1
    assert client.post(f"{where}undo/", {"version": page.context["version"]}).status_code == 302
    assert Draft.objects.get(pk=draft.pk).document == draft.document
    assert client.post(f"{where}bulk/", {**choice, "version": "1"}).status_code == 422


def test_api_tries_changes_and_steps_back(signed_in, draft) -> None:
    client, api = signed_in("planner"), f"/api/v1{ROOM}{draft.package.code}/draft/"
    body = {"kind": "flows", "way": "set", "value": "12.34", "rows": [0], "version": 1}
    tried = client.post(f"{api}bulk/", {**body, "dry_run": True}, content_type="application/json").json()
    assert (tried["version"], tried["count"], tried["rows"][0]["new"]) == (1, 1, "12.34")
    done = client.post(f"{api}bulk/", body, content_type="application/json").json()
    assert done["version"] == 2
    back = client.post(f"{api}undo/", {"version": 2}, content_type="application/json")
    assert back.status_code == 200 and back.json()["version"] == 3
