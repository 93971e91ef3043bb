"""A room's log as facts for the checks, in a fixed number of statements; and what they found, in words."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min

from audit import log
from audit.models import Checkpoint, Commitment, Entry
from negotiation.anomalies import BY_CODE, CHECKS, OFTEN, READ, Fact, Facts, Found, find_anomalies
from negotiation.disclosure import MANDATE
from negotiation.models import Room
from negotiation.queries.checkpoints import limit
from negotiation.queries.entries import entries, story


def facts(room: Room) -> Facts:
    scope = log.room_scope(room.code)
    data = _data(room)
    heads = entries(room).order_by("time", "id").values_list("id", "index", "time", "action")
    used = Commitment.objects.filter(entry__scope=scope, path=MANDATE).values("digest")
    return Facts(
        facts=[Fact(*head, data.get(head[0], {})) for head in heads.iterator(chunk_size=5000)],
        checkpoints=list(Checkpoint.objects.filter(scope=scope).order_by("size").values_list("size", "created")),
        used=dict(used.annotate(first=Min("entry__time")).values_list("digest", "first")),
        phase=room.phase,
        seal_limit=limit(),
    )


def _data(room: Room) -> dict[UUID, dict[str, Any]]:
    """What the entries say that a check reads; of votes only those of parties that have many in one ballot."""
    votes = entries(room).filter(action="vote.cast")
    many = votes.values("party", "object_id").annotate(count=Count("id")).filter(count__gt=OFTEN)
    often = votes.filter(party__in=many.values("party"))
    bodies = entries(room).filter(action__in=READ).values_list("id", "body")
    rows = [*bodies, *often.values_list("id", "body")]
    return {key: json.loads(bytes(body))["data"] for key, body in rows}


def anomalies(room: Room, code: str = "") -> tuple[list[Found], list[dict[str, Any]]]:
    """What was found, of one check or of all; and each check with its count."""
    found = find_anomalies(facts(room))
    counts = Counter(row.code for row in found)
    checks = [{"check": check, "count": counts[check.code]} for check in CHECKS]
    return [row for row in found if not code or row.code == code], checks


def dress(found: Sequence[Found]) -> list[dict[str, Any]]:
    """Each hit with its check, its sentence, and its entry as the log's page tells it."""
    rows = Entry.objects.in_bulk([row.fact.id for row in found])
    told = {line["entry"].id: line for line in story(list(rows.values()))}
    return [{"check": BY_CODE[row.code], "note": note(row), "line": told[row.fact.id]} for row in found]


def note(found: Found) -> str:
    """The sentence about one hit."""
    figures = {
        key: log.stamp(value) if isinstance(value, datetime) else dict(Room.Phase.choices).get(str(value), value)
        for key, value in found.figures.items()
    }
    return str(BY_CODE[found.code].words) % figures
