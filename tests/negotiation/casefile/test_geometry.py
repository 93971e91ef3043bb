import math
from typing import Any

import pytest
from shapely.geometry import shape

from negotiation.casefile import check_case
from negotiation.casefile.geometry import geodesic_area
from tests.negotiation.casefile.small import SQUARE, put, small_case

PARCEL = "parcels/features/0/geometry"
PLACE = "$.parcels.features[0].geometry"
HOLE = [[120.0002, 30.0002], [120.0002, 30.0004], [120.0004, 30.0004], [120.0004, 30.0002], [120.0002, 30.0002]]


def places(geometry: Any) -> list[tuple[str, str]]:
    return [(fault.path, fault.code) for fault in check_case(put(small_case(), PARCEL, geometry)).faults]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


@pytest.mark.parametrize(
    "geometry",
    [
        polygon(SQUARE[0], HOLE),
        polygon(SQUARE[0][::-1]),
        polygon([[*position, 12.5] for position in SQUARE[0]]),
        {"type": "MultiPolygon", "coordinates": [SQUARE]},
        polygon([[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]),
    ],
)
def test_a_sound_geometry_passes(geometry: Any) -> None:
    assert places(geometry) == []


@pytest.mark.parametrize(
    ("geometry", "place", "code"),
    [
        (polygon(SQUARE[0][:-1]), ".coordinates[0]", "not_closed"),
        (polygon(SQUARE[0], HOLE[:-1]), ".coordinates[1]", "not_closed"),
        (polygon([[180.1, 30.0], *SQUARE[0][1:]]), ".coordinates[0][0]", "out_of_range"),
        (polygon([*SQUARE[0][:2], [120.0, -90.5], SQUARE[0][0]]), ".coordinates[0][2]", "out_of_range"),
        (polygon([[500000.0, 3300000.0], *SQUARE[0][1:]]), ".coordinates[0][0]", "out_of_range"),
        (polygon([SQUARE[0][n] for n in (0, 2, 1, 3, 0)]), "", "invalid_geometry"),
        (polygon([[120.0, 30.0]] * 4), "", "invalid_geometry"),
        (polygon([[120, 30], [121, 31], [122, 32], [120, 30]]), "", "invalid_geometry"),
        ({"type": "MultiPolygon", "coordinates": [SQUARE, SQUARE]}, "", "invalid_geometry"),
        (polygon(), ".coordinates", "too_few"),
        ({"type": "MultiPolygon", "coordinates": []}, ".coordinates", "too_few"),
        ({"type": "MultiPolygon", "coordinates": SQUARE}, ".coordinates[0][0]", "too_few"),
        (polygon([[120.0, 30.0]]), ".coordinates[0]", "too_few"),
        (polygon([["120", 30.0], *SQUARE[0][1:]]), ".coordinates[0][0][0]", "wrong_type"),
        (polygon([[120.0], *SQUARE[0][1:]]), ".coordinates[0][0]", "too_few"),
        ({"coordinates": SQUARE}, ".type", "missing"),
        ({"type": "Polygon", "coordinates": SQUARE, "crs": "EPSG:4490"}, ".crs", "unknown_key"),
        (None, "", "wrong_type"),
    ],
)
def test_a_faulty_geometry_is_placed(geometry: Any, place: str, code: str) -> None:
    assert places(geometry)[0] == (PLACE + place, code)


def test_what_makes_a_geometry_invalid_is_explained() -> None:
    (fault,) = check_case(put(small_case(), PARCEL, polygon([SQUARE[0][n] for n in (0, 2, 1, 3, 0)]))).faults
    assert fault.found == "Self-intersection[120.0005 30.0005]"


def test_the_geometry_of_the_unit_is_judged_too() -> None:
    (fault,) = check_case(put(small_case(), "unit/geometry", polygon(SQUARE[0][:-1]))).faults
    assert fault.path == "$.unit.geometry.coordinates[0]"


def test_a_small_square_has_the_area_of_its_zone_of_the_ellipsoid() -> None:
    """Oracle: the closed form of the zone between two parallels; over 0.001° these are all but geodesics."""
    e2 = (2 - 1 / 298.257222101) / 298.257222101
    e = math.sqrt(e2)

    def zone(latitude: float) -> float:
        s = math.sin(math.radians(latitude))
        return 6378137.0**2 * (1 - e2) / 2 * (s / (1 - e2 * s * s) + math.atanh(e * s) / e)

    expected = math.radians(0.001) * (zone(30.001) - zone(30.0))
    assert geodesic_area(shape(polygon(SQUARE[0]))) == pytest.approx(expected, rel=1e-6)


def test_a_hole_is_taken_off_whatever_its_direction() -> None:
    whole, hole = geodesic_area(shape(polygon(SQUARE[0]))), geodesic_area(shape(polygon(HOLE)))
    for ring in (HOLE, HOLE[::-1]):
        assert geodesic_area(shape(polygon(SQUARE[0], ring))) == pytest.approx(whole - hole)


@pytest.mark.parametrize(("share", "warned"), [(0.949, True), (0.951, False), (1.049, False), (1.051, True)])
def test_a_stated_area_off_by_more_than_5_percent_is_a_warning(share: float, warned: bool) -> None:
    area = f"{geodesic_area(shape(polygon(SQUARE[0]))) * share:.2f}"
    document = put(small_case(), "parcels/features/0/properties/site_area", area)
    report = check_case(put(document, "packages/0/dispositions/0/site_area", area))
    assert [fault.code for fault in report.warnings] == ["area_differs"] * warned
    assert report.faults == ()
