"""What every page's frame needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from notifications.reading import SHOWN, unread_count


def shell(request: HttpRequest) -> dict[str, Any]:
    return {
        "demo": settings.DEMO,
        "map_tiles": settings.MAP_TILES,
        # Counted only where the page's head is drawn.
        "unread": SimpleLazyObject(lambda: unread_words(request)),
    }


def unread_words(request: HttpRequest) -> str:
    """How many notices this person has not read: "", "3", "99+"."""
    count = unread_count(request.user) if request.user.is_authenticated else 0
    return f"{SHOWN}+" if count > SHOWN else str(count or "")
