"""Votes on paper: one official enters what a paper says, another one reads it anew, and only then it is a vote.

Both happen before the close, by the database's clock: no paper decides a count that is known already.
"""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid, NotAllowed
from audit.log import Private, clock
from negotiation import filestore
from negotiation.acting import commit_mandate, record
from negotiation.attachments import check_sized, drop_unused
from negotiation.models import Ballot, BallotSeat, PaperEntry, Room, Vote
from negotiation.papercodes import read_paper_code
from negotiation.permissions import authorize
from negotiation.secrecy import refuse_secret
from negotiation.telling import tell_entered
from negotiation.texts import clean_text
from negotiation.voting import check_choice, choices, keep_vote, lock_line, lock_open

State = PaperEntry.State
ACT = "enter_paper"
OFFICES = {"convener", "government"}  # the roles of a mandate that make its holder an official


def find_line(ballot: Ballot, code: str) -> BallotSeat:
    """The line of the roll that a paper's code names. Raises Invalid."""
    number = read_paper_code(code)
    line = ballot.roll.select_related("seat__party").filter(pk=number).first()
    if line is None:
        raise Invalid({"code": _("This paper belongs to another ballot.")})
    return line


def enter_paper(
    mandate: Mandate, ballot: Ballot, code: str, choice: str, scan: bytes, *, reason: str = ""
) -> PaperEntry:
    """Take down what a paper says, with its scan. An objection has the reason that stands on the paper."""
    authorize_official(mandate, ballot.room)
    refuse_secret(ballot)
    line = find_line(ballot, code)
    _check_stranger(mandate, line)
    _check_paper(ballot, line, choice, reason)
    checked = check_sized(scan)
    with transaction.atomic():
        lock_line(ballot, line.seat)
        now = lock_open(ballot, mandate, [line.chamber])
        if ballot.papers.filter(seat=line.seat, state=State.ENTERED).exists():
            raise Conflict(_("A paper of this seat was entered already and waits for the second official."))
        kept = {"kind": checked.kind, "size": len(checked.content), "sha256": filestore.keep(checked.content)}
        said = {"choice": choice, "reason": reason.strip(), "entered_by": mandate, "entered_at": now}
        entry = PaperEntry.objects.create(ballot=ballot, seat=line.seat, **said, **kept)
        data = _named(entry) | {"scan": entry.sha256, "choice": Private.text(choice)}
        record(ballot.room, "paper.enter", mandate, "ballot", ballot.pk, data, time=now)
    return entry


def confirm_paper(second: Mandate, entry: PaperEntry, choice: str) -> PaperEntry:
    """The second official's reading. Alike, it becomes the vote; else both are kept and the paper is entered again."""
    ballot, room = entry.ballot, entry.ballot.room
    authorize_official(second, room)
    if entry.entered_by.user_id == second.user_id:
        raise NotAllowed(_("Another official than the one who entered the paper must confirm it."), code="same_person")
    line = ballot.roll.select_related("seat__party").get(seat=entry.seat_id)
    _check_stranger(second, line)
    check_choice(ballot, line.chamber, choice, entry.reason)
    with transaction.atomic():
        lock_line(ballot, line.seat)
        current = _lock(entry)
        if current.state == State.CONFIRMED and (current.ended_by_id, current.choice) == (second.pk, choice):
            return current  # sent twice
        _check_waits(current)
        current.ended_by, current.ended_at = second, lock_open(ballot, second, [line.chamber])
        if choice == current.choice:
            _vote(current, line)
            tell_entered(ballot, [line.seat.party.code], second)
        else:
            _differ(current, choice)
    return current


def _vote(entry: PaperEntry, line: BallotSeat) -> None:
    vote = Vote(ballot=entry.ballot, seat=line.seat, choice=entry.choice, via="paper", reason=entry.reason)
    vote.mandate, vote.cast_at = entry.ended_by, entry.ended_at  # type: ignore[assignment]
    entry.vote = keep_vote(vote, paper=entry.pk)
    entry.state = State.CONFIRMED
    entry.save()


def _differ(entry: PaperEntry, choice: str) -> None:
    """Neither reading counts. Both are named in the log, now that nobody can be led by the first any more."""
    entry.state, entry.second_choice = State.MISMATCH, choice
    entry.save()
    readings = {"first": Private.text(entry.choice), "second": Private.text(choice)}
    _log(entry, "paper.mismatch", readings)


def withdraw_paper(mandate: Mandate, entry: PaperEntry, reason: str) -> PaperEntry:
    """Take an entry back before it is confirmed: whoever made it, or a convener. Its scan goes."""
    room = entry.ballot.room
    authorize_official(mandate, room)
    if entry.entered_by.user_id != mandate.user_id and "convener" not in mandate.roles:
        raise NotAllowed(_("Another official entered this paper; a convener may take it back."), code="not_your_entry")
    reason = clean_text(reason, "reason", 400)
    with transaction.atomic():
        current = _lock(entry)
        _check_waits(current)
        current.state, current.ended_by, current.ended_at = State.WITHDRAWN, mandate, clock()
        current.ended_reason = reason
        current.save()
        _log(current, "paper.withdraw", {"reason": Private.text(reason)})
        digest = current.sha256
        transaction.on_commit(lambda: drop_unused(digest), robust=True)
    return current


def authorize_official(mandate: Mandate, room: Room) -> None:
    """Raise unless the mandate itself is that of an official: one person may hold a household's beside it."""
    authorize(mandate, room, ACT)
    if not OFFICES & set(mandate.roles):
        raise NotAllowed(_("Papers are entered under an official's mandate."), code="not_an_official")


def _check_stranger(mandate: Mandate, line: BallotSeat) -> None:
    if mandate.user.mandates.valid().filter(party=line.seat.party_id).exists():
        raise NotAllowed(_("You act for this party; another official must enter its paper."), code="own_seat")


def _check_paper(ballot: Ballot, line: BallotSeat, choice: str, reason: str) -> None:
    check_choice(ballot, line.chamber, choice, reason)
    if reason.strip() and "object" not in choices(ballot, line.chamber):
        raise Invalid({"reason": _("Only an objection has a reason on paper.")})


def _lock(entry: PaperEntry) -> PaperEntry:
    rows = PaperEntry.objects.select_for_update(of=("self",)).select_related(
        "ballot__room", "seat__party", "entered_by__user", "entered_by__party"
    )
    return rows.get(pk=entry.pk)


def _check_waits(entry: PaperEntry) -> None:
    if entry.state != State.ENTERED:
        raise Conflict(_("This entry was confirmed, withdrawn or read otherwise already."))


def _named(entry: PaperEntry) -> dict[str, object]:
    return {"ballot": entry.ballot_id, "seat": entry.seat.party.code, "paper": entry.pk}


def _log(entry: PaperEntry, action: str, data: Mapping[str, object]) -> None:
    whole = {**_named(entry), "entered_by": commit_mandate(entry.entered_by), **data}
    record(entry.ballot.room, action, entry.ended_by, "ballot", entry.ballot_id, whole, time=entry.ended_at)
