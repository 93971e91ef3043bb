"""Plots as the land terms of a draft: rows of the parcels that they touch are replaced, the others stay."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from django.utils.translation import gettext as _

from negotiation import drafting
from negotiation.casefile.geometry import shape_of
from negotiation.geodata.overlay import Land, overlay
from negotiation.geodata.reading import Plot
from negotiation.models import Draft, Room
from negotiation.permissions import Viewer
from negotiation.sheets.layout import SHEET, Sheet, code_of
from negotiation.sheets.read import Line, Workbook
from negotiation.terms import Document
from units.models import Parcel

LAND = SHEET["dispositions"]


class PlotBook(Workbook):
    """Faults are told by the plot's number and the name of its attribute."""

    def fault(self, sheet: Sheet, column: int, line: int | None, reason: str) -> None:
        self.plot_fault(line, str(sheet.columns[column].head), reason)

    def plot_fault(self, number: int | None, head: str, reason: str) -> None:
        self.note(head, _("Plot %(number)s") % {"number": number}, reason)


def plot_book(room: Room, document: Document, plots: Sequence[Plot], hidden: Collection[str]) -> PlotBook:
    """The land terms as they would be. A parcel that had one row and gets one keeps what the file does not say."""
    book = PlotBook()
    heads = {column.key: str(column.head) for column in LAND.columns}
    found = overlay([_coded(plot) for plot in plots], _lands(room))
    for place, key, reason in found.faults:
        book.plot_fault(place, heads.get(key, "—"), reason)
    stored = drafting.visible_rows(document, LAND.kind, hidden)
    touched = {row["parcel"] for _n, row in found.rows}
    old, new = Counter(row.get("parcel") for _place, row in stored), Counter(row["parcel"] for _n, row in found.rows)
    places = {row.get("parcel"): place for place, row in stored}
    lines = [Line(None, place, row) for place, row in stored if row.get("parcel") not in touched]
    for number, row in found.rows:
        single = old[row["parcel"]] == new[row["parcel"]] == 1
        lines.append(Line(number, places[row["parcel"]] if single else None, row))
    book.lines = {LAND.kind: sorted(lines, key=lambda line: (line.place is None, line.place or 0))}
    return book


def draft_plots(viewer: Viewer, draft: Draft) -> Document:
    """GeoJSON (RFC 7946) of the room's parcels in CGCS2000 degrees, each with the attributes that `read_plots` knows:
    of its row in the draft, where it has one that the viewer may see; of the register besides."""
    stored = drafting.visible_rows(draft.document, LAND.kind, viewer.hidden_codes)
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for _place, row in stored:
        rows[row.get("parcel", "")].append(row)
    parcels = Parcel.objects.filter(plan=viewer.room.plan_id).order_by("pk")
    return {"type": "FeatureCollection", "features": [_feature(parcel, rows[parcel.code]) for parcel in parcels]}


def _feature(parcel: Parcel, rows: list[dict[str, Any]]) -> Document:
    """A parcel that several rows share has none of their attributes: its plots are still to be drawn."""
    row = rows[0] if len(rows) == 1 else {}
    known = {key: row[key] for key in ("action", "land_use", "floor_area", "recipient", "responsible") if row.get(key)}
    names = {"parcel": parcel.code, "name": parcel.name, "land_use": parcel.land_use}
    return {"type": "Feature", "id": parcel.code, "geometry": parcel.geometry, "properties": names | known}


def _coded(plot: Plot) -> Plot:
    """The plot with the code of the action, which people may write as a word."""
    action: dict[str, Any] = {}
    if "action" in plot.values:
        action["action"] = code_of("action", plot.values["action"])
    return Plot(plot.number, plot.values | action, plot.shape, plot.fault)


def _lands(room: Room) -> list[Land]:
    rows = Parcel.objects.filter(plan=room.plan_id).order_by("pk")
    return [Land(p.code, p.land_use, p.site_area, p.floor_area, shape_of(p.geometry)) for p in rows]
