"""Sealed acceptance: one's own marks, and who has answered."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.refusals import Invalid, WrongPhase
from negotiation import acceptance as domain
from negotiation.models import Revision
from negotiation.permissions import Viewer
from negotiation.queries.acceptance import answered
from negotiation.queries.packages import MOST_CHOICES, latest
from negotiation.web.rooms import acting, in_room, page


@require_http_methods(["GET", "POST"])
@in_room
def acceptance(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Mark in secret which packages one's own party would accept."""
    mandate = acting(viewer, "vote")
    rows = list(latest(viewer.room)[:MOST_CHOICES])
    refused = ""
    if request.method == "POST":
        try:
            domain.mark_acceptable(mandate, viewer.room, _chosen(request, rows))
        except (Invalid, WrongPhase) as refusal:
            refused = refusal.message
        else:
            return redirect("acceptance", viewer.room.code)
    context = {
        "rows": rows,
        "marks": domain.own_marks(mandate, viewer.room),
        "answered": answered(viewer),
        "may_mark": viewer.can("mark_acceptable"),
        "refused": refused,
    }
    return page(request, viewer, "negotiation/acceptance.html", context, status=422 if refused else 200)


def _chosen(request: HttpRequest, rows: list[Revision]) -> list[Revision]:
    """The revisions that were ticked, as they stood on the page: one that was replaced meanwhile is refused."""
    ticked = request.POST.getlist("revision")
    known = {str(row.pk): row for row in rows}
    if set(ticked) - set(known):
        raise Invalid({"packages": domain.REPLACED})
    return [known[number] for number in ticked]
