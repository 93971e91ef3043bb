"""`manage.py erase_person ROOM USERNAME --ground GROUND`: erases what the room's log keeps about a person."""

from argparse import ArgumentParser
from typing import Any

from accounts.commands import DomainCommand, refuse
from negotiation.erasure import GROUNDS, erase_by_operator
from negotiation.models import Room


class Command(DomainCommand):
    help = "Erase salt and content of a person's commitments in a room's log; the entries stay and the log says so."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("room")
        parser.add_argument("username")
        parser.add_argument("--ground", required=True, choices=sorted(GROUNDS))

    def act(self, **options: Any) -> None:
        room = Room.objects.filter(code=options["room"]).first()
        if room is None:
            raise refuse([f"there is no room {options['room']}"])
        done = erase_by_operator(room, options["username"], options["ground"])
        self.stdout.write(f"erased: {done.count}; the log says so in entry {done.entry.pk}")
