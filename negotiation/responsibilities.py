"""Responsibilities: what a revision asks of a party, and that the party takes it on."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Mandate, Party
from accounts.refusals import Conflict, NotAllowed
from negotiation.acting import record
from negotiation.live.events import announce
from negotiation.models import Confirmation, Disposition, Flow, Revision, Room
from negotiation.permissions import authorize
from negotiation.table import require_standing
from negotiation.terms import dated


@dataclass(frozen=True)
class Duties:
    """The pieces of land that a party answers for, and what it pays."""

    land: QuerySet[Disposition]
    payments: QuerySet[Flow]

    def __bool__(self) -> bool:
        return self.land.exists() or self.payments.exists()


def duties_of(revision: Revision, party: Party) -> Duties:
    land = dated(revision.dispositions.filter(responsible=party).select_related("parcel")).order_by("pk")
    return Duties(land, dated(revision.flows.filter(source=party.code)).order_by("year", "pk"))


def confirm_responsibility(mandate: Mandate, revision: Revision) -> Confirmation:
    """Take on what the latest revision of a package asks of one's party. It holds for this revision alone."""
    room = revision.package.room
    authorize(mandate, room, "confirm")
    require_standing(revision)
    if not duties_of(revision, mandate.party):
        raise NotAllowed(_("This revision asks nothing of your party."), code="no_duty")
    try:
        with transaction.atomic():
            Room.objects.select_for_update(no_key=True).get(pk=room.pk)
            if not Revision.objects.filter(pk=revision.pk, package__latest=revision.pk).exists():
                raise Conflict(_("There is a newer revision of this package."))
            require_standing(revision)
            made = Confirmation.objects.create(revision=revision, party=mandate.party, mandate=mandate)
            data = {"package": revision.package.code, "revision": revision.number, "digest": revision.digest}
            record(room, "package.confirm", mandate, "package", revision.package.code, data)
            announce(room, "packages")
    except IntegrityError:
        raise Conflict(_("Your party has confirmed this already.")) from None
    return made
