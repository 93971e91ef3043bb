"""Changes to a draft beside its tables: many amounts at once, a parcel split, a step back."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.refusals import Conflict, Invalid, WrongPhase
from negotiation import bulk as domain
from negotiation import drafting, drafts
from negotiation.permissions import Viewer
from negotiation.queries.bulk import land_choices, tell_moved
from negotiation.queries.packages import find_draft
from negotiation.splitting import split_parcel
from negotiation.web.forms import BulkForm, SplitForm
from negotiation.web.rooms import acting, in_room, page, read_number, show_faults

PER_PAGE = 20


@require_http_methods(["GET", "POST"])
@in_room
def change(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    """GET with a choice shows the rows that would change; POST of the same choice changes them."""
    draft = find_draft(viewer, package)
    asked = request.POST if request.method == "POST" else request.GET
    form = BulkForm(asked if "way" in asked else None, room=viewer.room)
    context: dict[str, Any] = {"draft": draft, "form": form, "version": draft.version, "rows": None}
    status = 200
    if form.is_bound and form.is_valid():
        try:
            rows = domain.moved_rows(viewer.room, draft.document, form.bulk(), viewer.hidden_codes)
            if request.method == "POST":
                version = asked.get("version", "")
                domain.change_in_bulk(acting(viewer), draft, form.bulk(), read_number(version))
                return redirect(f"{reverse('draft', args=[viewer.room.code, package])}?saved=1")
            context["rows"] = _shown(viewer, form.bulk().kind, rows, request.GET.get("page"))
            context["kept"] = drafting.hidden_summary(draft.document, viewer.hidden_codes)[form.bulk().kind]
        except Invalid as refusal:
            show_faults(form, refusal)
        except (WrongPhase, Conflict) as refusal:
            form.add_error(None, refusal.message)
    if form.errors or request.method == "POST":
        status = 422
    return page(request, viewer, "negotiation/bulk.html", context, status=status)


def _shown(viewer: Viewer, kind: str, rows: list[domain.Moved], number: str | None) -> Any:
    found = Paginator(rows, PER_PAGE).get_page(number)
    found.object_list = [tell_moved(viewer, kind, row) for row in found.object_list]  # type: ignore[misc]
    return found


@require_http_methods(["GET", "POST"])
@in_room
def split(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    """Which land term, and how much of it becomes one of its own."""
    draft = find_draft(viewer, package)
    form = SplitForm(request.POST or None, rows=land_choices(viewer, draft), initial={"row": request.GET.get("row")})
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("version", "")
        try:
            known = read_number(version)
            split_parcel(acting(viewer), draft, form.cleaned_data["row"], form.cleaned_data["area"], known)
        except Invalid as refusal:
            show_faults(form, refusal)
        except Conflict as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect(f"{reverse('draft', args=[viewer.room.code, package])}?saved=1")
    status = 422 if request.method == "POST" else 200
    context = {"draft": draft, "form": form, "version": draft.version}
    return page(request, viewer, "negotiation/split.html", context, status=status)


@require_POST
@in_room
def undo(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    draft = find_draft(viewer, package)
    version = request.POST.get("version", "")
    drafts.undo_draft(acting(viewer), draft, read_number(version))
    return redirect(f"{reverse('draft', args=[viewer.room.code, package])}?saved=1")
