"""Telling the browsers in a room that something changed. Called inside an act, sent after its commit."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from asgiref.sync import async_to_sync
from celery import current_app
from channels.layers import get_channel_layer
from django.core.cache import cache
from django.db import transaction
from redis import RedisError

from negotiation.models import Room

TALLY_SECONDS = 0.25  # at most four tallies a second for a room


def announce(room: Room, topic: str) -> None:
    """Tell the room, once the act is committed, that `topic` should be read again."""
    code = room.code  # as it is now
    transaction.on_commit(lambda: send(code, {"topic": topic}), robust=True)


def announce_to(room: Room, parties: Iterable[str], topic: str) -> None:
    """Tell only those who act for these parties, once the act is committed; the room's version stays as it is."""
    code, told = room.code, sorted(parties)
    transaction.on_commit(lambda: send_to(code, told, {"topic": topic}), robust=True)


def announce_tally(ballot_id: int) -> None:
    """Have the ballot's tally rendered once and sent, however many votes come within a quarter of a second."""
    transaction.on_commit(lambda: _schedule_tally(ballot_id), robust=True)


def _schedule_tally(ballot_id: int) -> None:
    if cache.add(f"tally-due:{ballot_id}", 1, timeout=5):
        # After a quiet second the first change is shown at once.
        wait = 0 if cache.add(f"tally-shown:{ballot_id}", 1, timeout=1) else TALLY_SECONDS
        current_app.send_task("negotiation.tasks.push_tally", [ballot_id], countdown=wait)


def group(code: str) -> str:
    """The channel group of a room; group names take ASCII only."""
    return f"room.{code.encode().hex()}"[:99]


def party_group(code: str, party: str) -> str:
    """The channel group of those who act for one party of a room."""
    return f"party.{sha256(f'{code}/{party}'.encode()).hexdigest()}"


def version(code: str) -> int:
    """How many events the room has had: a page that knows an older number has missed something.

    Live events may fail, reading and voting may not: without Valkey it is 0.
    """
    try:
        return int(cache.get(_version_key(code), 0))
    except RedisError:
        return 0


def send(code: str, message: dict[str, Any]) -> None:
    key = _version_key(code)
    cache.add(key, 0, timeout=None)
    numbered = message | {"version": cache.incr(key)}
    layer = get_channel_layer()
    if layer is not None:
        async_to_sync(layer.group_send)(group(code), {"type": "room.event", "message": numbered})


def send_to(code: str, parties: Iterable[str], message: dict[str, Any]) -> None:
    numbered, layer = message | {"version": version(code)}, get_channel_layer()
    if layer is not None:
        for party in parties:
            async_to_sync(layer.group_send)(party_group(code, party), {"type": "room.event", "message": numbered})


def _version_key(code: str) -> str:
    return f"live-version:{code.encode().hex()}"
