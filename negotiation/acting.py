"""How an act of a mandate enters the room's log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.models import Mandate
from audit import log
from audit.models import Entry
from negotiation.models import Room


def actor(mandate: Mandate) -> log.Actor:
    return log.Actor(mandate.party.code, commit_mandate(mandate))


def way(kind: str) -> str:
    """By which way a vote under a mandate of this kind comes: the party's own, or its proxy's."""
    return "proxy" if kind == Mandate.Kind.PROXY else "own"


def commit_mandate(mandate: Mandate) -> log.Private:
    return commit(mandate.pk, bytes(mandate.salt))


def commit(mandate_id: int, salt: bytes) -> log.Private:
    """The mandate in the log: the same commitment wherever it stands."""
    return log.Private.text(mandate_id, salt)


def mandate_commitment(mandate: Mandate) -> str:
    """That commitment as text, for an entry that names the mandate of another party: nothing is kept to open it."""
    return log.commitment(bytes(mandate.salt), str(mandate.pk).encode())


def record(
    room: Room,
    action: str,
    mandate: Mandate | None,
    kind: str,
    key: object,
    data: Mapping[str, Any] | None = None,
    *,
    time: datetime | None = None,
) -> Entry:
    """Write the act's entry in the room's scope; without a mandate the platform itself acted."""
    who = actor(mandate) if mandate else None
    return log.append(log.room_scope(room.code), action, who, kind, key, data, time=time)
