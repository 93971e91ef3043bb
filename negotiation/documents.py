"""Required documents and the dated promises that may stand for them (容缺): asked, promised, accepted, received."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate, Party
from accounts.refusals import Conflict, Invalid, NotAllowed
from audit.log import Private
from negotiation.acting import record
from negotiation.live.events import announce
from negotiation.models import RequiredDocument, Room
from negotiation.permissions import authorize
from negotiation.queries.documents import BROKEN, PROMISED, with_state
from negotiation.texts import clean_text

LONGEST = 200


def require_document(mandate: Mandate, room: Room, title: str, party_code: str) -> RequiredDocument:
    """Name a document that the procedure needs, and the party that has to bring it."""
    authorize(mandate, room, "require_document")
    title = clean_text(title, "title", LONGEST)
    party = Party.objects.filter(realm=room.code, code=party_code.strip(), seats__room=room).first()
    if party is None:
        raise Invalid({"party": _("No such party has a seat here.")})
    with transaction.atomic():
        made = RequiredDocument.objects.create(room=room, title=title, party=party, required_by=mandate)
        _log(made, "document.require", mandate, {"title": Private.text(title)})
    return made


def promise_document(mandate: Mandate, document: RequiredDocument, due: date) -> RequiredDocument:
    """The party says by which day it will bring the document; once its day is past it may promise anew."""
    authorize(mandate, document.room, "promise_document")
    if document.party_id != mandate.party_id:
        raise NotAllowed(_("Another party has to bring this document."), code="not_your_document")
    if due <= timezone.localdate():
        raise Invalid({"due": _("The day must lie in the future.")})
    with transaction.atomic():
        current = _lock_unreceived(document)
        if current.accepted_by_id and _state(current) != BROKEN:
            raise Conflict(_("The promise for this document is accepted already."))
        current.due, current.promised_by, current.accepted_by = due, mandate, None
        current.save(update_fields=["due", "promised_by", "accepted_by"])
        _log(current, "document.promise", mandate, {"due": due.isoformat()})
    return current


def accept_promise(mandate: Mandate, document: RequiredDocument) -> RequiredDocument:
    """The convener lets the promise stand for the document until its day."""
    authorize(mandate, document.room, "require_document")
    with transaction.atomic():
        current = _lock_unreceived(document)
        if _state(current) != PROMISED:
            raise Conflict(_("There is no promise to accept."))
        current.accepted_by = mandate
        current.save(update_fields=["accepted_by"])
        due = current.due.isoformat() if current.due else None
        _log(current, "document.accept", mandate, {"due": due})
    return current


def receive_document(mandate: Mandate, document: RequiredDocument, reference: str) -> RequiredDocument:
    """The convener records that the document is there, and where it is filed; a promise is kept by it."""
    authorize(mandate, document.room, "require_document")
    reference = clean_text(reference, "reference", LONGEST)
    with transaction.atomic():
        current = _lock_unreceived(document)
        late = _state(current) == BROKEN
        current.reference, current.received_on = reference, timezone.localdate()
        current.save(update_fields=["reference", "received_on"])
        _log(current, "document.receive", mandate, {"reference": Private.text(reference), "late": late})
    return current


def _lock_unreceived(document: RequiredDocument) -> RequiredDocument:
    rows = RequiredDocument.objects.select_for_update(of=("self",)).select_related("room", "party")
    current = rows.get(pk=document.pk)
    if current.received_on:
        raise Conflict(_("This document is there already."))
    return current


def _state(document: RequiredDocument) -> str:
    """As the database's day has it."""
    return str(with_state(RequiredDocument.objects.filter(pk=document.pk)).get().state)


def _log(document: RequiredDocument, action: str, mandate: Mandate, data: dict[str, object]) -> None:
    record(document.room, action, mandate, "document", document.pk, {"party": document.party.code, **data})
    announce(document.room, "documents")
