"""The log bundle on the page: asked for, written in the background with its progress, taken away."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from negotiation import exports
from negotiation.models import LogExport
from negotiation.permissions import Viewer
from negotiation.web.ranges import ranged_file
from negotiation.web.rooms import acting, in_room, page

SHOWN = 20
ZIP = "application/zip"


@require_http_methods(["GET", "POST"])
@in_room
def bundle_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    mandate = acting(viewer, "read_log")
    if request.method == "POST":
        exports.ask_export(mandate, viewer.room)
        return redirect("bundles", viewer.room.code)
    return page(request, viewer, "negotiation/bundles.html", _context(viewer))


@require_safe
@in_room
def bundle_state(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The progress alone, for a page that waits for it."""
    acting(viewer, "read_log")
    return render(request, "negotiation/partials/bundles.html", _context(viewer) | {"room": viewer.room})


@require_safe
@in_room
def bundle_file(request: HttpRequest, viewer: Viewer, bundle: int) -> HttpResponseBase:
    acting(viewer, "read_log")
    return bundle_response(request, viewer, exports.find_export(viewer, bundle))


def bundle_response(request: HttpRequest, viewer: Viewer, export: LogExport) -> HttpResponseBase:
    """Raises NotFound."""
    path = exports.bundle_file(viewer, export)
    return ranged_file(request, path, f"{viewer.room.code}-log-{export.total}.zip", export.sha256, ZIP)


def _context(viewer: Viewer) -> dict[str, object]:
    rows = list(exports.own_exports(viewer)[:SHOWN])
    return {"exports": rows, "waiting": any(row.state in exports.WAITING for row in rows)}
