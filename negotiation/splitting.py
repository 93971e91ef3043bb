"""Splitting a parcel: one land term of a draft becomes two, and everything in it is shared out exactly."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Invalid
from negotiation import drafting
from negotiation.apportioning import CENT, UNIT, shared_out
from negotiation.drafts import lock_draft, write_draft
from negotiation.models import Draft, Room
from negotiation.permissions import authorize_own, viewer_of
from negotiation.terms import amount

Row = dict[str, Any]


def split_parcel(mandate: Mandate, draft: Draft, place: int, area: Decimal, version: int) -> Draft:
    """Give `area` m² of the land term at `place` to a second one behind it.

    Floor area, yields and uses follow the land; both are free to be changed afterwards. Raises Invalid, or Conflict if
    somebody saved since `version` was read.
    """
    authorize_own(mandate, draft.package, "propose")
    with transaction.atomic():
        current = lock_draft(draft, version)
        hidden = viewer_of(mandate, draft.package.room).hidden_codes
        if place not in drafting.visible_places(current.document, "dispositions", hidden):
            raise Invalid({"row": _("The draft has no such row.")})
        document = drafting.embedded(current.document)
        document["dispositions"][place : place + 1] = split_row(
            document["dispositions"][place], area, indivisible(draft.package.room)
        )
        return write_draft(mandate, current, drafting.extracted(document), "package.split", {})


def indivisible(room: Room) -> frozenset[str]:
    """The items of which there are only whole units."""
    return frozenset(room.catalogue.filter(divisible=False).values_list("code", flat=True))


def split_row(row: Row, area: Decimal, whole_items: Collection[str] = ()) -> tuple[Row, Row]:
    """The term with `area` m² less, and one of `area` m²; of `whole_items` each half has whole units.

    Raises Invalid unless something is left of both.
    """
    whole = drafting.number(row.get("site_area"))
    if not area.is_finite() or not 0 < area < whole:
        text = _("Write an area in m² that is less than the %(whole)s m² of this row.")
        raise Invalid({"area": text % {"whole": amount(whole)}})
    weights = (whole - area, area)
    first, second = {**row, "site_area": amount(whole - area)}, {**row, "site_area": amount(area)}
    parts = shared_out(drafting.number(row.get("floor_area")), weights)
    first["floor_area"], second["floor_area"] = map(amount, parts)
    for key in ("yields", "uses"):
        pairs = [_split_part(part, weights, part.get("item") in whole_items) for part in row.get(key) or ()]
        for half, side in ((first, 0), (second, 1)):
            half[key] = [pair[side] for pair in pairs if drafting.number(pair[side]["quantity"])]
    return drafting.without_gaps(first), drafting.without_gaps(second)


def _split_part(part: Row, weights: tuple[Decimal, Decimal], whole: bool) -> list[Row]:
    halves = shared_out(drafting.number(part.get("quantity")), weights, UNIT if whole else CENT)
    return [{**part, "quantity": amount(half)} for half in halves]
