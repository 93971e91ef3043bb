"""`manage.py score FILE [--package CODE] [--json]`: score a case file, without any database."""

import io
import sys
from argparse import ArgumentParser
from typing import Any

import rfc8785

from accounts.commands import DomainCommand, refuse
from negotiation import scoring
from negotiation.casefile import CaseRefused, check_file


class Command(DomainCommand):
    help = "Score one package of a case file (tongchou-case/1), or all of them."
    requires_system_checks: list[str] = []  # nothing but the file is looked at

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--package", metavar="CODE", help="only this package, without the comparison")
        parser.add_argument("--json", action="store_true", help="the card as canonical JSON instead of a summary")

    def act(self, **options: Any) -> None:
        found = score_file(options["file"], options["package"])
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        self.stdout.write(rfc8785.dumps(found).decode() if options["json"] else _summarize(found))


def score_file(file: str, package: str | None) -> dict[str, Any]:
    """The card of one package, or the cards of all. Raises CommandError with one line for each fault."""
    case = read_sound_case(file)
    try:
        return scoring.cards(case) if package is None else scoring.card(case, package)
    except scoring.ScoringRefused as refusal:
        raise refuse(f"{place_of(fault.path)}: {fault.message}" for fault in refusal.faults) from None


def place_of(pointer: str) -> str:
    """A JSON pointer in the way the case file's own faults name places: $.packages[0].code."""
    steps = pointer.split("/")[1:]
    return "$" + "".join(f"[{step}]" if step.isdigit() else f".{step}" for step in steps)


def read_sound_case(file: str) -> dict[str, Any]:
    """Read a case file that has no faults. Raises CommandError with one line for each fault."""
    try:
        document, report = check_file(file)
    except CaseRefused as refusal:
        raise refuse(refusal.lines) from None
    if report.faults:
        raise refuse(report.lines)
    return dict(document)


def _summarize(found: dict[str, Any]) -> str:
    cards = found.get("cards", [found])
    return "\n".join(line for card in cards for line in scoring.summarize(card))
