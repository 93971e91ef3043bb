"""`manage.py log_restored --reason TEXT`: says in the log why it has lost entries; from then on it is sealed again."""

from argparse import ArgumentParser
from typing import Any

from accounts.commands import DomainCommand, refuse
from audit.marks import gone_back, state_restored


class Command(DomainCommand):
    help = "List the logs that a restored backup has set back; with --reason, state so in each and let sealing go on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reason", default="", help="goes into every log that has gone back")

    def act(self, **options: Any) -> None:
        lost = gone_back()
        if not lost:
            self.stdout.write("no log has gone back")
        elif not options["reason"].strip():
            lines = [f"{mark.scope}: sealed up to size {mark.size}, root {mark.root}, which is lost" for mark in lost]
            raise refuse([*lines, "reason: say why, with --reason"])
        for entry in state_restored(options["reason"].strip()):
            self.stdout.write(f"{entry.scope}: stated in entry {entry.pk}")
