"""New people: an account with a link to choose its password. Nobody signs up alone."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Mandate, User
from accounts.refusals import Invalid
from audit import log
from audit.log import Private
from negotiation.acting import record
from negotiation.models import Room
from negotiation.permissions import authorize


def invite_person(convener: Mandate, room: Room, username: str, name: str, email: str = "") -> User:
    """Make an account for somebody whom the convener will give a mandate.

    Somebody who was invited before and never came in is invited again; who comes in by letter only by another letter,
    for that takes two persons.
    """
    authorize(convener, room, "invite_person")
    with transaction.atomic():
        known = User.objects.filter(
            username__iexact=username.strip(), last_login=None, password__startswith=UNUSABLE_PASSWORD_PREFIX
        ).exclude(mandates__invitations__isnull=False)
        person = known.first() or _add(username, name, email)
        record(room, "person.invite", convener, "person", person.pk, _named(person))
    return person


def add_person(username: str, name: str, email: str = "") -> User:
    """Make an account; the operator's act."""
    with transaction.atomic():
        person = _add(username, name, email)
        log.append(log.SITE, "person.add", None, "person", person.pk, _named(person))
    return person


def renew_password(username: str) -> str:
    """A new `password_path` for somebody who forgot it; the operator's act. Raises Invalid."""
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise Invalid({"username": _("Nobody signs in so.")})
    with transaction.atomic():
        log.append(log.SITE, "person.renew", None, "person", person.pk, _named(person))
    return password_path(person)


def _named(person: User) -> dict[str, Private]:
    return {"username": Private.text(person.username), "name": Private.text(person.name)}


def _add(username: str, name: str, email: str) -> User:
    """An account without a password; `password_path` lets its owner choose one."""
    person = User(username=username.strip(), name=name.strip(), email=email.strip())
    person.set_unusable_password()
    _check_person(person)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        raise Invalid({"username": _("This sign-in name is taken.")}) from None
    return person


def password_path(person: User) -> str:
    """The address, good once and for three days, at which the person chooses a password."""
    key = default_token_generator.make_token(person)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(person), "key": key})


def _check_person(person: User) -> None:
    faults: dict[str, object] = {}
    try:
        person.clean_fields(exclude=["password"])
    except ValidationError as error:
        faults = {field: " ".join(messages) for field, messages in error.message_dict.items()}
    if not person.name:
        faults["name"] = _("Please fill this in.")
    if User.objects.filter(username__iexact=person.username).exists():
        faults["username"] = _("This sign-in name is taken.")
    if faults:
        raise Invalid(faults)
