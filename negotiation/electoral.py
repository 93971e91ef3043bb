"""The electoral roll: published from the seats' rights, open for objections, corrected in versions with a reason."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid, WrongPhase
from audit.log import Private, clock
from negotiation import rules
from negotiation.acting import mandate_commitment, record
from negotiation.calendars import first_day_after
from negotiation.live.events import announce
from negotiation.models import Deciding, ElectoralRoll, RollLine, RollObjection, Room
from negotiation.permissions import authorize
from negotiation.rolls import check_current, latest_roll, own_mandates, place_lines, version_digest
from negotiation.ruling import refused_in_words
from negotiation.telling import tell, tell_convener
from negotiation.terms import amount, digest
from negotiation.texts import clean_text
from negotiation.voting import base_roll

State = RollObjection.State
Document = dict[str, Any]
AHEAD = timedelta(days=30)  # a roll may be published for a day to come, so that it can be printed and posted
CORRECTION_DAYS = 3  # calendar days for objections to what a correction changed, or the rule's if those are fewer
MOST_OPEN = 10  # objections of one party that wait
LONGEST_TEXT, LONGEST_PLACE, LONGEST_DOCUMENT = 2000, 200, 200
DECIMAL = re.compile(r"[0-9]{1,14}(\.[0-9]{1,6})?", re.ASCII)


@dataclass(frozen=True)
class Change:
    """What a correction changes of one party's line; what is None or left out stays.

    `weights`: column of a right → what counts instead of the sum of the rights (m², yuan); an empty text takes an
    earlier correction back. `named`: id of the representative's mandate. `document`: the party's declaration.
    """

    party: str
    weights: Mapping[str, str] = field(default_factory=dict)
    struck: bool | None = None
    deciding: str | None = None
    named: int | None = None
    document: str = ""


def publish_roll(mandate: Mandate, room: Room, published_on: date, place: str) -> ElectoralRoll:
    """Lay the roll open from a day on, at a place: what the seats' rights give, with what was corrected before.

    The days of objection begin anew.
    """
    authorize(mandate, room, "publish_roll")
    place = clean_text(place, "place", LONGEST_PLACE)
    today = timezone.localdate()
    if not today <= published_on <= today + AHEAD:
        text = _("Today, or a day within the next 30 days: this version of the roll did not exist before.")
        raise Invalid({"published_on": text})
    with transaction.atomic():
        current, last = _lock(room)
        authorize(mandate, current, "publish_roll")
        base = base_roll(current)
        days = rules.parse_rule(current.rule).roll_days
        ends = first_day_after(published_on, days=days) if days else published_on
        dates = {"published_on": published_on, "place": place, "ends": ends}
        roll = _keep(mandate, current, last, base, _renewed(current, base, last), dates)
        current.roll_objections.filter(state=State.UPHELD, corrected=None).update(corrected=roll)
        said = {"published_on": published_on.isoformat(), "days": days, "place": Private.text(place)}
        _log(roll, "roll.publish", mandate, {**_version(roll), **said, "seats": len(base)})
        named = {"day": published_on, "until": ends}
        tell(current, "roll.published", _address(current), named, by=mandate)
        announce(current, "room")
    return roll


def _lock(room: Room) -> tuple[Room, ElectoralRoll | None]:
    """The room, locked, and the newest version: versions come one after the other, and none while a vote opens."""
    current = Room.objects.select_for_update(of=("self",)).select_related("plan").get(pk=room.pk)
    return current, latest_roll(current)


def _renewed(room: Room, base: list[Document], last: ElectoralRoll | None) -> list[RollLine]:
    """Lines for these rows; what an earlier version says otherwise of a seat goes on to hold."""
    known = {line.seat_id: line for line in _lines(last)} if last else {}
    seats = {seat.pk: seat for seat in room.seats.select_related("party")}
    made = []
    for row in base:
        seat = seats[int(row["seat"])]
        line = RollLine(seat=seat, chamber=row["chamber"])
        if before := known.get(seat.pk):
            line.corrected, line.struck = before.corrected, before.struck
            line.deciding, line.named = before.deciding, before.named
        line.weights = _weighed(room, row, line.corrected)
        made.append(line)
    return made


def _lines(roll: ElectoralRoll) -> list[RollLine]:
    return list(roll.lines.select_related("seat__party", "named__user").order_by("seat_id"))


def _weighed(room: Room, base: Document, corrected: Mapping[str, str]) -> dict[str, str]:
    """The seat's weights under the room's rule: the sums of its rights, but for the columns that are corrected."""
    columns = rules.parse_rule(room.rule).weights
    return {by: corrected.get(columns[by], value) for by, value in base["weights"].items()}


def _keep(
    mandate: Mandate,
    room: Room,
    last: ElectoralRoll | None,
    base: list[Document],
    lines: Sequence[RollLine],
    more: Mapping[str, object],
) -> ElectoralRoll:
    """Write the next version with its lines. Raises Invalid where they do not fit the room's rule."""
    with refused_in_words():
        place_lines(room, lines)
    number, before = (last.number + 1, last.digest) if last else (1, "")
    roll = ElectoralRoll.objects.create(
        room=room,
        number=number,
        digest=version_digest(number, before, [line for line in lines if not line.struck]),
        before=before,
        rule_digest=digest(room.rule),
        base=digest(base),
        made_by=mandate,
        made_at=clock(),
        **more,
    )
    for line in lines:
        line.pk, line.roll = None, roll
        line._state.adding = True
    RollLine.objects.bulk_create(lines, batch_size=2000)
    return roll


