"""Mandates in a room: who may act for which party. Grant and revocation are acts of the convener."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate, Party, Side, User
from accounts.refusals import Conflict, Invalid
from audit.log import Private, stamp
from negotiation.acting import commit_mandate, record
from negotiation.models import Room
from negotiation.permissions import ROLES, authorize, group_role, refresh_roles
from negotiation.telling import tell

ONLOOKER_ROLES = {"auditor": "auditor"}
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
        if kind == Mandate.Kind.PROXY:
            check_proxies(room, user, party)
        mandate = seat_person(
            room, user, party, kind, document=document.strip(), valid_from=valid_from, valid_to=valid_to, by=convener
        )
        link = reverse("room", args=[room.code])
        tell(room, "mandate.granted", link, {"party": party.name}, users=[user], by=convener)
    return mandate


def check_proxies(room: Room, person: User, party: Party) -> None:
    """Raises Invalid where one more principal is one too many. In the transaction that writes the mandate."""
    User.objects.select_for_update().get(pk=person.pk)
    most = Room.objects.values_list("max_proxies", flat=True).get(pk=room.pk)
    rows = Mandate.objects.filter(user=person, party__realm=room.code, kind=Mandate.Kind.PROXY, revoked_at=None)
    lasting = rows.filter(Q(valid_to=None) | Q(valid_to__gt=timezone.now())).exclude(party=party)
    if lasting.values("party").distinct().count() >= most:
        text = _("This person is the proxy of as many principals already as this room allows: %(most)s.")
        raise Invalid({"username": text % {"most": most}}, code="too_many_principals")


def seat_person(
    room: Room,
    user: User,
    party: Party,
    kind: str,
    *,
    roles: Sequence[str] = (),
    document: str = "",
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    by: Mandate | None = None,
) -> Mandate:
    """Write the mandate with its roles, or else that of the party's side; for `grant_mandate` and the operator."""
    mandate = Mandate.objects.create(
        user=user,
        party=party,
        kind=kind,
        document=document,
        roles=list(roles) or [SIDE_ROLES.get(party.side) or ONLOOKER_ROLES.get(party.kind, "observer")],
        valid_from=valid_from or timezone.now(),
        valid_to=valid_to,
        granted_by=by.user if by else None,
    )
    refresh_roles(user, room)
    data = {
        "mandate": commit_mandate(mandate),
        "party": party.code,
        "kind": kind,
        "roles": mandate.roles,
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
    if mandate.pk == convener.pk:
        raise Invalid({"mandate": _("You can not revoke the mandate that you act under.")})
    if not reason.strip():
        raise Invalid({"reason": _("Please give a reason.")})
    return end_mandate(convener, room, mandate, reason)


def end_mandate(by: Mandate, room: Room, mandate: Mandate, reason: str) -> Mandate:
    """Write the end of a mandate; whether it may be ended is the caller's to say."""
    with transaction.atomic():
        current = Mandate.objects.select_for_update().get(pk=mandate.pk)
        if current.revoked_at:
            raise Conflict(_("This mandate is revoked already."))
        current.revoked_at, current.revoked_reason = timezone.now(), reason.strip()[:400]
        current.save(update_fields=["revoked_at", "revoked_reason"])
        data = {"mandate": commit_mandate(mandate), "party": mandate.party.code, "reason": Private.text(reason)}
        record(room, "mandate.revoke", by, "party", mandate.party.code, data)
        refresh_roles(current.user, room)
        named = {"party": mandate.party.name}
        tell(room, "mandate.revoked", reverse("home"), named, users=[current.user], by=by)
    return current


def find_person_and_party(room: Room, username: str, party_code: str) -> tuple[User, Party]:
    """Who is to act for whom, by name and code. Raises Invalid, with both faults."""
    user = User.objects.filter(username=username, is_active=True).first()
    party = Party.objects.filter(realm=room.code, code=party_code).first()
    if user and party:
        return user, party
    faults = {} if user else {"username": _("Nobody signs in so.")}
    raise Invalid(faults if party else {**faults, "party": _("There is no such party here.")})


def refresh_changed_roles(since: timedelta) -> None:
    """Follow the mandates that began or ended by themselves in the time since.

    Three statements while there is nothing to do, however many mandates are new.
    """
    now = timezone.now()
    lately = Q(valid_from__range=(now - since, now)) | Q(valid_to__range=(now - since, now))
    pairs = set(Mandate.objects.filter(lately).values_list("user_id", "party__realm"))
    people = {user for user, _realm in pairs}
    stale = {(user, realm) for user, realm, _role in _roles_due(people) ^ _roles_held(people)} & pairs
    for user, realm in sorted(stale):
        refresh_roles(User.objects.get(pk=user), Room.objects.get(code=realm))


def _roles_due(people: set[int]) -> set[tuple[int, str, str]]:
    """(user, room, role) as the mandates give them now."""
    rows = Mandate.objects.valid().filter(user__in=people).values_list("user_id", "party__realm", "roles")
    return {(user, realm, role) for user, realm, roles in rows for role in roles}


def _roles_held(people: set[int]) -> set[tuple[int, str, str]]:
    """(user, room, role) as the groups have them."""
    rows = User.groups.through.objects.filter(user__in=people).values_list("user_id", "group__name")
    return {(user, *found) for user, name in rows if (found := group_role(name))}


def appoint(room: Room, username: str, party_code: str, kind: str, *, roles: Sequence[str], document: str) -> Mandate:
    """The operator seats somebody: the first convener of a room, an auditor. Raises Invalid, with every fault."""
    user, party = find_person_and_party(room, username, party_code)
    if unknown := sorted(set(roles) - set(ROLES)):
        raise Invalid({"role": _("There is no role %(role)s.") % {"role": ", ".join(unknown)}})
    _check_mandate(room, party, kind, document, None, None)
    with transaction.atomic():
        return seat_person(room, user, party, kind, roles=roles, document=document)


def add_onlooker(room: Room, code: str, name: str, kind: str = "observer") -> Party:
    """A body that looks on without a seat; `kind` is the role that its mandates give: observer or auditor.

    Raises Invalid if the code is taken.
    """
    party, made = Party.objects.get_or_create(
        realm=room.code, code=code, defaults={"name": name, "side": Side.NONE, "kind": kind}
    )
    if not made and party.side != Side.NONE:
        raise Invalid({"party": _("This code is a party with a seat.")})
    return party


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
