"""The computations of a scorecard: today's engine asked again, and what earlier ones found."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from negotiation import scorecards
from negotiation.permissions import Viewer
from negotiation.queries.cards import card_context
from negotiation.queries.packages import find_card, find_revision
from negotiation.queries.versions import versions
from negotiation.web.rooms import acting, in_room, page


@require_safe
@in_room
def card_versions(request: HttpRequest, viewer: Viewer, package: str, number: int) -> HttpResponse:
    """The list alone, for a page that is already open."""
    revision = find_revision(viewer, package, number)
    context = {"viewer": viewer, "room": viewer.room, "revision": revision, "versions": versions(viewer, revision)}
    return render(request, "negotiation/partials/card_versions.html", context)


@require_safe
@in_room
def one_card(request: HttpRequest, viewer: Viewer, package: str, number: int, engine: str) -> HttpResponse:
    """The scorecard as this engine computed it."""
    revision = find_card(viewer, package, number, engine)
    return page(request, viewer, "negotiation/one_card.html", card_context(viewer, revision))


@require_POST
@in_room
def recompute_card(request: HttpRequest, viewer: Viewer, package: str, number: int) -> HttpResponse:
    scorecards.recompute_card(acting(viewer), find_revision(viewer, package, number))
    return redirect("revision", viewer.room.code, package, number)
