"""Editing a draft: rows move with their bounds, hidden rows stay, faults are told at the row that they are about."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation import drafting, packages
from negotiation.models import Draft
from negotiation.queries.packages import latest
from negotiation.terms import ENDS

ROOM = "/rooms/ZX-03-2026/"


def document(**kinds: list[dict]) -> dict:
    return {"code": "X", **{kind: kinds.get(kind, []) for kind in ENDS}, **_bounds(kinds)}


def _bounds(kinds: dict) -> dict:
    return {"negotiable": kinds["negotiable"]} if "negotiable" in kinds else {}


def paid(*targets: str) -> list[dict]:
    return [{"from": "project", "to": name, "yuan": "5.00"} for name in targets]


def bound(place: int, low: str = "1.00", high: str = "9.00") -> dict[str, str]:
    return {"term": f"/flows/{place}/yuan", "min": low, "max": high}


@given(st.lists(st.booleans(), max_size=8), st.lists(st.booleans(), max_size=8))
def test_bounds_in_rows_and_in_a_list_are_the_same_thing(given: list[bool], flowing: list[bool]) -> None:
    stored = document(
        allocations=[{"party": f"P{n}", "quantity": "1"} for n in range(len(given))], flows=paid(*["P"] * len(flowing))
    )
    bounds = [{"term": f"/allocations/{n}/quantity", "min": "1", "max": "2"} for n, has in enumerate(given) if has]
    bounds += [bound(n) for n, has in enumerate(flowing) if has]
    stored |= {"negotiable": bounds} if bounds else {}
    assert drafting.extracted(drafting.embedded(stored)) == stored


def test_bound_moves_with_its_row_and_goes_with_it() -> None:
    stored = document(flows=paid("A", "B", "C"), negotiable=[bound(0), bound(2, "2.00")])
    kept = [(place, row) for place, row in drafting.visible_rows(stored, "flows", ()) if row["to"] != "A"]
    merged = drafting.merge(stored, {"flows": kept}, ())
    assert [row["to"] for row in merged["flows"]] == ["B", "C"]
    assert merged["negotiable"] == [bound(1, "2.00")]


def test_bound_of_a_hidden_row_stays_while_rows_before_it_go() -> None:
    stored = document(flows=paid("MINE", "HIDDEN"), negotiable=[bound(1)])
    merged = drafting.merge(stored, {"flows": []}, {"HIDDEN"})
    assert (merged["flows"], merged["negotiable"]) == (paid("HIDDEN"), [bound(0)])


def test_bound_is_taken_off_by_an_empty_one() -> None:
    stored = document(flows=paid("A"), negotiable=[bound(0)])
    merged = drafting.merge(stored, {"flows": [(0, {"negotiable": {}})]}, ())
    assert "negotiable" not in merged and merged["flows"] == paid("A")


def test_fault_of_a_bound_is_told_at_its_row_unless_the_row_is_hidden() -> None:
    stored = document(flows=paid("MINE", "HIDDEN"), negotiable=[bound(0), bound(1)])
    faults = {"negotiable[0].min": "too large", "negotiable[1].max": "777.00 is too large"}
    shown = drafting.mask_faults(faults, stored, {"HIDDEN"})
    assert shown["flows[0].negotiable.min"] == "too large"
    assert "777.00" not in json.dumps(shown) and set(shown) == {"flows[0].negotiable.min", "hidden"}


@pytest.fixture
def draft(mandate, zhuxi):
    return packages.start_package(mandate("developer"), zhuxi, source=latest(zhuxi).get(package__code="B"))


def test_proposer_sets_bounds_by_api_and_sees_them(signed_in, draft) -> None:
    client, path = signed_in("developer"), f"/api/v1{ROOM}packages/{draft.package.code}/draft/"
    rows = client.get(path).json()["document"]["flows"]
    edited = [{"row": row["row"]} for row in rows]
    edited[0]["negotiable"] = {"min": "1.00", "max": "99000000.00"}
    body = {"version": draft.version, "flows": edited}
    saved = client.put(path, body, content_type="application/json").json()["document"]["flows"][0]
    assert saved["negotiable"] == {"min": "1.00", "max": "99000000.00"}
    stored = Draft.objects.get(pk=draft.pk).document
    assert {"term": f"/flows/{rows[0]['row']}/yuan", "min": "1.00", "max": "99000000.00"} in stored["negotiable"]


def test_faulty_bound_is_refused_beside_its_field(signed_in, draft) -> None:
    from tests.negotiation.test_packages import draft_form

    client, path = signed_in("developer"), f"{ROOM}packages/{draft.package.code}/draft/"
    form = draft_form(client.get(path), **{"flows-0-low": "9.00", "flows-0-high": "5.00", "submit": "1"})
    answer = client.post(path, form)
    faulty = next(rows["rows"].forms[0] for rows in answer.context["sets"] if rows["rows"].prefix == "flows")
    assert answer.status_code == 422 and set(faulty.faults) & {"low", "high"}
