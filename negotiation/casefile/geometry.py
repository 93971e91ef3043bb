"""Geometries: longitude and latitude in range, rings closed, areas valid; and how far drawn and stated areas differ."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import shapely
from pyproj import Geod
from shapely.geometry import MultiPolygon, Polygon

from negotiation.casefile.faults import Finding, Place
from negotiation.casefile.view import View

AREA_SHARE = Decimal("0.05")
Ring = list[list[float]]


@cache
def _ellipsoid() -> Geod:
    """CGCS2000: a = 6378137 m, f = 1/298.257222101, the same figure as GRS80."""
    return Geod(a=6378137.0, rf=298.257222101)


def geometry_findings(view: View) -> Iterator[Finding]:
    """Faults of the unit's and of each parcel's geometry."""
    for place, geometry in _geometries(view):
        yield from _judge(place, geometry)


def area_findings(view: View) -> Iterator[Finding]:
    """Warnings: parcels whose stated site area is off by more than 5 % of the geodesic area of their geometry.

    The view must leave out the geometries in which `geometry_findings` found a fault.
    """
    for where, _ in view.every("parcels", "features"):
        stated, geometry = view.sound((*where, "properties", "site_area")), view.sound((*where, "geometry"))
        if stated is not None and geometry is not None:
            yield from _area(where, Decimal(stated), shape_of(geometry))


def _geometries(view: View) -> Iterator[tuple[Place, dict[str, Any]]]:
    places: list[Place] = [("unit", "geometry")]
    places += [(*where, "geometry") for where, _ in view.every("parcels", "features")]
    for place in places:
        geometry = view.sound(place)
        if geometry is not None:
            yield place, geometry


def _judge(place: Place, geometry: dict[str, Any]) -> Iterator[Finding]:
    """The first thing wrong with each ring, else what makes the whole invalid."""
    faulty = False
    for where, ring in _rings((*place, "coordinates"), geometry):
        for finding in _ring(where, ring):
            faulty = True
            yield finding
    if not faulty:
        yield from _validity(place, geometry)


def _rings(place: Place, geometry: dict[str, Any]) -> Iterator[tuple[Place, Ring]]:
    if geometry["type"] == "Polygon":
        yield from (((*place, number), ring) for number, ring in enumerate(geometry["coordinates"]))
        return
    for outer, polygon in enumerate(geometry["coordinates"]):
        yield from (((*place, outer, number), ring) for number, ring in enumerate(polygon))


def _ring(place: Place, ring: Ring) -> Iterator[Finding]:
    for number, position in enumerate(ring):
        if not (-180 <= position[0] <= 180 and -90 <= position[1] <= 90):
            expected = "longitude within ±180 and latitude within ±90 degrees"
            yield Finding((*place, number), "out_of_range", expected, f"{position[0]!r}, {position[1]!r}")
            return
    if ring[0] != ring[-1]:
        yield Finding(place, "not_closed", "a ring whose last position repeats its first")


def shape_of(geometry: dict[str, Any]) -> Polygon | MultiPolygon:
    """The area that a GeoJSON Polygon or MultiPolygon of sound form draws."""
    if geometry["type"] == "Polygon":
        return _polygon(geometry["coordinates"])
    return MultiPolygon([_polygon(rings) for rings in geometry["coordinates"]])


def _polygon(rings: list[Ring]) -> Polygon:
    """Heights are dropped: areas are those of the ellipsoid."""
    flat = [[(x, y) for x, y, *_ in ring] for ring in rings]
    return Polygon(flat[0], flat[1:])


def _validity(place: Place, geometry: dict[str, Any]) -> Iterator[Finding]:
    try:
        shape = shape_of(geometry)
        explanation = shapely.is_valid_reason(shape)
    except (ValueError, shapely.errors.ShapelyError) as error:
        explanation, shape = str(error), Polygon()
    if explanation != "Valid Geometry":
        yield Finding(place, "invalid_geometry", "a valid polygon", explanation)
    elif shape.is_empty or shape.area == 0:
        yield Finding(place, "empty_geometry", "a geometry with an area")


def _area(where: Place, stated: Decimal, shape: Polygon | MultiPolygon) -> Iterator[Finding]:
    area = geodesic_area(shape)
    drawn = Decimal(area) if math.isfinite(area) else stated
    if abs(stated - drawn) > AREA_SHARE * drawn:
        place = (*where, "properties", "site_area")
        yield Finding(place, "area_differs", f"within 5 % of the {drawn:.2f} m² of its geometry", f"{stated} m²")


def geodesic_area(shape: Polygon | MultiPolygon) -> float:
    """Area on the CGCS2000 ellipsoid, m². Orientation of rings does not matter."""
    oriented = shapely.orient_polygons(shape)
    return abs(float(_ellipsoid().geometry_area_perimeter(oriented)[0]))
