"""What a vote leaves behind: receipts to keep and to check, the result, the certificate."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from negotiation import receipts
from negotiation.permissions import Viewer
from negotiation.printing.certificate import certificate_paper
from negotiation.printing.papers import pdf_response
from negotiation.printing.receipt import receipt_paper
from negotiation.queries import results
from negotiation.queries.tallies import find_ballot, live_tally, state_words
from negotiation.sittings import own_days
from negotiation.web.result_forms import ReceiptForm
from negotiation.web.rooms import acting, in_room, page

PER_PAGE = 50


@require_safe
@in_room
def receipt_pdf(request: HttpRequest, viewer: Viewer, ballot: int) -> HttpResponseBase:
    """The receipt on one page of paper."""
    found, mandate = find_ballot(viewer, ballot), acting(viewer, "vote")
    address = request.build_absolute_uri(reverse("check-receipt", args=[viewer.room.code]))
    return pdf_response(request, receipt_paper(receipts.find_vote(mandate, found), address))


@require_safe
@in_room
def check_receipt(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Where the code on a receipt leads: whether the log holds what the paper says."""
    form = ReceiptForm(request.GET or None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return page(request, viewer, "negotiation/check_receipt.html", {"form": form}, status=status)
    said = form.cleaned_data
    found = receipts.check_receipt(viewer.room, said["index"], said["entry"], said["size"], said["root"])
    return page(request, viewer, "negotiation/check_receipt.html", {"form": form, "check": found, "said": said})


@require_safe
@in_room
def result(request: HttpRequest, viewer: Viewer, ballot: int) -> HttpResponse:
    """The decision with its arithmetic, the roll as far as the viewer may see it, and how to count again."""
    decision = results.find_decision(viewer, ballot)
    rows = results.roll(viewer, decision.ballot).order_by("seat__party__code", "pk")
    lines = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    lines.object_list = list(lines.object_list)
    results.dress_roll(viewer, lines.object_list)
    chambers = results.chambers(decision)
    context = {
        "decision": decision,
        "ballot": decision.ballot,
        "outcome": state_words(decision.outcome),
        "chambers": chambers,
        "titles": {row.code: row.title for row in chambers},
        "ways": live_tally(decision.ballot),
        "own_days": own_days(decision.ballot),
        "lines": lines,
        "seal": results.find_seal(decision),
    }
    return page(request, viewer, "negotiation/result.html", context)


@require_safe
@in_room
def certificate(request: HttpRequest, viewer: Viewer, ballot: int) -> HttpResponseBase:
    return pdf_response(request, certificate_paper(results.find_decision(viewer, ballot)))
