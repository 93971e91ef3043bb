"""Required documents: what is missing, what is promised by when, what is broken, what is there."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from negotiation import documents as domain
from negotiation.permissions import Viewer
from negotiation.queries import documents as queries
from negotiation.queries.words import document_state
from negotiation.web import procedure_forms as forms
from negotiation.web.act_pages import Words, act_page
from negotiation.web.rooms import acting, in_room, page

PER_PAGE = 50


@require_safe
@in_room
def document_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    rows = Paginator(queries.visible(viewer), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": rows,
        "shown": [{"document": row, "state": document_state(row.state)} for row in rows],
        "hidden": queries.hidden_count(viewer),
        "may_require": viewer.can("require_document"),
        "own": viewer.mandate.party_id if viewer.mandate and viewer.can("promise_document") else 0,
    }
    return page(request, viewer, "negotiation/documents.html", context)


def _list(viewer: Viewer) -> str:
    return reverse("documents", args=[viewer.room.code])


@require_http_methods(["GET", "POST"])
@in_room
def require(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    mandate = acting(viewer, "convene")
    words = Words(
        title=_("Require a document"),
        button=_("Require this document"),
        intro=_("In the full procedure it must be there before the vote, or stand against a promise with a date."),
    )
    form = forms.RequireForm(request.POST or None)
    return act_page(
        request,
        viewer,
        words,
        form,
        lambda data: domain.require_document(mandate, viewer.room, data["title"], data["party"]),
        back=_list(viewer),
    )


@require_http_methods(["GET", "POST"])
@in_room
def promise(request: HttpRequest, viewer: Viewer, document: int) -> HttpResponse:
    mandate = acting(viewer, "comment")
    found = queries.find_document(viewer, document)
    words = Words(
        title=_("Promise the document"),
        button=_("Promise it"),
        lead=found.title,
        intro=_(
            "Once the convener accepts, the procedure goes on without it until that day; then it counts as broken."
        ),
    )
    form = forms.PromiseForm(request.POST or None)
    return act_page(
        request,
        viewer,
        words,
        form,
        lambda data: domain.promise_document(mandate, found, data["due"]),
        back=_list(viewer),
    )


@require_http_methods(["GET", "POST"])
@in_room
def accept(request: HttpRequest, viewer: Viewer, document: int) -> HttpResponse:
    mandate = acting(viewer, "convene")
    found = queries.find_document(viewer, document)
    words = Words(
        title=_("Accept the promise?"),
        button=_("Accept the promise"),
        lead=found.title,
        intro=_("Until its day the promise stands for the document. This can not be undone."),
    )
    form = forms.ConfirmForm(request.POST or None, initial={"sure": "yes"})
    return act_page(
        request,
        viewer,
        words,
        form,
        lambda data: domain.accept_promise(mandate, found),
        back=_list(viewer),
        context={"document": found},
    )


@require_http_methods(["GET", "POST"])
@in_room
def receive(request: HttpRequest, viewer: Viewer, document: int) -> HttpResponse:
    mandate = acting(viewer, "convene")
    found = queries.find_document(viewer, document)
    words = Words(
        title=_("Record that the document is there"),
        button=_("It is there"),
        lead=found.title,
        intro=_("It is recorded once and can not be corrected."),
    )
    form = forms.ReceiveForm(request.POST or None)
    return act_page(
        request,
        viewer,
        words,
        form,
        lambda data: domain.receive_document(mandate, found, data["reference"]),
        back=_list(viewer),
    )
