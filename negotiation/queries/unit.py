"""The planning unit of a room: what the plans above ask of it, and who holds what in it."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import Party
from negotiation.models import Room
from negotiation.permissions import Viewer, personal
from negotiation.visibility import FEW
from units.models import Parcel, Right, Target


def plans_above(viewer: Viewer) -> list[dict[str, Any]]:
    """Each plan that hands something down, with its targets."""
    rows = Target.objects.filter(plan=viewer.room.plan_id).select_related("indicator").order_by("pk")
    found: dict[str, list[Target]] = defaultdict(list)
    for row in rows:
        found[row.source or ""].append(row)
    return [{"plan": name, "targets": targets} for name, targets in found.items()]


def rights_by_class(viewer: Viewer) -> list[dict[str, Any]]:
    """Rights summed by class: m² and yuan; of fewer than five households only how many there are."""
    rows = Right.objects.filter(plan=viewer.room.plan_id).order_by("class_code", "kind")
    private = Count("party", filter=Q(party__in=personal(_parties(viewer))), distinct=True)
    found = rows.values("class_code", "kind").annotate(
        holders=Count("party", distinct=True),
        households=private,
        site=Sum("site_area"),
        floor=Sum("floor_area"),
        worth=Sum("value"),
    )
    few = not viewer.may("read_households")
    return [{**row, "hidden": few and 0 < row["households"] < FEW} for row in found]


def _parties(viewer: Viewer) -> QuerySet[Party]:
    return Party.objects.filter(realm=viewer.room.code)


def land_by_use(viewer: Viewer) -> list[Mapping[str, Any]]:
    """The land today by use and side of the urban growth boundary, m²."""
    rows = Parcel.objects.filter(plan=viewer.room.plan_id).order_by("land_use", "zone")
    found = rows.values("land_use", "zone").annotate(n=Count("pk"), site=Sum("site_area"), floor=Sum("floor_area"))
    return list(found)


def rooms_of_unit(viewer: Viewer) -> QuerySet[Room]:
    """This room and the published ones of other plans in the same unit."""
    rows = Room.objects.filter(plan__unit=viewer.room.plan.unit_id).filter(Q(published=True) | Q(pk=viewer.room.pk))
    return rows.select_related("plan").order_by("code")
