"""Hearings and meetings: announced with their agenda, held with attendance, minutes and resolutions, or cancelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate, Party
from accounts.refusals import Conflict, Invalid, NotAllowed, WrongPhase
from audit.log import Private, stamp
from negotiation.acting import record
from negotiation.comments import check_place
from negotiation.live.events import announce
from negotiation.models import Attendance, HearingDemand, Meeting, Resolution, Revision, Room
from negotiation.permissions import authorize, is_personal
from negotiation.telling import tell
from negotiation.texts import clean_text

Kind, State = Meeting.Kind, Meeting.State
HEARING_DAYS = 7  # a hearing is announced at least so many days before (Administrative Licensing Law, art. 48)
LONGEST_PLACE, LONGEST_MINUTES, LONGEST_REASON = 400, 20_000, 400
MOST_RESOLUTIONS = 50


@dataclass(frozen=True)
class Resolved:
    """One resolution as it is written down: its text, and the revision or the term of it that it is about."""

    text: str
    revision: Revision | None = None
    term: str = ""


def demand_hearing(mandate: Mandate, room: Room, reason: str) -> HearingDemand:
    """A seat of the public side demands a hearing; once for each party until the next one is held."""
    authorize(mandate, room, "demand_hearing")
    if mandate.party.side != "public":
        raise NotAllowed(
            _("A hearing is demanded by the public side; the convener may declare one."), code="not_public"
        )
    return _demand(mandate, room, reason, declared=False)


def declare_hearing(mandate: Mandate, room: Room, reason: str) -> HearingDemand:
    """The convener declares that a hearing will be held, whoever demands one."""
    authorize(mandate, room, "declare_hearing")
    return _demand(mandate, room, reason, declared=True)


def _demand(mandate: Mandate, room: Room, reason: str, *, declared: bool) -> HearingDemand:
    reason = clean_text(reason, "reason")
    with transaction.atomic():
        Room.objects.select_for_update().get(pk=room.pk)
        if HearingDemand.objects.filter(room=room, party=mandate.party, settled_by=None).exists():
            raise Conflict(_("Your party has done so already; the next hearing settles it."))
        made = HearingDemand.objects.create(
            room=room, party=mandate.party, mandate=mandate, declared=declared, reason=reason
        )
        action = "hearing.declare" if declared else "hearing.demand"
        record(room, action, mandate, "hearing", made.pk, {"reason": Private.text(reason)})
        announce(room, "room")
    return made


def plan_meeting(mandate: Mandate, room: Room, kind: str, begins_at: datetime, place: str, agenda: str) -> Meeting:
    """Announce a hearing or a meeting to the whole room; a hearing seven days before at the least."""
    authorize(mandate, room, "plan_meeting")
    if kind not in Kind.values:
        raise Invalid({"kind": _("Choose one of the kinds.")})
    place, agenda = clean_text(place, "place", LONGEST_PLACE), clean_text(agenda, "agenda")
    _check_beginning(kind, begins_at)
    with transaction.atomic():
        meeting = Meeting.objects.create(
            room=room, kind=kind, begins_at=begins_at, place=place, agenda=agenda, planned_by=mandate
        )
        data = {"begins_at": stamp(begins_at), "place": Private.text(place), "agenda": Private.text(agenda)}
        _log(meeting, "meeting.plan", mandate, {"invited": room.seats.count(), **data})
        _tell(meeting, "announced", mandate)
    return meeting


def _check_beginning(kind: str, begins_at: datetime) -> None:
    if begins_at <= timezone.now():
        raise Invalid({"begins_at": _("The beginning must lie in the future.")})
    first = timezone.localdate() + timedelta(days=HEARING_DAYS)
    if kind == Kind.HEARING and timezone.localtime(begins_at).date() < first:
        text = _("A hearing is announced at least %(days)s days before; the first possible day is %(day)s.")
        raise Invalid({"begins_at": text % {"days": HEARING_DAYS, "day": first.isoformat()}})


def hold_meeting(
    mandate: Mandate, meeting: Meeting, present: Sequence[str], minutes: str, resolutions: Sequence[Resolved] = ()
) -> Meeting:
    """Record who was there (codes of parties with a seat), the minutes and what was resolved; final.

    A hearing settles the demands for one that were made before it began.
    """
    authorize(mandate, meeting.room, "plan_meeting")
    parties = _present(meeting.room, present)
    minutes = clean_text(minutes, "minutes", LONGEST_MINUTES)
    _check_resolutions(meeting.room, resolutions)
    with transaction.atomic():
        current = _lock_planned(meeting)
        if current.begins_at > timezone.now():
            raise WrongPhase(_("This meeting has not begun yet."), code="meeting_to_come")
        current.state, current.minutes, current.ended_by = State.HELD, minutes, mandate
        current.save(update_fields=["state", "minutes", "ended_by"])
        Attendance.objects.bulk_create([Attendance(meeting=current, party=party) for party in parties], batch_size=2000)
        Resolution.objects.bulk_create([Resolution(meeting=current, **vars(row)) for row in resolutions])
        if current.kind == Kind.HEARING:
            open_ = HearingDemand.objects.filter(room=current.room, settled_by=None)
            open_.filter(created_at__lt=current.begins_at).update(settled_by=current)
        _log(current, "meeting.hold", mandate, _held_data(parties, minutes, resolutions))
    return current


def _present(room: Room, codes: Sequence[str]) -> list[Party]:
    wanted = set(codes)
    parties = list(Party.objects.filter(realm=room.code, code__in=wanted, seats__room=room).order_by("pk"))
    unknown = sorted(wanted - {party.code for party in parties})
    if unknown:
        text = _("No such party has a seat here: %(codes)s.")
        raise Invalid({"present": text % {"codes": ", ".join(unknown[:5])[:200]}})
    if not parties:
        raise Invalid({"present": _("Say who was there.")})
    return parties


def _check_resolutions(room: Room, resolutions: Sequence[Resolved]) -> None:
    if len(resolutions) > MOST_RESOLUTIONS:
        raise Invalid({"resolutions": _("At most %(most)s resolutions, please.") % {"most": MOST_RESOLUTIONS}})
    for place, row in enumerate(resolutions):
        try:
            clean_text(row.text, "text")
            check_place(room, row.revision, row.term)
        except Invalid as fault:
            raise Invalid({f"resolutions[{place}].{key}": text for key, text in fault.fields.items()}) from None


def _held_data(parties: list[Party], minutes: str, resolutions: Sequence[Resolved]) -> dict[str, object]:
    """Bodies by their codes, households as a number: who came to a meeting is a household's own affair."""
    rows = [
        {"text": Private.text(row.text), "revision": str(row.revision or ""), "term": row.term} for row in resolutions
    ]
    bodies = [party.code for party in parties if not is_personal(party)]
    return {
        "present": bodies,
        "households": len(parties) - len(bodies),
        "minutes": Private.text(minutes),
        "resolutions": rows,
    }


