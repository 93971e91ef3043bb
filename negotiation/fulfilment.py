"""What was decided is carried out: whoever owes a dated term reports it done, and corrects a report that was wrong."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Conflict, NotAllowed, WrongPhase
from audit.log import Private
from negotiation.acting import record
from negotiation.live.events import announce
from negotiation.models import DueDate, DutyReport
from negotiation.permissions import authorize
from negotiation.queries.due import PROPOSED, with_state
from negotiation.texts import clean_text

LONGEST = 2000


def report_done(mandate: Mandate, due: DueDate, note: str = "") -> DutyReport:
    """Say that a dated term of the decided package is done. Raises Conflict where that is said already."""
    _authorize(mandate, due)
    note = clean_text(note, "note", LONGEST) if note.strip() else ""
    try:
        with transaction.atomic():
            made = DutyReport.objects.create(due=due, mandate=mandate, note=note)
            late = timezone.localdate() > due.on
            _log(due, "duty.done", mandate, {"late": late, "note": Private.text(note)})
    except IntegrityError:
        raise Conflict(_("This is reported done already.")) from None
    return made


def correct_report(mandate: Mandate, due: DueDate, reason: str) -> DutyReport:
    """Say that a term that was reported done is not done. The report stays, with its correction."""
    _authorize(mandate, due)
    reason = clean_text(reason, "reason", LONGEST)
    with transaction.atomic():
        report = DutyReport.objects.select_for_update().filter(due=due, corrected_at=None).first()
        if report is None:
            raise Conflict(_("This is not reported done."))
        report.corrected_by, report.correction, report.corrected_at = mandate, reason, timezone.now()
        report.save(update_fields=["corrected_by", "correction", "corrected_at"])
        _log(due, "duty.correct", mandate, {"reason": Private.text(reason)})
    return report


def _authorize(mandate: Mandate, due: DueDate) -> None:
    room = due.revision.package.room
    authorize(mandate, room, "report_duty" if due.party_id else "report_unowned_duty")
    if due.party_id not in (None, mandate.party_id):
        raise NotAllowed(_("Another party has to do this."), code="not_your_duty")
    if with_state(DueDate.objects.filter(pk=due.pk)).get().state == PROPOSED:
        raise WrongPhase(_("This package is not decided."), code="not_decided")


def _log(due: DueDate, action: str, mandate: Mandate, data: dict[str, object]) -> None:
    revision = due.revision
    named = {"package": revision.package.code, "revision": revision.number, "term": due.term, "due": due.on.isoformat()}
    record(revision.package.room, action, mandate, "duty", due.pk, {**named, **data})
    announce(revision.package.room, "packages")
