"""The procedure: which one a room follows, going on once the duties are met, and going on without by two persons.

Into the vote and out of it leads one path only, for every procedure: `voting.open_ballot` and `voting.decide`.
"""

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Conflict, DutiesMissing, Invalid, NotAllowed, WrongPhase
from audit.log import Private
from negotiation import phases
from negotiation.acting import commit_mandate, record
from negotiation.calendars import first_day_after
from negotiation.live.events import announce
from negotiation.models import Decision, LegalReview, Override, Revision, Room
from negotiation.permissions import authorize
from negotiation.queries import procedure as queries
from negotiation.table import require_standing
from negotiation.telling import tell, tell_phase
from negotiation.texts import clean_text

State = Override.State
OVERRIDE_DAYS = 7  # calendar days in which the second person may confirm; the day of asking does not count
LONGEST_REASON, LONGEST_NAME, LONGEST_PLACE = 400, 80, 200


def choose_procedure(mandate: Mandate, room: Room) -> Room:
    """Have the room go through the full procedure, from its first phase. There is no way back to the simple one."""
    authorize(mandate, room, "choose_procedure")
    with transaction.atomic():
        current = _lock(room)
        authorize(mandate, current, "choose_procedure")
        if current.ballots.exists():
            raise WrongPhase(_("There was a vote in this room; its procedure stays."), code="ballot_was_open")
        current.procedure = phases.FULL
        current.save(update_fields=["procedure"])
        phases.enter(current, phases.stages(current)[0].phase)
        tell_phase(current, mandate)
        _log(current, "procedure.choose", mandate, {"procedure": current.procedure, "phase": current.phase})
    return current


def advance(mandate: Mandate, room: Room, leaving: str = "") -> Room:
    """Go on to the next phase. `leaving` is the phase that the person saw: pressed twice is one step.

    Raises DutiesMissing with each duty that is not met, WrongPhase where only a ballot or a decision leads on.
    """
    authorize(mandate, room, "advance")
    with transaction.atomic():
        current = _lock(room)
        if current.phase != (leaving or room.phase):
            raise Conflict(_("The room is in another phase meanwhile."))
        following = _next_by_hand(current)
        check_duties(current)
        _move(current, following, mandate, "procedure.advance")
    return current


def _next_by_hand(room: Room) -> str:
    """The phase after this one, where it is entered by advancing."""
    following = phases.following(room)
    if following == Room.Phase.VOTE:
        check_duties(room)
        raise WrongPhase(_("The vote begins when its ballot is opened."), code="ballot_needed")
    if following is None:
        raise WrongPhase
    return following


def check_duties(room: Room) -> None:
    """Raise DutiesMissing unless each duty of the room's phase is met, or let pass by two persons."""
    if rows := queries.missing(room):
        raise DutiesMissing({row.code: row.sentence for row in rows})


def reopen(mandate: Mandate, room: Room, reason: str) -> Room:
    """Go back from fixing the text to the table, to change what is written; the fixed text falls."""
    authorize(mandate, room, "reopen")
    reason = clean_text(reason, "reason", LONGEST_REASON)
    with transaction.atomic():
        current = _lock(room)
        authorize(mandate, current, "reopen")
        current.text = None
        current.save(update_fields=["text"])
        _move(current, Room.Phase.NEGOTIATION, mandate, "procedure.reopen", {"reason": Private.text(reason)})
    return current


def fix_text(mandate: Mandate, revision: Revision) -> Room:
    """Choose the one revision that will be voted on; another choice replaces it while the text is being fixed."""
    room = revision.package.room
    authorize(mandate, room, "fix_text")
    with transaction.atomic():
        current = _lock(room)
        authorize(mandate, current, "fix_text")
        require_standing(revision)
        if Revision.objects.filter(pk=revision.pk, package__latest=revision.pk).first() is None:
            raise Conflict(_("There is a newer revision of this package."))
        if current.text_id == revision.pk:
            raise Conflict(_("This revision is the text already."))
        current.text = revision
        current.save(update_fields=["text"])
        # What two persons let pass was about the text as it was.
        standing = Override.objects.filter(room=current, phase=current.phase, state__in=(State.ASKED, State.CONFIRMED))
        standing.update(state=State.LAPSED)
        _log(current, "procedure.text", mandate, _named(revision))
    return current


def record_review(mandate: Mandate, room: Room, person: str, reviewed_on: date, document: str) -> LegalReview:
    """Record who reviewed the fixed text for the law, on which day, and the opinion or its file."""
    authorize(mandate, room, "review")
    person, document = clean_text(person, "person", LONGEST_NAME), clean_text(document, "document")
    if reviewed_on > timezone.localdate():
        raise Invalid({"reviewed_on": _("This day can not lie in the future.")})
    with transaction.atomic():
        current = _lock(room)
        authorize(mandate, current, "review")
        text = current.text
        if text is None:
            raise WrongPhase(_("Fix the text first; the review is about it."), code="no_text")
        review = LegalReview.objects.create(
            revision=text, person=person, reviewed_on=reviewed_on, document=document, mandate=mandate
        )
        data = {"person": Private.text(person), "document": Private.text(document)}
        _log(current, "procedure.review", mandate, {**_named(text), "on": reviewed_on.isoformat(), **data})
    return review


