"""Jobs of the outbox: each fetches and calls a plain function, and may run twice without harm."""

from celery import shared_task

from notifications import outbox


@shared_task
def deliver(number: int) -> None:
    outbox.deliver(number)


@shared_task
def deliver_due() -> None:
    """Send what waits: new ones of a round, those to be tried again, those that a lost queue left."""
    if outbox.deliver_due() == outbox.BATCH:
        deliver_due.delay()
