"""What changes between two revisions, and who gains or loses by it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.refusals import Invalid
from negotiation.adoption import adopt_changes, choose, lay_on, takeable
from negotiation.models import Package, Revision
from negotiation.permissions import Viewer
from negotiation.queries import changes as queries
from negotiation.queries.packages import find_revision
from negotiation.web.rooms import acting, in_room, page

ROWS = 20
DECIDE = "decide-"
MOST_OWN = 200


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
    may_adopt = viewer.can("propose")
    rows = Paginator(found.rows, ROWS).get_page(request.GET.get("page"))
    moved = queries.effects(viewer, base, target)
    return {
        "changes": found,
        "rows": rows,
        "lines": queries.lines(viewer, rows.object_list),
        "may_adopt": may_adopt,
        "own": queries.own_packages(viewer)[:MOST_OWN] if may_adopt else (),
        "effects": moved,
        "parties": Paginator(moved.parties if moved else [], ROWS).get_page(request.GET.get("parties")),
    }


@require_POST
@in_room
def adopt(request: HttpRequest, viewer: Viewer, package: str, number: int) -> HttpResponse:
    """Take the ticked changes into a draft; where it has changed a row too, ask whose row stays."""
    mandate = acting(viewer, "propose")
    source = find_revision(viewer, package, number)
    base = queries.find_named(viewer, request.POST.get("with", ""))
    into = queries.find_own(viewer, request.POST["into"]) if request.POST.get("into") else None
    chosen, decided = _chosen(request, viewer, base, source), _decided(request)
    version = request.POST.get("version", "")
    read = int(version) if version.isdecimal() and len(version) < 10 else None
    try:
        draft = adopt_changes(mandate, base, source, chosen, into=into, version=read, decided=decided)
    except Invalid as refusal:
        return _ask(request, viewer, base, source, chosen, into, refusal)
    return redirect(f"{reverse('draft', args=[viewer.room.code, draft.package.code])}?saved=1")


def _chosen(request: HttpRequest, viewer: Viewer, base: Revision, source: Revision) -> list[str]:
    if request.POST.get("all") == "yes":
        return [change.id for change in takeable(base, source, viewer.hidden_codes)]
    return request.POST.getlist("change")


def _decided(request: HttpRequest) -> dict[str, str]:
    """Change → whose row stays, as far as it was said."""
    pairs = request.POST.items()
    return {name.removeprefix(DECIDE): str(choice) for name, choice in pairs if name.startswith(DECIDE)}


def _ask(
    request: HttpRequest,
    viewer: Viewer,
    base: Revision,
    source: Revision,
    chosen: list[str],
    into: Package | None,
    refusal: Invalid,
) -> HttpResponse:
    """The page that names what stands in the way: rows that both sides changed, or a fault of the choice."""
    context = {"base": base, "target": source, "chosen": chosen, "into": into, "refusal": refusal}
    draft = getattr(into, "draft", None)
    if draft is not None and chosen and refusal.code == "clash":
        changes = choose(base, source, chosen, viewer.hidden_codes)
        clashes = lay_on(draft, base, changes, {}).clashes
        context |= {"draft": draft, "clashes": queries.clash_lines(viewer, clashes)}
    return page(request, viewer, "negotiation/adopt.html", context, status=422)
