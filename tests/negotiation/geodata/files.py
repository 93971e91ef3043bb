"""Plots as files of each kind, written by GDAL in any coordinate system."""

import io
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from pyproj import Transformer


def plots_file(kind: str, rows: list[dict[str, str]], shapes: list, epsg: int = 4490, *, prj: bool = True) -> bytes:
    """`rows` are the attributes, `shapes` in CGCS2000 degrees."""
    move = Transformer.from_crs(4490, epsg, always_xy=True).transform
    moved = shapely.transform(np.asarray(shapes, dtype=object), lambda xy: np.column_stack(move(xy[:, 0], xy[:, 1])))
    names = sorted({name for row in rows for name in row})
    columns = [np.asarray([row.get(name, "") for row in rows], dtype=object) for name in names]
    with tempfile.TemporaryDirectory() as folder:
        suffix, driver = {
            "shapefile": ("shp", "ESRI Shapefile"),
            "geopackage": ("gpkg", "GPKG"),
            "geojson": ("geojson", "GeoJSON"),
        }[kind]
        path = Path(folder) / f"plots.{suffix}"
        pyogrio.raw.write(
            path,
            shapely.to_wkb(moved),
            columns,
            names,
            driver=driver,
            geometry_type="Polygon",
            crs=f"EPSG:{epsg}",
            **({"encoding": "UTF-8"} if kind == "shapefile" else {}),
        )
        if kind != "shapefile":
            return path.read_bytes()
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for part in sorted(Path(folder).iterdir()):
                if prj or part.suffix != ".prj":
                    archive.write(part, part.name)
        return packed.getvalue()
