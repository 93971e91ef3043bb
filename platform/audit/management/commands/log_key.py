"""`manage.py log_key [SCOPE]`: the public key of the decision log, with its fingerprint for the notice."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from accounts.commands import DomainCommand, refuse
from audit.keys import current_key
from audit.log import SITE
from audit.notes import fingerprint, verifier_key
from audit.sequencer import log_name


class Command(DomainCommand):
    help = "Print the fingerprint of the log's key and its verifier key for a scope, such as room:ZX-03-2026."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("scope", nargs="?", default=SITE)
        parser.add_argument("--all", action="store_true", help="under a name that stands for every log, for witnesses")

    def act(self, **options: Any) -> None:
        key = current_key()
        if key is None:
            raise refuse(["nothing is sealed yet, so there is no key"])
        public = bytes(key.public)
        self.stdout.write(f"fingerprint  {fingerprint(public)}")
        name = f"{settings.LOG_ORIGIN}/log/*" if options["all"] else log_name(options["scope"])
        self.stdout.write(f"verifier key {verifier_key(name, public)}")
