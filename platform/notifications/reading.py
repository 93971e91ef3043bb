"""A person's own notices: how many are unread, reading one, reading all."""

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.refusals import NotFound
from notifications.models import Notice

SHOWN = 99  # beyond it the count is "99+"


def unread_count(user: User) -> int:
    """At most one more than is shown, so that it costs the same for everybody. One statement on a partial index."""
    return Notice.objects.filter(user=user, read_at=None)[: SHOWN + 1].count()


def notices(user: User) -> QuerySet[Notice]:
    return Notice.objects.filter(user=user).select_related("telling").order_by("-pk")


def mark_read(user: User, number: int) -> Notice:
    """One's own notice, read from now on. Raises NotFound."""
    found = notices(user).filter(pk=number).first()
    if found is None:
        raise NotFound
    if found.read_at is None:
        found.read_at = timezone.now()
        found.save(update_fields=["read_at"])
    return found


def mark_all_read(user: User) -> int:
    return Notice.objects.filter(user=user, read_at=None).update(read_at=timezone.now())
