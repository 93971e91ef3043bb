"""`manage.py mediate FILE --package CODE [--mode MODE] [--json]`: ask the mediator, without a database."""

import os
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

import rfc8785

from accounts.commands import DomainCommand, refuse
from negotiation.management.commands.score import place_of, read_sound_case
from negotiation.scoring import ScoringRefused
from negotiation.scoring.mediator import MODES, suggest, summarize


class Command(DomainCommand):
    help = "Look for a better, a fair or the Nash package among those that one package's negotiable terms allow."
    requires_system_checks: list[str] = []  # nothing but the file is looked at

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--package", metavar="CODE", required=True, help="the package to start from")
        parser.add_argument("--mode", choices=MODES, default="improve", help="what to look for (default: improve)")
        parser.add_argument("--json", action="store_true", help="the suggestion as canonical JSON, not a summary")

    def act(self, **options: Any) -> None:
        write = self.stdout.write if options.get("stdout") else take_standard_output()
        found = mediate_file(options["file"], options["package"], options["mode"])
        write(rfc8785.dumps(found).decode() if options["json"] else "\n".join(summarize(found)))


def mediate_file(file: str, package: str, mode: str) -> dict[str, Any]:
    """The suggestion for one package. Raises CommandError with one line for each fault."""
    case = read_sound_case(file)
    try:
        return suggest(case, package, mode).to_json()
    except ScoringRefused as refusal:
        raise refuse(f"{place_of(fault.path)}: {fault.message}" for fault in refusal.faults) from None


def take_standard_output() -> Callable[[str], object]:
    """Keep standard output for this command: now and then HiGHS prints a line of its own, which then goes to stderr."""
    own = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return lambda text: print(text, file=own, flush=True)
