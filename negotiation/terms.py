"""A package's terms, as rows of a revision and as the document of a case file."""

import hashlib
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import rfc8785
from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import Party
from negotiation.casefile.dates import term_place
from negotiation.models import Allocation, CatalogueItem, Disposition, DueDate, Flow, Package, Revision, Room
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
    """Insert the rows of a checked package document, with their due dates."""
    room = revision.package.room
    parties = dict(Party.objects.filter(realm=room.code).values_list("code", "pk"))
    parcels = dict(Parcel.objects.filter(plan=room.plan_id).values_list("code", "pk"))
    items = dict(CatalogueItem.objects.filter(room=room).values_list("code", "pk"))
    land = Disposition.objects.bulk_create(
        (_disposition(revision, row, parcels, parties) for row in document["dispositions"]), batch_size=BATCH
    )
    allocated = Allocation.objects.bulk_create(
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
    paid = Flow.objects.bulk_create((_flow(revision, row) for row in document["flows"]), batch_size=BATCH)
    made: dict[str, list[Any]] = {"dispositions": land, "allocations": allocated, "flows": paid}
    dates = (_due_date(revision, document, made, parties, *pair) for pair in document.get("due", {}).items())
    DueDate.objects.bulk_create(dates, batch_size=BATCH)


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


KINDS: dict[Any, str] = {Disposition: "dispositions", Allocation: "allocations", Flow: "flows"}
Term = TypeVar("Term", Disposition, Allocation, Flow)


def dated(rows: QuerySet[Term]) -> QuerySet[Term]:
    """The terms, each with the day by which it is `due`, or None."""
    dates = DueDate.objects.filter(kind=KINDS[rows.model], row=OuterRef("pk")).values("on")
    return rows.annotate(due=Subquery(dates))


# Who has to do a term, and the parties and accounts that it names.
OWES = {"dispositions": "responsible", "flows": "from"}
ENDS = {"dispositions": ("recipient", "responsible"), "allocations": ("party",), "flows": ("from", "to")}


def _due_date(
    revision: Revision, document: Document, made: dict[str, list[Any]], parties: dict[str, int], term: str, day: str
) -> DueDate:
    kind, place = term_place(term)
    row = document[kind][place]
    return DueDate(
        revision=revision,
        kind=kind,
        place=place,
        row=made[kind][place].pk,
        on=date.fromisoformat(day),
        party_id=parties.get(row.get(OWES.get(kind, ""), "")),
        ends=[row[name] for name in ENDS[kind] if row.get(name)],
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
    """The package that this revision is: as in a case file, with its due dates. Seven statements, whatever its size."""
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
            "due": {row.term: row.on.isoformat() for row in revision.due_dates.order_by("pk")} or None,
        }
    )


def undated(document: Document) -> Document:
    """The package as a case file has it: its due dates stand in an extension."""
    return {key: value for key, value in document.items() if key != "due"}


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
