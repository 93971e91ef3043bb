"""Like comments, found together for the convener."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from negotiation import clusters as domain
from negotiation.likeness import LIKE, MOST
from negotiation.permissions import Viewer
from negotiation.queries import clusters as queries
from negotiation.web.rooms import acting, in_room, page


@require_http_methods(["GET", "POST"])
@in_room
def clusters(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The groups, with the method in words; a POST has them looked for again."""
    mandate = acting(viewer, "convene")
    if request.method == "POST":
        domain.find_clusters(mandate, viewer.room)
        return redirect("clusters", viewer.room.code)
    found = queries.clustering_of(viewer.room)
    context = {
        "clustering": found,
        "running": found is not None and found.state in domain.RUNNING,
        "groups": queries.group_page(found, request.GET.get("page")),
        "came": queries.came_since(viewer.room, found),
        "like": LIKE,
        "most": MOST,
    }
    return page(request, viewer, "negotiation/clusters.html", context)
