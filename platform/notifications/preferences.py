"""How each person wants to be told, group by group; and the signed links that end it."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import Invalid, NotFound
from notifications.models import Notice, Preference
from notifications.topics import CHOSEN, Group

Rhythm = Preference.Rhythm
SALT = "notifications.stop"
SMS_RHYTHMS = (Rhythm.NOW, Rhythm.NEVER)


class Wish(NamedTuple):
    """Rhythms: of e-mail any, of text messages at once or never."""

    email: str
    sms: str


DEFAULTS: dict[str, Wish] = {
    Group.MINE: Wish(Rhythm.NOW, Rhythm.NEVER),
    Group.TABLE: Wish(Rhythm.DAILY, Rhythm.NEVER),
    Group.PROCEDURE: Wish(Rhythm.DAILY, Rhythm.NEVER),
    Group.DOCUMENTS: Wish(Rhythm.NOW, Rhythm.NEVER),
    Group.PRIVATE: Wish(Rhythm.DAILY, Rhythm.NEVER),
}
LAWFUL = Wish(Rhythm.NOW, Rhythm.NOW)  # of what the law requires, whatever anybody chose


def wishes(user: User) -> dict[str, Wish]:
    """What this person wants for each group that can be chosen."""
    own = {row.group: Wish(row.email, row.sms) for row in Preference.objects.filter(user=user)}
    return {group: own.get(group, DEFAULTS[group]) for group in CHOSEN}


def wishes_of_all(users: Collection[int], group: str) -> dict[int, Wish]:
    """What these people want for one group. One statement."""
    if group == Group.REQUIRED:
        return dict.fromkeys(users, LAWFUL)
    rows = Preference.objects.filter(user__in=users, group=group).values_list("user_id", "email", "sms")
    own = {user: Wish(email, sms) for user, email, sms in rows}
    return {user: own.get(user, DEFAULTS[group]) for user in users}


def choose(user: User, chosen: Mapping[str, Wish], language: str = "") -> None:
    """Keep what a person chose for the groups named, and the language to be told in. Raises Invalid."""
    faults = {group: _("This can not be chosen.") for group, wish in chosen.items() if not _possible(group, wish)}
    if language and language not in dict(User._meta.get_field("language").choices or ()):
        faults["language"] = _("This can not be chosen.")
    if faults:
        raise Invalid(faults)
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(language=language)
        for group, wish in sorted(chosen.items()):
            Preference.objects.update_or_create(user=user, group=group, defaults=wish._asdict())


def _possible(group: str, wish: Wish) -> bool:
    return group in CHOSEN and wish.email in Rhythm.values and wish.sms in SMS_RHYTHMS


def stop_token(user_id: int, group: str) -> str:
    """Names a person and a group (the digest's is empty) in the link that ends its e-mails."""
    return signing.dumps([user_id, group], salt=SALT)


def read_token(token: str) -> tuple[User, str]:
    """Raises NotFound for what we have not signed."""
    try:
        number, group = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise NotFound(_("This link is not whole. Choose on the page of notices how you are told.")) from None
    user = User.objects.filter(pk=number).first()
    if user is None:
        raise NotFound
    return user, group


def stop(token: str) -> tuple[User, str]:
    """End the e-mails of the token's group, or the digest; to do it again changes nothing. Page notices go on."""
    user, group = read_token(token)
    own = wishes(user)
    ended = [group] if group else [name for name, wish in own.items() if wish.email == Rhythm.DAILY]
    with transaction.atomic():
        for name in ended:
            Preference.objects.update_or_create(
                user=user, group=name, defaults=own[name]._replace(email=Rhythm.NEVER)._asdict()
            )
        if not group:
            Notice.objects.filter(user=user, digest=Notice.Digest.DUE).update(digest=Notice.Digest.NONE)
    return user, group
