"""What waits in the outbox, was held or failed; and putting it back into the queue."""

from typing import Any

from django.core.management.base import CommandParser
from django.db.models import Count

from accounts.commands import DomainCommand
from notifications.models import Message
from notifications.outbox import masked, release

State = Message.State


class Command(DomainCommand):
    help = "Count the messages by channel and state, list the latest that are not sent, and with --release try again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--most", type=int, default=20, help="how many to list (20)")
        parser.add_argument("--release", action="store_true", help="put held and failed messages back into the queue")

    def act(self, **options: Any) -> None:
        if options["release"]:
            count = release(Message.objects.filter(state__in=(State.HELD, State.FAILED)))
            self.stdout.write(f"{count} back in the queue")
        counts = Message.objects.values("channel", "state").annotate(n=Count("pk")).order_by("channel", "state")
        for row in counts:
            self.stdout.write(f"{row['channel']} {row['state']}: {row['n']}")
        unsent = Message.objects.exclude(state=State.SENT).order_by("-pk")[: max(options["most"], 0)]
        for message in unsent:
            parts = [f"{message.created_at:%Y-%m-%d %H:%M}", message.channel, masked(message.address), message.state]
            self.stdout.write(" ".join([*parts, message.error]).rstrip())
