"""A case file into the database: all or nothing."""

from collections import defaultdict
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Party
from accounts.refusals import Conflict
from negotiation.acting import record
from negotiation.casedump import dump_case
from negotiation.casefile import equal_documents
from negotiation.casefile.dates import EXTENSION
from negotiation.models import CatalogueItem, Package, Revision, Room, Seat
from negotiation.permissions import create_roles
from negotiation.scorecards import request_card
from negotiation.terms import BATCH, Document, create_revision, digest
from units.models import ImplementationPlan, Indicator, Parcel, PlanningUnit, Region, Right, Target


@transaction.atomic
def load_case(document: Document) -> tuple[Room, bool]:
    """Put a checked case on the table; returns the room and whether anything was done.

    The file that the room was made from, or one equal to what it is now, changes nothing. Raises Conflict when the
    code is taken by a different case.
    """
    room = Room.objects.select_related("plan").filter(code=document["code"]).first()
    if room is not None:
        if room.loaded_digest == digest(document) or equal_documents(dump_case(room), document):
            return room, False
        raise Conflict(
            _("The case %(code)s is already loaded with other content.") % {"code": room.code}, code="case_differs"
        )
    plan = _create_plan(document)
    parties = _create_parties(document)
    parcels = _create_land(plan, document, parties)
    room = _create_room(plan, document)
    _create_seats(room, document, parties, parcels)
    create_roles(room)
    record(room, "case.load", None, "room", room.code, {"digest": digest(document)})
    _create_packages(room, document, parties)
    return room, True


def _create_plan(document: Document) -> ImplementationPlan:
    realm = document["code"]
    regions: dict[str, Region] = {}
    for row in document["regions"]:
        regions[row["code"]] = Region.objects.create(
            realm=realm, code=row["code"], name=row["name"], parent=regions.get(row["parent"])
        )
    unit = PlanningUnit.objects.create(
        realm=realm,
        code=document["unit"]["code"],
        name=document["unit"]["name"],
        region=regions[document["unit"]["region"]],
        geometry=document["unit"]["geometry"],
    )
    return ImplementationPlan.objects.create(
        code=document["code"],
        kind=document["kind"],
        title=document["title"],
        summary=document.get("summary"),
        unit=unit,
        base_year=document["plan"]["base_year"],
        years=document["plan"]["years"],
        discount_rate=Decimal(document["plan"]["discount_rate"]),
    )


def _create_parties(document: Document) -> dict[str, Party]:
    rows = Party.objects.bulk_create(
        [Party(realm=document["code"], **row) for row in document["parties"]], batch_size=BATCH
    )
    return {party.code: party for party in rows}


def _create_land(plan: ImplementationPlan, document: Document, parties: dict[str, Party]) -> dict[str, Parcel]:
    indicators = {
        row["code"]: Indicator.objects.create(plan=plan, **{**row, "zone": row.get("zone")})
        for row in document["indicators"]
    }
    Target.objects.bulk_create([_target(plan, row, indicators) for row in document["targets"]])
    features = document["parcels"]["features"]
    made = Parcel.objects.bulk_create([_parcel(plan, feature) for feature in features], batch_size=BATCH)
    parcels = {parcel.code: parcel for parcel in made}
    rows = (_right(plan, row, parcels, parties) for row in document["rights"])
    Right.objects.bulk_create(rows, batch_size=BATCH)
    return parcels


def _target(plan: ImplementationPlan, row: Document, indicators: dict[str, Indicator]) -> Target:
    tolerance = Decimal(row["tolerance"]) if "tolerance" in row else None
    fields = {**row, "indicator": indicators[row["indicator"]], "value": Decimal(row["value"]), "tolerance": tolerance}
    return Target(plan=plan, **fields)


def _parcel(plan: ImplementationPlan, feature: Document) -> Parcel:
    fields = dict(feature["properties"])
    fields |= {key: Decimal(fields[key]) for key in ("site_area", "floor_area")}
    return Parcel(plan=plan, code=feature["id"], geometry=feature["geometry"], **fields)


def _right(plan: ImplementationPlan, row: Document, parcels: dict[str, Parcel], parties: dict[str, Party]) -> Right:
    return Right(
        plan=plan,
        code=row["id"],
        parcel=parcels[row["parcel"]],
        party=parties[row["party"]],
        kind=row["kind"],
        class_code=row["class"],
        **{key: Decimal(row[key]) for key in ("site_area", "floor_area", "value")},
    )


def _create_room(plan: ImplementationPlan, document: Document) -> Room:
    keys = ("limits", "outside_options", "coalitions")
    room = Room.objects.create(
        plan=plan,
        code=plan.code,
        rule=document["rule"],
        loaded_digest=digest(document),
        extensions=_kept_extensions(document),
        **{key: document.get(key) for key in keys},
    )
    CatalogueItem.objects.bulk_create(
        [CatalogueItem(room=room, **{**row, "price": Decimal(row["price"])}) for row in document["catalogue"]]
    )
    return room


def _kept_extensions(document: Document) -> Document | None:
    """The extensions that the room keeps as they are; due dates become rows of their packages."""
    found = document.get("extensions")
    return None if found is None else {name: data for name, data in found.items() if name != EXTENSION}


def _create_seats(room: Room, document: Document, parties: dict[str, Party], parcels: dict[str, Parcel]) -> None:
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in document["rights"]:
        for weight, key in (("area", "floor_area"), ("site_area", "site_area"), ("value", "value")):
            sums[row["party"]][weight] += Decimal(row[key])
    Seat.objects.bulk_create(
        [Seat(room=room, party=party, **sums[code]) for code, party in parties.items()], batch_size=BATCH
    )


def _create_packages(room: Room, document: Document, parties: dict[str, Party]) -> None:
    """Packages in the file's order; a counter-proposal may stand before what it counters."""
    revisions: dict[str, Revision] = {}
    dates = document.get("extensions", {}).get(EXTENSION, {})
    for row in document["packages"]:
        package = Package.objects.create(room=room, code=row["code"], proposer=parties[row["proposer"]])
        revisions[row["code"]] = create_revision(
            package, row | ({"due": dates[row["code"]]} if row["code"] in dates else {})
        )
    for row in document["packages"]:
        if row.get("counters"):
            revisions[row["code"]].parent = revisions[row["counters"]]
            revisions[row["code"]].save(update_fields=["parent"])
    for revision in revisions.values():
        _log_loaded(room, revision)
        request_card(revision)


def _log_loaded(room: Room, revision: Revision) -> None:
    data = {"package": revision.package.code, "revision": revision.number, "digest": revision.digest}
    record(room, "package.load", None, "revision", revision.pk, data)
