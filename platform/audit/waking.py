"""How an act wakes the sequencer of its scope: once for all that is written within a moment."""

from celery import current_app
from django.core.cache import cache

SOON = 0.25  # seconds from an act to its sealing: at most four rounds a second for a scope


def wake(scope: str) -> None:
    """Have the scope sealed in a moment, however many entries come meanwhile."""
    if cache.add(_flag(scope), 1, timeout=5):
        current_app.send_task("audit.tasks.sequence_scope", [scope], countdown=SOON)


def awake(scope: str) -> None:
    """What is written from here on wakes the sequencer again; called before it looks."""
    cache.delete(_flag(scope))


def _flag(scope: str) -> str:
    return f"seal-due:{scope.encode().hex()}"
