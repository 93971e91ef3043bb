"""A package's terms, as rows of a revision and as the document of a case file."""

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import rfc8785

from accounts.models import Party
from negotiation.models import Allocation, CatalogueItem, Disposition, Flow, Package, Revision, Room
from units.models import Parcel

Document = dict[str, Any]
BATCH = 2000


def amount(value: Decimal) -> str:
    """A decimal as a case file writes it: no exponent, at least two decimals, no idle zeros after them."""
    text = f"{value:f}"
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(2, '0')}"


def digest(document: Any) -> str:
    """SHA-256, in hex, of the RFC 8785 canonical JSON."""
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def write_terms(revision: Revision, document: Document) -> None:
    """Insert the rows of a checked package document."""
    room = revision.package.room
    parties = dict(Party.objects.filter(realm=room.code).values_list("code", "pk"))
    parcels = dict(Parcel.objects.filter(plan=room.plan_id).values_list("code", "pk"))
    items = dict(CatalogueItem.objects.filter(room=room).values_list("code", "pk"))
    Disposition.objects.bulk_create(
        (_disposition(revision, row, parcels, parties) for row in document["dispositions"]), batch_size=BATCH
    )
    Allocation.objects.bulk_create(
        (
            Allocation(
                revision=revision,
                party_id=parties[row["party"]],
                item_id=items[row["item"]],
                quantity=Decimal(row["quantity"]),
                year=row["year"],
            )
            for row in document["allocations"]
        ),
        batch_size=BATCH,
    )
    Flow.objects.bulk_create((_flow(revision, row) for row in document["flows"]), batch_size=BATCH)


def _disposition(revision: Revision, row: Document, parcels: dict[str, int], parties: dict[str, int]) -> Disposition:
    return Disposition(
        revision=revision,
        parcel_id=parcels[row["parcel"]],
        action=row["action"],
        land_use=row["land_use"],
        site_area=Decimal(row["site_area"]),
        floor_area=Decimal(row["floor_area"]),
        recipient_id=parties[row["recipient"]] if row.get("recipient") else None,
        responsible_id=parties[row["responsible"]] if row.get("responsible") else None,
        yields=row.get("yields"),
        uses=row.get("uses"),
    )


def _flow(revision: Revision, row: Document) -> Flow:
    return Flow(
        revision=revision,
        source=row["from"],
        target=row["to"],
        category=row["category"],
        stage=row["stage"],
        year=row["year"],
        yuan=Decimal(row["yuan"]),
    )


def present(document: Document) -> Document:
    """The document without its absent (None) keys."""
    return {key: value for key, value in document.items() if value is not None}


def disposition_document(row: Disposition) -> Document:
    return present(
        {
            "parcel": row.parcel.code,
            "action": row.action,
            "land_use": row.land_use,
            "site_area": amount(row.site_area),
            "floor_area": amount(row.floor_area),
            "recipient": row.recipient.code if row.recipient else None,
            "responsible": row.responsible.code if row.responsible else None,
            "yields": row.yields,
            "uses": row.uses,
        }
    )


def allocation_document(row: Allocation) -> Document:
    return {"party": row.party.code, "item": row.item.code, "quantity": amount(row.quantity), "year": row.year}


def flow_document(row: Flow) -> Document:
    return {
        "from": row.source,
        "to": row.target,
        "category": row.category,
        "stage": row.stage,
        "year": row.year,
        "yuan": amount(row.yuan),
    }


def package_document(revision: Revision) -> Document:
    """The package of a case file that this revision is. Six statements, whatever the number of rows."""
    parent = revision.parent
    return present(
        {
            "code": revision.package.code,
            "title": revision.title,
            "proposer": revision.package.proposer.code,
            "summary": revision.summary,
            "counters": parent.package.code if parent else None,
            "dispositions": [disposition_document(row) for row in dispositions(revision)],
            "allocations": [allocation_document(row) for row in allocations(revision)],
            "flows": [flow_document(row) for row in revision.flows.order_by("pk")],
            "negotiable": revision.negotiable,
        }
    )


def dispositions(revision: Revision) -> Iterable[Disposition]:
    return revision.dispositions.select_related("parcel", "recipient", "responsible").order_by("pk")


def allocations(revision: Revision) -> Iterable[Allocation]:
    return revision.allocations.select_related("party", "item").order_by("pk")


def create_revision(package: Package, document: Document, **fields: Any) -> Revision:
    """Add the next immutable revision, with its rows, and make it the package's latest."""
    number = package.revisions.count() + 1
    revision = Revision.objects.create(
        package=package,
        number=number,
        title=document["title"],
        summary=document.get("summary"),
        negotiable=document.get("negotiable"),
        digest=digest(document),
        **fields,
    )
    write_terms(revision, document)
    Package.objects.filter(pk=package.pk).update(latest=revision)
    package.latest = revision
    return revision


def room_parties(room: Room) -> Iterable[Party]:
    return Party.objects.filter(seats__room=room).order_by("seats__pk")
