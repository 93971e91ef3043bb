"""`manage.py add_person USERNAME NAME`: an account, and the address at which its owner chooses a password."""

from argparse import ArgumentParser
from typing import Any

from accounts.commands import DomainCommand
from negotiation.people import add_person, password_path


class Command(DomainCommand):
    help = "Make an account. Prints the path, good once and for three days, at which its owner chooses a password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("name")
        parser.add_argument("--email", default="")

    def act(self, **options: Any) -> None:
        person = add_person(options["username"], options["name"], options["email"])
        self.stdout.write(password_path(person))
