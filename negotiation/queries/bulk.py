"""A row that a bulk change moves, in words."""

from dataclasses import dataclass
from decimal import Decimal

from negotiation import drafting
from negotiation.bulk import Moved
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
