"""How an act wakes the sequencer of its scope, and a seal the witnesses: once for all that comes within a moment."""

from celery import current_app
from django.core.cache import cache

SOON = 0.25  # seconds from an act to its sealing: at most four rounds a second for a scope
WITNESS_SOON = 5  # seconds from a seal to the witnesses: they are others' machines


def wake(scope: str) -> None:
    """Have the scope sealed in a moment, however many entries come meanwhile."""
    if cache.add(_flag("seal", scope), 1, timeout=5):
        current_app.send_task("audit.tasks.sequence_scope", [scope], countdown=SOON)


def awake(scope: str) -> None:
    """What is written from here on wakes the sequencer again; called before it looks."""
    cache.delete(_flag("seal", scope))


def call_witnesses(scope: str) -> None:
    """Have the witnesses asked soon, however often the scope is sealed meanwhile."""
    if cache.add(_flag("witness", scope), 1, timeout=60):
        current_app.send_task("audit.tasks.ask_witnesses", [scope], countdown=WITNESS_SOON)


def called(scope: str) -> None:
    """What is sealed from here on calls them again."""
    cache.delete(_flag("witness", scope))


def _flag(what: str, scope: str) -> str:
    return f"{what}-due:{scope.encode().hex()}"
