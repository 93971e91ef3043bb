"""Ballots: notice, opening, votes, close, decision. The arithmetic is in `negotiation.rules`."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid, NotAllowed, WrongPhase
from audit.log import Private, clock, stamp
from negotiation import rules, secrecy
from negotiation.acting import record, way
from negotiation.calendars import notice_ends
from negotiation.casting import cast_at_once, voter_of
from negotiation.live.events import announce, announce_tally
from negotiation.models import Ballot, BallotSeat, Decision, Revision, Room, Scorecard, Seat, Sitting, Vote
from negotiation.permissions import authorize
from negotiation.phases import enter
from negotiation.procedure import check_duties
from negotiation.rolls import check_voter, freeze_owners, logged_publication, taken_over
from negotiation.rules.counting import CHOICES, WAYS
from negotiation.sittings import Days, plan, refuse
from negotiation.table import require_standing
from negotiation.telling import tell, tell_opened, tell_phase
from negotiation.terms import amount, digest

Document = dict[str, Any]
WEIGHTS = {"floor_area": "area", "site_area": "site_area", "value": "value"}
FAILED = ("rejected", "blocked")  # too small a turnout may be tried again, the same question may not
LOCK_OPEN = """
SELECT clock.now, ballot.state = 'open' AND clock.now < ballot.closes_at,
    ARRAY(
        SELECT chamber FROM negotiation_sitting
        WHERE ballot_id = ballot.id AND opens_at <= clock.now AND clock.now < closes_at
    ),
    mandate.revoked_at IS NULL AND mandate.valid_from <= clock.now
    AND (mandate.valid_to IS NULL OR clock.now < mandate.valid_to)
