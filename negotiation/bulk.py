"""One change to many amounts of a draft: by so many per cent, to one value, or rounded. Hidden rows never move."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Invalid, WrongPhase
from negotiation import drafting
from negotiation.drafts import lock_draft, write_draft
from negotiation.models import Draft, Room
from negotiation.permissions import authorize_own, viewer_of
from negotiation.terms import ENDS, Document, amount
from units.models import Right

WAYS = ("percent", "set", "round")
KINDS = tuple(drafting.AMOUNTS)
CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 15


@dataclass(frozen=True)
class Bulk:
    """Which rows, and what happens to their amount. An empty choice is no choice.

    `about` is an item of allocations or a category of flows; `value` is per cent, the new amount, or what the
    amount is rounded to a multiple of.
    """

    kind: str
    way: str
    value: Decimal
    about: str = ""
    party: str = ""
    class_code: str = ""
    places: tuple[int, ...] = ()


@dataclass(frozen=True)
class Moved:
    """One row of which the amount changes: its place in the draft, the row as it was, and the new amount."""

    place: int
    row: dict[str, Any]
    old: str
    new: str


def moved_rows(room: Room, document: Document, bulk: Bulk, hidden: Collection[str]) -> list[Moved]:
    """What the change would do to the rows that the editor may see. Two statements. Raises Invalid."""
    _check(bulk)
    key = drafting.AMOUNTS[bulk.kind]
    whole = set(room.catalogue.filter(divisible=False).values_list("code", flat=True))
    chosen = _chosen(bulk, _class_parties(room, bulk.class_code), drafting.visible_rows(document, bulk.kind, hidden))
    found = []
    for place, row in chosen:
        old = drafting.number(row.get(key))
        new = _moved(old, bulk, Decimal(1) if row.get("item") in whole else CENT)
        if new != old:
            found.append(Moved(place, row, str(row.get(key, "")), amount(new)))
    return found


def change_in_bulk(mandate: Mandate, draft: Draft, bulk: Bulk, version: int) -> Draft:
    """Change the amounts in the draft. Raises Invalid, Conflict after a save, WrongPhase where no row changes."""
    authorize_own(mandate, draft.package, "propose")
    _check(bulk)
    room = draft.package.room
    with transaction.atomic():
        current = lock_draft(draft, version)
        hidden = viewer_of(mandate, room).hidden_codes
        moved = moved_rows(room, current.document, bulk, hidden)
        if not moved:
            raise WrongPhase(_("No row would change."), code="bulk_empty")
        document = _applied(current.document, bulk, {row.place: row.new for row in moved}, hidden)
        # What is in a draft is not for the log: only how many rows it was.
        return write_draft(mandate, current, document, "package.bulk", {"rows": len(moved)})


def _applied(document: Document, bulk: Bulk, new: dict[int, str], hidden: Collection[str]) -> Document:
    key = drafting.AMOUNTS[bulk.kind]
    rows = drafting.visible_rows(document, bulk.kind, hidden)
    edited = [(place, {**row, key: new[place]} if place in new else row) for place, row in rows]
    return drafting.merge(document, {bulk.kind: list(edited)}, hidden)


def _chosen(
    bulk: Bulk, parties: Collection[str], rows: list[tuple[int, dict[str, Any]]]
) -> Iterator[tuple[int, dict[str, Any]]]:
    about = "item" if bulk.kind == "allocations" else "category"
    for place, row in rows:
        ends = {row.get(end) for end in ENDS[bulk.kind]}
        if bulk.about and row.get(about) != bulk.about:
            continue
        if (bulk.party and bulk.party not in ends) or (bulk.class_code and not ends & set(parties)):
            continue
        if not bulk.places or place in bulk.places:
            yield place, row


def _class_parties(room: Room, class_code: str) -> set[str]:
    rows = Right.objects.filter(plan=room.plan_id, class_code=class_code) if class_code else Right.objects.none()
    return set(rows.values_list("party__code", flat=True))


def _moved(old: Decimal, bulk: Bulk, grain: Decimal) -> Decimal:
    if bulk.way == "set":
        return bulk.value
    if bulk.way == "round":
        return (old / bulk.value).quantize(Decimal(1), ROUND_HALF_UP) * bulk.value
    return (old * (100 + bulk.value) / 100).quantize(grain, ROUND_HALF_UP)


def _check(bulk: Bulk) -> None:
    faults: dict[str, object] = {}
    if bulk.kind not in KINDS:
        faults["kind"] = _("Choose one of the tables.")
    if bulk.way not in WAYS:
        faults["way"] = _("Choose what happens to the amounts.")
    value = bulk.value
    if not value.is_finite() or abs(value) >= LARGEST or int(value.as_tuple().exponent) < -6:
        faults["value"] = _("A number like 1234.50 is expected.")
    elif bulk.way == "percent" and not -100 < value <= 1000:
        faults["value"] = _("More than -100 and at most 1000 per cent, please.")
    elif bulk.way in ("set", "round") and value <= 0:
        faults["value"] = _("This must be greater than 0.")
    if faults:
        raise Invalid(faults)
