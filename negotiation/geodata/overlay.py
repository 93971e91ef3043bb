"""Plots over parcels: which piece of which parcel each plot takes, with areas that add up.

A parcel's stated area is shared out by the geodesic areas of the pieces, and they add up to it;
a rest that no plot covers stays as it is in a row of its own.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import MultiPolygon, Polygon

from negotiation.apportioning import shared_out
from negotiation.casefile.geometry import geodesic_area
from negotiation.geodata.reading import Plot
from negotiation.scoring.terms import KEPT

Row = dict[str, Any]
SLIVER = 0.001  # of a parcel: less than the two drawings differ by


@dataclass(frozen=True)
class Land:
    """A parcel as it stands in the register; areas in m²."""

    code: str
    land_use: str
    site_area: Decimal
    floor_area: Decimal
    shape: Polygon | MultiPolygon


@dataclass(frozen=True)
class Piece:
    """What a plot takes of a parcel: `share` of its drawn area."""

    plot: Plot
    land: Land
    share: float


@dataclass
class Overlay:
    """(number of the plot or None for a rest, row) for each touched parcel; plot number → what is wrong with it."""

    rows: list[tuple[int | None, Row]] = field(default_factory=list)
    faults: list[tuple[int, str, str]] = field(default_factory=list)  # number, key, reason


def overlay(plots: Sequence[Plot], parcels: Sequence[Land]) -> Overlay:
    found = Overlay()
    pieces: dict[str, list[Piece]] = defaultdict(list)
    drawn = {land.code: geodesic_area(land.shape) for land in parcels}
    tree, by_code = shapely.STRtree([land.shape for land in parcels]), {land.code: land for land in parcels}
    for plot in plots:
        if plot.fault:
            found.faults.append((plot.number, "", plot.fault))
        elif "parcel" in plot.values and plot.values["parcel"] not in by_code:
            found.faults.append((plot.number, "parcel", _("There is no such parcel here.")))
        else:
            named = plot.values.get("parcel")
            near = [by_code[named]] if named else [parcels[place] for place in sorted(tree.query(plot.shape))]
            taken = [piece for land in near if (piece := _piece(plot, land, drawn[land.code]))]
            if not taken:
                reason = _("It does not lie on this parcel.") if named else _("It lies on no parcel of this room.")
                found.faults.append((plot.number, "parcel" if named else "", reason))
            for piece in taken:
                pieces[piece.land.code].append(piece)
    floors = _floors(pieces, found)
    for land in parcels:
        if land.code in pieces:
            found.rows += _rows(land, pieces[land.code], floors, found)
    return found


def _piece(plot: Plot, land: Land, whole: float) -> Piece | None:
    common = shapely.intersection(plot.shape, land.shape)
    areas = [part for part in shapely.get_parts(common) if isinstance(part, Polygon)]
    share = geodesic_area(MultiPolygon(areas)) / whole if areas else 0.0
    return Piece(plot, land, share) if share > SLIVER else None


def _floors(pieces: dict[str, list[Piece]], found: Overlay) -> dict[tuple[int, str], Decimal]:
    """Planned floor area of each piece whose plot states one: shared out by the drawn areas of the plot's pieces."""
    of_plot: dict[int, list[Piece]] = defaultdict(list)
    for piece in (piece for rows in pieces.values() for piece in rows):
        of_plot[piece.plot.number].append(piece)
    floors: dict[tuple[int, str], Decimal] = {}
    for number, rows in of_plot.items():
        stated = rows[0].plot.values.get("floor_area", "")
        if stated:
            try:
                whole = Decimal(stated)
            except ArithmeticError:
                whole = Decimal(-1)
            if not whole.is_finite() or whole < 0 or whole >= 10**12:
                found.faults.append((number, "floor_area", _("This is no area in m².")))
                whole = Decimal(0)
            weights = [piece.share * float(piece.land.site_area) for piece in rows]
            for piece, part in zip(rows, shared_out(whole, weights), strict=True):
                floors[number, piece.land.code] = part
    return floors


def _rows(
    land: Land, pieces: list[Piece], floors: dict[tuple[int, str], Decimal], found: Overlay
) -> Iterator[tuple[int | None, Row]]:
    covered = sum(piece.share for piece in pieces)
    if covered > 1 + SLIVER:
        numbers = ", ".join(str(piece.plot.number) for piece in pieces)
        reason = _("Plots %(plots)s lie over one another on parcel %(parcel)s.")
        found.faults.append((pieces[-1].plot.number, "", reason % {"plots": numbers, "parcel": land.code}))
    rest = [1 - covered] if covered < 1 - SLIVER else []
    shares = [piece.share for piece in pieces] + rest
    sites, standing = shared_out(land.site_area, shares), shared_out(land.floor_area, shares)
    for piece, site, floor in zip(pieces, sites, standing, strict=False):
        yield piece.plot.number, _row(piece, site, floor, floors, found)
    if rest:
        areas = {"site_area": str(sites[-1]), "floor_area": str(standing[-1])}
        yield None, {"parcel": land.code, "action": "retain", "land_use": land.land_use, **areas}


def _row(piece: Piece, site: Decimal, floor: Decimal, floors: dict[tuple[int, str], Decimal], found: Overlay) -> Row:
    values, land = piece.plot.values, piece.land
    planned = floors.get((piece.plot.number, land.code))
    if planned is None and values.get("action") not in KEPT:
        reason = _("Say the planned floor area; 0 where nothing is built.")
        found.faults.append((piece.plot.number, "floor_area", reason))
    row = {
        "parcel": land.code,
        "action": values.get("action", ""),
        "land_use": values.get("land_use") or land.land_use,
        "site_area": str(site),
        "floor_area": str(floor if planned is None else planned),
    }
    return row | {key: values[key] for key in ("recipient", "responsible") if key in values}
