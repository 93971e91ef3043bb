"""Packages side by side, and how all packages on the table stand to each other."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from negotiation import comparisons
from negotiation.permissions import Viewer
from negotiation.queries.bargaining import bargaining, between
from negotiation.queries.comparison import COLUMNS, Column, chosen_columns, comparison, folded
from negotiation.queries.packages import package_titles
from negotiation.queries.plain_words import own_words
from negotiation.web.rooms import acting, in_room, page


@require_safe
@in_room
def compare(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Two to four packages as columns; without a choice, the first four of the latest."""
    chosen = request.GET.getlist("p")
    columns = chosen_columns(viewer, chosen)
    context = {
        "all": package_titles(viewer.room),
        "chosen": [row.revision.package.code for row, _card in columns],
        "cut": len(set(chosen)) > COLUMNS,
        "most": COLUMNS,
        "outcomes": own_words(viewer, [row for row, _card in columns]),
        "lines": folded(comparison(viewer.room, columns)),
        **_between(viewer, columns),
    }
    return page(request, viewer, "negotiation/compare.html", context)


@require_safe
@in_room
def comparison_fragment(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The measures between packages alone, for a page that is already open."""
    context = _between(viewer, chosen_columns(viewer, request.GET.getlist("p")))
    return render(request, "negotiation/partials/comparison.html", context | {"viewer": viewer, "room": viewer.room})


def _between(viewer: Viewer, columns: list[Column]) -> dict[str, Any]:
    now = between(viewer.room)
    return {
        "columns": [row for row, _card in columns],
        "between": now,
        "measures": folded(bargaining(now, columns)),
        "may_retry": now.may_retry(viewer),
    }


@require_POST
@in_room
def retry_comparison(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    comparisons.retry_comparison(acting(viewer), viewer.room)
    return redirect("compare", viewer.room.code)
