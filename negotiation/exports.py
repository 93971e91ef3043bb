"""The log bundle as a job: asked for on the page, written in the background, taken away within a day."""

import hashlib
from datetime import timedelta
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate, User
from accounts.refusals import Conflict, NotFound, Refusal
from audit import log
from audit.locks import lock
from audit.sequencer import last_checkpoint, sequence_all
from negotiation.acting import record
from negotiation.bundles import write_bundle
from negotiation.models import LogExport, Room
from negotiation.permissions import Viewer, authorize, viewer_of

KEPT = timedelta(days=1)
STALE = timedelta(minutes=2)  # without progress for so long, a job was killed
State = LogExport.State
WAITING = (State.PENDING, State.RUNNING)


def ask_export(mandate: Mandate, room: Room) -> LogExport:
    """Have the bundle written for this reader; who asks again while it is being written gets the same one."""
    authorize(mandate, room, "export_log")
    with transaction.atomic():
        lock(f"log-export:{mandate.pk}")
        waiting = LogExport.objects.filter(room=room, asked_by=mandate, state__in=WAITING).first()
        if waiting:
            return waiting
        export = LogExport.objects.create(room=room, asked_by=mandate, rights=_rights(viewer_of(mandate, room)))
        record(room, "log.export", mandate, "room", room.code)
        number = export.pk
        transaction.on_commit(lambda: current_app.send_task("negotiation.tasks.write_export", [number]), robust=True)
    return export


def write_export(export: LogExport) -> None:
    """Write the file as its reader may see the log now. What another worker is at, or has done, is left alone."""
    if not _take(export):
        return
    try:
        _write(export)
    except Exception as error:
        LogExport.objects.filter(pk=export.pk).update(state=State.FAILED, updated_at=timezone.now())
        if not isinstance(error, Refusal):
            raise


def _take(export: LogExport) -> bool:
    now = timezone.now()
    rows = LogExport.objects.filter(pk=export.pk)
    free = rows.filter(state=State.PENDING) | rows.filter(state=State.RUNNING, updated_at__lt=now - STALE)
    return bool(free.update(state=State.RUNNING, done=0, updated_at=now))


def _write(export: LogExport) -> None:
    scope = log.room_scope(export.room.code)
    viewer = viewer_of(export.asked_by, export.room)
    if not export.asked_by.holds or _rights(viewer) != export.rights:
        raise Conflict(_("Your rights have changed since you asked; ask for the bundle again."))
    sequence_all(scope)
    last = last_checkpoint(scope)
    _progress(export, 0, last.size if last else 0)
    path = file_path(export)
    path.parent.mkdir(parents=True, exist_ok=True)
    written = write_bundle(export.room, path, viewer, lambda done: _progress(export, done))
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    found = {"size": path.stat().st_size, "sha256": digest, "done": written.size, "total": written.size}
    LogExport.objects.filter(pk=export.pk).update(state=State.DONE, updated_at=timezone.now(), **found)


def _progress(export: LogExport, done: int, total: int | None = None) -> None:
    more = {} if total is None else {"total": total}
    LogExport.objects.filter(pk=export.pk).update(done=done, updated_at=timezone.now(), **more)


def find_export(viewer: Viewer, number: int) -> LogExport:
    """One's own bundle. Raises NotFound for everybody else's."""
    found = own_exports(viewer).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def own_exports(viewer: Viewer) -> QuerySet[LogExport]:
    """What this person asked for in this room, the newest first."""
    user = viewer.user.pk if isinstance(viewer.user, User) else None
    rows = LogExport.objects.filter(room=viewer.room, asked_by__user=user)
    return rows.select_related("room", "asked_by__user").order_by("-pk")


def bundle_file(viewer: Viewer, export: LogExport) -> Path:
    """The file of one's own bundle. Raises NotFound where it is not there, or was written for other rights."""
    path = file_path(export)
    if export.state != State.DONE or _rights(viewer) != export.rights or not path.exists():
        raise NotFound(_("This bundle is not there, or no longer for you; ask for a new one."))
    return path


def forget_old_exports() -> None:
    """Files that are a day old go."""
    for export in LogExport.objects.filter(state=State.DONE, updated_at__lt=timezone.now() - KEPT):
        file_path(export).unlink(missing_ok=True)
        LogExport.objects.filter(pk=export.pk).update(state=State.GONE)


def file_path(export: LogExport) -> Path:
    return Path(settings.MEDIA_ROOT) / "bundles" / f"{export.pk}.zip"


def _rights(viewer: Viewer) -> list[str]:
    """All that decides what a bundle discloses."""
    return sorted([*viewer.permissions, *(f"party:{code}" for code in viewer.parties)])
