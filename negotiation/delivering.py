"""Required notices that reached nobody of a party: handed over by the convener, and said so in the log."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Mandate, Party
from accounts.refusals import Conflict, Invalid, NotFound
from audit.log import Private
from negotiation.acting import record
from negotiation.models import Room
from negotiation.permissions import authorize
from negotiation.texts import clean_text
from notifications.models import Delivery, Telling
from notifications.topics import REQUIRED

LONGEST = 400


def find_required(room: Room, number: int) -> Telling:
    """A required notice of this room. Raises NotFound."""
    found = Telling.objects.filter(room=room.code, topic__in=REQUIRED, pk=number).first()
    if found is None:
        raise NotFound
    return found


def deliver_by_hand(mandate: Mandate, room: Room, telling: Telling, party_code: str, evidence: str) -> Delivery:
    """Record that a required notice was handed to a party, and how. Raises Conflict if that stands already."""
    authorize(mandate, room, "deliver_notice")
    telling = find_required(room, telling.pk)
    evidence = clean_text(evidence, "evidence", LONGEST)
    party = None if "\x00" in party_code else Party.objects.filter(seats__room=room, code=party_code.strip()).first()
    if party is None:
        raise Invalid({"party": _("No such party has a seat here.")})
    try:
        with transaction.atomic():
            made = Delivery.objects.create(
                telling=telling, party=party, channel=Delivery.Channel.HAND, evidence=evidence
            )
            data = {"notice": telling.pk, "topic": telling.topic, "party": party.code}
            record(room, "notice.hand", mandate, "notice", telling.pk, data | {"evidence": Private.text(evidence)})
    except IntegrityError:
        raise Conflict(_("It is recorded already that this party has got the notice by hand.")) from None
    return made
