"""What the room's first page says: where we are, what comes next, the targets, who sits here, the map."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from negotiation.calendars import notice_ends
from negotiation.duties import Facts
from negotiation.models import Ballot, Comment, Disposition, Room
from negotiation.permissions import Viewer, is_personal
from negotiation.phases import FULL, duties_of
from negotiation.phases import following as following_phase
from negotiation.queries.packages import Listed
from negotiation.queries.procedure import standing
from negotiation.queries.words import LAND_USES, land_use_name
from negotiation.terms import amount
from units.models import Parcel, Target

PARCELS = 20
# How many threads are about a parcel.
THREADS = Comment.objects.filter(parcel=OuterRef("pk"), parent=None, hidden=False).order_by().values("parcel")
SAID = Coalesce(Subquery(THREADS.annotate(n=Count("pk")).values("n")), 0)


def current_ballot(room: Room) -> Ballot | None:
    rows = Ballot.objects.filter(room=room).select_related("revision__package", "decision", "room")
    return rows.order_by("-pk").first()


def next_step(room: Room, packages: list[Listed], ballot: Ballot | None, facts: Facts | None = None) -> dict[str, Any]:
    """What is due next, who must act, by when."""
    if room.phase == Room.Phase.VOTE and ballot:
        if ballot.state == Ballot.State.OPEN and ballot.closes_at > timezone.now():
            what = _("Vote on package %(code)s") % {"code": ballot.revision.package.code}
            return {"what": what, "who": _("everyone on the roll"), "due": ballot.closes_at}
        return {"what": _("Count the votes and set the decision down"), "who": _("the convener")}
    if duties_of(room) and room.procedure == FULL:
        return _next_duty(room, facts)
    if room.phase in (Room.Phase.DECIDED, Room.Phase.PUBLICATION) and ballot:
        what = _("Package %(code)s is decided; it is now carried out") % {"code": ballot.revision.package.code}
        return {"what": what, "who": _("the parties responsible for its terms")}
    return _next_in_negotiation(room, packages)


def _next_duty(room: Room, facts: Facts | None) -> dict[str, Any]:
    """The first duty that is missing before the next phase, and how many more are."""
    rows = [row for row in standing(room, facts) if not row.passes]
    if rows:
        return {"what": rows[0].sentence, "who": rows[0].who, "due": rows[0].until, "more": len(rows) - 1}
    following = Room.Phase(following_phase(room) or room.phase)
    if following == Room.Phase.VOTE:
        what = _("All duties are met; open the vote on the fixed text")
    else:
        what = _("All duties are met; go on to: %(phase)s") % {"phase": following.label}
    return {"what": what, "who": _("the convener")}


def _next_in_negotiation(room: Room, packages: list[Listed]) -> dict[str, Any]:
    noticed = [(notice_ends(row.revision), row.revision) for row in packages if row.revision.notice_on]
    if not packages:
        return {"what": _("Put the first package on the table"), "who": _("any party with a seat")}
    if not noticed:
        return {"what": _("Talk, counter-propose, then publish a package for notice"), "who": _("the convener")}
    ends, revision = min(noticed, key=lambda row: row[0])  # type: ignore[arg-type, return-value]
    code = {"code": revision.package.code}
    if ends and ends > timezone.localdate():
        return {"what": _("Package %(code)s is on public notice") % code, "who": _("everyone may comment"), "due": ends}
    return {"what": _("The notice of package %(code)s is over; open the vote") % code, "who": _("the convener")}


def target_rows(room: Room, packages: list[Listed]) -> list[dict[str, Any]]:
    """Each target with what every package makes of it."""
    rows = Target.objects.filter(plan=room.plan_id).select_related("indicator").order_by("pk")
    cards = [(row.revision.package.code, row.card.card if row.card and row.card.card else None) for row in packages]
    return [{"target": row, "cells": [_target_cell(code, card, row) for code, card in cards]} for row in rows]


def _target_cell(code: str, card: dict[str, Any] | None, target: Target) -> dict[str, Any]:
    items = card["gates"]["targets"]["items"] if card else []
    found = (i for i in items if i["indicator"] == target.indicator.code and i["op"] == target.op)
    cell = {"package": code, "margin": None, **next(found, {})}
    return cell | {"beyond": -cell["margin"] if cell["margin"] is not None else None}


def table(viewer: Viewer) -> list[dict[str, Any]]:
    """Who sits here, by side: parties by name, households as a number."""
    seats = viewer.room.seats.select_related("party").order_by("pk")
    sides: dict[str, dict[str, Any]] = {}
    for seat in seats:
        side = sides.setdefault(
            seat.party.side, {"side": seat.party.side, "label": seat.party.get_side_display(), "names": [], "count": 0}
        )
        side["count"] += 1
        if not is_personal(seat.party):
            side["names"].append(seat.party.name)
    for side in sides.values():
        side["households"] = side["count"] - len(side["names"])
    return list(sides.values())


def map_words() -> dict[str, str]:
    return {
        "before": _("Today"),
        "after": _("As planned"),
        "slider": _("Slide between today and as planned"),
        "package": _("Package"),
        "now": _("Use today"),
        "planned": _("Planned use"),
        "site": _("Site area (m²)"),
        "floor": _("Floor area (m²)"),
        "said": _("What was said about it"),
        "say": _("Say something about this parcel"),
    }


def map_data(room: Room, packages: list[Listed]) -> dict[str, Any]:
    """Parcels as GeoJSON with today's use and the use that each package plans."""
    planned = planned_uses([row.revision.pk for row in packages])
    parcels = Parcel.objects.filter(plan=room.plan_id).annotate(said=SAID).order_by("pk")
    codes = [row.revision.package.code for row in packages]
    return {
        "parcels": {"type": "FeatureCollection", "features": [_feature(row, planned, packages) for row in parcels]},
        "legend": {code: str(name) for code, name in LAND_USES.items()},
        "packages": [{"code": code, "title": row.revision.title} for code, row in zip(codes, packages, strict=True)],
        "url": reverse("room", args=[room.code]),
        "comments": reverse("comments", args=[room.code]),
    }