def correct_roll(mandate: Mandate, room: Room, changes: Sequence[Change], reason: str) -> ElectoralRoll:
    """Make a new version in which these lines say otherwise. Rights and scores stay as they are.

    A correction of who is on the roll, or with which weight, lies open for objections for a few days of its own.
    Raises Invalid, party by party.
    """
    authorize(mandate, room, "correct_roll")
    reason = clean_text(reason, "reason", LONGEST_TEXT)
    with transaction.atomic():
        current, last = _lock(room)
        authorize(mandate, current, "correct_roll")
        if last is None:
            raise WrongPhase(_("The electoral roll is not published yet."), code="roll_not_published")
        base = base_roll(current)
        check_current(last, current, base)
        lines = _lines(last)
        rows = _changed(current, base, {line.seat.party.code: line for line in lines}, changes)
        ends = max(last.ends, _correction_ends(current)) if any(map(_weighty, rows)) else last.ends
        dates = {"published_on": last.published_on, "place": last.place, "ends": ends}
        roll = _keep(mandate, current, last, base, lines, {**dates, "reason": reason, "changes": rows})
        parties = [row["party"] for row in rows]
        settled = Q(seat=None) | Q(seat__party__code__in=parties)
        current.roll_objections.filter(settled, state=State.UPHELD, corrected=None).update(corrected=roll)
        logged = [{**row, "document": Private.text(row["document"])} for row in rows]
        _log(roll, "roll.correct", mandate, {**_version(roll), "changes": logged, "reason": Private.text(reason)})
        tell(current, "roll.corrected", _address(current), parties=dict.fromkeys(parties, ""), by=mandate)
        announce(current, "room")
    return roll


def _correction_ends(room: Room, made_on: date | None = None) -> date:
    """The first day after a correction's own days of objection."""
    days = min(CORRECTION_DAYS, rules.parse_rule(room.rule).roll_days)
    made_on = made_on or timezone.localdate()
    return first_day_after(made_on, days=days) if days else made_on


def _weighty(row: Document) -> bool:
    """Whether it changes who is on the roll, or with which weight: how co-owners decide concerns nobody else."""
    return not set(row["now"]) <= {"deciding", "mandate"}


def _changed(
    room: Room, base: list[Document], lines: Mapping[str, RollLine], changes: Sequence[Change]
) -> list[Document]:
    """Change the lines in place; what was and what is now, row by row. Raises Invalid."""
    rows: dict[str, Document] = {}
    faults: dict[str, object] = {}
    sums = {row["party"]: row for row in base}
    for change in changes:
        try:
            if change.party not in lines or change.party in rows:
                raise Invalid({"party": _("This party does not stand on the roll, or is named twice.")})
            rows[change.party] = _change(lines[change.party], change)
            line = lines[change.party]
            line.weights = _weighed(room, sums[change.party], line.corrected)
        except Invalid as fault:
            faults |= {name if len(changes) == 1 else change.party: text for name, text in fault.fields.items()}
    if faults or not rows:
        raise Invalid(faults or {"party": _("Nothing is changed.")})
    return list(rows.values())


def _change(line: RollLine, change: Change) -> Document:
    was = _said(line)
    line.corrected = {**line.corrected, **_read_weights(change.weights)}
    line.corrected = {column: value for column, value in line.corrected.items() if value}
    if change.struck is not None:
        line.struck = change.struck
    if change.deciding is not None:
        _state_deciding(line, change)
    now = _said(line)
    differing = sorted(key for key in was.keys() | now.keys() if was.get(key) != now.get(key))
    if not differing:
        raise Invalid({"party": _("Nothing is changed.")})
    sides = {name: {key: row.get(key, "") for key in differing} for name, row in (("was", was), ("now", now))}
    return {"party": change.party, **sides, "document": change.document.strip()}


def _said(line: RollLine) -> dict[str, str]:
    """What a correction can change of the line, as texts."""
    named = {"mandate": mandate_commitment(line.named)} if line.named else {}
    return {**line.corrected, "struck": "yes" if line.struck else "", "deciding": line.deciding, **named}


def _read_weights(given: Mapping[str, str]) -> dict[str, str]:
    faults: dict[str, object] = {}
    for column, value in given.items():
        if column not in rules.WEIGHT_COLUMNS:
            faults[column] = _("There is no such column.")
        elif value and not DECIMAL.fullmatch(value):
            faults[column] = _("A number of at least 0 is expected, like 86.00.")
    if faults:
        raise Invalid(faults)
    return {column: amount(Decimal(value)) if value else "" for column, value in given.items()}


