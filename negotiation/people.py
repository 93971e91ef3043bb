"""New people: an account with a link to choose its password. Nobody signs up alone."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Mandate, User
from accounts.refusals import Invalid
from audit import log
from audit.log import Private
from negotiation.acting import actor
from negotiation.models import Room
from negotiation.permissions import authorize


def invite_person(convener: Mandate, room: Room, username: str, name: str, email: str = "") -> User:
    """Make an account for somebody whom the convener will give a mandate."""
    authorize(convener, room, "invite_person")
    return add_person(username, name, email, by=convener)


def add_person(username: str, name: str, email: str = "", *, by: Mandate | None = None) -> User:
    """Make an account without a password; `password_path` lets its owner choose one. Also for the operator."""
    person = User(username=username.strip(), name=name.strip(), email=email.strip())
    person.set_unusable_password()
    _check_person(person)
    try:
        with transaction.atomic():
            person.save()
            data = {"username": Private.text(person.username), "name": Private.text(person.name)}
            log.append(log.SITE, "person.add", actor(by) if by else None, "person", person.pk, data)
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
