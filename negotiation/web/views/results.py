"""What a vote leaves behind: receipts to keep and to check."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from negotiation import receipts
from negotiation.permissions import Viewer
from negotiation.printing.papers import pdf_response
from negotiation.printing.receipt import receipt_paper
from negotiation.queries.tallies import find_ballot
from negotiation.web.result_forms import ReceiptForm
from negotiation.web.rooms import acting, in_room, page


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
