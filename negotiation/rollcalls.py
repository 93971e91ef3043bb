"""Roll calls: in a meeting the convener takes down what those present say; a second official confirms the whole list.

Whoever speaks votes in person: the vote is cast under the mandate of the one who is there, and by way of that mandate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid, NotAllowed, WrongPhase
from audit.log import Private, clock
from negotiation.acting import commit_mandate, record, way
from negotiation.models import Ballot, BallotSeat, Meeting, RollCall, Vote
from negotiation.papers import authorize_official
from negotiation.permissions import authorize
from negotiation.rolls import check_voter
from negotiation.secrecy import refuse_secret
from negotiation.telling import tell_entered
from negotiation.texts import clean_text
from negotiation.voting import check_choice, keep_vote, lock_open

State = RollCall.State
ACT = "take_roll_call"
MOST = 500  # answers in one list
Document = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What one seat said: its party's code, the mandate of the person who is there, the choice."""

    party: str
    mandate: int
    choice: str
    reason: str = ""


def take_roll_call(
    convener: Mandate, ballot: Ballot, meeting: Meeting, answers: Sequence[Answer], *, key: str = ""
) -> RollCall:
    """Take a list down. The same `key` again returns the same list. Raises Invalid, seat by seat."""
    authorize(convener, ballot.room, ACT)
    authorize_official(convener, ballot.room)
    refuse_secret(ballot)
    _check_meeting(ballot, meeting)
    rows = _checked(ballot, meeting, answers)
    _check_stranger(convener, rows)
    with transaction.atomic():
        Meeting.objects.select_for_update().get(pk=meeting.pk)
        if key and (known := ballot.roll_calls.filter(key=key, taken_by=convener).first()):
            return known
        now = lock_open(ballot, convener, _chambers(ballot, rows))
        call = RollCall.objects.create(
            ballot=ballot, meeting=meeting, answers=rows, taken_by=convener, taken_at=now, key=key
        )
        said = Private(rfc8785.dumps([{"seat": row["party"], "choice": row["choice"]} for row in rows]))
        data = {**_named(call), "seats": len(rows), "answers": said}
        record(ballot.room, "roll.take", convener, "ballot", ballot.pk, data, time=now)
    return call


def _chambers(ballot: Ballot, rows: Sequence[Document]) -> set[str]:
    return set(ballot.roll.filter(pk__in=[row["line"] for row in rows]).values_list("chamber", flat=True))


def _check_meeting(ballot: Ballot, meeting: Meeting) -> None:
    if meeting.room_id != ballot.room_id:
        raise Invalid({"meeting": _("This is in another room.")})
    if meeting.state == Meeting.State.CANCELLED:
        raise WrongPhase(_("This meeting was cancelled."), code="meeting_cancelled")
    if meeting.begins_at > timezone.now():
        raise WrongPhase(_("This meeting has not begun yet."), code="meeting_to_come")


def _checked(ballot: Ballot, meeting: Meeting, answers: Sequence[Answer]) -> list[Document]:
    """The answers as they are kept, in the order of the roll. Raises Invalid with every seat that is refused."""
    if not 0 < len(answers) <= MOST:
        raise Invalid({"answers": _("Take down between 1 and %(most)s seats.") % {"most": MOST}})
    lines = _lines(ballot, [answer.party for answer in answers])
    holding = Mandate.objects.valid().filter(party__realm=ballot.room.code)
    mandates, there = holding.in_bulk([answer.mandate for answer in answers]), _attended(meeting)
    kept: dict[str, Document] = {}
    faults: dict[str, object] = {}
    for answer in answers:
        try:
            if answer.party in kept:
                raise Invalid({"seat": _("This seat stands in the list twice.")})
            line = lines.get(answer.party)
            kept[answer.party] = _row(ballot, line, mandates.get(answer.mandate), there, answer)
        except Invalid as fault:
            faults[answer.party] = " ".join(map(str, fault.fields.values()))
    if faults:
        raise Invalid(faults)
    return sorted(kept.values(), key=lambda row: row["line"])


def _row(
    ballot: Ballot, line: BallotSeat | None, mandate: Mandate | None, there: set[str] | None, answer: Answer
) -> Document:
    if line is None:
        raise Invalid({"party": _("This party is not on the roll of this ballot.")})
    if mandate is None or mandate.party_id != line.seat.party_id:
        raise Invalid({"mandate": _("Nobody who holds a mandate of this party at this time is named for it.")})
    if there is not None and answer.party not in there:
        raise Invalid({"party": _("By the meeting's record this party was not present.")})
    _check_co_owner(line, mandate)
    check_choice(ballot, line.chamber, answer.choice, answer.reason)
    said = {"choice": answer.choice, "reason": answer.reason.strip()}
    return {"line": line.pk, "party": answer.party, "mandate": mandate.pk, **said}