def cancel_meeting(mandate: Mandate, meeting: Meeting, reason: str) -> Meeting:
    """Call a planned meeting off, with the reason."""
    authorize(mandate, meeting.room, "plan_meeting")
    reason = clean_text(reason, "reason", LONGEST_REASON)
    with transaction.atomic():
        current = _lock_planned(meeting)
        current.state, current.reason, current.ended_by = State.CANCELLED, reason, mandate
        current.save(update_fields=["state", "reason", "ended_by"])
        _log(current, "meeting.cancel", mandate, {"reason": Private.text(reason)})
        _tell(current, "cancelled", mandate)
    return current


def _lock_planned(meeting: Meeting) -> Meeting:
    current = Meeting.objects.select_for_update(of=("self",)).select_related("room").get(pk=meeting.pk)
    if current.state != State.PLANNED:
        raise Conflict(_("This meeting was held or cancelled already."))
    return current


def _tell(meeting: Meeting, what: str, mandate: Mandate) -> None:
    link = reverse("meeting", args=[meeting.room.code, meeting.pk])
    tell(meeting.room, f"{meeting.kind}.{what}", link, {"day": meeting.begins_at}, by=mandate)


def _log(meeting: Meeting, action: str, mandate: Mandate, data: dict[str, object]) -> None:
    record(meeting.room, action, mandate, "meeting", meeting.pk, {"kind": meeting.kind, **data})
    announce(meeting.room, "room")
