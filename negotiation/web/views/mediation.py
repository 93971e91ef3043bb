"""The mediator: ask about a package, watch the answer come, adopt it; what a party says in private."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.refusals import Invalid, WrongPhase
from negotiation import mediation as domain
from negotiation.models import Mediation
from negotiation.permissions import Viewer
from negotiation.queries import suggestions
from negotiation.queries.packages import find_revision
from negotiation.web.forms import ValuationForm
from negotiation.web.rooms import acting, in_room, page, show_faults

PER_PAGE = 20


@require_http_methods(["GET", "POST"])
@in_room
def ask(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    """The three questions, and what was asked before; asking leads to the answer's page."""
    revision = find_revision(viewer, package)
    refused = ""
    if request.method == "POST":
        try:
            asked = domain.ask_mediator(acting(viewer, "propose"), revision, request.POST.get("mode", ""))
        except (Invalid, WrongPhase) as refusal:
            refused = refusal.message
        else:
            return redirect("mediation", viewer.room.code, asked.pk)
    rows = suggestions.mediations(viewer, package)
    context = {
        "revision": revision,
        "refused": refused,
        "questions": Mediation.Mode.choices,
        "rows": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "may_ask": viewer.can("mediate"),
    }
    return page(request, viewer, "negotiation/mediator.html", context, status=422 if refused else 200)


@require_safe
@in_room
def answer(request: HttpRequest, viewer: Viewer, mediation: int) -> HttpResponse:
    found = suggestions.find_mediation(viewer, mediation)
    return page(request, viewer, "negotiation/mediation.html", _context(viewer, found))


@require_safe
@in_room
def state(request: HttpRequest, viewer: Viewer, mediation: int) -> HttpResponse:
    """The answer alone, for a page that is already open."""
    found = suggestions.find_mediation(viewer, mediation)
    context = _context(viewer, found) | {"viewer": viewer, "room": viewer.room}
    return render(request, "negotiation/partials/suggestion.html", context)


def _context(viewer: Viewer, found: Mediation) -> dict[str, Any]:
    own = viewer.mandate is not None and found.mandate.party_id == viewer.mandate.party_id
    running = found.state in (Mediation.State.PENDING, Mediation.State.RUNNING)
    adoptable = bool(found.result and found.result.get("draft"))
    return suggestions.suggestion_context(viewer, found) | {
        "running": running,
        "may_cancel": own and running and viewer.can("mediate"),
        "may_adopt": adoptable and viewer.can("propose"),
    }


@require_POST
@in_room
def cancel(request: HttpRequest, viewer: Viewer, mediation: int) -> HttpResponse:
    found = suggestions.find_mediation(viewer, mediation)
    domain.cancel_mediation(acting(viewer, "propose"), found)
    return redirect("mediation", viewer.room.code, found.pk)


@require_POST
@in_room
def adopt(request: HttpRequest, viewer: Viewer, mediation: int) -> HttpResponse:
    found = suggestions.find_mediation(viewer, mediation)
    draft = domain.adopt_suggestion(acting(viewer, "propose"), found)
    return redirect("draft", viewer.room.code, draft.package.code)


@require_http_methods(["GET", "POST"])
@in_room
def private(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """What one's own party tells the mediator alone."""
    mandate = acting(viewer, "propose")
    stated = domain.own_valuation(mandate, viewer.room)
    items = list(viewer.room.catalogue.order_by("pk"))
    form = ValuationForm(request.POST or None, items=items, stated=stated)
    if request.method == "POST" and form.is_valid():
        try:
            walk_away = _decimal(form.cleaned_data["walk_away"], "walk_away")
            found = {item.code: _decimal(form.cleaned_data[item.code], item.code) for item in items}
            multipliers = {code: factor for code, factor in found.items() if factor is not None}
            domain.state_valuation(mandate, viewer.room, multipliers, walk_away)
        except Invalid as refusal:
            show_faults(form, refusal)
        else:
            return redirect("valuation", viewer.room.code)
    context = {"form": form, "stated": stated}
    return page(request, viewer, "negotiation/valuation.html", context, status=422 if request.method == "POST" else 200)


def _decimal(text: str, field: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        raise Invalid({field: _("A number like 1234.50 is expected.")}) from None
