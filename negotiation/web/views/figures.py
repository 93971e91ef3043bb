"""One figure of a scorecard, opened to its formula and its rows."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from negotiation.permissions import Viewer
from negotiation.queries.figures import explain, read_card
from negotiation.queries.packages import find_card
from negotiation.web.rooms import in_room, page


@require_safe
@in_room
def figure(request: HttpRequest, viewer: Viewer, package: str, number: int, engine: str, key: str) -> HttpResponse:
    """The explanation alone for a card that is open already, else as a page."""
    revision = find_card(viewer, package, number, engine)
    card = revision.cards[0]  # type: ignore[attr-defined]
    opened = explain(read_card(viewer, revision, card.card), key, request.GET.get("page"))
    context = {"revision": revision, "opened": opened, "here": request.path, "card": card}
    if "HX-Request" in request.headers:
        bare = context | {"viewer": viewer, "room": viewer.room}
        return render(request, "negotiation/partials/explanation.html", bare)
    return page(request, viewer, "negotiation/figure.html", context)
