"""Private threads: inside one side, or between named parties. Only they read them, the convener only as one of them.

The log says that something was said, when and by whom; of the words it holds sha256(salt ‖ words), whose salt only the
members have. So a member can prove what was said, and nobody else can read it, not even from what lies beside the log.
"""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate, Party
from accounts.refusals import Conflict, Invalid, NotFound
from audit.log import Private, commitment
from negotiation.acting import record
from negotiation.comments import check_rate
from negotiation.live.events import announce_to
from negotiation.models import Caucus, CaucusMember, CaucusMessage, Room
from negotiation.permissions import authorize
from negotiation.telling import tell_caucus
from negotiation.texts import clean_text

LONGEST_NAME = 80
MOST = 40  # named parties of one thread


def open_caucus(
    mandate: Mandate, room: Room, name: str, *, parties: Sequence[str] = (), own_side: bool = False
) -> Caucus:
    """Begin a private thread with the parties of these codes, or with everybody of one's own side."""
    authorize(mandate, room, "open_caucus")
    name = clean_text(name, "name", LONGEST_NAME)
    if own_side and parties:
        raise Invalid({"parties": _("Either your whole side or single parties, please.")})
    members = [] if own_side else _named(mandate, room, parties)
    with transaction.atomic():
        check_rate(mandate, room)
        side = mandate.party.side if own_side else ""
        caucus = Caucus.objects.create(room=room, name=name, side=side, mandate=mandate)
        CaucusMember.objects.bulk_create(CaucusMember(caucus=caucus, party=party) for party in members)
        told = Private.text("、".join(party.code for party in members))
        record(room, "caucus.open", mandate, "caucus", caucus.pk, {"name": Private.text(name), "members": told})
        announce_to(room, member_codes(caucus), "caucuses")
    return caucus


def say_in_caucus(mandate: Mandate, caucus: Caucus, body: str) -> CaucusMessage:
    """Say something that only the members read. Raises NotFound to everybody else."""
    authorize(mandate, caucus.room, "say_in_caucus")
    _check_member(mandate, caucus)
    body = clean_text(body, "body")
    with transaction.atomic():
        check_rate(mandate, caucus.room)
        message = CaucusMessage.objects.create(caucus=caucus, party=mandate.party, mandate=mandate, body=body)
        said = {"message": message.pk, "said": commitment(bytes(message.salt), body.encode())}
        record(caucus.room, "caucus.say", mandate, "caucus", caucus.pk, said)
        codes = member_codes(caucus)
        announce_to(caucus.room, codes, f"caucus:{caucus.pk}")
        announce_to(caucus.room, codes, "caucuses")
        tell_caucus(caucus, codes, mandate)
    return message


def leave_caucus(mandate: Mandate, caucus: Caucus) -> None:
    """Read no more of a thread of named parties, for good. What was said stays with the others."""
    authorize(mandate, caucus.room, "leave_caucus")
    _check_member(mandate, caucus)
    if caucus.side:
        raise Conflict(_("The thread of a side is left only with its seat."))
    with transaction.atomic():
        rows = CaucusMember.objects.filter(caucus=caucus, party=mandate.party_id, left_at=None)
        if not rows.update(left_at=timezone.now()):
            raise Conflict(_("Your party has left already."))
        record(caucus.room, "caucus.leave", mandate, "caucus", caucus.pk)
        announce_to(caucus.room, member_codes(caucus), f"caucus:{caucus.pk}")


def members(caucus: Caucus) -> QuerySet[Party]:
    """Who reads it now."""
    if caucus.side:
        return Party.objects.filter(seats__room=caucus.room_id, side=caucus.side).order_by("seats__pk")
    ids = CaucusMember.objects.filter(caucus=caucus, left_at=None).values("party")
    return Party.objects.filter(pk__in=ids).order_by("pk")


def member_codes(caucus: Caucus) -> list[str]:
    return [party.code for party in members(caucus)]


def _check_member(mandate: Mandate, caucus: Caucus) -> None:
    if mandate.party.code not in member_codes(caucus):
        raise NotFound


def _named(mandate: Mandate, room: Room, codes: Sequence[str]) -> list[Party]:
    """The parties of these codes with one's own. A code that has no seat is refused."""
    wanted = {code.strip() for code in codes if code.strip()} | {mandate.party.code}
    if len(wanted) < 2:
        raise Invalid({"parties": _("Name at least one other party by its code.")})
    if len(wanted) > MOST:
        raise Invalid({"parties": _("At most %(most)s parties, please.") % {"most": MOST}})
    found = list(Party.objects.filter(seats__room=room, code__in=[code for code in wanted if "\x00" not in code]))
    if unknown := sorted(wanted - {party.code for party in found}):
        listed = "、".join(unknown).replace("\x00", "")
        raise Invalid({"parties": _("No seat here has the code %(codes)s.") % {"codes": listed}})
    return sorted(found, key=lambda party: party.pk)
