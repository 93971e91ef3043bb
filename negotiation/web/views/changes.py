"""What changes between two revisions, and who gains or loses by it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from negotiation.models import Revision
from negotiation.permissions import Viewer
from negotiation.queries import changes as queries
from negotiation.queries.packages import find_revision
from negotiation.web.rooms import in_room, page

ROWS = 20


@require_safe
@in_room
def changes(request: HttpRequest, viewer: Viewer, package: str, number: int) -> HttpResponse:
    """From the revision named in `with` (else the one before, or the one answered) to this one."""
    target = find_revision(viewer, package, number)
    name = request.GET.get("with", "")
    base = queries.find_named(viewer, name) if name else queries.usual_base(viewer, target)
    context = {"target": target, "base": base, "choices": queries.choices(viewer)}
    if base is not None:
        context |= _between(request, viewer, base, target)
    return page(request, viewer, "negotiation/changes.html", context)


def _between(request: HttpRequest, viewer: Viewer, base: Revision, target: Revision) -> dict[str, Any]:
    found = queries.read_changes(viewer, base, target)
    rows = Paginator(found.rows, ROWS).get_page(request.GET.get("page"))
    moved = queries.effects(viewer, base, target)
    return {
        "changes": found,
        "rows": rows,
        "lines": queries.lines(viewer, rows.object_list),
        "effects": moved,
        "parties": Paginator(moved.parties if moved else [], ROWS).get_page(request.GET.get("parties")),
    }
