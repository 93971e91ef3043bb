"""Proxies: a principal names one for a ballot or until a day, the convener accepts, the principal revokes at any time.

A proxy for one ballot has a mandate that ends with that ballot: a room has one ballot at a time.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate, User
from accounts.refusals import Conflict, Invalid, NotAllowed, WrongPhase
from audit.log import Private, stamp
from negotiation.acting import commit_mandate, record
from negotiation.mandates import check_proxies, end_mandate, seat_person
from negotiation.models import Ballot, ProxyNaming, Room
from negotiation.permissions import authorize
from negotiation.rolls import check_principal
from negotiation.telling import tell
from negotiation.texts import clean_text

State, PROXY = ProxyNaming.State, Mandate.Kind.PROXY
MOST_PROXIES = 20  # a limit that a room may set


def name_proxy(
    principal: Mandate, room: Room, username: str, *, ballot: Ballot | None = None, until: datetime | None = None
) -> ProxyNaming:
    """Ask that somebody may vote for one's party in this ballot, or until a day. Nothing is valid yet."""
    authorize(principal, room, "name_proxy")
    _check_principal(principal)
    check_principal(principal, room)
    username = clean_text(username, "username", 150)
    if username == principal.user.username:
        raise Invalid({"username": _("You can not be your own proxy.")})
    ends = _end(room, ballot, until)
    with transaction.atomic():
        Room.objects.select_for_update().get(pk=room.pk)
        if room.proxy_namings.filter(party=principal.party, state=State.ASKED).exists():
            raise Conflict(_("A proxy of your party waits for the convener already. Take that back first."))
        limits = {"ballot": ballot, "valid_to": ends}
        made = ProxyNaming.objects.create(
            room=room, party=principal.party, named_by=principal, username=username, **limits
        )
        number = ballot.pk if ballot else None
        data = {"ballot": number, "valid_to": stamp(ends), "person": Private.text(username)}
        _log(made, "proxy.name", principal, data)
    return made


def _check_principal(principal: Mandate) -> None:
    if principal.kind == PROXY:
        raise NotAllowed(_("A proxy names and revokes no proxies; the principal does."), code="not_the_principal")


def _end(room: Room, ballot: Ballot | None, until: datetime | None) -> datetime:
    if ballot is not None and ballot.room_id == room.pk and until is None:
        if ballot.state != Ballot.State.OPEN or ballot.closes_at <= timezone.now():
            raise WrongPhase(_("This ballot is closed."), code="ballot_closed")
        return ballot.closes_at
    if until is None or ballot is not None:
        raise Invalid({"valid_to": _("Say for which ballot, or until when; one of the two.")})
    if until <= timezone.now():
        raise Invalid({"valid_to": _("The end must lie in the future.")})
    return until


def accept_proxy(convener: Mandate, naming: ProxyNaming) -> ProxyNaming:
    """Give the proxy its mandate. Another person than the principal and the proxy does it."""
    room = naming.room
    authorize(convener, room, "grant_mandate")
    person = User.objects.filter(username=naming.username, is_active=True).first()
    if person is None:
        raise Invalid({"username": _("Nobody signs in so.")})
    if convener.user_id in (person.pk, naming.named_by.user_id):
        raise NotAllowed(_("Another convener must accept this proxy: you are a part of it."), code="same_person")
    with transaction.atomic():
        current = _lock(naming)
        if not current.named_by.holds or current.valid_to <= timezone.now():
            raise Conflict(_("The principal's mandate or the proxy's time has ended."))
        check_proxies(room, person, current.party)
        document = _("Named by the principal, no. %(number)s") % {"number": current.pk}
        current.mandate = seat_person(
            room, person, current.party, PROXY, document=document, valid_to=current.valid_to, by=convener
        )
        _end_naming(current, State.ACCEPTED, convener)
        _log(current, "proxy.accept", convener, {"mandate": commit_mandate(current.mandate)})
        _tell(current, convener)
        named = {"party": current.party.name}
        tell(room, "mandate.granted", reverse("room", args=[room.code]), named, users=[person], by=convener)
    return current


def refuse_proxy(convener: Mandate, naming: ProxyNaming, reason: str) -> ProxyNaming:
    """Refuse it, with a reason that the principal reads."""
    authorize(convener, naming.room, "grant_mandate")
    reason = clean_text(reason, "reason", 400)
    with transaction.atomic():
        current = _lock(naming)
        _end_naming(current, State.REFUSED, convener, reason)
        _log(current, "proxy.refuse", convener, {"reason": Private.text(reason)})
        _tell(current, convener)
    return current


def withdraw_proxy(principal: Mandate, naming: ProxyNaming) -> ProxyNaming:
    """Take the wish back before the convener has answered."""
    authorize(principal, naming.room, "revoke_proxy")
    _check_own(principal, naming.party_id)
    with transaction.atomic():
        current = _lock(naming)
        _end_naming(current, State.WITHDRAWN, principal)
        _log(current, "proxy.withdraw", principal, {})
    return current


def revoke_proxy(principal: Mandate, room: Room, mandate: Mandate) -> Mandate:
    """End a proxy's mandate at once. Votes that it has cast stay, unless the principal votes."""
    authorize(principal, room, "revoke_proxy")
    _check_own(principal, mandate.party_id)
    if mandate.kind != PROXY:
        raise Invalid({"mandate": _("This is not the mandate of a proxy.")})
    return end_mandate(principal, room, mandate, _("Revoked by the principal"))


def set_proxy_limit(convener: Mandate, room: Room, most: int) -> Room:
    """For how many principals one person may act as proxy in this room. Mandates that there are stay."""
    authorize(convener, room, "grant_mandate")
    if not 0 <= most <= MOST_PROXIES:
        raise Invalid({"most": _("Between 0 and %(most)s, please.") % {"most": MOST_PROXIES}})
    with transaction.atomic():
        current = Room.objects.select_for_update(of=("self",)).get(pk=room.pk)
        current.max_proxies = most
        current.save(update_fields=["max_proxies"])
        record(room, "proxy.limit", convener, "room", room.code, {"most": most})
    return current


def _check_own(principal: Mandate, party: int) -> None:
    _check_principal(principal)
    if principal.party_id != party:
        raise NotAllowed(_("This proxy is another party's."), code="not_your_proxy")


def _lock(naming: ProxyNaming) -> ProxyNaming:
    rows = ProxyNaming.objects.select_for_update(of=("self",)).select_related("room__plan", "party", "named_by__user")
    current = rows.get(pk=naming.pk)
    if current.state != State.ASKED:
        raise Conflict(_("This proxy was answered or taken back already."))
    return current


def _end_naming(naming: ProxyNaming, state: str, by: Mandate, reason: str = "") -> None:
    naming.state, naming.ended_by, naming.ended_at, naming.ended_reason = state, by, timezone.now(), reason
    naming.save()


def _tell(naming: ProxyNaming, by: Mandate) -> None:
    link = reverse("proxies", args=[naming.room.code])
    tell(naming.room, "proxy.answered", link, users=[naming.named_by.user], by=by)


def _log(naming: ProxyNaming, action: str, by: Mandate, data: Mapping[str, object]) -> None:
    whole = {"naming": naming.pk, "party": naming.party.code, **data}
    record(naming.room, action, by, "party", naming.party.code, whole)
