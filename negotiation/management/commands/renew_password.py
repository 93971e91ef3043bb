"""`manage.py renew_password USERNAME`: an address at which somebody who forgot the password chooses a new one."""

from argparse import ArgumentParser
from typing import Any

from accounts.commands import DomainCommand
from negotiation.people import renew_password


class Command(DomainCommand):
    help = "Print the path, good once and for three days, at which the person chooses a new password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def act(self, **options: Any) -> None:
        self.stdout.write(renew_password(options["username"]))
