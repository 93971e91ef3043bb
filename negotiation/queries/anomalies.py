"""What the declared checks have found in a room's log, in words; and how far they have read it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, QuerySet

from audit import log
from audit.sequencer import last_checkpoint
from negotiation.anomalies import BY_CODE, CHECKS
from negotiation.models import Anomaly, LogReview, Room
from negotiation.queries.entries import story


def anomalies(room: Room, code: str = "") -> QuerySet[Anomaly]:
    """Of one check or of all, the latest entry first."""
    rows = room.anomalies.select_related("entry")
    return (rows.filter(code=code) if code else rows).order_by("-index", "-pk")


def review(room: Room) -> dict[str, Any]:
    """How many entries are checked (`done`) of how many that are sealed (`size`), and each check with its count."""
    done = LogReview.objects.filter(room=room).values_list("done", flat=True).first() or 0
    last = last_checkpoint(log.room_scope(room.code))
    size = max(last.size if last else 0, done)
    counts = dict(room.anomalies.values_list("code").annotate(count=Count("pk")))
    checks = [{"check": check, "count": counts.get(check.code, 0)} for check in CHECKS]
    return {"done": done, "size": size, "behind": done < size, "checks": checks}


def dress(found: Sequence[Anomaly]) -> list[dict[str, Any]]:
    """Each hit with its check, its sentence, and its entry as the log's page tells it."""
    told = {line["entry"].id: line for line in story([row.entry for row in found])}
    return [{"check": BY_CODE[row.code], "note": note(row), "line": told[row.entry_id]} for row in found]


def note(found: Anomaly) -> str:
    """The sentence about one hit."""
    phases = dict(Room.Phase.choices)
    figures = {key: phases.get(str(value), value) for key, value in found.figures.items()}
    return str(BY_CODE[found.code].words) % figures
