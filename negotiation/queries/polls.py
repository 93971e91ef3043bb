"""Straw polls as people read them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, QuerySet
from django.shortcuts import get_object_or_404

from negotiation.models import Poll, PollAnswer
from negotiation.permissions import Viewer
from negotiation.polls import effective
from negotiation.rules.schulze import Ballot

Row = dict[str, Any]


def polls(viewer: Viewer) -> QuerySet[Poll]:
    """The room's straw polls with how many seats have answered each."""
    return viewer.room.polls.annotate(answered=Count("answers__seat", distinct=True))


def find_poll(viewer: Viewer, number: int) -> Poll:
    """Raises Http404."""
    return get_object_or_404(polls(viewer).select_related("room"), pk=number)


def own_ranks(viewer: Viewer, poll: Poll) -> Ballot | None:
    """What counts for the party that the viewer acts for; None while it has not answered."""
    if viewer.mandate is None:
        return None
    rows = PollAnswer.objects.filter(poll=poll, seat__party=viewer.mandate.party_id)
    return next(iter(effective(rows).values()), None)


def shown_result(poll: Poll) -> list[Row]:
    """The total and each group of sides: for an approval its packages by approvals, for a ranking its order."""
    if poll.result is None:
        return []
    return [_group(row) for row in [{"sides": [], **poll.result["total"]}, *poll.result["groups"]]]


def _group(row: Row) -> Row:
    steps = enumerate(row.get("order", ()), 1)
    return {
        **row,
        "approvals": _by_count(row.get("approvals", {})),
        "steps": [(place, codes) for place, codes in steps],
    }


def _by_count(approvals: Row) -> Iterable[tuple[str, int]]:
    return sorted(approvals.items(), key=lambda item: (-item[1], item[0]))
