"""`manage.py demo_crowd ROOM`: let the demo's other households and companies vote, so that a vote can pass."""

from argparse import ArgumentParser
from fractions import Fraction
from typing import Any

from django.conf import settings

from accounts.commands import DomainCommand, refuse
from negotiation import demonstration
from negotiation.models import Room


class Command(DomainCommand):
    help = "Vote for every party of a demo room that nobody of the cast acts for (only with DEMO=1)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("room")
        parser.add_argument("--in-favour", type=Fraction, default=Fraction(8, 10), help="share of the households")

    def act(self, **options: Any) -> None:
        room = Room.objects.filter(code=options["room"], ballots__state="open").first()
        if not settings.DEMO or room is None:
            raise refuse(["an open ballot in a demo room is needed"])
        self.stdout.write(f"{demonstration.crowd(room, options['in_favour'])} parties voted")
