"""What the convener sees of the messages of a room: the outbox, and whom a required notice has not reached."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Party
from negotiation.models import Room
from notifications.models import Delivery, Message, Telling
from notifications.topics import REQUIRED

ON_ITS_WAY = (Message.State.SENT, Message.State.WAITING)


def messages(room: Room) -> QuerySet[Message]:
    """Newest first; their addresses are shown masked."""
    return Message.objects.filter(room=room.code).order_by("-pk")


def required_notices(room: Room) -> QuerySet[Telling]:
    """Newest first."""
    return Telling.objects.filter(room=room.code, topic__in=REQUIRED).order_by("-pk")


def unreached(room: Room, telling: Telling) -> QuerySet[Party]:
    """The parties with a seat to which the notice has not come.

    It has come where it was handed over, where a message to one of its people was sent or is on its way, or where one
    of them has read it on the page. To stand on a page that nobody opens is not enough.
    """
    rows = Delivery.objects.filter(telling=telling, party=OuterRef("pk"))
    came = rows.filter(
        Q(channel=Delivery.Channel.HAND) | Q(message__state__in=ON_ITS_WAY) | Q(notice__read_at__isnull=False)
    )
    return Party.objects.filter(~Exists(came), seats__room=room).order_by("code")
