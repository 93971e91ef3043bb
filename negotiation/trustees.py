"""Trustees of secret ballots: the convener names them, each accepts under a passphrase of its own.

Nobody can get at a trustee's key without the passphrase, which is neither kept nor logged: not even we.
"""

from collections.abc import Sequence

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Mandate, User
from accounts.refusals import Conflict, Invalid, NotAllowed
from audit.log import clock
from negotiation import ballotkeys
from negotiation.acting import record
from negotiation.models import Room, Trust, Trustee
from negotiation.permissions import authorize
from negotiation.secrecy import encode
from negotiation.telling import tell

FEWEST, MOST = 2, 9
SHORTEST, LONGEST = 12, 200  # characters of a passphrase


def name_trustees(convener: Mandate, room: Room, usernames: Sequence[str], needed: int) -> Trust:
    """Name who opens secret ballots together, `needed` of them at the least. Those named before hold nothing more.

    Ballots that are open already keep their own.
    """
    authorize(convener, room, "name_trustees")
    mandates = _mandates(room, usernames)
    _check_needed(needed, len(mandates))
    with transaction.atomic():
        current = Room.objects.select_for_update().get(pk=room.pk)
        authorize(convener, current, "name_trustees")
        current.trusts.filter(stands=True).update(stands=False)
        made = Trust.objects.create(room=current, needed=needed, named_by=convener)
        rows = [Trustee(trust=made, number=number, mandate=row) for number, row in enumerate(mandates, 1)]
        Trustee.objects.bulk_create(rows)
        codes = [row.party.code for row in mandates]
        data = {"naming": made.pk, "needed": needed, "trustees": codes}
        record(current, "trustees.name", convener, "room", current.code, data)
        link = reverse("trustees", args=[current.code])
        tell(current, "trustee.named", link, users=[row.user for row in mandates], by=convener)
    return made


def _mandates(room: Room, usernames: Sequence[str]) -> list[Mandate]:
    """The mandate of each person in this room, in their order. Raises Invalid."""
    if not FEWEST <= len(usernames) <= MOST:
        text = _("Name between %(fewest)s and %(most)s trustees.")
        raise Invalid({"usernames": text % {"fewest": FEWEST, "most": MOST}})
    # A proxy's mandate ends with the ballot, before it can be opened.
    rows = Mandate.objects.valid().filter(party__realm=room.code, user__is_active=True)
    rows = rows.exclude(kind=Mandate.Kind.PROXY).select_related("party", "user").order_by("-pk")
    held = {row.user.username: row for row in rows.filter(user__username__in=usernames)}
    if missing := [name for name in usernames if name not in held]:
        text = _("Nobody with a mandate of a party of this room signs in so: %(names)s.")
        raise Invalid({"usernames": text % {"names": ", ".join(missing[:5])}})
    found = [held[name] for name in usernames]
    if len({row.user_id for row in found}) < len(found) or len({row.party_id for row in found}) < len(found):
        raise Invalid({"usernames": _("Trustees are different persons who act for different parties.")})
    return found


def _check_needed(needed: int, trustees: int) -> None:
    if not max(FEWEST, trustees // 2 + 1) <= needed <= trustees:
        raise Invalid({"needed": _("At least two, and more than half of the trustees must open the vote together.")})


def accept_trust(mandate: Mandate, trust: Trust, passphrase: str) -> Trustee:
    """Take the trust on: a key is made and locked with the passphrase. Done again, a new key takes its place."""
    room = trust.room
    authorize(mandate, room, "accept_trust")
    trustee = own_trustee(mandate, trust)
    check_passphrase(passphrase, mandate.user)
    private, public = ballotkeys.new_pair()
    locked = ballotkeys.lock(private, passphrase)
    with transaction.atomic():
        current = Trust.objects.select_for_update().get(pk=trust.pk)
        if not current.stands:
            raise Conflict(_("The convener has named others meanwhile."))
        authorize(mandate, Room.objects.get(pk=room.pk), "accept_trust")
        trustee.public, trustee.locked, trustee.accepted_at = public, locked, clock()
        trustee.save(update_fields=["public", "locked", "accepted_at"])
        data = {"naming": trust.pk, "key": encode(public)}
        record(room, "trustees.accept", mandate, "room", room.code, data, time=trustee.accepted_at)
    return trustee


def own_trustee(mandate: Mandate, trust: Trust) -> Trustee:
    """The trustee whom this mandate's person is, for this party. Raises NotAllowed."""
    rows = trust.trustees.select_related("mandate__party", "trust")
    found = rows.filter(mandate__user=mandate.user_id, mandate__party=mandate.party_id).first()
    if found is None:
        raise NotAllowed(_("You are not a trustee of this vote."), code="not_a_trustee")
    return found


def check_passphrase(passphrase: str, user: User) -> None:
    """Raises Invalid for one that could be guessed, or that no keyboard types."""
    if not SHORTEST <= len(passphrase) <= LONGEST or not passphrase.isprintable():
        text = _("Between %(shortest)s and %(longest)s characters, please: several words are best.")
        raise Invalid({"passphrase": text % {"shortest": SHORTEST, "longest": LONGEST}})
    if passphrase.isdecimal() or len(set(passphrase)) < SHORTEST // 2:
        raise Invalid(
            {"passphrase": _("This is too easily guessed. Take five or more words that do not belong together.")}
        )
    try:
        validate_password(passphrase, user)
    except ValidationError as error:
        raise Invalid({"passphrase": " ".join(error.messages)}) from None