FROM (SELECT clock_timestamp() AS now) AS clock, negotiation_ballot AS ballot, accounts_mandate AS mandate
WHERE ballot.id = %s AND mandate.id = %s FOR SHARE OF ballot, mandate
"""
SEALED = "sealed"  # the mark of a vote whose choice nobody knows


def publish_notice(mandate: Mandate, revision: Revision, published_on: date, place: str) -> Revision:
    """Record that a revision was put up for public notice on a day, and where. The days of notice run from there."""
    room = revision.package.room
    authorize(mandate, room, "publish_notice")
    require_standing(revision)
    if published_on > timezone.localdate():
        raise Invalid({"published_on": _("The day of the notice can not lie in the future.")})
    # A revision that came with the case may have been published before it was loaded; one made here may not.
    if revision.submitted_by_id and published_on < timezone.localdate(revision.submitted_at):
        raise Invalid({"published_on": _("This revision did not exist on that day.")})
    if not place.strip():
        raise Invalid({"place": _("Say where the notice was published.")})
    with transaction.atomic():
        current = Revision.objects.select_for_update().get(pk=revision.pk)
        if current.notice_on:
            raise Conflict(_("The notice of this revision is recorded already."))
        current.notice_on, current.notice_place = published_on, place.strip()[:200]
        current.save(update_fields=["notice_on", "notice_place"])
        data = {"published_on": published_on.isoformat(), "place": Private.text(place), "digest": revision.digest}
        record(room, "notice.publish", mandate, "revision", revision.pk, data)
        named = {"package": revision.package.code, "revision": revision.number, "day": published_on}
        tell(room, "notice.published", reverse("package", args=[room.code, revision.package.code]), named, by=mandate)
        announce(room, "packages")
    return current


def open_ballot(
    mandate: Mandate, revision: Revision, closes_at: datetime, days: Mapping[str, Days] | None = None
) -> Ballot:
    """Open the vote on one revision under the room's rule; freezes revision, card and roll by digest.

    `days` names chambers that vote on other days than from now to `closes_at`; the ballot closes with the last one.
    """
    room = revision.package.room
    authorize(mandate, room, "open_ballot")
    _check_opening(revision, closes_at)
    with transaction.atomic():
        room = Room.objects.select_for_update().get(pk=room.pk)
        authorize(mandate, room, "open_ballot")
        check_duties(room)
        if room.text_id not in (None, revision.pk):
            raise WrongPhase(_("Another revision is fixed as the text to be voted on."), code="not_the_text")
        require_standing(revision)
        card = _finished_card(revision)
        roll, now = _roll(room), clock()
        sittings = plan([row["code"] for row in room.rule["chambers"]], now, closes_at, days or {})
        ballot = Ballot.objects.create(
            room=room,
            revision=revision,
            rule=room.rule,
            rule_digest=digest(room.rule),
            card_digest=card.digest,
            roll_digest=digest(logged_roll(roll)),
            opened_by=mandate,
            opens_at=now,
            closes_at=max(sitting.closes_at for sitting in sittings),
        )
        for sitting in sittings:
            sitting.ballot = ballot
        Sitting.objects.bulk_create(sittings)
        _freeze_roll(ballot, roll)
        freeze_owners(ballot)
        enter(room, Room.Phase.VOTE)
        data = _opening_data(ballot, roll, sittings) | secrecy.freeze_key(ballot)
        record(room, "ballot.open", mandate, "ballot", ballot.pk, data, time=now)
        tell_opened(ballot, mandate)
        announce(room, "room")
    return ballot


def _check_opening(revision: Revision, closes_at: datetime) -> None:
    require_standing(revision)
    ends = notice_ends(revision)
    if ends is None:
        raise WrongPhase(_("The public notice of this revision is not recorded yet."), code="no_notice")
    if timezone.localdate() < ends:
        raise WrongPhase(
            _("The public notice still runs; a vote may open from %(day)s on.") % {"day": ends.isoformat()},
            code="notice_runs",
        )
    if closes_at <= timezone.now():
        raise Invalid({"closes_at": _("The close must lie in the future.")})
    if revision.package.latest_id != revision.pk:
        raise Conflict(_("There is a newer revision of this package."))
    if revision.ballots.filter(decision__outcome__in=FAILED).exists():
        text = _("This revision was voted on and did not pass; put a new revision on the table first.")
        raise WrongPhase(text, code="voted_down")


def _finished_card(revision: Revision) -> Scorecard:
    card = Scorecard.objects.filter(revision=revision, state=Scorecard.State.DONE).order_by("-pk").first()
    if card is None:
        raise WrongPhase(_("The scorecard of this revision is not computed yet."), code="no_card")
    return card


def _roll(room: Room) -> list[Document]:
    """Who votes in which chamber: the published roll, or what the rights give.

    Raises Invalid, place by place, where the room's rule does not fit its seats, and WrongPhase for a stale roll.
    """
    return taken_over(room, base_roll(room))


def base_roll(room: Room) -> list[Document]:
    """The roll as rights and rule alone give it. Raises Invalid."""
    try:
        return rules.roll(rules.parse_rule(room.rule), seat_rows(room))
    except rules.RuleRefused as refusal:
        text = _("The decision rule does not fit the parties of this room: %(reason)s.")
        raise Invalid({fault.path: text % {"reason": fault.message} for fault in refusal.faults}) from None


def seat_rows(room: Room, weights: Mapping[str, str] | None = None) -> list[Document]:
    """The seats as `negotiation.rules` reads them. Weights in m² and yuan, as strings.

    `weights` names the column of a right behind each weight, where a rule is asked about that is not the room's.
    """
    seats = Seat.objects.filter(room=room).select_related("party").order_by("pk")
    columns = room.rule.get("weights", {}) if weights is None else weights
    return [_seat_row(seat, columns) for seat in seats]


def _seat_row(seat: Seat, custom: Mapping[str, str]) -> Document:
    source = {"area": "floor_area", "value": "value", **custom}
    weights = {by: amount(getattr(seat, WEIGHTS[column])) for by, column in source.items()}
    party = seat.party
    return {"seat": str(seat.pk), "party": party.code, "side": party.side, "kind": party.kind, "weights": weights}


def _freeze_roll(ballot: Ballot, roll: list[Document]) -> None:
    BallotSeat.objects.bulk_create(
        (
            BallotSeat(ballot=ballot, seat_id=int(row["seat"]), chamber=row["chamber"], weights=row["weights"])
            for row in roll
        ),
        batch_size=2000,
    )


def logged_roll(roll: Iterable[Document]) -> list[Document]:
    """The roll as it stands in the log: seats go by their party's code, as in votes."""
    return [{**row, "seat": row["party"]} for row in roll]


def _opening_data(ballot: Ballot, roll: list[Document], sittings: Iterable[Sitting]) -> Document:
    """All that a count needs beside the votes, so that whoever has the log can count."""
    return {
        "ballot": ballot.pk,
        "package": ballot.revision.package.code,
        "revision": ballot.revision.number,
        "revision_digest": ballot.revision.digest,
        "card": ballot.card_digest,
        "roll": ballot.roll_digest,
        "rule": ballot.rule,
        "seats": logged_roll(roll),
        "opens_at": stamp(ballot.opens_at),
        "closes_at": stamp(ballot.closes_at),
        "days": {row.chamber: {"opens_at": stamp(row.opens_at), "closes_at": stamp(row.closes_at)} for row in sittings},
        **logged_publication(ballot),
    }


