"""The auditors' findings in a room, for auditors and the convener."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.refusals import NotAllowed, NotFound
from audit.models import Entry
from negotiation.models import Finding, FindingStep
from negotiation.permissions import Viewer

OVERDUE = "overdue"
STATES = [*Finding.State.choices, (OVERDUE, _("Overdue"))]
SHOWN = 20  # of one entry, on its page


def findings(viewer: Viewer, state: str = "", entry: UUID | None = None) -> QuerySet[Finding]:
    """Newest first, with their steps; of one state (or `overdue`) and on one entry. Raises NotAllowed."""
    if not viewer.may("read_findings"):
        raise NotAllowed
    steps = FindingStep.objects.select_related("entry", "mandate__party").order_by("pk")
    rows = Finding.objects.filter(room=viewer.room).select_related("room__plan", "entry", "party")
    rows = rows.prefetch_related(Prefetch("steps", queryset=steps))
    if state == OVERDUE:
        rows = rows.filter(_overdue())
    elif state:
        rows = rows.filter(state=state)
    if entry:
        rows = rows.filter(entry=entry)
    return rows.order_by("-pk")


def find_finding(viewer: Viewer, number: int) -> Finding:
    """Raises NotAllowed, NotFound."""
    found = findings(viewer).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def counts(viewer: Viewer) -> dict[str, int]:
    """How many there are in all, of each state, and of the open ones overdue; nothing for who may not read them."""
    if not viewer.may("read_findings"):
        return {}
    states = {state: Count("pk", filter=Q(state=state)) for state in Finding.State.values}
    rows = Finding.objects.filter(room=viewer.room)
    return rows.aggregate(**states, overdue=Count("pk", filter=_overdue()), total=Count("pk"))


def about_entry(viewer: Viewer, entry: Entry) -> list[Finding]:
    """Those on an entry, or the one whose step it is; none for who may not read them."""
    if not viewer.may("read_findings"):
        return []
    one = entry.object_id if entry.object_type == "finding" and entry.object_id.isascii() else ""
    here = Q(pk=int(one)) if one.isdecimal() and len(one) < 19 else Q(entry=entry)
    return list(findings(viewer).filter(here)[:SHOWN])


def rights(viewer: Viewer, finding: Finding) -> dict[str, Any]:
    """Which buttons its page shows."""
    own = viewer.can("close_finding") and finding.party.code in viewer.parties
    return {
        "may_answer": finding.state == Finding.State.OPEN and viewer.can("answer_finding"),
        "may_ask": finding.state == Finding.State.ANSWERED and own,
        "may_close": finding.state != Finding.State.CLOSED and own,
    }


def _overdue() -> Q:
    return Q(state=Finding.State.OPEN, due__lt=timezone.localdate())
