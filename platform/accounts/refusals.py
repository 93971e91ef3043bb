"""Refusals: the only exceptions that a domain function raises on purpose.

Refusal                code            HTTP  exit
├── NotAllowed         not_allowed     403   2     the mandate or role does not reach so far
├── NotFound           not_found       404   2     not there, or not for your eyes
├── WrongPhase         wrong_phase     409   2     lawful, but not now
│   └── DutiesMissing  duties_missing  409   2     what must be done first, named duty by duty
├── Conflict           conflict        409   2     somebody else was first; read again
├── TooMany            too_many        429   2     lawful, but not so often; `wait` says for how many seconds
└── Invalid            invalid         422   2     the input has faults, named field by field
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class Refusal(Exception):
    """An act that was not done, with a stable `code` and a message for a resident."""

    code = "refused"
    status = 400
    title = _("This could not be done.")

    def __init__(self, message: object = "", *, code: str = "") -> None:
        self.message = str(message or self.title)
        self.code = code or self.code
        super().__init__(self.message)


class NotAllowed(Refusal):
    code = "not_allowed"
    status = 403
    title = _("You are not allowed to do this.")


class NotFound(Refusal):
    code = "not_found"
    status = 404
    title = _("There is nothing here that you may see.")


class WrongPhase(Refusal):
    code = "wrong_phase"
    status = 409
    title = _("This can not be done at this point of the procedure.")


class DutiesMissing(WrongPhase):
    """The procedure stands still until its duties are met; `fields` maps each duty's code to what is missing."""

    code = "duties_missing"

    def __init__(self, fields: Mapping[str, object]) -> None:
        self.fields = {name: str(message) for name, message in fields.items()}
        super().__init__(_("First: %(duties)s.") % {"duties": " · ".join(self.fields.values())})


class Conflict(Refusal):
    code = "conflict"
    status = 409
    title = _("Somebody else has changed this meanwhile. Please look again.")


class TooMany(Refusal):
    """Done too often; after `wait` seconds it is possible again."""

    code = "too_many"
    status = 429
    title = _("That was too often within a short time.")

    def __init__(self, message: object = "", wait: int = 60, *, code: str = "") -> None:
        self.wait = wait
        minutes = -(-wait // 60)
        later = ngettext("Please try again in %(n)s minute.", "Please try again in %(n)s minutes.", minutes)
        super().__init__(f"{message or self.title} {later % {'n': minutes}}", code=code)


class Invalid(Refusal):
    """Faulty input; `fields` maps the field (or JSON path) to its message."""

    code = "invalid"
    status = 422
    title = _("Please correct the marked places.")

    def __init__(self, fields: Mapping[str, object], *, code: str = "") -> None:
        self.fields = {name: str(message) for name, message in fields.items()}
        super().__init__(next(iter(self.fields.values()), ""), code=code)
