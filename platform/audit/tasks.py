"""Jobs of the log: each fetches and calls a plain function, and may run twice without harm."""

from celery import shared_task

from audit.sequencer import sequence_all, waiting_scopes
from audit.waking import awake


@shared_task
def sequence_scope(scope: str) -> None:
    awake(scope)
    sequence_all(scope)


@shared_task
def sequence_waiting() -> None:
    """Seal what a killed worker or a lost queue left waiting."""
    for scope in waiting_scopes():
        sequence_all(scope)
