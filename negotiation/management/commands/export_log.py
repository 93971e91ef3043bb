"""`manage.py export_log ROOM FILE [--for USERNAME]`: the log bundle, to be checked with `tongchou-verify`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from accounts.commands import DomainCommand, refuse
from negotiation.bundles import export_by_operator
from negotiation.models import Room


class Command(DomainCommand):
    help = "Write a room's log bundle (tongchou-log/1) to FILE; pseudonymous without --for."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("room")
        parser.add_argument("file", type=Path)
        parser.add_argument("--for", dest="reader", default="", metavar="USERNAME", help="disclose what they may see")

    def act(self, **options: Any) -> None:
        room = Room.objects.select_related("plan__unit__region").filter(code=options["room"]).first()
        if room is None:
            raise refuse([f"there is no room {options['room']}"])
        try:
            last = export_by_operator(room, options["file"], options["reader"])
        except OSError as error:
            raise refuse([f"{options['file']}: {error.strerror}"]) from None
        self.stdout.write(f"{options['file']}: {last.size} entries of {last.scope}")