def planned_uses(revisions: list[int]) -> dict[tuple[int, int], list[str]]:
    """(revision, parcel) → the planned uses of its parts, largest first."""
    rows = Disposition.objects.filter(revision__in=revisions).order_by("-site_area", "pk")
    uses: dict[tuple[int, int], list[str]] = {}
    for revision, parcel, use in rows.values_list("revision_id", "parcel_id", "land_use"):
        uses.setdefault((revision, parcel), []).append(use)
    return uses


def _feature(parcel: Parcel, planned: dict[tuple[int, int], list[str]], packages: list[Listed]) -> dict[str, Any]:
    uses = {
        row.revision.package.code: planned.get((row.revision.pk, parcel.pk), [parcel.land_use])[0] for row in packages
    }
    properties = {
        "code": parcel.code,
        "name": parcel.name,
        "land_use": parcel.land_use,
        "planned_use": uses,
        "site_area": amount(parcel.site_area),
        "floor_area": amount(parcel.floor_area),
        "said": parcel.said,  # type: ignore[attr-defined]
    }
    return {"type": "Feature", "id": parcel.code, "geometry": parcel.geometry, "properties": properties}


def parcel_page(room: Room, packages: list[Listed], number: str | None) -> "Page[dict[str, Any]]":
    """The map as a table: each parcel with its holders, its use today and under each package."""
    planned = planned_uses([row.revision.pk for row in packages])
    rows = Parcel.objects.filter(plan=room.plan_id).annotate(holders=Count("rights__party", distinct=True), said=SAID)
    page: Page[Any] = Paginator(rows.order_by("pk"), PARCELS).get_page(number)
    page.object_list = [
        {
            "parcel": parcel,
            "use": land_use_name(parcel.land_use),
            "planned": [
                {
                    "package": row.revision.package.code,
                    "uses": [land_use_name(use) for use in planned.get((row.revision.pk, parcel.pk), [])],
                }
                for row in packages
            ],
        }
        for parcel in page
    ]
    return page
