"""Joint proposals: the proposer names parties, each consents to what stands or declines, and may withdraw later."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate, Party
from accounts.refusals import Conflict, Invalid, NotAllowed, NotFound
from audit.log import Private
from negotiation.acting import record
from negotiation.consents import announce_joint, read_offer, void_answers
from negotiation.drafts import locked
from negotiation.live.events import announce
from negotiation.models import Draft, JointProposer, Package, Partner, Room
from negotiation.packages import LONGEST_REASON, standing_revision
from negotiation.permissions import authorize, authorize_own
from negotiation.telling import tell_partners, tell_proposer, tell_unsupported
from negotiation.texts import clean_text

State = Partner.State
MOST = 20  # parties that a draft names


def name_partner(mandate: Mandate, draft: Draft, code: str) -> Partner:
    """Name a party of the room as proposing the draft too. Earlier answers are void: they were to a shorter list."""
    authorize_own(mandate, draft.package, "propose")
    with transaction.atomic():
        current = locked(draft)
        party = _nameable(current, code.strip())
        void_answers(current, "package.name", mandate)
        partner = Partner.objects.create(draft=current, party=party)
        _log(current, "package.name", mandate, {"party": party.code})
        tell_partners(current.package, "joint.named", [party.code], mandate)
    return partner


def remove_partner(mandate: Mandate, draft: Draft, code: str) -> None:
    """Take a named party off again; the others have to consent anew."""
    authorize_own(mandate, draft.package, "propose")
    with transaction.atomic():
        current = locked(draft)
        partner = next((row for row in current.partners.select_related("party") if row.party.code == code), None)
        if partner is None:
            raise NotFound
        partner.delete()
        void_answers(current, "package.unname", mandate)
        _log(current, "package.unname", mandate, {"party": code}, code)
        tell_partners(current.package, "joint.unnamed", [code], mandate)


def consent(mandate: Mandate, draft: Draft, stands: str) -> Partner:
    """Consent to exactly what was read: `stands` is its digest. Raises Conflict if anything stands otherwise now."""
    authorize(mandate, draft.package.room, "propose")
    with transaction.atomic():
        current = locked(draft)
        partner = _own(mandate, current)
        offer = read_offer(current)
        if offer.digest != stands:
            raise Conflict(_("The draft has changed since you read it. Please read it again."), code="offer_changed")
        if partner.state == State.CONSENTED:
            raise Conflict(_("Your party has consented already."), code="consented_already")
        _answer(partner, State.CONSENTED, mandate=mandate, digest=stands)
        _log(current, "package.consent", mandate, offer.logged())
        complete = not current.partners.exclude(state=State.CONSENTED).exists()
        tell_proposer(current.package, "joint.complete" if complete else "joint.consented", mandate)
    return partner


def decline(mandate: Mandate, draft: Draft, reason: str) -> Partner:
    """Say no to proposing it too, with a reason that the proposer and the other named parties read."""
    authorize(mandate, draft.package.room, "propose")
    reason = clean_text(reason, "reason", LONGEST_REASON)
    with transaction.atomic():
        current = locked(draft)
        partner = _own(mandate, current)
        if partner.state == State.DECLINED:
            raise Conflict(_("Your party has declined already."), code="declined_already")
        _answer(partner, State.DECLINED, mandate=mandate, reason=reason)
        _log(current, "package.decline", mandate, {"reason": Private.text(reason)})
        tell_proposer(current.package, "joint.declined", mandate)
    return partner


def take_consent_back(mandate: Mandate, draft: Draft) -> Partner:
    """No longer consent, while the draft is not submitted."""
    authorize(mandate, draft.package.room, "propose")
    with transaction.atomic():
        current = locked(draft)
        partner = _own(mandate, current)
        if partner.state != State.CONSENTED:
            raise Conflict(_("There is no consent of your party to take back."), code="no_consent")
        _answer(partner, State.OPEN)
        _log(current, "package.withdraw_consent", mandate, {})
        tell_proposer(current.package, "joint.taken_back", mandate)
    return partner


def withdraw_support(mandate: Mandate, package: Package, reason: str) -> JointProposer:
    """No longer stand by a package on the table that one's party proposed too; it stays there as its proposer's."""
    authorize(mandate, package.room, "withdraw_support")
    reason = clean_text(reason, "reason", LONGEST_REASON)
    with transaction.atomic():
        room = Room.objects.select_for_update().get(pk=package.room_id)
        authorize(mandate, room, "withdraw_support")  # a vote may have opened meanwhile
        revision = standing_revision(package)
        row = revision.joint.filter(party=mandate.party_id).first()
        if row is None:
            raise NotAllowed(_("Your party does not propose this package."), code="not_joint")
        if row.withdrawn_at:
            raise Conflict(_("Your party has withdrawn its support already."), code="support_withdrawn")
        row.withdrawn_by, row.withdrawn_at, row.reason = mandate, timezone.now(), reason
        row.save(update_fields=["withdrawn_by", "withdrawn_at", "reason"])
        data = {"package": package.code, "revision": revision.number, "digest": revision.digest}
        entry = data | {"reason": Private.text(reason)}
        record(room, "package.withdraw_support", mandate, "package", package.code, entry)
        tell_unsupported(revision, mandate)
        announce(room, "packages")
    return row


def _nameable(draft: Draft, code: str) -> Party:
    """The party of this code. Raises Invalid for one that can not be named."""
    room = draft.package.room
    party = Party.objects.filter(realm=room.code, code=code, seats__room=room).first() if "\x00" not in code else None
    if party is None:
        raise Invalid({"party": _("No such party has a seat here.")})
    if party.pk == draft.package.proposer_id:
        raise Invalid({"party": _("This is the party that proposes it.")})
    named = set(draft.partners.values_list("party", flat=True))
    if party.pk in named:
        raise Invalid({"party": _("This party is named already.")})
    if len(named) >= MOST:
        raise Invalid({"party": _("At most %(most)s parties can be named.") % {"most": MOST}})
    return party


def _own(mandate: Mandate, draft: Draft) -> Partner:
    """The named party of this mandate. Raises NotAllowed for one that the draft does not name."""
    partner = draft.partners.select_related("party").filter(party=mandate.party_id).first()
    if partner is None:
        raise NotAllowed(_("This draft does not name your party."), code="not_named")
    return partner


def _answer(
    partner: Partner, state: str, *, mandate: Mandate | None = None, digest: str = "", reason: str = ""
) -> None:
    partner.state, partner.mandate, partner.digest, partner.reason = state, mandate, digest, reason
    partner.voided_by = ""
    partner.save()


def _log(draft: Draft, action: str, mandate: Mandate, data: dict[str, Any], *gone: str) -> None:
    """The entry, and word to the open pages of those who read the draft."""
    package = draft.package
    record(package.room, action, mandate, "package", package.code, {"package": package.code, **data})
    announce_joint(package, [*draft.partners.values_list("party__code", flat=True), *gone])
