"""Reads of imported workbooks: what one would change, in words, a page at a time."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.refusals import NotFound
from negotiation import drafting
from negotiation.figures import area
from negotiation.models import SheetChange, SheetImport
from negotiation.permissions import Viewer
from negotiation.queries.packages import find_draft
from negotiation.queries.words import end_word, stage_name, word
from negotiation.sheets.layout import SHEET, words
from notifications.topics import day_word

PER_PAGE = 20
NAMED = ("party", "from", "to", "recipient", "responsible")


@dataclass(frozen=True)
class Told:
    """One changed row: the sheet, its row there, what it is about, and each value that differs: head, old, new."""

    sheet: str
    line: int | None
    change: str
    label: str
    about: str
    fields: list[tuple[str, str, str]]


def find_import(viewer: Viewer, package: str, number: int) -> SheetImport:
    """An import of the mandate that the viewer acts under. Raises NotFound to everybody else."""
    draft = find_draft(viewer, package)
    mandate = viewer.mandate.pk if viewer.mandate else None
    found = SheetImport.objects.defer("content", "rows").filter(draft=draft, pk=number, mandate=mandate).first()
    if found is None:
        raise NotFound
    found.draft = draft
    return found


def change_rows(found: SheetImport) -> QuerySet[SheetChange]:
    """Changed rows first, then added, then removed; each in the order of the file."""
    return found.changes.order_by("kind", "pk")


def change_page(viewer: Viewer, found: SheetImport, number: str | None) -> "Page[Told]":
    page = Paginator(change_rows(found), PER_PAGE).get_page(number)
    page.object_list = [tell_change(viewer, row) for row in page.object_list]  # type: ignore[misc]
    return page  # type: ignore[return-value]


def fault_page(found: SheetImport, number: str | None) -> "Page[dict[str, str]]":
    return Paginator(found.faults, PER_PAGE).get_page(number)


def counts(found: SheetImport) -> dict[str, int]:
    """How many rows of each change. One statement."""
    rows = list(found.changes.values_list("change", flat=True))
    return {change: rows.count(change) for change in SheetChange.Change.values}


def tell_change(viewer: Viewer, row: SheetChange) -> Told:
    heads = {column.key: str(column.head) for column in SHEET[row.kind].columns}
    fields = [
        (heads.get(key, key), _said(viewer, key, old), _said(viewer, key, new))
        for key, (old, new) in _single(row.fields).items()
    ]
    return Told(str(SHEET[row.kind].title), row.line, row.change, row.get_change_display(), _about(viewer, row), fields)


def _single(fields: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The bounds of a term as two values of their own."""
    told = {key: pair for key, pair in fields.items() if key != "negotiable"}
    pair: list[Any] = fields.get("negotiable", [None, None])
    old, new = (value or {} for value in pair)
    bounds = {f"negotiable.{key}": [old.get(key), new.get(key)] for key in ("min", "max")}
    return told | {key: pair for key, pair in bounds.items() if pair[0] != pair[1]}


def _about(viewer: Viewer, row: SheetChange) -> str:
    """What tells the row from others, in a few words."""
    keys = {
        "dispositions": ("parcel", "action", "site_area"),
        "allocations": ("party", "item", "quantity"),
        "flows": ("from", "to", "category", "yuan"),
    }
    return " · ".join(_measured(viewer, key, row.row[key]) for key in keys[row.kind] if key in row.row)


def _measured(viewer: Viewer, key: str, value: Any) -> str:
    """As it is said, an area or a sum as pages write it."""
    unit = {"site_area": "m²", "yuan": str(_("yuan"))}.get(key)
    return f"{area(drafting.number(value))} {unit}" if unit else _said(viewer, key, value)


def _said(viewer: Viewer, key: str, value: Any) -> str:
    """A value as it is read: names where they are for the viewer, words for codes, a dash for nothing."""
    if value in (None, "", [], {}):
        return "—"
    if isinstance(value, list):
        return drafting.write_parts(value)
    text = str(value)
    if key in NAMED:
        label = end_word(viewer, text)
        return text if label == text else f"{text} {label}"
    if key == "action":
        return next((str(label) for code, label in words(key) if code == text), text)
    return {"stage": stage_name, "category": word, "due": day_word}.get(key, str)(text)
