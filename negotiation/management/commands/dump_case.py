"""`manage.py dump_case CODE`: the room as a case file on standard output."""

import json
from argparse import ArgumentParser
from typing import Any

from accounts.commands import DomainCommand
from accounts.refusals import NotFound
from negotiation.casedump import dump_case
from negotiation.models import Room


class Command(DomainCommand):
    help = "Write a room as a case file (tongchou-case/1) to standard output."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code")

    def act(self, **options: Any) -> None:
        code = options["code"]
        room = Room.objects.select_related("plan__unit__region").filter(code=code).first()
        if room is None:
            raise NotFound(f"there is no room {code}")
        self.stdout.write(json.dumps(dump_case(room), ensure_ascii=False, indent=1))
