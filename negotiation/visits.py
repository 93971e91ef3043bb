"""Visits of a room's comments: what came since somebody's last one is new to them. Nothing of it is in the log."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from negotiation.models import CommentVisit, Room

APART = timedelta(minutes=30)  # who looks again within that time is still on the same visit


def visit_comments(user: User, room: Room) -> datetime | None:
    """Note that somebody reads the comments now; returns since when comments are new to them, None the first time."""
    now = timezone.now()
    with transaction.atomic():
        rows = CommentVisit.objects.select_for_update()
        row, made = rows.get_or_create(room=room, user=user, defaults={"seen_at": now})
        if not made:
            row.since = row.seen_at if now - row.seen_at > APART else row.since
            row.seen_at = now
            row.save(update_fields=["since", "seen_at"])
    return row.since
