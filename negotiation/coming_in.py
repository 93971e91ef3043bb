"""A household comes in with the code of its letter: once with a password of its own, or each time with its phone too.

Every failure looks the same from outside. How often somebody may try is the page's to limit.
"""

from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import phones
from accounts.codes import digest, digests, new_short_code
from accounts.models import User
from accounts.refusals import Conflict, Invalid
from negotiation.acting import record
from negotiation.invitations import CODES
from negotiation.models import Invitation, PhoneCheck
from notifications import outbox

State = Invitation.State
FRESH = (State.MADE, State.PRINTED)
MINUTES = 10  # that the code in a text message holds
TRIES = 5  # of it
DEAD = gettext_lazy("This code does not open anything. Check each letter, or ask the planning office.")


def recognise(code: str) -> Invitation | None:
    """The letter with this code, while it opens anything."""
    found = Invitation.objects.filter(digest__in=digests(code, CODES)).select_related("mandate__party", "mandate__user")
    return _alive(found.first())


def find_alive(number: int) -> Invitation | None:
    """The same letter again, a step later."""
    return _alive(Invitation.objects.filter(pk=number).select_related("mandate__party", "mandate__user").first())


def _alive(found: Invitation | None) -> Invitation | None:
    if found is None or not found.mandate.holds or not found.mandate.user.is_active:
        return None
    if found.state in FRESH:
        return found if timezone.now() < found.expires_at else None
    return found if found.state == State.PHONE else None


def choose_password(invitation: Invitation, password: str) -> User:
    """Set the person's first password; the code of the letter dies. Raises Invalid, or Conflict if it is dead."""
    with transaction.atomic():
        current = _lock(invitation, FRESH)
        person = current.mandate.user
        try:
            validate_password(password, person)
        except ValidationError as error:
            raise Invalid({"password": " ".join(error.messages)}) from None
        person.set_password(password)
        person.save(update_fields=["password"])
        _use(current, State.PASSWORD)
    return person


def send_phone_code(invitation: Invitation, phone: str) -> None:
    """Send a code to the phone: the one named now, or from the second time on the one that was confirmed."""
    with transaction.atomic():
        current = _lock(invitation, (*FRESH, State.PHONE))
        person = current.mandate.user
        number = person.phone if current.state == State.PHONE else clean_phone(phone)
        code = new_short_code()
        until = timezone.now() + timedelta(minutes=MINUTES)
        sent = {"phone": number, "digest": digest(code, _context(current)), "tries": 0, "expires_at": until}
        PhoneCheck.objects.update_or_create(invitation=current, defaults=sent)
        text = _("Your code is %(code)s. It is good for %(minutes)s minutes. Tell it to nobody.")
        words = text % {"code": code, "minutes": MINUTES}
        outbox.post("sms", number, words, user=person, room=current.room.code, secret=True)


def clean_phone(text: str) -> str:
    """The number without spaces and dashes. Raises Invalid."""
    number = phones.bare(text)
    if not phones.is_number(number):
        raise Invalid({"phone": _("A phone number has 6 to 15 digits.")})
    return number


def confirm_phone(invitation: Invitation, code: str) -> User | None:
    """The person, if this is the code that was sent; None otherwise, and the try counts."""
    # A try is spent for good before the code is looked at: two at once can not share one.
    spent = PhoneCheck.objects.filter(invitation=invitation, tries__lt=TRIES, expires_at__gt=timezone.now())
    if not spent.update(tries=F("tries") + 1):
        return None
    with transaction.atomic():
        current = _lock(invitation, (*FRESH, State.PHONE))
        check = PhoneCheck.objects.filter(invitation=current, digest__in=digests(code, _context(current))).first()
        if check is None:
            return None
        person = current.mandate.user
        check.delete()
        if current.state != State.PHONE:
            _keep_phone(person, check.phone)
            _use(current, State.PHONE)
    return person


def _keep_phone(person: User, phone: str) -> None:
    person.phone = phone
    try:
        with transaction.atomic():
            person.save(update_fields=["phone"])
    except IntegrityError:
        raise Invalid({"phone": _("This number belongs to another account. Choose a password instead.")}) from None


def _use(invitation: Invitation, state: str) -> None:
    invitation.state, invitation.used_at = state, timezone.now()
    invitation.save(update_fields=["state", "used_at"])
    data = {"letter": invitation.number, "way": state}
    record(invitation.room, "invitation.use", invitation.mandate, "party", invitation.mandate.party.code, data)


def _lock(invitation: Invitation, states: tuple[str, ...]) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("room", "mandate__party", "mandate__user")
    current = _alive(rows.get(pk=invitation.pk))
    if current is None or current.state not in states:
        raise Conflict(DEAD)
    return current


def _context(invitation: Invitation) -> str:
    return f"phone:{invitation.pk}"
