"""The phases of a room as declared data: their order, and the duties that must be met to leave each.

A room follows one procedure. `simple`: the room begins at the table, and only the decision rule's notice stands before
the vote. `full`: the whole participation of the public, from preparation to the published decision.
"""

from dataclasses import dataclass
from fractions import Fraction

from django.utils import timezone

from negotiation.models import Room

SIMPLE, FULL = Room.Procedure.SIMPLE, Room.Procedure.FULL
P = Room.Phase
ALL = tuple(P)
BEFORE_VOTE = (P.PREPARATION, P.NOTICE, P.NEGOTIATION, P.FIXING)


@dataclass(frozen=True)
class Stage:
    """One phase of a procedure; `duties` are codes of `negotiation.duties`."""

    phase: str
    duties: tuple[str, ...]


@dataclass(frozen=True)
class HearingRule:
    """A hearing is due once so many seats of the public side, or such a share of them, demand it."""

    seats: int
    share: Fraction

    def reached(self, demands: int, public_seats: int) -> bool:
        return demands >= self.seats or (public_seats > 0 and Fraction(demands, public_seats) >= self.share)


PROCEDURES: dict[str, tuple[Stage, ...]] = {
    SIMPLE: (
        Stage(P.NEGOTIATION, ("notice_run", "roll_settled")),
        Stage(P.VOTE, ("ballot_decided",)),
        Stage(P.DECIDED, ()),
    ),
    FULL: (
        Stage(P.PREPARATION, ("package_tabled", "room_open")),
        Stage(P.NOTICE, ("notice_run",)),
        Stage(P.NEGOTIATION, ("comments_answered", "hearing_held")),
        Stage(
            P.FIXING,
            (
                "text_fixed",
                "text_notice_run",
                "comments_answered",
                "hearing_held",
                "mediator_run",
                "legal_review",
                "documents_there",
                "roll_settled",
            ),
        ),
        Stage(P.VOTE, ("ballot_decided",)),
        Stage(P.DECIDED, ("decision_published",)),
        Stage(P.PUBLICATION, ()),
    ),
}
HEARING = HearingRule(seats=10, share=Fraction(1, 10))


def stages(room: Room) -> tuple[Stage, ...]:
    return PROCEDURES[room.procedure]


def choices(room: Room) -> list[tuple[str, str]]:
    """The phases that this room goes through, in their order, as (code, label)."""
    return [(stage.phase, str(P(stage.phase).label)) for stage in stages(room)]


def duties_of(room: Room) -> tuple[str, ...]:
    """Codes of the duties that must be met to leave the room's phase."""
    return next(stage.duties for stage in stages(room) if stage.phase == room.phase)


def following(room: Room) -> str | None:
    """The phase after the room's; None at the end."""
    order = [stage.phase for stage in stages(room)]
    place = order.index(room.phase) + 1
    return order[place] if place < len(order) else None


def enter(room: Room, phase: str) -> None:
    """Put the locked room into a phase; the acts that do so write the entry."""
    room.phase, room.phase_since = phase, timezone.now()
    room.save(update_fields=["phase", "phase_since"])
