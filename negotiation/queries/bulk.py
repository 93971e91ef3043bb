"""Rows of a draft that an act is about, in words."""

from dataclasses import dataclass
from decimal import Decimal

from negotiation import drafting
from negotiation.bulk import Moved
from negotiation.models import Disposition, Draft
from negotiation.permissions import Viewer
from negotiation.queries.words import end_word, word


@dataclass(frozen=True)
class ToldMove:
    number: int
    about: str
    old: Decimal
    new: Decimal


def tell_moved(viewer: Viewer, kind: str, moved: Moved) -> ToldMove:
    row = moved.row
    if kind == "allocations":
        parts = [viewer.code_label(row.get("party", "")), row.get("item", "")]
    else:
        ends = " → ".join(end_word(viewer, row.get(end, "")) for end in ("from", "to"))
        parts = [ends, word(row.get("category", ""))]
    about = " · ".join(part for part in parts if part)
    return ToldMove(moved.place + 1, about, drafting.number(moved.old), Decimal(moved.new))


def land_choices(viewer: Viewer, draft: Draft) -> list[tuple[int, str]]:
    """Place and label of each land term that the viewer may see: number, parcel, action, m²."""
    actions = dict(Disposition.Action.choices)
    found = []
    for place, row in drafting.visible_rows(draft.document, "dispositions", viewer.hidden_codes):
        action = str(actions.get(row.get("action", ""), ""))
        found.append((place, f"{place + 1} · {row.get('parcel', '')} · {action} · {row.get('site_area', '')} m²"))
    return found