def _check_co_owner(line: BallotSeat, mandate: Mandate) -> None:
    try:
        check_voter(line, mandate)
    except NotAllowed as refusal:
        raise Invalid({"mandate": refusal.message}) from None


def _lines(ballot: Ballot, codes: Sequence[str]) -> dict[str, BallotSeat]:
    rows = ballot.roll.select_related("seat").filter(seat__party__code__in=set(codes))
    return {line.seat.party.code: line for line in rows.select_related("seat__party")}


def _attended(meeting: Meeting) -> set[str] | None:
    """Codes of those who were there, where the meeting's record says it already."""
    if meeting.state != Meeting.State.HELD:
        return None
    return set(meeting.attendances.values_list("party__code", flat=True))


def confirm_roll_call(second: Mandate, call: RollCall) -> RollCall:
    """Another official who heard the same confirms: every answer of the list is a vote now, or none is."""
    ballot = call.ballot
    authorize_official(second, ballot.room)
    if call.taken_by.user_id == second.user_id:
        raise NotAllowed(_("Another official than the one who took the list must confirm it."), code="same_person")
    _check_stranger(second, call.answers)
    with transaction.atomic():
        numbers = [row["line"] for row in call.answers]
        rows = ballot.roll.select_for_update(of=("self",)).select_related("seat__party").order_by("pk")
        lines = {line.pk: line for line in rows.filter(pk__in=numbers)}
        current = _lock(call)
        if current.state == State.CONFIRMED and current.ended_by_id == second.pk:
            return current  # sent twice
        _check_waits(current)
        now = lock_open(ballot, second, {line.chamber for line in lines.values()})
        current.state, current.ended_by, current.ended_at = State.CONFIRMED, second, now
        current.save()
        mandates = _holding(current, now)
        data = {**_named(current), "votes": len(lines), "taken_by": commit_mandate(current.taken_by)}
        record(ballot.room, "vote.roll_call", second, "ballot", ballot.pk, data, time=now)
        for row in current.answers:
            _vote(current, lines[row["line"]], mandates[row["mandate"]], row, now)
        tell_entered(ballot, [row["party"] for row in current.answers], second)
    return current


def _holding(call: RollCall, now: datetime) -> dict[int, Mandate]:
    """The mandates of those who answered, kept from being revoked before the votes stand. Raises Conflict."""
    rows = Mandate.objects.select_for_update(of=("self",)).select_related("party", "user").order_by("pk")
    found = {mandate.pk: mandate for mandate in rows.filter(pk__in=[row["mandate"] for row in call.answers])}
    ended = sorted(row.party.code for row in found.values() if not row.held_at(now))
    if ended:
        text = _("Mandates of these parties have ended since: %(codes)s. Withdraw the list and take it down again.")
        raise Conflict(text % {"codes": ", ".join(ended[:5])})
    return found


def _vote(call: RollCall, line: BallotSeat, mandate: Mandate, row: Document, now: datetime) -> None:
    via = way(mandate.kind)
    vote = Vote(ballot=call.ballot, seat=line.seat, choice=row["choice"], via=via, reason=row["reason"])
    vote.mandate, vote.cast_at, vote.key = mandate, now, f"roll-call-{call.pk}"
    keep_vote(vote, roll_call=call.pk)


def withdraw_roll_call(mandate: Mandate, call: RollCall, reason: str) -> RollCall:
    """Take a list back before it is confirmed: a convener, or the official who finds it wrong."""
    authorize_official(mandate, call.ballot.room)
    reason = clean_text(reason, "reason", 400)
    with transaction.atomic():
        current = _lock(call)
        _check_waits(current)
        current.state, current.ended_by, current.ended_at = State.WITHDRAWN, mandate, clock()
        current.ended_reason = reason
        current.save()
        data = {**_named(current), "reason": Private.text(reason)}
        record(call.ballot.room, "roll.withdraw", mandate, "ballot", call.ballot_id, data)
    return current


def _check_stranger(mandate: Mandate, rows: Sequence[Document]) -> None:
    own = set(
        mandate.user.mandates.valid().filter(party__realm=mandate.party.realm).values_list("party__code", flat=True)
    )
    if own & {row["party"] for row in rows}:
        raise NotAllowed(_("You act for a party of this list; another official must take its answer."), code="own_seat")


def _lock(call: RollCall) -> RollCall:
    rows = RollCall.objects.select_for_update(of=("self",)).select_related(
        "ballot__room", "taken_by__user", "taken_by__party"
    )
    return rows.get(pk=call.pk)


def _check_waits(call: RollCall) -> None:
    if call.state != State.TAKEN:
        raise Conflict(_("This list was confirmed or withdrawn already."))


def _named(call: RollCall) -> Document:
    return {"ballot": call.ballot_id, "meeting": call.meeting_id, "roll_call": call.pk}
