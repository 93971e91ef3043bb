"""What a revision asks of one's own party: its confirmation, and that it is done by its day."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Mandate
from accounts.refusals import Conflict, WrongPhase
from negotiation import fulfilment
from negotiation.models import DueDate
from negotiation.permissions import Viewer
from negotiation.printing.duties import duties_xlsx
from negotiation.printing.papers import file_response
from negotiation.queries import due as queries
from negotiation.queries.packages import find_revision
from negotiation.responsibilities import confirm_responsibility, duties_of
from negotiation.web import procedure_forms as forms
from negotiation.web.act_pages import Words, act_page
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


@require_safe
@in_room
def due_dates(request: HttpRequest, viewer: Viewer, package: str, number: int) -> HttpResponse:
    """The dated terms of a revision: who has to do what by when, and what is late."""
    revision = find_revision(viewer, package, number)
    rows = Paginator(queries.of_revision(viewer, revision), ROWS).get_page(request.GET.get("page"))
    rows.object_list = queries.dress(viewer, list(rows.object_list))
    context = {
        "revision": revision,
        "rows": rows,
        "hidden": bool(viewer.hidden_codes),
        "may_report": viewer.can("report_duty") or viewer.can("report_unowned_duty"),
    }
    return page(request, viewer, "negotiation/due.html", context)


def _list(viewer: Viewer, due: DueDate) -> str:
    return reverse("due-dates", args=[viewer.room.code, due.revision.package.code, due.revision.number])


def _reporting(viewer: Viewer) -> Mandate:
    """A party reports its own terms, a convener those that nobody owes; who is neither is told so before any form."""
    return acting(viewer, "propose" if viewer.may("propose") else "convene")


def _words(viewer: Viewer, due: DueDate, title: str, button: str, intro: str) -> Words:
    (row,) = queries.dress(viewer, [due])
    return Words(title=title, button=button, lead=row.what, intro=intro)


@require_http_methods(["GET", "POST"])
@in_room
def done(request: HttpRequest, viewer: Viewer, due: int) -> HttpResponse:
    mandate, found = _reporting(viewer), queries.find_due(viewer, due)
    intro = _("Everybody who sees this term sees that it is reported done. The convener reads the note.")
    words = _words(viewer, found, _("Report it done"), _("Report it done"), intro)
    form = forms.DoneForm(request.POST or None)
    return act_page(
        request,
        viewer,
        words,
        form,
        lambda data: fulfilment.report_done(mandate, found, data["note"]),
        back=_list(viewer, found),
        context={"due": found},
    )


@require_http_methods(["GET", "POST"])
@in_room
def correct(request: HttpRequest, viewer: Viewer, due: int) -> HttpResponse:
    mandate, found = _reporting(viewer), queries.find_due(viewer, due)
    intro = _("The report stays in the log with this correction; the term counts as not done again.")
    words = _words(viewer, found, _("It is not done after all"), _("Correct the report"), intro)
    form = forms.CorrectionForm(request.POST or None)
    return act_page(
        request,
        viewer,
        words,
        form,
        lambda data: fulfilment.correct_report(mandate, found, data["reason"]),
        back=_list(viewer, found),
        context={"due": found},
    )
