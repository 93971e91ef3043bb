"""Papers: what a room shows, to print and to file."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from negotiation.permissions import Viewer
from negotiation.printing.papers import pdf_response
from negotiation.printing.scorecard import scorecard_paper
from negotiation.queries.packages import find_revision
from negotiation.web.rooms import in_room


@require_safe
@in_room
def card_pdf(request: HttpRequest, viewer: Viewer, package: str, number: int) -> HttpResponseBase:
    return pdf_response(request, scorecard_paper(viewer, find_revision(viewer, package, number)))
