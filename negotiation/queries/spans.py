"""When a room was in which phase, as its log says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from negotiation.models import Room

P = Room.Phase
MOVES = ("procedure.choose", "procedure.advance", "procedure.reopen", "ballot.open", "ballot.decide", "ballot.give_up")


@dataclass(frozen=True)
class Span:
    """The room was in `phase` after `begin` and up to `end`, with the act that ended it; None: without bound."""

    phase: str
    begin: datetime | None
    end: datetime | None


@dataclass(frozen=True)
class Move:
    """An entry that leads the room from one phase into another."""

    time: datetime
    before: str
    after: str


def read_move(action: str, time: datetime, data: Mapping[str, Any]) -> Move | None:
    """The move of one entry; its action is one of MOVES. None where it names no phase: it was changed."""
    before, after = _phases(action, data)
    return Move(time, before, after) if {before, after} <= {"", *P.values} else None


def _phases(action: str, data: Mapping[str, Any]) -> tuple[str, str]:
    if action == "procedure.choose":
        return P.NEGOTIATION, str(data.get("phase"))
    if action == "ballot.open":
        return "", P.VOTE
    if action == "ballot.decide":
        return P.VOTE, P.DECIDED if data.get("outcome") == "passed" else P.NEGOTIATION
    if action == "ballot.give_up":
        return P.VOTE, P.NEGOTIATION
    return str(data.get("from")), str(data.get("to"))


def spans(moves: Iterable[Move], now: str) -> list[Span]:
    """The spans between moves in the order of time; `now` is the room's phase where nothing has moved it."""
    rows = sorted(moves, key=lambda move: move.time)
    if not rows:
        return [Span(now, None, None)]
    # Only the opening of a vote does not say where it came from: with nothing before it, from the table.
    phases = [rows[0].before or P.NEGOTIATION, *(move.after for move in rows)]
    bounds = [None, *(move.time for move in rows), None]
    return [Span(phase, bounds[place], bounds[place + 1]) for place, phase in enumerate(phases)]


def phase_at(found: Sequence[Span], time: datetime) -> str:
    """The phase in which an act of this time was done."""
    return next(span.phase for span in reversed(found) if span.begin is None or span.begin < time)