def publish_decision(mandate: Mandate, room: Room, published_on: date, place: str) -> Decision:
    """Record the day and place at which the decision was published."""
    authorize(mandate, room, "publish_decision")
    place = clean_text(place, "place", LONGEST_PLACE)
    if published_on > timezone.localdate():
        raise Invalid({"published_on": _("This day can not lie in the future.")})
    with transaction.atomic():
        current = _lock(room)
        decision = queries.passed_decision(current)
        if decision.published_on:
            raise Conflict(_("The publication of this decision is recorded already."))
        if published_on < timezone.localdate(decision.decided_at):
            raise Invalid({"published_on": _("There was no decision on that day.")})
        decision.published_on, decision.published_place = published_on, place
        decision.save(update_fields=["published_on", "published_place"])
        data = {"published_on": published_on.isoformat(), "place": Private.text(place)}
        _log(current, "decision.publish", mandate, {"ballot": decision.ballot_id, **data})
        link = reverse("ballot", args=[current.code, decision.ballot_id])
        named = {"package": decision.ballot.revision.package.code, "day": published_on}
        tell(current, "decision.published", link, named, by=mandate)
    return decision


def ask_override(mandate: Mandate, room: Room, reason: str) -> Override:
    """Ask to go on although duties are missing. It takes effect only when a second person confirms in time.

    The reason is an official statement and stands in the log in the open. What the law asks can not be let pass.
    """
    authorize(mandate, room, "ask_override")
    reason = clean_text(reason, "reason")
    with transaction.atomic():
        current = _lock(room)
        authorize(mandate, current, "ask_override")
        duties = _waivable(current)
        today = timezone.localdate()
        for old in Override.objects.filter(room=room, state=State.ASKED).select_related("room"):
            if queries.is_current(old, today):
                raise Conflict(_("An override waits for its second person already."))
            _end(old, State.LAPSED)
        until = first_day_after(today, days=OVERRIDE_DAYS - 1)
        asked = Override.objects.create(
            room=current, phase=current.phase, duties=duties, reason=reason, asked_by=mandate, until=until
        )
        data = {"phase": asked.phase, "duties": duties, "reason": reason, "until": until.isoformat()}
        record(current, "procedure.ask_override", mandate, "override", asked.pk, data)
        announce(current, "room")
    return asked


def _waivable(room: Room) -> list[str]:
    """Codes of the missing duties. Raises DutiesMissing for those that nobody may let pass."""
    rows = queries.missing(room)
    if strict := [row for row in rows if not row.waivable]:
        raise DutiesMissing({row.code: row.sentence for row in strict})
    if not rows:
        raise WrongPhase(_("No duty is missing; there is nothing to override."), code="nothing_missing")
    return [row.code for row in rows]


def confirm_override(mandate: Mandate, override: Override) -> Override:
    """The second person confirms: the room goes on, or its ballot may be opened, without the named duties.

    Another person than the one who asked, whatever party they act for.
    """
    authorize(mandate, override.room, "confirm_override")
    if override.asked_by.user_id == mandate.user_id:
        raise NotAllowed(_("Another person than the one who asked must confirm."), code="same_person")
    with transaction.atomic():
        room = _lock(override.room)
        authorize(mandate, room, "confirm_override")
        current = _lock_asked(override)
        current.confirmed_by, current.confirmed_at = mandate, timezone.now()
        _end(current, State.CONFIRMED)
        # What went missing since it was asked is not covered.
        check_duties(room)
        _log_override(current, mandate)
        following = phases.following(room)
        if following and following != Room.Phase.VOTE:
            _move(room, following, mandate, "procedure.advance", {"override": current.pk})
        announce(room, "room")
    return current


def _lock_asked(override: Override) -> Override:
    """The override, locked and still open to be confirmed or withdrawn."""
    rows = Override.objects.select_for_update(of=("self",)).select_related("room", "asked_by")
    current = rows.get(pk=override.pk)
    if current.state != State.ASKED:
        raise Conflict(_("This override is settled already."))
    if not queries.is_current(current, timezone.localdate()):
        raise WrongPhase(_("The time to confirm this override is over."), code="override_lapsed")
    return current


def _log_override(override: Override, mandate: Mandate) -> None:
    """Both persons, the reason and what was let pass, in one entry."""
    data = {
        "phase": override.phase,
        "duties": override.duties,
        "reason": override.reason,
        "asked_by": commit_mandate(override.asked_by),
    }
    record(override.room, "procedure.override", mandate, "override", override.pk, data)


def withdraw_override(mandate: Mandate, override: Override) -> Override:
    """Take the asking back, or refuse it: any convener may."""
    authorize(mandate, override.room, "ask_override")
    with transaction.atomic():
        room = _lock(override.room)
        current = _lock_asked(override)
        _end(current, State.WITHDRAWN)
        record(room, "procedure.withdraw_override", mandate, "override", current.pk, {"phase": current.phase})
        announce(room, "room")
    return current


def _end(override: Override, state: str) -> None:
    override.state = state
    override.save(update_fields=["state", "confirmed_by", "confirmed_at"])


def _lock(room: Room) -> Room:
    return Room.objects.select_for_update(of=("self",)).select_related("plan", "text__package").get(pk=room.pk)


def _move(room: Room, phase: str, mandate: Mandate, action: str, data: dict[str, object] | None = None) -> None:
    left = room.phase
    phases.enter(room, phase)
    tell_phase(room, mandate)
    _log(room, action, mandate, {"from": left, "to": phase, **(data or {})})


def _named(revision: Revision) -> dict[str, object]:
    return {"package": revision.package.code, "revision": revision.number, "digest": revision.digest}


def _log(room: Room, action: str, mandate: Mandate, data: dict[str, object]) -> None:
    record(room, action, mandate, "room", room.code, data)
    announce(room, "room")
