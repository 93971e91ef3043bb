"""Who has a draft open just now. It is kept for a minute, beside the database, and is nothing that an act rests on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone
from redis import RedisError

from accounts.models import Mandate, User
from negotiation.live.events import send_to
from negotiation.models import Draft

KEPT = 45  # seconds; an open page says every 20 that it is there


@dataclass(frozen=True)
class Present:
    user: User
    since: datetime


def be_present(user: int, draft: Draft) -> None:
    """Say that the user of this id has the draft open; their colleagues are told when they come."""
    key = _key(draft, user)
    try:
        came = cache.add(key, timezone.now(), timeout=KEPT)
        if not came:
            cache.touch(key, KEPT)
    except RedisError:
        return
    if came:
        send_to(draft.package.room.code, [draft.package.proposer.code], {"topic": f"draft:{draft.package.code}"})


def others_present(user: int, draft: Draft) -> list[Present]:
    """The colleagues who have the draft open too, the first one first. Nobody where that can not be known."""
    colleagues = {row.pk: row for row in _people(draft) if row.pk != user}
    keys = {_key(draft, number): number for number in colleagues}
    try:
        found = cache.get_many(keys)
    except RedisError:
        return []
    rows = [Present(colleagues[keys[key]], since) for key, since in found.items()]
    return sorted(rows, key=lambda row: row.since)


def _people(draft: Draft) -> Iterable[User]:
    mandates = Mandate.objects.valid().filter(party=draft.package.proposer_id)
    return User.objects.filter(pk__in=mandates.values("user"))


def _key(draft: Draft, user: int) -> str:
    return f"draft-open:{draft.pk}:{user}"
