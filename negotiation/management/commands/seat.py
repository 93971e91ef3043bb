"""`manage.py seat USERNAME ROOM PARTY`: the operator gives somebody a mandate, such as a room's first convener."""

from argparse import ArgumentParser
from typing import Any

from accounts.commands import DomainCommand, refuse
from accounts.models import Mandate
from negotiation.mandates import add_onlooker, appoint
from negotiation.models import Room
from negotiation.permissions import ROLES


class Command(DomainCommand):
    help = "Give a person a mandate for a party of a room; without --role that of the party's side."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("room")
        parser.add_argument("party")
        parser.add_argument("--role", action="append", default=[], choices=list(ROLES), help="may be given again")
        parser.add_argument("--kind", default=Mandate.Kind.REPRESENTATIVE, choices=Mandate.Kind.values)
        parser.add_argument("--document", default="")
        parser.add_argument("--onlooker", default="", metavar="NAME", help="make PARTY, a body without a seat")

    def act(self, **options: Any) -> None:
        room = Room.objects.filter(code=options["room"]).first()
        if room is None:
            raise refuse([f"there is no room {options['room']}"])
        if options["onlooker"]:
            kind = "auditor" if "auditor" in options["role"] else "observer"
            add_onlooker(room, options["party"], options["onlooker"], kind)
        mandate = appoint(
            room,
            options["username"],
            options["party"],
            options["kind"],
            roles=options["role"],
            document=options["document"],
        )
        self.stdout.write(f"{mandate.user.username} acts for {mandate.party.code} as {', '.join(mandate.roles)}")
