"""The procedure of a room as it stands: facts, duties found, overrides. A constant number of statements."""

from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import Side
from negotiation import phases
from negotiation.calendars import notice_ends
from negotiation.duties import Facts, Finding, findings
from negotiation.models import (
    Ballot,
    Comment,
    Decision,
    ElectoralRoll,
    HearingDemand,
    LegalReview,
    Mediation,
    Meeting,
    Override,
    Revision,
    Room,
)
from negotiation.permissions import Viewer
from negotiation.queries import documents
from negotiation.table import on_table
from negotiation.terms import digest

State = Override.State


def facts(room: Room) -> Facts:
    """All that the duties look at. Nine statements, ten with a fixed text."""
    table = list(_table(room))
    return Facts(
        today=timezone.localdate(),
        packages=len(table),
        published=room.published,
        notices=tuple(day for row in table if (day := notice_ends(row))),
        unanswered=Comment.objects.filter(room=room, parent=None, answer=None).count(),
        public_seats=room.seats.filter(party__side=Side.PUBLIC).count(),
        **_text(room),
        **_hearing(room),
        **_documents(room),
        **_roll(room),
        **_ballot(room),
    )


def _table(room: Room) -> QuerySet[Revision]:
    return on_table(room).select_related("package__room").only("number", "notice_on", "package__room__rule")


def _text(room: Room) -> dict[str, Any]:
    if room.text_id is None:
        return {}
    mediated = Mediation.objects.filter(revision=OuterRef("pk"), state=Mediation.State.DONE)
    rows = Revision.objects.select_related("package__room").annotate(
        mediated=Exists(mediated), reviewed=Exists(LegalReview.objects.filter(revision=OuterRef("pk")))
    )
    text: Any = rows.get(pk=room.text_id)
    return {
        "text": str(text),
        "text_newest": text.package.latest_id == text.pk,
        "text_notice": notice_ends(text),
        "text_negotiable": bool(text.negotiable),
        "mediated": text.mediated,
        "reviewed": text.reviewed,
    }


def _hearing(room: Room) -> dict[str, Any]:
    open_ = HearingDemand.objects.filter(room=room, settled_by=None)
    found = open_.aggregate(
        demands=Count("pk", filter=Q(declared=False)), declared=Count("pk", filter=Q(declared=True))
    )
    planned = room.meetings.filter(kind=Meeting.Kind.HEARING, state=Meeting.State.PLANNED).order_by("begins_at")
    begins = planned.values_list("begins_at", flat=True).first()
    day = timezone.localtime(begins).date() if begins else None
    return {"demands": found["demands"], "declared": found["declared"] > 0, "hearing_on": day}


def _documents(room: Room) -> dict[str, Any]:
    found = documents.counts(room)
    states = (documents.MISSING, documents.PROMISED, documents.BROKEN)
    return {f"documents_{state}": found.get(state, 0) for state in states}


def _roll(room: Room) -> dict[str, Any]:
    upheld = Q(room__roll_objections__state="upheld", room__roll_objections__corrected=None)
    waiting = Count("room__roll_objections", filter=Q(room__roll_objections__state="open"), distinct=True)
    owed = Count("room__roll_objections", filter=upheld, distinct=True)
    rows = ElectoralRoll.objects.filter(room=room).annotate(waiting=waiting, owed=owed)
    roll: Any = rows.order_by("-number").first()
    days = {"roll_days": int(room.rule.get("roll_days", 0))}
    if roll is None:
        return days
    known = {"roll_number": roll.number, "roll_current": roll.rule_digest == digest(room.rule), "roll_ends": roll.ends}
    return {**days, **known, "roll_contested": roll.waiting, "roll_owed": roll.owed}


def _ballot(room: Room) -> dict[str, Any]:
    ballot = Ballot.objects.filter(room=room).select_related("decision").order_by("-pk").first()
    if ballot is None:
        return {}
    decision: Decision | None = getattr(ballot, "decision", None)
    closed = ballot.state == Ballot.State.OPEN and ballot.closes_at <= timezone.now()
    return {
        "ballot": "closed" if closed else ballot.state,
        "ballot_closes": timezone.localtime(ballot.closes_at).date(),
        "decision_published": decision.published_on if decision else None,
    }


def standing(room: Room, known: Facts | None = None) -> list[Finding]:
    """The duties of the room's phase: met, missing, and let pass by two persons."""
    codes = phases.duties_of(room)
    return findings(codes, known or facts(room), waived(room)) if codes else []


def missing(room: Room) -> list[Finding]:
    """Those that hold the room back."""
    return [row for row in standing(room) if not row.passes]


def overrides(room: Room) -> QuerySet[Override]:
    """All of them, newest first."""
    return Override.objects.filter(room=room).select_related("asked_by__party", "confirmed_by__party").order_by("-pk")


def confirmed(room: Room) -> QuerySet[Override]:
    """Those by which the room went on without a duty."""
    return overrides(room).filter(state=State.CONFIRMED)


def pending(room: Room) -> Override | None:
    """The one that waits for its second person."""
    today = timezone.localdate()
    asked = overrides(room).filter(state=State.ASKED, phase=room.phase, asked_at__gte=room.phase_since)
    return asked.filter(until__gte=today).first()


def find_override(viewer: Viewer, number: int) -> Override:
    """One of the viewer's room. Raises Http404."""
    related = ("room", "asked_by__party", "asked_by__user")
    return get_object_or_404(Override.objects.select_related(*related), pk=number, room=viewer.room)


def is_current(override: Override, today: date) -> bool:
    """Whether it may still be confirmed: asked in this stay in its phase, and its days not over."""
    same = override.phase == override.room.phase and override.asked_at >= override.room.phase_since
    return override.state == State.ASKED and same and today <= override.until


def waived(room: Room) -> frozenset[str]:
    """Codes of the duties of this phase that a confirmed override lets pass."""
    rows = Override.objects.filter(
        room=room, state=State.CONFIRMED, phase=room.phase, asked_at__gte=room.phase_since
    ).values_list("duties", flat=True)
    return frozenset(code for codes in rows for code in codes)


def reviews(room: Room) -> QuerySet[LegalReview]:
    """The legal reviews of the room's revisions, newest first."""
    rows = LegalReview.objects.filter(revision__package__room=room)
    return rows.select_related("revision__package", "mandate__party").order_by("-pk")


def demands(viewer: Viewer) -> QuerySet[HearingDemand]:
    """Who demanded a hearing: for those who may read households' rows; for others their own parties' demands."""
    rows = HearingDemand.objects.filter(room=viewer.room).select_related("party", "settled_by").order_by("-pk")
    return rows if viewer.may("read_households") else rows.filter(party__code__in=viewer.parties)


def passed_decision(room: Room) -> Decision:
    """The decision that the room came to. Raises Http404."""
    found = Decision.objects.filter(ballot__room=room, outcome="passed").select_related("ballot__room")
    decision = found.order_by("-pk").first()
    if decision is None:
        raise Http404
    return decision