def cast(mandate: Mandate, ballot: Ballot, choice: str, *, reason: str = "", key: str = "") -> Vote:
    """Cast the seat's vote; the last one before the close counts.

    The same `key` again returns the same vote, also after the close; with another choice it raises Conflict, unless the
    ballot is secret and nobody can tell. Only the vote of a secret ballot that is cast now has its `mark`.
    """
    # Nearly every vote, in one round trip.
    if written := cast_at_once(voter_of(mandate, ballot), choice, reason, key):
        return _written(mandate, ballot, choice, key, *written)
    line = ballot.roll.select_related("seat__party").filter(seat__party=mandate.party_id).first()
    if line and (known := _voted(mandate, ballot, line.seat, choice, key)):
        return known
    authorize(mandate, ballot.room, "cast")
    if line is None:
        raise NotAllowed(_("Your party is not on the roll of this ballot."), code="not_on_roll")
    check_voter(line, mandate)
    check_choice(ballot, line.chamber, choice, reason)
    try:
        with transaction.atomic():
            return _write_vote(mandate, line, choice, reason.strip(), key)
    except IntegrityError:
        known = _voted(mandate, ballot, line.seat, choice, key)
        if known is None:
            raise
        return known


def _written(
    mandate: Mandate, ballot: Ballot, choice: str, key: str, number: int, seat: int, cast_at: datetime
) -> Vote:
    """The vote that stands in the database, without asking it again."""
    vote = Vote(ballot=ballot, seat_id=seat, choice=choice, mandate=mandate, cast_at=cast_at, key=key)
    vote.pk, vote.via = number, way(mandate.kind)
    vote._state.adding = False
    return vote


def _voted(mandate: Mandate, ballot: Ballot, seat: Seat, choice: str, key: str) -> Vote | None:
    """The vote that this mandate cast with this key before."""
    found = ballot.votes.filter(seat=seat, key=key, mandate=mandate).first() if key else None
    if found and not found.sealed and found.choice != choice:
        raise Conflict(_("This key was used for another choice."), code="key_reused")
    return found


def _write_vote(mandate: Mandate, line: BallotSeat, choice: str, reason: str, key: str) -> Vote:
    ballot, seat = line.ballot, line.seat
    lock_line(ballot, seat)
    now = lock_open(ballot, mandate, [line.chamber])
    via = way(mandate.kind)
    vote = Vote(ballot=ballot, seat=seat, choice=choice, via=via, reason=reason, mandate=mandate, cast_at=now, key=key)
    return keep_vote(vote)


def lock_line(ballot: Ballot, seat: Seat) -> None:
    """Votes of one seat come one after the other, so that the last one is the last in the log too."""
    ballot.roll.select_for_update().get(seat=seat)


def keep_vote(vote: Vote, **more: object) -> Vote:
    """Write the vote and its entry, which says `more` where others had a part in it. Call it under `lock_line`.

    Raises Conflict where the seat has voted in this way and the rule lets no vote be changed.
    """
    ballot = vote.ballot
    if ballot.rule.get("final") and ballot.votes.filter(seat=vote.seat_id, via=vote.via).exists():
        raise Conflict(_("This seat has voted; by this rule a vote is final."), code="vote_final")
    chosen = secrecy.seal_choice(vote)
    vote.save()
    ballot.roll.filter(seat=vote.seat_id).update(**{vote.via: vote.choice or SEALED})
    data = {"ballot": ballot.pk, "seat": vote.seat.party.code, **chosen, "via": vote.via, **more}
    if vote.reason:
        data["reason"] = Private.text(vote.reason)
    record(ballot.room, "vote.cast", vote.mandate, "ballot", ballot.pk, data, time=vote.cast_at)
    announce_tally(ballot.pk)
    return vote


def lock_open(ballot: Ballot, mandate: Mandate, chambers: Collection[str]) -> datetime:
    """The moment of the vote, by the database's clock, at which ballot and mandate surely hold and `chambers` vote.

    Share locks let votes pass each other, and make the close and a revocation wait for them.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK_OPEN, [ballot.pk, mandate.pk])
        now, is_open, sitting, holds = cursor.fetchone()
    if not is_open:
        raise WrongPhase(_("This ballot is closed."), code="ballot_closed")
    if not set(chambers) <= set(sitting):
        refuse(ballot, chambers, now)
    if not holds:
        raise NotAllowed(_("Your mandate is not valid at this time."), code="mandate_not_valid")
    return now  # type: ignore[no-any-return]


def check_choice(ballot: Ballot, chamber: str, choice: str, reason: str) -> None:
    """Raises Invalid for a choice that the chamber does not know, and for an objection without a reason."""
    if choice not in choices(ballot, chamber):
        raise Invalid({"choice": _("This choice does not fit your chamber.")})
    if choice == "object" and not reason.strip():
        raise Invalid({"reason": _("An objection needs a reason.")})
    if len(reason) > 2000 or "\x00" in reason:
        raise Invalid({"reason": _("At most %(most)s characters, please.") % {"most": 2000}})


def choices(ballot: Ballot, chamber: str) -> tuple[str, ...]:
    """What the chamber's seats may choose from."""
    return CHOICES[next(row["method"] for row in ballot.rule["chambers"] if row["code"] == chamber)]


