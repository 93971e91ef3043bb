"""Mandates in a room: who may act for which party. Grant and revocation are acts of the convener."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate, Party, User
from accounts.refusals import Conflict, Invalid
from audit.log import Private, stamp
from negotiation.acting import record
from negotiation.models import Room
from negotiation.permissions import authorize, role_group

SIDE_ROLES = {"government": "government", "market": "market", "public": "public"}
LONGEST_DOCUMENT = 200


def grant_mandate(
    convener: Mandate,
    room: Room,
    user: User,
    party: Party,
    kind: str,
    *,
    document: str = "",
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
) -> Mandate:
    """Let a person act for a party of the room. A representative or proxy needs a document."""
    authorize(convener, room, "grant_mandate")
    _check_mandate(room, party, kind, document, valid_from, valid_to)
    with transaction.atomic():
        return seat_person(
            room, user, party, kind, document=document.strip(), valid_from=valid_from, valid_to=valid_to, by=convener
        )


def seat_person(
    room: Room,
    user: User,
    party: Party,
    kind: str,
    *,
    role: str = "",
    document: str = "",
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    by: Mandate | None = None,
) -> Mandate:
    """Write the mandate and give the role of the party's side; for `grant_mandate` and the operator's commands."""
    mandate = Mandate.objects.create(
        user=user,
        party=party,
        kind=kind,
        document=document,
        valid_from=valid_from or timezone.now(),
        valid_to=valid_to,
        granted_by=by.user if by else None,
    )
    user.groups.add(role_group(room, role or SIDE_ROLES.get(party.side, "observer")))
    data = {
        "mandate": Private.text(mandate.pk),
        "party": party.code,
        "kind": kind,
        "person": Private.text(user),
        "document": Private.text(document),
        "valid_from": stamp(mandate.valid_from),
        "valid_to": stamp(valid_to) if valid_to else None,
    }
    record(room, "mandate.grant", by, "party", party.code, data)
    return mandate


def revoke_mandate(convener: Mandate, room: Room, mandate: Mandate, reason: str) -> Mandate:
    """End a mandate now. What was done under it stays."""
    authorize(convener, room, "grant_mandate")
    if mandate.party.realm != room.code:
        raise Invalid({"mandate": _("This mandate is for another room.")})
    if not reason.strip():
        raise Invalid({"reason": _("Please give a reason.")})
    with transaction.atomic():
        current = Mandate.objects.select_for_update().get(pk=mandate.pk)
        if current.revoked_at:
            raise Conflict(_("This mandate is revoked already."))
        current.revoked_at, current.revoked_reason = timezone.now(), reason.strip()[:400]
        current.save(update_fields=["revoked_at", "revoked_reason"])
        data = {"mandate": Private.text(mandate.pk), "party": mandate.party.code, "reason": Private.text(reason)}
        record(room, "mandate.revoke", convener, "party", mandate.party.code, data)
    return current


def _check_mandate(
    room: Room, party: Party, kind: str, document: str, valid_from: datetime | None, valid_to: datetime | None
) -> None:
    faults: dict[str, object] = {}
    if party.realm != room.code:
        faults["party"] = _("This party is in another room.")
    if kind not in Mandate.Kind.values:
        faults["kind"] = _("Choose one of the kinds.")
    elif kind != Mandate.Kind.SELF and not document.strip():
        faults["document"] = _("Name the document that gives this right.")
    if len(document) > LONGEST_DOCUMENT:
        faults["document"] = _("At most %(most)s characters, please.") % {"most": LONGEST_DOCUMENT}
    if valid_to and valid_to <= (valid_from or timezone.now()):
        faults["valid_to"] = _("The end must lie after the beginning.")
    if faults:
        raise Invalid(faults)
