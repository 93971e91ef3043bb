"""The daily digest: one e-mail with what waited since the last one. At most one a day for each person."""

from datetime import date, datetime, time

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from accounts.models import User
from notifications import outbox
from notifications.letters import digest_letter
from notifications.models import Digest, Notice

HOUR = time(8)  # what came before this hour of the day is in its digest
MOST = 100  # notices in one e-mail; the page has the others


def send_digests(day: date) -> int:
    """Put the digests of this day into the outbox; how many. May run as often as one likes, also after a kill."""
    due = Notice.objects.filter(digest=Notice.Digest.DUE, created_at__lt=_end(day))
    people = User.objects.filter(pk__in=due.values("user"), is_active=True)
    people = people.exclude(pk__in=Digest.objects.filter(day=day).values("user"))
    sent = sum(_send(user, day) for user in people.order_by("pk").iterator())
    if sent:
        outbox.send_soon()
    return sent


def _send(user: User, day: date) -> bool:
    with transaction.atomic():
        _row, made = Digest.objects.get_or_create(user=user, day=day)
        if not made:
            return False
        due = Notice.objects.filter(user=user, digest=Notice.Digest.DUE, created_at__lt=_end(day))
        unread = list(due.filter(read_at=None).select_related("telling").order_by("-pk")[:MOST])
        due.update(digest=Notice.Digest.DONE)
        if not unread or not user.email:
            return False
        with translation.override(user.language or settings.LANGUAGE_CODE):
            digest_letter(user, unread).save()
    return True


def _end(day: date) -> datetime:
    return datetime.combine(day, HOUR, timezone.get_default_timezone())
