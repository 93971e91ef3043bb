"""Reads of proxies: a party its own, the convener all."""

from django.db.models import QuerySet

from accounts.models import Mandate
from accounts.refusals import NotFound
from negotiation.models import ProxyNaming
from negotiation.permissions import Viewer


def namings(viewer: Viewer) -> QuerySet[ProxyNaming]:
    """Those that the viewer may see, the newest first."""
    rows = viewer.room.proxy_namings.select_related("room", "party", "named_by__user", "ballot", "mandate", "ended_by")
    if not viewer.may("convene"):
        rows = rows.filter(party__code__in=_principals(viewer))
    return rows.order_by("-pk")


def find_naming(viewer: Viewer, number: int) -> ProxyNaming:
    """Raises NotFound."""
    found = namings(viewer).filter(pk=number).first()
    if found is None:
        raise NotFound
    found.room = viewer.room
    return found


def proxies_of(viewer: Viewer) -> QuerySet[Mandate]:
    """Proxies who may act now for the party that the viewer acts for."""
    party = viewer.mandate.party_id if viewer.mandate else 0
    rows = Mandate.objects.valid().filter(party=party, kind=Mandate.Kind.PROXY)
    return rows.select_related("user", "party").order_by("-pk")


def find_proxy(viewer: Viewer, number: int) -> Mandate:
    """Raises NotFound."""
    rows = Mandate.objects.select_related("user", "party").filter(party__realm=viewer.room.code, pk=number)
    found = rows.filter(party__code__in=_principals(viewer)).first()
    if found is None:
        raise NotFound
    return found


def _principals(viewer: Viewer) -> list[str]:
    """Codes of the parties that the person acts for otherwise than as a proxy."""
    return [mandate.party.code for mandate in viewer.mandates if mandate.kind != Mandate.Kind.PROXY]