def _state_deciding(line: RollLine, change: Change) -> None:
    """How the co-owners decide, by their declaration. Raises Invalid."""
    if change.deciding not in Deciding.values:
        raise Invalid({"deciding": _("Say how the co-owners decide.")})
    if not 0 < len(change.document.strip()) <= LONGEST_DOCUMENT:
        raise Invalid({"document": _("Name the declaration of the co-owners.")})
    holding = own_mandates([line.seat.party_id]).select_related("user")
    named = holding.filter(pk=change.named or 0).first() if change.deciding == Deciding.NAMED else None
    if change.deciding == Deciding.NAMED and named is None:
        raise Invalid({"named": _("Choose somebody who holds a mandate of this party in their own right.")})
    if change.deciding == Deciding.ALL and holding.values("user").distinct().count() < 2:
        raise Invalid({"deciding": _("Fewer than two persons hold a mandate of this party.")})
    line.deciding, line.named = change.deciding, named


def object_to_roll(mandate: Mandate, room: Room, text: str, party: str = "") -> RollObjection:
    """Object to the line of a party, one's own or another one's; without a code, because somebody is missing."""
    authorize(mandate, room, "object_to_roll")
    text = clean_text(text, "text", LONGEST_TEXT)
    with transaction.atomic():
        current, roll = _lock(room)
        authorize(mandate, current, "object_to_roll")
        if roll is None:
            raise WrongPhase(_("The electoral roll is not published yet."), code="roll_not_published")
        line = roll.lines.select_related("seat__party").filter(seat__party__code=party).first() if party else None
        if party and line is None:
            raise Invalid({"party": _("This party does not stand on the roll.")})
        if not is_open(current, roll, party):
            raise WrongPhase(_("The days for objections are over."), code="roll_days_over")
        if current.roll_objections.filter(party=mandate.party, state=State.OPEN).count() >= MOST_OPEN:
            raise Conflict(_("Many objections of your party wait for an answer already."), code="too_many_objections")
        seat = line.seat if line else None
        made = RollObjection.objects.create(
            roll=roll, room=current, party=mandate.party, mandate=mandate, seat=seat, text=text
        )
        data = {"roll": roll.number, "objection": made.pk, "line": party, "text": Private.text(text)}
        _log(roll, "roll.object", mandate, data)
        if seat and seat.party_id != mandate.party_id:
            link = reverse("roll-objections", args=[current.code])
            tell(current, "roll.objected", link, parties={seat.party.code: ""}, by=mandate)
        tell_convener(current, "roll.objected", reverse("roll-objections", args=[current.code]), mandate)
    return made


def is_open(room: Room, roll: ElectoralRoll, party: str = "") -> bool:
    """Whether the days of objection run: for all lines, or still for those that a correction changed."""
    today = timezone.localdate()
    whole = ElectoralRoll.objects.filter(room=room, reason="", number__lte=roll.number).order_by("-number").first()
    if whole is None or today < whole.ends:
        return whole is not None
    later = ElectoralRoll.objects.filter(room=room, number__gt=whole.number, ends__gt=today)
    return any(
        party == row["party"] and _weighty(row) and today < _correction_ends(room, timezone.localdate(version.made_at))
        for version in later
        for row in version.changes
    )


def answer_objection(mandate: Mandate, objection: RollObjection, reason: str, *, upheld: bool) -> RollObjection:
    """Uphold or dismiss an objection, with a reason. One that is upheld waits for the roll to be corrected."""
    authorize(mandate, objection.room, "answer_roll_objection")
    reason = clean_text(reason, "reason", LONGEST_TEXT)
    with transaction.atomic():
        rows = RollObjection.objects.select_for_update(of=("self",))
        current = rows.select_related("room__plan", "roll", "party", "seat__party").get(pk=objection.pk)
        if current.state != State.OPEN:
            raise Conflict(_("This objection was answered already."))
        current.state = State.UPHELD if upheld else State.DISMISSED
        current.answer, current.answered_by, current.answered_at = reason, mandate, clock()
        current.save()
        data = {"roll": current.roll.number, "objection": current.pk, "verdict": current.state}
        _log(current.roll, "roll.answer", mandate, {**data, "reason": Private.text(reason)})
        told = {party.code: "" for party in (current.party, current.seat.party if current.seat else None) if party}
        tell(
            current.room,
            "roll.answered",
            reverse("roll-objections", args=[current.room.code]),
            parties=told,
            by=mandate,
        )
        announce(current.room, "room")
    return current


def _version(roll: ElectoralRoll) -> Document:
    """What names a version in the log."""
    ends = roll.ends.isoformat()
    return {"roll": roll.number, "digest": roll.digest, "before": roll.before, "rule": roll.rule_digest, "ends": ends}


def _address(room: Room) -> str:
    return reverse("electoral-roll", args=[room.code])


def _log(roll: ElectoralRoll, action: str, mandate: Mandate, data: Document) -> None:
    record(roll.room, action, mandate, "roll", roll.number, data)
