"""`manage.py load_case FILE`: put a case on the table; all or nothing, every fault at once."""

from argparse import ArgumentParser
from typing import Any

from accounts.commands import DomainCommand, refuse
from negotiation.casefile import CaseRefused, check_file
from negotiation.cases import load_case


class Command(DomainCommand):
    help = "Load a case file (tongchou-case/1). The same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")

    def act(self, **options: Any) -> None:
        try:
            document, report = check_file(options["file"])
        except CaseRefused as refusal:
            raise refuse(refusal.lines) from None
        if report.faults:
            raise refuse(report.lines)
        for warning in report.warnings:
            self.stderr.write(f"warning: {warning.message}")
        room, loaded = load_case(document)
        self.stdout.write(f"{room.code}: {'loaded' if loaded else 'is loaded already, nothing changed'}")
