"""A room's door: whether what is open to everyone may be read without signing in."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Conflict
from negotiation.acting import record
from negotiation.live.events import announce
from negotiation.models import Room
from negotiation.permissions import authorize


def publish_room(mandate: Mandate, room: Room, *, published: bool = True) -> Room:
    """Open the room's pages to everyone, or close them again to all but its members."""
    authorize(mandate, room, "publish_room")
    with transaction.atomic():
        current = Room.objects.select_for_update().get(pk=room.pk)
        if current.published == published:
            raise Conflict(_("This room is in that state already."))
        current.published = published
        current.save(update_fields=["published"])
        record(room, "room.publish" if published else "room.withdraw", mandate, "room", room.code)
        announce(room, "room")
    return current
