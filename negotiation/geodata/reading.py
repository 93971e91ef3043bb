"""Plots out of a file: their attributes as text, their shapes in CGCS2000 degrees."""

import io
import json
import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyogrio
import shapely
from django.utils.translation import gettext as _
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from accounts.refusals import Invalid
from negotiation.geodata.guard import GEOJSON, kind_of, unknown
from negotiation.geodata.systems import system_of, to_degrees

MOST_PLOTS = 20_000
MOST_POINTS = 2_000_000
LONGEST = 200  # characters of an attribute
# What a column may be called. The heads of a Shapefile end after ten bytes.
NAMES = {
    "parcel": ("parcel", "地块", "地块编号"),
    "action": ("action", "处置", "处置方式"),
    "land_use": ("land_use", "用途", "规划用途"),
    "floor_area": ("floor_area", "建筑面积"),
    "recipient": ("recipient", "接收方"),
    "responsible": ("responsible", "responsibl", "责任方"),
}
UNREADABLE = (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.FieldError)
NOTHING = {"type": "GeometryCollection", "geometries": []}
KEYS = {name: key for key, names in NAMES.items() for name in names}


@dataclass(frozen=True)
class Plot:
    """`number` counts from 1 in the file; `values` holds what is filled in; `fault` says why the shape is unusable."""

    number: int
    values: dict[str, str]
    shape: BaseGeometry
    fault: str = ""


@dataclass
class Plots:
    """What a file holds, and the name of the coordinate system that it was converted from."""

    system: str
    plots: list[Plot] = field(default_factory=list)


def read_plots(content: bytes, chosen: str = "") -> Plots:
    """The plots of a GeoJSON, GeoPackage or zipped Shapefile; `chosen` is the EPSG number for one that names none.

    Raises Invalid for what is no such file, holds too much, or is in a system that can not be converted.
    """
    stated, rows, shapes = _geojson(content) if kind_of(content) == GEOJSON else _by_library(content)
    if len(rows) > MOST_PLOTS or int(np.sum(shapely.get_num_coordinates(shapes))) > MOST_POINTS:
        raise Invalid({"file": _("The file holds more plots or points than can be taken.")}, code="geodata_too_large")
    system = system_of(stated, chosen)
    return Plots(_called(system), list(_plots(rows, _converted(shapes, system))))


def _called(system: CRS) -> str:
    number = system.to_epsg()
    return f"{system.name} (EPSG:{number})" if number else system.name


def _plots(rows: list[dict[str, Any]], shapes: Any) -> Iterator[Plot]:
    for number, (row, shape) in enumerate(zip(rows, shapes, strict=True), start=1):
        values = {
            KEYS[name.lower()]: text for name, value in row.items() if name.lower() in KEYS and (text := _text(value))
        }
        yield Plot(number, values, shape, _fault(shape))


def _fault(shape: BaseGeometry | None) -> str:
    if shape is None or shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon"):
        return _("This is no area.")
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        return _("Its coordinates lie outside the zone of the coordinate system.")
    return "" if shape.is_valid else _("Its outline crosses itself or is not closed.")


def _converted(shapes: Any, system: CRS) -> Any:
    move = to_degrees(system).transform
    # Nine decimals of a degree are a tenth of a millimetre.
    return shapely.transform(shapes, lambda xy: np.round(np.column_stack(move(xy[:, 0], xy[:, 1])), 9))


def _text(value: Any) -> str:
    """An attribute as text; a number by its shortest decimal."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        value = int(value) if value == int(value) else repr(value)
    return str(value).replace("\x00", "").strip()[:LONGEST]


def _geojson(content: bytes) -> tuple[str | None, list[dict[str, Any]], Any]:
    """RFC 7946 is in degrees of WGS 84; the older draft's `crs` member, which many programs write, is heeded."""
    try:
        document = json.loads(content)
        features = document["features"]
        rows = [feature.get("properties") or {} for feature in features]
        shapes = shapely.from_geojson([json.dumps(feature["geometry"] or NOTHING) for feature in features])
        stated = document["crs"]["properties"]["name"] if "crs" in document else "EPSG:4326"
        if not all(isinstance(row, dict) for row in rows):
            raise TypeError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, shapely.errors.ShapelyError):
        raise unknown() from None
    return str(stated), rows, shapely.force_2d(np.asarray(shapes, dtype=object))


def _by_library(content: bytes) -> tuple[str | None, list[dict[str, Any]], Any]:
    """A Shapefile or GeoPackage by GDAL, out of memory: nothing is unpacked onto the disk."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            layers = pyogrio.list_layers(io.BytesIO(content))
            if len(layers) > 1:
                raise Invalid({"file": _("Leave exactly one layer in the file.")}, code="geodata_layers")
            meta, _fids, wkb, columns = pyogrio.raw.read(
                io.BytesIO(content), force_2d=True, max_features=MOST_PLOTS + 1, layer=0
            )
            shapes = shapely.from_wkb(wkb)
        if shapes is None:
            raise unknown()
    except (*UNREADABLE, ValueError, shapely.errors.ShapelyError):
        raise unknown() from None
    names = [str(name) for name in meta["fields"]]
    rows = (
        [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
        if names
        else [{}] * len(shapes)
    )
    return meta["crs"], rows, shapes
