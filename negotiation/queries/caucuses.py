"""Private threads as their members read them; to everybody else they are not there."""

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Q, QuerySet

from accounts.models import Party
from accounts.refusals import NotFound
from negotiation.models import Caucus, CaucusMessage
from negotiation.permissions import Viewer, is_personal

PER_PAGE = 20
MESSAGES = 50
NAMED = 40  # members that a page names; a side may have thousands


def own_caucuses(viewer: Viewer) -> QuerySet[Caucus]:
    """Those that the party acted for reads: of its side, or with its name in them. Nobody else's, whatever the role."""
    party = viewer.mandate.party if viewer.mandate else None
    if party is None or not viewer.room.seats.filter(party=party).exists():
        return Caucus.objects.none()
    named = Q(members__party=party, members__left_at=None)
    rows = Caucus.objects.filter(named | Q(side=party.side), room=viewer.room).distinct()
    said = Count("messages", distinct=True)
    return rows.annotate(said=said, last=Max("messages__created_at")).select_related("room")


def caucus_page(viewer: Viewer, number: str | None) -> "Page[Caucus]":
    return Paginator(own_caucuses(viewer).order_by("-pk"), PER_PAGE).get_page(number)


def find_caucus(viewer: Viewer, number: int) -> Caucus:
    """Raises NotFound to everybody but its members."""
    found = own_caucuses(viewer).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def messages(caucus: Caucus) -> QuerySet[CaucusMessage]:
    return CaucusMessage.objects.filter(caucus=caucus).select_related("party").order_by("-pk")


def message_page(caucus: Caucus, number: str | None) -> "Page[CaucusMessage]":
    """The newest first."""
    return Paginator(messages(caucus), MESSAGES).get_page(number)


def party_choices(viewer: Viewer) -> list[tuple[str, str]]:
    """The bodies at the table, to be ticked; households are named by their code in words."""
    own = viewer.mandate.party.code if viewer.mandate else ""
    rows = Party.objects.filter(seats__room=viewer.room).exclude(code=own).order_by("seats__pk")
    return [(party.code, f"{party.name} · {party.get_side_display()}") for party in rows if not is_personal(party)]
