"""What was sealed last, kept outside of the database: a small file for each log.

A database that was brought back from a backup does not know what it has lost; these files do. If the checkpoint that a
mark names is not in the database, sealing stops until the operator says why (`manage.py log_restored`), for to go on
would be to sign another history under sizes that were signed before.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.refusals import Conflict
from accounts.secrets import put_in_place, write_draft
from audit import log
from audit.models import Checkpoint, Entry


@dataclass(frozen=True)
class Mark:
    """The last checkpoint of a scope that was sealed from here."""

    scope: str
    size: int
    root: str

    @classmethod
    def of(cls, row: Checkpoint) -> "Mark":
        return cls(row.scope, row.size, bytes(row.root).hex())

    @property
    def holds(self) -> bool:
        """Whether the database still has it."""
        return Checkpoint.objects.filter(scope=self.scope, size=self.size, root=bytes.fromhex(self.root)).exists()


def check(scope: str) -> None:
    """Raises Conflict where the log has gone back behind its mark."""
    mark = _read(_path(scope))
    if mark and not mark.holds:
        text = _("The log has lost entries that were sealed before; see docs/operator.md.")
        raise Conflict(text, code="log_went_back")


def prepare(row: Checkpoint) -> Path:
    """Write the mark of a checkpoint beside the old one, before the commit: a full disk shows here."""
    return write_draft(_path(row.scope), json.dumps(asdict(Mark.of(row))))


def leave(row: Checkpoint, draft: Path) -> None:
    """Let what was prepared take the old one's place, after the commit."""
    put_in_place(draft, _path(row.scope))


def gone_back() -> list[Mark]:
    """The marks of which the database knows nothing any more."""
    return [mark for mark in _all() if not mark.holds]


def state_restored(reason: str) -> list[Entry]:
    """Log, in every log that has gone back, what is lost and why; from then on it is sealed again. Operator's act."""
    entries = []
    for mark in gone_back():
        last = Checkpoint.objects.filter(scope=mark.scope).order_by("-size").first()
        data = {
            "lost_size": mark.size,
            "lost_root": mark.root,
            "size": last.size if last else 0,
            "reason": log.Private.text(reason),
        }
        with transaction.atomic():
            entries.append(log.append(mark.scope, "log.restore", None, "log", mark.scope, data))
        if last:
            leave(last, prepare(last))
        else:
            _path(mark.scope).unlink()
    return entries


def _all() -> Iterator[Mark]:
    for path in sorted(settings.LOG_MARKS.glob("*.json")):
        if mark := _read(path):
            yield mark


def _read(path: Path) -> Mark | None:
    if not path.exists():
        return None
    try:
        return Mark(**json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError):
        text = _("The file %(path)s can not be read; see docs/operator.md.") % {"path": path}
        raise Conflict(text, code="log_mark_file") from None


def _path(scope: str) -> Path:
    return Path(settings.LOG_MARKS) / f"{sha256(scope.encode()).hexdigest()[:32]}.json"
