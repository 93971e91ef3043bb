"""From one telling to the notices of many: rows in bulk, in the transaction of the job."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation

from accounts.models import Party, User
from notifications import outbox
from notifications.letters import letter, room_of
from notifications.models import Delivery, Message, Notice, Telling
from notifications.preferences import Rhythm, Wish, wishes_of_all
from notifications.topics import TOPICS

BATCH = 2000
Channel = Delivery.Channel


@dataclass(frozen=True)
class Receiver:
    """One person who is told, for which parties, and the path that leads to what it is about."""

    user: User
    parties: tuple[Party, ...]
    link: str


def spread(telling: Telling, receivers: Sequence[Receiver]) -> list[Delivery]:
    """Write a notice for each, and the messages that each wants; of a required topic also the rows of the proof."""
    topic = TOPICS[telling.topic]
    wishes = wishes_of_all({row.user.pk for row in receivers}, topic.group)
    notices = Notice.objects.bulk_create(
        [_notice(telling, row, wishes[row.user.pk]) for row in receivers], batch_size=BATCH
    )
    posted = [_messages(telling, row, wishes[row.user.pk]) for row in receivers]
    Message.objects.bulk_create([message for some in posted for message in some], batch_size=BATCH)
    outbox.send_soon()
    if not topic.required:
        return []
    rows = zip(receivers, notices, posted, strict=True)
    deliveries = [delivery for row in rows for delivery in _deliveries(telling, *row)]
    return Delivery.objects.bulk_create(deliveries, batch_size=BATCH)


def _notice(telling: Telling, receiver: Receiver, wish: Wish) -> Notice:
    daily = wish.email == Rhythm.DAILY and receiver.user.email
    digest = Notice.Digest.DUE if daily else Notice.Digest.NONE
    return Notice(telling=telling, user=receiver.user, link=receiver.link, digest=digest)


def _messages(telling: Telling, receiver: Receiver, wish: Wish) -> list[Message]:
    user, found = receiver.user, []
    with translation.override(user.language or settings.LANGUAGE_CODE):
        if wish.email == Rhythm.NOW and user.email:
            found.append(letter(telling, user, receiver.link))
        if wish.sms == Rhythm.NOW and user.phone:
            text = f"{telling.title}: {telling.words} {settings.SITE_ADDRESS}{receiver.link}"
            found.append(outbox.compose(Channel.SMS, user.phone, text, user=user, room=room_of(telling)))
    return found


def _deliveries(
    telling: Telling, receiver: Receiver, notice: Notice, messages: Iterable[Message]
) -> Iterable[Delivery]:
    for party in receiver.parties:
        common = {"telling": telling, "party": party, "user": receiver.user}
        yield Delivery(channel=Channel.PAGE, notice=notice, **common)
        for message in messages:
            yield Delivery(channel=message.channel, message=message, **common)
