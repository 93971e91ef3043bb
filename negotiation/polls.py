"""Straw polls: the convener asks which packages to pursue, each seat may answer. They bind nobody."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Invalid, WrongPhase
from audit.log import Private, clock, stamp
from negotiation.acting import record, way
from negotiation.live.events import announce
from negotiation.models import Poll, PollAnswer, Revision, Room, Seat
from negotiation.permissions import authorize
from negotiation.pooling import Cells, pool
from negotiation.rules.counting import WAYS
from negotiation.rules.schulze import Ballot, order, pairwise
from negotiation.table import on_table
from negotiation.telling import tell

Result = dict[str, Any]
FEWEST, MOST = 2, 20


def open_poll(
    mandate: Mandate, room: Room, title: str, method: str, revisions: Collection[Revision], closes_at: datetime
) -> Poll:
    """Ask the room's seats about some of the packages on the table."""
    authorize(mandate, room, "open_poll")
    _check_opening(room, title, revisions, closes_at)
    with transaction.atomic():
        now = clock()
        common = {"opened_by": mandate, "opens_at": now, "closes_at": closes_at}
        poll = Poll.objects.create(room=room, title=title.strip()[:200], method=method, **common)
        poll.revisions.set(revisions)
        named = sorted(f"{revision.package.code}.{revision.number}" for revision in revisions)
        data = {"poll": poll.pk, "method": method, "packages": named, "closes_at": stamp(closes_at)}
        record(room, "poll.open", mandate, "poll", poll.pk, data | {"title": Private.text(poll.title)}, time=now)
        tell(room, "poll.opened", reverse("poll", args=[room.code, poll.pk]), {"until": closes_at}, by=mandate)
        announce(room, "room")
    return poll


def _check_opening(room: Room, title: str, revisions: Collection[Revision], closes_at: datetime) -> None:
    faults = {}
    if not title.strip() or "\x00" in title:
        faults["title"] = _("Say what you ask.")
    if not FEWEST <= len(revisions) <= MOST:
        faults["packages"] = _("Choose two packages at least, and at most %(most)s.") % {"most": MOST}
    elif on_table(room).filter(pk__in=[row.pk for row in revisions]).count() != len(revisions):
        faults["packages"] = _("One of these packages is no longer on the table as you saw it; please look again.")
    if closes_at <= timezone.now():
        faults["closes_at"] = _("The close must lie in the future.")
    if faults:
        raise Invalid(faults)


def answer_poll(mandate: Mandate, poll: Poll, ranks: Mapping[str, int]) -> PollAnswer:
    """Answer for one's seat: package → rank. The last answer before the close counts; own wins over a proxy's."""
    authorize(mandate, poll.room, "answer_poll")
    _check_ranks(poll, ranks)
    with transaction.atomic():
        current = Poll.objects.select_for_update().get(pk=poll.pk)
        now = clock()
        if current.result is not None or now >= current.closes_at:
            raise WrongPhase(_("This straw poll is closed."), code="poll_closed")
        seat = poll.room.seats.get(party=mandate.party_id)
        via = way(mandate.kind)
        common = {"via": via, "mandate": mandate, "answered_at": now}
        answer = PollAnswer.objects.create(poll=poll, seat=seat, ranks=dict(ranks), **common)
        chosen = Private.text(" ".join(f"{code}:{rank}" for code, rank in sorted(ranks.items())))
        data = {"poll": poll.pk, "seat": mandate.party.code, "via": via, "ranks": chosen}
        record(poll.room, "poll.answer", mandate, "poll", poll.pk, data, time=now)
    return answer


def _check_ranks(poll: Poll, ranks: Mapping[str, int]) -> None:
    known = options(poll)
    if set(ranks) - set(known):
        raise Invalid({"ranks": _("This straw poll does not ask about this package.")})
    most = 1 if poll.method == Poll.Method.APPROVAL else len(known)
    if not all(1 <= rank <= most for rank in ranks.values()):
        raise Invalid({"ranks": _("A rank is a number from 1 to %(most)s.") % {"most": most}})
    if poll.method == Poll.Method.RANKED and not ranks:
        raise Invalid({"ranks": _("Rank one package at least.")})


def options(poll: Poll) -> list[str]:
    """Codes of the packages that are asked about."""
    return sorted(poll.revisions.values_list("package__code", flat=True))


def close_poll_if_due(poll: Poll) -> bool:
    """Close the poll when its time is over and write its result down; whoever asks first does it."""
    with transaction.atomic():
        current = Poll.objects.select_for_update().get(pk=poll.pk)
        if current.result is not None or clock() < current.closes_at:
            return False
        _close(current, None)
    return True


def close_poll(mandate: Mandate, poll: Poll) -> Poll:
    """Close the poll before its time, and write its result down."""
    authorize(mandate, poll.room, "close_poll")
    with transaction.atomic():
        current = Poll.objects.select_for_update(of=("self",)).select_related("room").get(pk=poll.pk)
        now = clock()
        if current.result is not None or now >= current.closes_at:
            raise WrongPhase(_("This straw poll is closed."), code="poll_closed")
        current.closes_at = now
        _close(current, mandate, now)
    return current


def _close(poll: Poll, mandate: Mandate | None, now: datetime | None = None) -> None:
    poll.result = count(poll)
    poll.save(update_fields=["result", "closes_at"])
    data = {"poll": poll.pk, "result": poll.result}
    record(poll.room, "poll.close", mandate, "poll", poll.pk, data, time=now)
    announce(poll.room, "room")


def count(poll: Poll) -> Result:
    """The answers that count, altogether and by side; sides with too few seats together, or not at all."""
    codes, ballots = options(poll), effective(poll.answers.all())
    sides = dict(Seat.objects.filter(room=poll.room_id).values_list("pk", "party__side"))
    total = _counted(poll, codes, list(ballots.values()))
    if poll.method == Poll.Method.RANKED:
        total["pairs"] = [[a, b, votes] for (a, b), votes in pairwise(codes, ballots.values()).items()]
    groups = []
    for together in _groups(poll):
        mine = [ballot for seat, ballot in ballots.items() if sides[seat] in together]
        groups.append({"sides": list(together), **_counted(poll, codes, mine)})
    return {"method": poll.method, "packages": codes, "total": total, "groups": groups}


def _groups(poll: Poll) -> list[tuple[str, ...]]:
    """Sides that are shown by themselves, and those shown together, so that no few seats can be had from them."""
    rows = Seat.objects.filter(room=poll.room_id).order_by().values_list("party__side").annotate(n=Count("pk"))
    pools = pool({side: Cells({"": n}) for side, n in rows})
    return [*((side,) for side in pools.shown), *([tuple(sorted(pools.others))] if pools.others else [])]


def _counted(poll: Poll, codes: list[str], ballots: list[Ballot]) -> Result:
    if poll.method == Poll.Method.RANKED:
        return {"answered": len(ballots), "order": order(codes, ballots)}
    approved = Counter(code for ballot in ballots for code in ballot)
    return {"answered": len(ballots), "approvals": {code: approved[code] for code in codes}}


def effective(answers: Iterable[PollAnswer]) -> dict[int, Ballot]:
    """Seat → the answer that counts: own over proxy, then the last one."""
    best: dict[int, PollAnswer] = {}
    for answer in sorted(answers, key=lambda row: row.pk):
        before = best.get(answer.seat_id)
        if before is None or WAYS[answer.via] <= WAYS[before.via]:
            best[answer.seat_id] = answer
    return {seat: answer.ranks for seat, answer in best.items()}
