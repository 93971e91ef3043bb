"""A draft as a workbook, or its land as plots: take it away, bring it back, look at what would change, apply it."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.refusals import Conflict, Invalid, WrongPhase
from negotiation.geodata import guard as geodata
from negotiation.geodata.plots import draft_plots
from negotiation.models import Draft, SheetImport
from negotiation.permissions import Viewer
from negotiation.printing.office import XLSX
from negotiation.queries import sheets as queries
from negotiation.queries.packages import find_draft
from negotiation.sheets import importing
from negotiation.sheets.guard import MOST_BYTES
from negotiation.sheets.layout import SHEET
from negotiation.sheets.write import draft_workbook
from negotiation.web.forms import PlotsForm, SheetForm
from negotiation.web.rooms import acting, in_room, page, show_faults

State = SheetImport.State


@require_safe
@in_room
def download(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    return sheet_response(viewer, package)


def sheet_response(viewer: Viewer, package: str) -> HttpResponse:
    """The workbook of one's own draft. Raises NotFound to everybody else."""
    draft = find_draft(viewer, package)
    return _taken_away(draft, HttpResponse(draft_workbook(viewer, draft), content_type=XLSX), "xlsx")


@require_safe
@in_room
def download_plots(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    """The room's parcels with the draft's land terms as attributes: a map to draw plots on."""
    draft = find_draft(viewer, package)
    return _taken_away(draft, JsonResponse(draft_plots(viewer, draft), content_type="application/geo+json"), "geojson")


def _taken_away(draft: Draft, response: HttpResponse, suffix: str) -> HttpResponse:
    name = f"{draft.package.room.code}-{draft.package.code}-{draft.version}.{suffix}"
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "POST"])
@in_room
def upload(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    """Choose a workbook; reading it leads to the preview."""
    form = SheetForm(request.POST or None, request.FILES or None)

    def take_in(draft: Draft) -> SheetImport:
        return importing.import_sheet(acting(viewer), draft, _content(form, MOST_BYTES))

    return _upload(request, viewer, package, form, take_in, "negotiation/sheet_upload.html")


@require_http_methods(["GET", "POST"])
@in_room
def upload_plots(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    """Choose a file of plots; a job lays them over the parcels, and the preview waits for it."""
    form = PlotsForm(request.POST or None, request.FILES or None)

    def take_in(draft: Draft) -> SheetImport:
        content = _content(form, geodata.MOST_BYTES)
        return importing.import_plots(acting(viewer), draft, content, form.cleaned_data["system"])

    return _upload(request, viewer, package, form, take_in, "negotiation/plots_upload.html")


def _content(form: Form, most: int) -> bytes:
    """One byte more than is taken tells that the file is too large."""
    content: bytes = form.cleaned_data["file"].read(most + 1)
    return content


def _upload(
    request: HttpRequest,
    viewer: Viewer,
    package: str,
    form: Form,
    take_in: Callable[[Draft], SheetImport],
    template: str,
) -> HttpResponse:
    draft = find_draft(viewer, package)
    if request.method == "POST" and form.is_valid():
        try:
            found = take_in(draft)
        except Invalid as refusal:
            show_faults(form, refusal)
        except Conflict as refusal:
            form.add_error("file", refusal.message)
        else:
            return redirect("sheet-import", viewer.room.code, package, found.pk)
    status = 422 if request.method == "POST" else 200
    return page(request, viewer, template, {"draft": draft, "form": form}, status=status)


@require_safe
@in_room
def preview(request: HttpRequest, viewer: Viewer, package: str, number: int) -> HttpResponse:
    """Every faulty cell and every change, before anything is applied."""
    return _preview(request, viewer, queries.find_import(viewer, package, number))


@require_safe
@in_room
def state(request: HttpRequest, viewer: Viewer, package: str, number: int) -> HttpResponse:
    """The preview alone, for a page that waits for it."""
    found = queries.find_import(viewer, package, number)
    context = _context(request, viewer, found) | {"viewer": viewer, "room": viewer.room}
    return render(request, "negotiation/partials/sheet_preview.html", context)


@require_POST
@in_room
def apply(request: HttpRequest, viewer: Viewer, package: str, number: int) -> HttpResponse:
    found = queries.find_import(viewer, package, number)
    try:
        importing.apply_import(acting(viewer), found)
    except (Invalid, WrongPhase, Conflict) as refusal:
        return _preview(request, viewer, found, refusal.message)
    return redirect(f"{reverse('draft', args=[viewer.room.code, package])}?saved=1")


def _preview(request: HttpRequest, viewer: Viewer, found: SheetImport, refused: str = "") -> HttpResponse:
    context = _context(request, viewer, found) | {"refused": refused}
    return page(request, viewer, "negotiation/sheet_import.html", context, status=422 if refused else 200)


def _context(request: HttpRequest, viewer: Viewer, found: SheetImport) -> dict[str, Any]:
    counts = queries.counts(found)
    return {
        "draft": found.draft,
        "found": found,
        "plots": found.form == SheetImport.Form.PLOTS,
        "again": "upload-plots" if found.form == SheetImport.Form.PLOTS else "upload-sheet",
        "waiting": found.state in (State.PENDING, State.RUNNING),
        "counts": counts,
        "any": any(counts.values()),
        "faults": queries.fault_page(found, request.GET.get("faults")),
        "changes": queries.change_page(viewer, found, request.GET.get("changes")),
        "may_apply": found.state == State.DONE and not found.faults and any(counts.values()),
        "kept": [SHEET[kind].title for kind in found.kept],
    }
