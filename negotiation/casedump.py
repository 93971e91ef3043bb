"""A room as a case file: load then dump gives an equal document."""

from negotiation.casefile.dates import EXTENSION
from negotiation.models import CatalogueItem, Revision, Room
from negotiation.table import on_table
from negotiation.terms import Document, amount, package_document, present, room_parties, undated
from units.models import ImplementationPlan, Parcel, Region, Right, Target


def dump_case(room: Room) -> Document:
    """The room as a case file, with the latest revision of each package that is on the table.

    Withdrawn packages are left out, and so is what answers them: that a package of the file counters one of these.
    """
    packages = [package_document(revision) for revision in latest_revisions(room)]
    codes = {package["code"] for package in packages}
    case = case_document(room) | {"packages": [_among(undated(package), codes) for package in packages]}
    dates = {package["code"]: package["due"] for package in packages if "due" in package}
    return case | ({"extensions": {**(room.extensions or {}), EXTENSION: dates}} if dates else {})


def _among(package: Document, codes: set[str]) -> Document:
    answers = package.get("counters")
    return package if answers is None or answers in codes else {k: v for k, v in package.items() if k != "counters"}


def latest_revisions(room: Room) -> list[Revision]:
    related = ("package__room", "package__proposer", "parent__package")
    return list(on_table(room).select_related(*related).order_by("package__pk"))


def case_document(room: Room) -> Document:
    """The case without its packages."""
    plan = room.plan
    return present(
        {
            "format": "tongchou-case/1",
            "code": plan.code,
            "title": plan.title,
            "summary": plan.summary,
            "kind": plan.kind,
            **_places(plan),
            **_measures(plan),
            "parcels": {
                "type": "FeatureCollection",
                "features": [_feature(row) for row in plan.parcels.order_by("pk")],
            },
            "parties": [
                {"code": row.code, "name": row.name, "side": row.side, "kind": row.kind} for row in room_parties(room)
            ],
            "rights": [_right_row(row) for row in plan.rights.select_related("parcel", "party").order_by("pk")],
            "catalogue": [_item_row(row) for row in room.catalogue.order_by("pk")],
            "plan": {
                "base_year": plan.base_year,
                "years": plan.years,
                "discount_rate": amount(plan.discount_rate),
            },
            "outside_options": room.outside_options,
            "limits": room.limits,
            "coalitions": room.coalitions,
            "rule": room.rule,
            "extensions": room.extensions,
        }
    )


def _places(plan: ImplementationPlan) -> Document:
    regions = Region.objects.filter(realm=plan.code).select_related("parent").order_by("pk")
    unit = plan.unit
    return {
        "regions": [
            {"code": row.code, "name": row.name, "parent": row.parent.code if row.parent else None} for row in regions
        ],
        "unit": {"code": unit.code, "name": unit.name, "region": unit.region.code, "geometry": unit.geometry},
    }


def _measures(plan: ImplementationPlan) -> Document:
    keys = ("code", "name", "unit", "measure", "land_use", "zone")
    return {
        "indicators": [present({key: getattr(row, key) for key in keys}) for row in plan.indicators.order_by("pk")],
        "targets": [_target_row(row) for row in plan.targets.select_related("indicator").order_by("pk")],
    }


def _target_row(row: Target) -> Document:
    return present(
        {
            "indicator": row.indicator.code,
            "op": row.op,
            "value": amount(row.value),
            "rigid": row.rigid,
            "tolerance": amount(row.tolerance) if row.tolerance is not None else None,
            "source": row.source,
        }
    )


def _feature(row: Parcel) -> Document:
    properties = {"name": row.name, "land_use": row.land_use, "zone": row.zone}
    properties |= {"site_area": amount(row.site_area), "floor_area": amount(row.floor_area)}
    return {"type": "Feature", "id": row.code, "geometry": row.geometry, "properties": properties}


def _right_row(row: Right) -> Document:
    return {
        "id": row.code,
        "parcel": row.parcel.code,
        "party": row.party.code,
        "kind": row.kind,
        "class": row.class_code,
        "site_area": amount(row.site_area),
        "floor_area": amount(row.floor_area),
        "value": amount(row.value),
    }


def _item_row(row: CatalogueItem) -> Document:
    return {
        "code": row.code,
        "name": row.name,
        "unit": row.unit,
        "price": amount(row.price),
        "divisible": row.divisible,
    }
