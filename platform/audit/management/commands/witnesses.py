"""`manage.py witnesses [SCOPE]`: who cosigns a log, how far each has come, and what went wrong; --ask asks them now."""

from argparse import ArgumentParser
from typing import Any

from accounts.commands import DomainCommand
from audit.log import SITE
from audit.witnesses import standings, visit


class Command(DomainCommand):
    help = "Print how far each witness has come in a log, such as room:ZX-03-2026."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("scope", nargs="?", default=SITE)
        parser.add_argument("--ask", action="store_true", help="ask those with an address now")

    def act(self, **options: Any) -> None:
        scope = options["scope"]
        if options["ask"]:
            for row in standings(scope):
                if row.witness.address:
                    visit(row.witness, scope)
        for row in standings(scope):
            size = row.state.size if row.state else 0
            where = row.witness.address or "comes to us"
            self.stdout.write(f"{row.witness.name}  {where}  size {size}, {row.behind} behind  {row.trouble}".rstrip())
