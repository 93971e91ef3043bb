"""Erasing personal data: salt and content of commitments go, the entries stay, and one more says so.

What is left is a digest that nobody can open. The log stays whole, and shows how much was erased, when and on what
ground; each erased commitment names the entry that says why, and without one the database refuses (a trigger).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.refusals import Conflict
from audit import log
from audit.locks import lock
from audit.models import Commitment, Entry
from audit.roles import ERASER, acting_as


@dataclass(frozen=True)
class Erasure:
    """How many commitments were erased, and the entry that says so."""

    count: int
    entry: Entry


def erase(scope: str, which: Q, actor: log.Actor | None, data: Mapping[str, Any]) -> Erasure:
    """Erase these commitments of a scope and log it with their `count` and this data. Raises Conflict if none is left.

    In the transaction of the act.
    """
    lock(f"erase:{scope}")
    rows = Commitment.objects.filter(which, entry__scope=scope, erasure=None)
    numbers = list(rows.values_list("pk", flat=True))
    if not numbers:
        raise Conflict(_("Nothing of this person is left to erase."), code="nothing_to_erase")
    entry = log.append(scope, "log.erase", actor, "log", scope, {"count": len(numbers), **data})
    with acting_as(ERASER):
        Commitment.objects.filter(pk__in=numbers).update(salt=None, content=None, erasure=entry)
    return Erasure(len(numbers), entry)
