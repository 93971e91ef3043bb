"""What a revision asks of one's own party, and its confirmation."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.refusals import Conflict, WrongPhase
from negotiation.permissions import Viewer
from negotiation.printing.duties import duties_xlsx
from negotiation.printing.papers import file_response
from negotiation.queries.packages import find_revision
from negotiation.responsibilities import confirm_responsibility, duties_of
from negotiation.web.rooms import acting, in_room, page

ROWS = 20


@require_safe
@in_room
def workbook(request: HttpRequest, viewer: Viewer, package: str, number: int) -> HttpResponse:
    return file_response(duties_xlsx(viewer, find_revision(viewer, package, number)))


@require_http_methods(["GET", "POST"])
@in_room
def confirm(request: HttpRequest, viewer: Viewer, package: str, number: int) -> HttpResponse:
    """The party's own rows on a page, then the confirmation."""
    mandate, revision = acting(viewer, "propose"), find_revision(viewer, package, number)
    duties = duties_of(revision, mandate.party)
    context = {
        "revision": revision,
        "party": mandate.party,
        "land": Paginator(duties.land, ROWS).get_page(request.GET.get("land")),
        "payments": Paginator(duties.payments, ROWS).get_page(request.GET.get("payments")),
        "base_year": viewer.room.plan.base_year,
    }
    if request.method == "POST":
        try:
            confirm_responsibility(mandate, revision)
        except (Conflict, WrongPhase) as refusal:
            return page(request, viewer, "negotiation/confirm.html", context | {"refusal": refusal}, refusal.status)
        return redirect("revision", viewer.room.code, package, number)
    return page(request, viewer, "negotiation/confirm.html", context)
