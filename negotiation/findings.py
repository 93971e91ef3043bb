"""Findings: an auditor opens one on an entry of the log, the convener must answer, the auditor closes it or asks again.

Each step is an entry of its own, with what was said as a commitment.
"""

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid, NotAllowed
from audit import log
from audit.models import Entry
from negotiation.acting import record
from negotiation.calendars import DAY, first_day_after
from negotiation.live.events import announce
from negotiation.models import Finding, FindingStep, Room
from negotiation.permissions import authorize
from negotiation.telling import tell, tell_convener
from negotiation.texts import clean_text

ANSWER_DAYS = 10  # working days that the convener has, beginning with the day after
State, Verdict, Kind = Finding.State, Finding.Verdict, FindingStep.Kind


def open_finding(mandate: Mandate, room: Room, entry: Entry, text: str) -> Finding:
    """Say what is wrong with an entry of the room's log, or what must be explained; the convener is told."""
    authorize(mandate, room, "open_finding")
    _check_role(mandate, "auditor")
    text = clean_text(text, "text")
    if entry.scope != log.room_scope(room.code):
        raise Invalid({"entry": _("This entry is of another log.")})
    with transaction.atomic():
        finding = Finding.objects.create(room=room, entry=entry, party=mandate.party, due=_due())
        _log(mandate, finding, "finding.open", text, {"due": finding.due.isoformat()})
        _tell_convener(finding, mandate)
    return finding


def answer_finding(mandate: Mandate, finding: Finding, text: str) -> Finding:
    """Answer as the convener, who is not the person that asked. Raises Conflict where nothing waits for an answer."""
    authorize(mandate, finding.room, "answer_finding")
    _check_role(mandate, "convener")
    text = clean_text(text, "text")
    with transaction.atomic():
        current = _lock(finding)
        if current.state != State.OPEN:
            raise Conflict(_("This finding does not wait for an answer."))
        if current.steps.exclude(kind=Kind.ANSWER).filter(mandate__user=mandate.user_id).exists():
            raise NotAllowed(_("Nobody answers a finding of their own."), code="own_finding")
        now = log.clock()  # the entry's own time: whether it is late can be told from it
        late = timezone.localdate(now) > current.due
        _move(current, State.ANSWERED)
        _log(mandate, current, "finding.answer", text, {"late": late}, now)
        told = {current.party.code: ""}
        tell(current.room, "finding.answered", _address(current), {"finding": current.pk}, parties=told, by=mandate)
    return current


def ask_again(mandate: Mandate, finding: Finding, text: str) -> Finding:
    """Say what the answer leaves open; the convener has as many days again. Raises Conflict without an answer."""
    _check_own(mandate, finding)
    text = clean_text(text, "text")
    with transaction.atomic():
        current = _lock(finding)
        if current.state != State.ANSWERED:
            raise Conflict(_("There is no answer to ask about."))
        _check_not_answered_by(mandate, current)
        current.due = _due()
        _move(current, State.OPEN)
        _log(mandate, current, "finding.ask_again", text, {"due": current.due.isoformat()})
        _tell_convener(current, mandate)
    return current


def close_finding(mandate: Mandate, finding: Finding, verdict: str, text: str) -> Finding:
    """End it with a reason: settled by the answer, not settled, or withdrawn. Raises Conflict for a closed one."""
    _check_own(mandate, finding)
    text = clean_text(text, "text")
    if verdict not in Verdict.values:
        raise Invalid({"verdict": _("Say how it ends.")})
    with transaction.atomic():
        current = _lock(finding)
        if current.state == State.CLOSED:
            raise Conflict(_("This finding is closed already."))
        if current.state == State.OPEN and verdict == Verdict.SETTLED:
            raise Conflict(_("An answer that is not there can not settle it."))
        _check_not_answered_by(mandate, current)
        current.verdict = verdict
        _move(current, State.CLOSED)
        _log(mandate, current, "finding.close", text, {"verdict": verdict})
        tell_convener(current.room, "finding.closed", _address(current), mandate, {"finding": current.pk})
    return current


def _check_own(mandate: Mandate, finding: Finding) -> None:
    """For acts of the party whose finding it is."""
    authorize(mandate, finding.room, "close_finding")
    _check_role(mandate, "auditor")
    if finding.party_id != mandate.party_id:
        raise NotAllowed(_("This is a finding of another party."), code="not_your_finding")


def _check_role(mandate: Mandate, role: str) -> None:
    """Rights are a person's, the entry names a mandate: the one that gives the role must be acted under."""
    if role not in mandate.roles:
        raise NotAllowed(_("The mandate that you act under does not give you this role."), code="other_mandate")


def _check_not_answered_by(mandate: Mandate, finding: Finding) -> None:
    if finding.steps.filter(kind=Kind.ANSWER, mandate__user=mandate.user_id).exists():
        raise NotAllowed(_("Nobody judges an answer of their own."), code="own_answer")


def _lock(finding: Finding) -> Finding:
    rows = Finding.objects.select_for_update(of=("self",)).select_related("room__plan", "party", "entry")
    return rows.get(pk=finding.pk)


def _due() -> date:
    """The last day for an answer to what is said today."""
    return first_day_after(timezone.localdate(), working_days=ANSWER_DAYS) - DAY


def _move(finding: Finding, state: str) -> None:
    finding.state = state
    finding.save(update_fields=["state", "verdict", "due"])


def _log(
    mandate: Mandate,
    finding: Finding,
    action: str,
    text: str,
    said: dict[str, object],
    time: datetime | None = None,
) -> None:
    """The step, and its entry."""
    data = {"finding": finding.pk, "entry": str(finding.entry_id), **said, "text": log.Private.text(text)}
    entry = record(finding.room, action, mandate, "finding", finding.pk, data, time=time)
    kind = action.removeprefix("finding.")
    FindingStep.objects.create(finding=finding, kind=kind, text=text, mandate=mandate, entry=entry)
    announce(finding.room, "findings")


def _address(finding: Finding) -> str:
    return reverse("finding", args=[finding.room.code, finding.pk])


def _tell_convener(finding: Finding, by: Mandate) -> None:
    named = {"finding": finding.pk, "day": finding.due.isoformat()}
    tell_convener(finding.room, "finding.opened", _address(finding), by, named)
