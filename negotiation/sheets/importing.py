"""Uploading a workbook or plots over a draft: read and shown first, and then applied whole or not at all.

An import belongs to the mandate that made it: what it shows is what that person may see. Small workbooks are read at
once, large ones and plots by a job.
"""

import hashlib
from typing import Any

from celery import current_app
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid, Refusal, WrongPhase
from negotiation import drafting
from negotiation.drafts import lock_draft, write_draft
from negotiation.faults import failure_words
from negotiation.geodata.guard import kind_of
from negotiation.geodata.plots import plot_book
from negotiation.geodata.reading import read_plots
from negotiation.geodata.systems import choices
from negotiation.models import Draft, SheetChange, SheetImport
from negotiation.permissions import authorize_own, viewer_of
from negotiation.sheets import plan
from negotiation.sheets.guard import check_workbook
from negotiation.sheets.read import Line, Workbook, read_stamp, read_workbook
from negotiation.terms import ENDS, Document

State = SheetImport.State
AT_ONCE = 1000  # rows, those of the reference sheets too, that are read while the sender waits: about a second


def import_sheet(mandate: Mandate, draft: Draft, content: bytes, version: int | None = None) -> SheetImport:
    """Take a workbook in to see what it would change. Nothing of the draft changes yet.

    Raises Invalid for a hostile or foreign file, Conflict where the draft was saved since the file was taken away (or
    since `version` was read, for a file that does not say).
    """
    authorize_own(mandate, draft.package, "propose")
    rows = check_workbook(content)
    known = _version(draft, read_stamp(content), version)
    found = _take_in(mandate, draft, known, content, total=rows, later=rows > AT_ONCE)
    return found if rows > AT_ONCE else read_import(found)


def import_plots(
    mandate: Mandate, draft: Draft, content: bytes, system: str = "", version: int | None = None
) -> SheetImport:
    """Take plots in, to see which land terms they make. `system` is the EPSG number for a file that names none.

    Raises Invalid for a hostile or foreign file, Conflict where the draft was saved since `version` was read.
    """
    authorize_own(mandate, draft.package, "propose")
    kind_of(content)
    if system and system not in dict(choices()):
        raise Invalid({"system": _("There is no such coordinate system in the list.")}, code="system_unknown")
    known = draft.version if version is None else version
    return _take_in(mandate, draft, known, content, form=SheetImport.Form.PLOTS, system=system, later=True)


def _take_in(mandate: Mandate, draft: Draft, known: int, content: bytes, *, later: bool, **fields: Any) -> SheetImport:
    """Keep the file over the draft of that version, in place of the mandate's last one; `later` by a job."""
    with transaction.atomic():
        current = lock_draft(draft, known)
        current.imports.filter(mandate=mandate).delete()
        kept = {"content": content, "sha256": hashlib.sha256(content).hexdigest(), **fields}
        found = SheetImport.objects.create(draft=current, mandate=mandate, version=known, **kept)
        if later:
            number = found.pk
            transaction.on_commit(lambda: _enqueue(number), robust=True)
    return found


def _version(draft: Draft, stamp: dict[str, str], version: int | None) -> int:
    """The version of the draft that the file or its sender knew."""
    if not stamp:
        return draft.version if version is None else version
    if (stamp["room"], stamp["package"]) != (draft.package.room.code, draft.package.code):
        raise Invalid({"file": _("This file was made from another package.")}, code="sheet_elsewhere")
    if int(stamp["version"]) != draft.version:
        text = _("The draft was saved since this file was taken away. Take it away again and bring your changes in.")
        raise Conflict(text, code="sheet_stale")
    return draft.version


def read_import(found: SheetImport) -> SheetImport:
    """Read the file now and keep what it would change. One that was read before is left as it is."""
    claimed = SheetImport.objects.filter(pk=found.pk, state__in=[State.PENDING, State.RUNNING])
    if not claimed.update(state=State.RUNNING, updated_at=timezone.now()):
        return found
    hidden = viewer_of(found.mandate, found.draft.package.room).hidden_codes
    document = found.draft.document
    try:
        book = _read(found, document, hidden)
        plan.check_rows(found.draft.package.room, document, book, hidden)
        return _keep(found, document, book, hidden)
    except Exception as error:
        found.state, found.error, found.content = State.FAILED, failure_words(error), b""
        found.save(update_fields=["state", "error", "content", "updated_at"])
        if not isinstance(error, Refusal):
            raise
        return found


def _read(found: SheetImport, document: Document, hidden: frozenset[str]) -> Workbook:
    if found.form == SheetImport.Form.WORKBOOK:
        return read_workbook(bytes(found.content), lambda done: _progress(found, done))
    plots = read_plots(bytes(found.content), found.system)
    found.system, found.total = plots.system, len(plots.plots)
    return plot_book(found.draft.package.room, document, plots.plots, hidden)


@transaction.atomic
def _keep(found: SheetImport, document: Document, book: Workbook, hidden: frozenset[str]) -> SheetImport:
    found.changes.all().delete()
    steps = plan.changes(document, book, hidden)
    rows = (SheetChange(sheet=found, **vars(step)) for step in steps)
    SheetChange.objects.bulk_create(rows, batch_size=1000)
    found.state, found.content, found.done = State.DONE, b"", found.total
    found.kept = [kind for kind in ENDS if kind not in book.lines]
    found.faults, found.more_faults = book.faults, book.more
    found.rows = {kind: [_stored(line) for line in lines] for kind, lines in book.lines.items()}
    found.save()
    return found


def _stored(line: Line) -> list[Any]:
    return [line.place, line.row]


def apply_import(mandate: Mandate, found: SheetImport) -> Draft:
    """Put what was read into the draft: all of it. Raises Invalid while a cell is faulty, Conflict after a save."""
    draft = found.draft
    authorize_own(mandate, draft.package, "propose")
    with transaction.atomic():
        current = lock_draft(draft, found.version)
        ready = SheetImport.objects.select_for_update().filter(pk=found.pk, mandate=mandate).first()
        _check_ready(ready)
        counts = {change: found.changes.filter(change=change).count() for change in SheetChange.Change.values}
        edited = {kind: [(place, row) for place, row in rows] for kind, rows in found.rows.items()}
        merged = drafting.merge(current.document, edited, viewer_of(mandate, draft.package.room).hidden_codes)
        saved = write_draft(mandate, current, merged, "package.import", {"sha256": found.sha256, **counts})
        SheetImport.objects.filter(pk=found.pk).update(state=State.APPLIED, rows={}, updated_at=timezone.now())
    return saved


def _check_ready(found: SheetImport | None) -> None:
    if found is None or found.state != State.DONE:
        raise WrongPhase(_("This file is not read yet, or was applied already."), code="import_not_ready")
    if found.faults:
        raise Invalid({"file": _("The file has faulty cells; nothing was applied.")}, code="sheet_faulty")
    if not found.changes.exists():
        raise WrongPhase(_("The file says what the draft says; there is nothing to apply."), code="import_empty")


def _progress(found: SheetImport, done: int) -> None:
    SheetImport.objects.filter(pk=found.pk).update(done=done, updated_at=timezone.now())


def _enqueue(number: int) -> None:
    current_app.send_task("negotiation.tasks.read_sheet", [number])
