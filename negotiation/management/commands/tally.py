"""`manage.py tally FILE [--json]`: a count that anyone can repeat, without a database."""

import json
from argparse import ArgumentParser
from typing import Any

from accounts.commands import DomainCommand, refuse
from negotiation.casefile import CaseRefused, read_case
from negotiation.rules import RuleRefused, tally


class Command(DomainCommand):
    help = "Count the votes of a file under its rule, as at the close. Exit code 2 for a faulty file."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--json", action="store_true")

    def act(self, **options: Any) -> None:
        try:
            # The same strict reader as for cases: UTF-8, no key twice, no NaN, no endless nesting.
            count = tally(read_case(options["file"]))
        except CaseRefused as refusal:
            raise refuse(refusal.lines) from None
        except RuleRefused as refusal:
            raise refuse(f"{fault.path}: {fault.message}" for fault in refusal.faults) from None
        if options["json"]:
            self.stdout.write(json.dumps(count, ensure_ascii=False))
            return
        self.stdout.write(f"state: {count['state']}")
        for chamber in count["chambers"]:
            self.stdout.write(f"{chamber['code']}: {'passed' if chamber['passed'] else 'not passed'}")
            for row in chamber["measures"]:
                sign = "≥" if row["test"] == "at_least" else ">"
                words = f"{row['kind']} by {row['by']} of {row['of']}: {row['reached']} {sign} {row['needed']}"
                self.stdout.write(f"  {words}: {'yes' if row['passed'] else 'no'}, missing {row['missing']}")
