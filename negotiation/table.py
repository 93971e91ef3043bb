"""What lies on a room's table: the latest revision of each package, unless its proposer took it back."""

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts.refusals import WrongPhase
from negotiation.models import Revision, Room, Withdrawal


def on_table(room: Room) -> QuerySet[Revision]:
    """The revisions on the table, in no order."""
    return Revision.objects.filter(package__room=room, package__latest=F("pk"), withdrawal=None)


def require_standing(revision: Revision) -> None:
    """Raise WrongPhase if the revision was withdrawn."""
    if Withdrawal.objects.filter(revision=revision).exists():
        raise WrongPhase(_("This package was withdrawn; it is no longer on the table."), code="withdrawn")
