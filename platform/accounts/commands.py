"""Management commands that speak the refusals' language: one line for each fault, exit code 2."""

import logging
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.utils import OperationalError

from accounts.refusals import Invalid, Refusal


def refuse(lines: Iterable[object]) -> CommandError:
    """The error that ends a command with these lines on stderr and exit code 2."""
    return CommandError("\n".join(str(line) for line in lines), returncode=2)


class DomainCommand(BaseCommand):
    """A command that calls domain functions; subclasses write `act`."""

    def handle(self, *args: Any, **options: Any) -> None:
        # Its attempts to connect are not for the person at the terminal; the outcome is.
        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
        try:
            self.act(**options)
        except Invalid as refusal:
            raise refuse(f"{path}: {message}" for path, message in refusal.fields.items()) from None
        except Refusal as refusal:
            raise refuse([f"{refusal.code}: {refusal.message}"]) from None
        except OSError as error:
            raise refuse([f"{error.filename or 'a file'}: {error.strerror}"]) from None
        except OperationalError as error:
            reason = str(error).strip().splitlines()[-1]
            line = f"the database can not be reached ({reason}); is `make run` up, or DATABASE_URL set?"
            raise refuse([line]) from None

    def act(self, **options: Any) -> None:
        raise NotImplementedError
