"""`manage.py rotate_log_key --reason TEXT`: a new key seals the log, beside the old one until `--end-overlap`."""

from argparse import ArgumentParser
from typing import Any

from accounts.commands import DomainCommand, refuse
from audit.keys import end_overlap, rotate
from audit.notes import fingerprint


class Command(DomainCommand):
    help = "Let a new key seal the log; --end-overlap then throws the old ones away."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reason", default="", help="goes into every log")
        parser.add_argument("--end-overlap", action="store_true", help="only the current key signs from now on")

    def act(self, **options: Any) -> None:
        if options["end_overlap"]:
            self.stdout.write(f"{end_overlap()} old keys have ended")
            return
        if not options["reason"].strip():
            raise refuse(["reason: say why the key changes, with --reason"])
        key = rotate(options["reason"].strip())
        self.stdout.write(f"fingerprint of the new key {fingerprint(bytes(key.public))}; print it in the notice")
