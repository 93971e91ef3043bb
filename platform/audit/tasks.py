"""Jobs of the log: each fetches and calls a plain function, and may run twice without harm."""

import logging
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings

from accounts.refusals import Conflict
from audit import marks
from audit.sequencer import sequence_all, waiting_scopes
from audit.waking import awake, call_witnesses, called
from audit.witnesses import visit, witnesses

logger = logging.getLogger(__name__)


@shared_task
def sequence_scope(scope: str) -> None:
    awake(scope)
    _seal(scope)


@shared_task
def sequence_waiting() -> None:
    """Seal what a killed worker or a lost queue left waiting. One log that may not be sealed does not hold others."""
    for scope in waiting_scopes():
        try:
            _seal(scope)
        except Conflict as refusal:
            logger.error("%s is not sealed: %s", scope, refusal.message)


def _seal(scope: str) -> None:
    if sequence_all(scope) and settings.LOG_WITNESSES:
        call_witnesses(scope)


@shared_task
def ask_witnesses(scope: str = "") -> None:
    """Bring the witnesses up to date in one log, or in all: what a lost job, an export or a silent witness left."""
    if scope:
        called(scope)
    for witness in witnesses():
        if witness.address:
            visit(witness, scope)


@worker_ready.connect
def look_back(**_signal: Any) -> None:
    """Say at the start which logs have gone back behind what was sealed from here."""
    for mark in marks.gone_back():
        logger.critical("%s has lost what was sealed up to size %s; see docs/operator.md", mark.scope, mark.size)
