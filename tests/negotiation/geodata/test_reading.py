"""Files of plots: every kind and system comes out in the same degrees; hostile and foreign ones are refused."""

import io
import json
import zipfile

import pytest
import shapely
from shapely.geometry import box, mapping

from accounts.refusals import Invalid
from negotiation.geodata.guard import MOST_BYTES, kind_of
from negotiation.geodata.reading import read_plots
from tests.negotiation.geodata.files import plots_file

SHAPES = [box(117.2000, 31.8000, 117.2010, 31.8008), box(117.2010, 31.8000, 117.2020, 31.8008)]
ROWS = [{"action": "retain", "floor_area": "120.5"}, {"action": "收储", "floor_area": "0"}]


# Degrees; 3-degree zone 39 with the zone in the easting; the same by central meridian 117; 6-degree zone 20.
@pytest.mark.parametrize("epsg", [4490, 4527, 4548, 4498])
@pytest.mark.parametrize("kind", ["shapefile", "geopackage", "geojson"])
def test_every_kind_in_every_system_gives_the_same_degrees(kind: str, epsg: int) -> None:
    found = read_plots(plots_file(kind, ROWS, SHAPES, epsg))
    assert [plot.values for plot in found.plots] == ROWS
    for plot, shape in zip(found.plots, SHAPES, strict=True):
        assert shapely.hausdorff_distance(plot.shape, shape) < 2e-9  # degrees: 0.2 mm
    assert "CGCS2000" in found.system or "China" in found.system or "WGS 84" in found.system


def test_system_is_asked_for_where_the_file_names_none() -> None:
    content = plots_file("shapefile", ROWS, SHAPES, 4527, prj=False)
    with pytest.raises(Invalid) as refusal:
        read_plots(content)
    assert (refusal.value.code, set(refusal.value.fields)) == ("system_unknown", {"system"})
    found = read_plots(content, "4527")
    assert shapely.hausdorff_distance(found.plots[0].shape, SHAPES[0]) < 2e-9


@pytest.mark.parametrize("epsg", [4214, 4610, 2364, 3857])  # Beijing 1954, Xi'an 1980 and its zone 40, web Mercator
def test_other_systems_are_refused_by_name(epsg: int) -> None:
    with pytest.raises(Invalid) as refusal:
        read_plots(plots_file("geopackage", ROWS, SHAPES, epsg))
    assert refusal.value.code == "system_foreign"


def zipped(**parts: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "."), content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "geodata_type"),
        (b"PK\x03\x04broken", "geodata_type"),
        (b"<kml/>", "geodata_type"),
        (b"{" * 100_000, "geodata_type"),
        (b'{"features": 3}', "geodata_type"),
        (b'{"features": [{"properties": [], "geometry": 1}]}', "geodata_type"),
        (b"SQLite format 3\x00" + b"\x00" * 4096, "geodata_type"),
        (zipped(run__exe=b"MZ"), "geodata_type"),
        (zipped(a__shp=b"", b__shp=b""), "geodata_layers"),
        (zipped(a__shp=b"\x00" * 2000, a__dbf=b"x", a__shx=b"y"), "geodata_type"),
        (zipped(a__shp=b"\x00" * 101_000_000), "geodata_bomb"),
        (b" " * (MOST_BYTES + 1), "geodata_too_large"),
    ],
)
def test_hostile_files_are_refused(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_plots(content, "4490")
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        {"type": "Point", "coordinates": [117, 31]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]},
    ],
)
def test_unusable_shape_is_a_fault_of_its_plot(geometry) -> None:
    good = {"type": "Feature", "properties": {"action": "retain"}, "geometry": mapping(SHAPES[0])}
    bad = {"type": "Feature", "properties": None, "geometry": geometry}
    found = read_plots(json.dumps({"type": "FeatureCollection", "features": [good, bad]}).encode())
    assert [bool(plot.fault) for plot in found.plots] == [False, True]


def test_kind_is_known_by_content() -> None:
    kinds = ("shapefile", "geopackage", "geojson")
    assert [kind_of(plots_file(kind, ROWS, SHAPES)) for kind in kinds] == list(kinds)
