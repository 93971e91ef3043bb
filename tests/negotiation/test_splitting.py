"""A parcel split in two: everything adds up, nothing else moves."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.refusals import Conflict, Invalid, NotAllowed
from negotiation import drafts, packages
from negotiation.models import Draft
from negotiation.queries.packages import latest
from negotiation.splitting import split_parcel, split_row

ROOM = "/rooms/ZX-03-2026/packages/"
AREAS = st.decimals("0.02", 10**7, places=2)


@pytest.fixture
def draft(mandate, zhuxi) -> Draft:
    return packages.start_package(mandate("planner"), zhuxi, source=latest(zhuxi).get(package__code="B"))


@given(AREAS, st.decimals(0, 10**7, places=2), st.decimals("0.01", 10**6, places=2), st.data())
def test_halves_add_up(site: Decimal, floor: Decimal, made: Decimal, data) -> None:
    area = data.draw(st.decimals("0.01", site - Decimal("0.01"), places=2))
    row = {
        "parcel": "A",
        "site_area": str(site),
        "floor_area": str(floor),
        "yields": [{"item": "x", "quantity": str(made)}],
    }
    first, second = split_row(row, area)
    assert Decimal(second["site_area"]) == area
    for key, whole in (("site_area", site), ("floor_area", floor)):
        assert Decimal(first[key]) + Decimal(second[key]) == whole
    parts = [part for half in (first, second) for part in half.get("yields", ())]
    assert sum(Decimal(part["quantity"]) for part in parts) == made


@pytest.mark.parametrize("area", ["0", "-1", "100", "101", "NaN", "Infinity"])
def test_nothing_is_split_off_that_leaves_nothing(area: str) -> None:
    with pytest.raises(Invalid):
        split_row({"site_area": "100", "floor_area": "0"}, Decimal(area))


def test_split_is_one_step_and_touches_no_other_row(mandate, draft) -> None:
    planner, before = mandate("planner"), draft.document
    half = Decimal(before["dispositions"][1]["site_area"]) / 2
    saved = split_parcel(planner, draft, 1, half, draft.version)
    rows = saved.document["dispositions"]
    assert len(rows) == len(before["dispositions"]) + 1
    assert [rows[0], *rows[3:]] == [before["dispositions"][0], *before["dispositions"][2:]]
    assert [f for f in packages.package_faults(draft.package.room, saved.document) if "site_area" in f] == []
    assert drafts.undo_draft(planner, saved, saved.version).document == before


def test_stale_foreign_and_missing_rows_are_refused(mandate, draft) -> None:
    with pytest.raises(Conflict):
        split_parcel(mandate("planner"), draft, 0, Decimal(1), draft.version - 1)
    with pytest.raises(NotAllowed):
        split_parcel(mandate("developer"), draft, 0, Decimal(1), draft.version)
    with pytest.raises(Invalid):
        split_parcel(mandate("planner"), draft, 9999, Decimal(1), draft.version)


def test_page_and_api(signed_in, draft) -> None:
    client, path = signed_in("planner"), f"{ROOM}{draft.package.code}/draft/split/"
    assert client.get(path).status_code == 200
    refused = client.post(path, {"row": "0", "area": "99999999", "version": draft.version})
    assert refused.status_code == 422 and set(refused.context["form"].errors) == {"area"}
    assert client.post(path, {"row": "0", "area": "10", "version": draft.version}).status_code == 302
    stale = client.post(path, {"row": "0", "area": "10", "version": draft.version})
    assert stale.status_code == 422 and stale.context["form"].non_field_errors()
    body = {"row": 0, "area": "5.00", "version": draft.version + 1}
    answer = client.post(f"/api/v1{path}", body, content_type="application/json")
    assert answer.status_code == 200
    areas = [row["site_area"] for row in Draft.objects.get(pk=draft.pk).document["dispositions"][1:3]]
    assert areas == ["5.00", "10.00"]


@given(st.integers(1, 10**4), st.integers(1, 10**4), st.decimals("0.01", 100, places=2))
def test_what_is_indivisible_is_shared_out_in_whole_units(flats: int, cars: int, area: Decimal) -> None:
    made = [{"item": "flat", "quantity": f"{flats}.00"}, {"item": "car", "quantity": f"{cars}.00"}]
    row = {"site_area": "100.50", "floor_area": "7.77", "yields": made}
    halves = split_row(row, area, {"car"})
    given_ = [Decimal(part["quantity"]) for half in halves for part in half.get("yields", ()) if part["item"] == "car"]
    assert sum(given_) == cars and [part for part in given_ if part % 1] == []


def test_parcel_with_indivisible_yields_is_split_without_faults(mandate, zhuxi, draft) -> None:
    code = zhuxi.catalogue.order_by("pk").first().code
    zhuxi.catalogue.filter(code=code).update(divisible=False)
    draft.document["dispositions"][1]["yields"] = [{"item": code, "quantity": "7"}]
    draft.save()
    half = Decimal(draft.document["dispositions"][1]["site_area"]) / 2
    saved = split_parcel(mandate("planner"), draft, 1, half, draft.version)
    rows = saved.document["dispositions"][1:3]
    assert sorted(part["quantity"] for row in rows for part in row["yields"]) == ["3.00", "4.00"]
    assert [path for path in packages.package_faults(zhuxi, saved.document) if path.startswith("dispositions")] == []
