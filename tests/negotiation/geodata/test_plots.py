"""Plots over a real draft: taken in, shown, applied whole; on the page and by API."""

import json

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from shapely.geometry import box, shape

from accounts.refusals import Conflict, Invalid, NotAllowed
from negotiation import packages
from negotiation.models import Draft, SheetImport
from negotiation.packages import package_faults
from negotiation.queries.packages import latest
from negotiation.sheets.importing import apply_import, import_plots, read_import
from tests.negotiation.geodata.files import plots_file
from units.models import Parcel

ROOM = "/rooms/ZX-03-2026/packages/"


@pytest.fixture
def draft(mandate, zhuxi) -> Draft:
    return packages.start_package(mandate("planner"), zhuxi, source=latest(zhuxi).get(package__code="B"))


@pytest.fixture
def parcel(draft) -> Parcel:
    """One that a single row of the draft is about."""
    codes = [row["parcel"] for row in draft.document["dispositions"]]
    return Parcel.objects.filter(
        plan=draft.package.room.plan_id, code=next(c for c in codes if codes.count(c) == 1)
    ).get()


def halves(parcel: Parcel) -> list:
    land = shapely.force_2d(shape(parcel.geometry))
    left, low, right, high = land.bounds
    middle = (left + right) / 2
    return [
        shapely.intersection(land, box(left, low, middle, high)),
        shapely.intersection(land, box(middle, low, right, high)),
    ]


def cut(parcel: Parcel, kind: str = "geojson", epsg: int = 4490) -> bytes:
    rows = [{"action": "retain"}, {"action": "收储", "floor_area": "0", "land_use": "1401"}]
    return plots_file(kind, rows, halves(parcel), epsg)


@pytest.mark.parametrize(("kind", "epsg"), [("geojson", 4490), ("shapefile", 4527), ("geopackage", 4548)])
def test_parcel_is_split_between_two_plots(kind: str, epsg: int, mandate, draft, parcel) -> None:
    planner = mandate("planner")
    found = read_import(import_plots(planner, draft, cut(parcel, kind, epsg)))
    assert (found.state, found.faults) == ("done", [])
    before = [row for row in draft.document["dispositions"] if row["parcel"] != parcel.code]
    document = apply_import(planner, found).document
    made = [row for row in document["dispositions"] if row["parcel"] == parcel.code]
    assert [row["action"] for row in made] == ["retain", "acquire"]
    assert sum(map(float, (row["site_area"] for row in made))) == pytest.approx(float(parcel.site_area), abs=1e-9)
    assert [row for row in document["dispositions"] if row["parcel"] != parcel.code] == before
    assert [f for f in package_faults(draft.package.room, document) if "site_area" in f] == []


def test_what_was_taken_away_comes_back_unchanged(signed_in, mandate, draft) -> None:
    """Parcels with one row keep it; the file has their attributes."""
    content = signed_in("planner").get(f"{ROOM}{draft.package.code}/draft.geojson").content
    document = json.loads(content)
    document["features"] = [f for f in document["features"] if "action" in f["properties"]]
    found = read_import(import_plots(mandate("planner"), draft, json.dumps(document).encode()))
    assert (found.faults, list(found.changes.values_list("fields", "change"))) == ([], [])


def test_faulty_plot_applies_nothing(mandate, draft, parcel) -> None:
    planner = mandate("planner")
    content = plots_file("geojson", [{"action": "fly"}, {"action": "retain"}], halves(parcel))
    found = read_import(import_plots(planner, draft, content))
    assert found.faults and found.faults[0]["cell"].endswith("1")
    with pytest.raises(Invalid):
        apply_import(planner, found)


def test_foreign_file_ends_with_its_reason(mandate, draft, parcel) -> None:
    found = read_import(import_plots(mandate("planner"), draft, cut(parcel, "geopackage", 4610)))
    assert found.state == "failed" and found.error


def test_stale_draft_and_other_parties_are_refused(mandate, draft, parcel) -> None:
    with pytest.raises(Conflict):
        import_plots(mandate("planner"), draft, cut(parcel), version=draft.version - 1)
    with pytest.raises(NotAllowed):
        import_plots(mandate("developer"), draft, cut(parcel))
    with pytest.raises(Invalid):
        import_plots(mandate("planner"), draft, cut(parcel), "2364")


def test_page_shows_the_system_and_applies(signed_in, draft, parcel) -> None:
    client, path = signed_in("planner"), f"{ROOM}{draft.package.code}/draft/"
    assert "CGCS2000 / 3-degree" in client.get(path + "plots/").content.decode()
    sent = {"file": SimpleUploadedFile("plots.zip", cut(parcel, "shapefile", 4527))}
    answer = client.post(path + "plots/", sent)
    found = SheetImport.objects.get()
    assert answer.status_code == 302 and found.state == "pending"
    read_import(found)
    text = client.get(answer["Location"]).content.decode()
    assert "zone 39" in text and parcel.code in text
    assert client.post(path + f"import/{found.pk}/apply/").status_code == 302
    refused = client.post(path + "plots/", {"file": SimpleUploadedFile("plots.geojson", b"no")})
    assert refused.status_code == 422 and set(refused.context["form"].errors) == {"file"}


def test_plots_by_api(signed_in, draft, parcel) -> None:
    client, path = signed_in("planner"), f"/api/v1{ROOM}{draft.package.code}/"
    assert len(client.get(path + "draft.geojson").json()["features"]) == Parcel.objects.filter(plan=parcel.plan).count()
    answer = client.post(path + "draft/plots/", {"file": SimpleUploadedFile("plots.gpkg", cut(parcel, "geopackage"))})
    assert (answer.status_code, answer.json()["form"]) == (201, "plots")
    read_import(SheetImport.objects.get())
    done = client.post(path + f"draft/import/{answer.json()['id']}/application/")
    assert done.status_code == 200
    assert signed_in("resident").get(path + "draft.geojson").status_code == 404