def close_if_due(ballot: Ballot) -> bool:
    """Close the ballot when its time is over; whoever asks first does it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE negotiation_ballot SET state = 'closed'"
                " WHERE id = %s AND state = 'open' AND clock_timestamp() >= closes_at",
                [ballot.pk],
            )
            closed = bool(cursor.rowcount == 1)
        if closed:
            record(ballot.room, "ballot.close", None, "ballot", ballot.pk, {"ballot": ballot.pk})
            secrecy.ask_trustees(ballot)
            announce(ballot.room, "room")
            announce_tally(ballot.pk)
    return closed


def decide(mandate: Mandate, ballot: Ballot) -> Decision:
    """Count at the close and set the outcome down with its arithmetic."""
    authorize(mandate, ballot.room, "decide")
    close_if_due(ballot)
    with transaction.atomic():
        current = Ballot.objects.select_for_update().get(pk=ballot.pk)
        if current.state == Ballot.State.OPEN:
            raise WrongPhase(_("This ballot is still open."), code="ballot_open")
        if current.state == Ballot.State.DECIDED:
            raise Conflict(_("This ballot is decided already."))
        count = tally(current)
        decision = Decision.objects.create(ballot=current, outcome=count["state"], count=count, mandate=mandate)
        end_vote(current, count["state"])
        data = {"ballot": ballot.pk, "outcome": count["state"], "count": count}
        record(ballot.room, "ballot.decide", mandate, "ballot", ballot.pk, data)
        tell_phase(current.room, mandate)
        announce(ballot.room, "room")
    return decision


def end_vote(ballot: Ballot, outcome: str) -> None:
    """A package that fails sends the room back to the table, without a fixed text."""
    room = ballot.room
    Ballot.objects.filter(pk=ballot.pk).update(state=Ballot.State.DECIDED)
    if outcome != "passed":
        Room.objects.filter(pk=room.pk).update(text=None)
    enter(room, Room.Phase.DECIDED if outcome == "passed" else Room.Phase.NEGOTIATION)


def tally(ballot: Ballot) -> Document:
    """The count of the ballot's votes under its frozen rule and roll; of a secret one, as the trustees opened it."""
    if ballot.is_secret:
        return secrecy.opened_count(ballot)
    return rules.tally({"rule": ballot.rule, "seats": roll_rows(ballot), "votes": vote_rows(ballot)})


def roll_rows(ballot: Ballot) -> list[Document]:
    columns = ("seat_id", "seat__party__code", "seat__party__side", "seat__party__kind", "weights")
    rows = ballot.roll.order_by("pk").values_list(*columns)
    return [
        {"seat": str(seat), "party": code, "side": side, "kind": kind, "weights": weights}
        for seat, code, side, kind, weights in rows
    ]


def vote_rows(ballot: Ballot) -> list[Document]:
    """The last vote of each seat and way; which way wins is the rule's business. A sealed one has an empty choice."""
    return [present_vote(*row) for row in last_votes(ballot).values_list("seat_id", "choice", "via", "reason")]


def last_votes(ballot: Ballot) -> QuerySet[Vote]:
    """Of each seat and way the last vote."""
    return ballot.votes.order_by("seat_id", "via", "-pk").distinct("seat_id", "via")


def marked_rows(ballot: Ballot) -> list[Document]:
    """The same from the marks on the roll, without reading a vote: how a ballot stands while people vote."""
    rows = ballot.roll.order_by("pk").values_list("seat_id", *WAYS)
    return [
        present_vote(seat, "" if choice == SEALED else choice, via, "stated" if choice == "object" else "")
        for seat, *choices in rows
        for via, choice in zip(WAYS, choices, strict=True)
        if choice
    ]


def present_vote(seat: int, choice: str, via: str, reason: str) -> Document:
    vote = {"seat": str(seat), "choice": choice, "via": via}
    return vote | {"reason": reason} if reason else vote


def effective_vote(ballot: Ballot, seats: Iterable[int]) -> Vote | None:
    """The vote that counts now for one party's seat: own over paper, paper over proxy, then the latest."""
    votes = list(ballot.votes.select_related("seat__party", "mandate__party").filter(seat__in=list(seats)))
    return min(votes, key=lambda vote: (WAYS[vote.via], -vote.pk), default=None)
