"""The computations of one revision's scorecard: which one is shown, by which engine, and which came before."""

from dataclasses import dataclass

from django.db.models import QuerySet

from negotiation import scoring
from negotiation.models import Revision, Scorecard
from negotiation.permissions import Viewer

State = Scorecard.State


@dataclass(frozen=True)
class Versions:
    """`shown` is the card on the page; `newer` one that is under way or failed while an older one is shown."""

    shown: Scorecard | None
    newer: Scorecard | None
    earlier: list[Scorecard]
    todays_engine: str
    may_recompute: bool
    may_retry: bool

    @property
    def outdated(self) -> bool:
        return self.shown is not None and self.shown.engine != self.todays_engine


def computations(revision: Revision) -> QuerySet[Scorecard]:
    """All of them, newest first, without the cards themselves."""
    return revision.scorecards.defer("card").order_by("-pk")


def versions(viewer: Viewer, revision: Revision) -> Versions:
    """What the package's page tells about them. One statement."""
    rows = list(computations(revision))
    done = [row for row in rows if row.state == State.DONE]
    newer = rows[0] if done and rows[0] is not done[0] else None
    return Versions(
        shown=done[0] if done else None,
        newer=newer,
        earlier=done[1:],
        todays_engine=scoring.ENGINE,
        may_recompute=viewer.can("rescore") and all(row.engine != scoring.ENGINE for row in rows),
        may_retry=viewer.can("rescore") and newer is not None and newer.state == State.FAILED,
    )
