"""Erasing what the log keeps about a person, on a ground of the law (Personal Information Protection Law, article 47).

Of a person are: what was put down in entries about a mandate of theirs, what they said and wrote under one, and their
name wherever it stands. What they wrote about others (whom they gave a mandate, say) is the others'.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Mandate, User
from accounts.refusals import Conflict, Invalid
from audit import erasing, log
from audit.models import Commitment
from negotiation.acting import actor, mandate_commitment
from negotiation.disclosure import MANDATE, NAMES, OPEN_TO
from negotiation.models import Room
from negotiation.permissions import authorize

GROUNDS = {
    "purpose_met": gettext_lazy("the purpose is met, or can not be met"),
    "period_over": gettext_lazy("the period of keeping is over, or the service has ended"),
    "consent_withdrawn": gettext_lazy("the person has withdrawn consent"),
    "unlawful": gettext_lazy("it was handled against the law or an agreement"),
    "other_law": gettext_lazy("another provision of law"),
}
ABOUT_OTHERS = Q(path__in={path for (_action, path), reader in OPEN_TO.items() if reader == NAMES})


def erase_person(convener: Mandate, room: Room, person: User, ground: str) -> erasing.Erasure:
    """Erase salt and content of every commitment of the person in the room's log; the entries stay.

    Raises Conflict while a mandate of the person holds, or where nothing is left, and Invalid for another ground.
    """
    authorize(convener, room, "erase_person")
    return _erase(room, person, ground, actor(convener))


def erase_by_operator(room: Room, username: str, ground: str) -> erasing.Erasure:
    """The operator's act, for a room whose convener is gone."""
    person = User.objects.filter(username=username).first()
    if person is None:
        raise Invalid({"username": _("Nobody signs in so.")})
    return _erase(room, person, ground, None)


def _erase(room: Room, person: User, ground: str, who: log.Actor | None) -> erasing.Erasure:
    if ground not in GROUNDS:
        raise Invalid({"ground": _("Choose one of: %(grounds)s.") % {"grounds": ", ".join(GROUNDS)}})
    with transaction.atomic():
        # Granting a mandate locks the person too.
        User.objects.select_for_update().get(pk=person.pk)
        mandates = Mandate.objects.filter(user=person, party__realm=room.code)
        if mandates.valid().exists():
            text = _("This person still acts in the room. Revoke every mandate first.")
            raise Conflict(text, code="still_acts")
        which = _of(person, mandates)
        return erasing.erase(log.room_scope(room.code), which, who, {"ground": ground})


def _of(person: User, mandates: QuerySet[Mandate]) -> Q:
    digests = [mandate_commitment(mandate) for mandate in mandates]
    about = Q(_beside("/data/mandate", digests), path__startswith="/data/")
    own = Q(_beside(MANDATE, digests)) & ~ABOUT_OTHERS
    names = [text.encode() for text in (person.username, person.name) if text]
    return about | own | Q(ABOUT_OTHERS, content__in=names)


def _beside(path: str, digests: list[str]) -> Exists:
    """That the commitment stands in an entry which has one of these digests at this path."""
    return Exists(Commitment.objects.filter(entry=OuterRef("entry"), path=path, digest__in=digests))
