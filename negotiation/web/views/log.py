"""The decision log for those who may read it: a story, filters, and the export of its bytes."""

import base64
from typing import Any

import django_filters
from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.refusals import NotAllowed
from audit.models import Entry, Key
from audit.notes import fingerprint
from negotiation import logbook
from negotiation.permissions import Viewer
from negotiation.queries.story import tell
from negotiation.web.rooms import acting, in_room, page

DAY = forms.DateInput(attrs={"type": "date"})


class EntryFilter(django_filters.FilterSet):  # type: ignore[misc]
    action = django_filters.CharFilter(label=_("Act begins with"), lookup_expr="startswith")
    party = django_filters.CharFilter(label=_("Party"))
    after = django_filters.DateFilter(label=_("From day"), field_name="time", lookup_expr="date__gte", widget=DAY)
    before = django_filters.DateFilter(label=_("To day"), field_name="time", lookup_expr="date__lte", widget=DAY)

    class Meta:
        model = Entry
        fields: list[str] = []


@require_safe
@in_room
def log(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    if not viewer.may("read_log"):
        raise NotAllowed
    chosen = EntryFilter(request.GET, queryset=logbook.entries(viewer.room))
    rows = Paginator(chosen.qs.order_by("-id"), 50).get_page(request.GET.get("page"))
    story = [tell(row) for row in rows]
    context = {"page": rows, "story": story, "form": chosen.form}
    return page(request, viewer, "negotiation/log.html", context)


@require_safe
@in_room
def export(request: HttpRequest, viewer: Viewer) -> HttpResponse | StreamingHttpResponse:
    """entries.jsonl, exactly the canonical bytes. The export is an act of its own."""
    rows = logbook.export_entries(acting(viewer), viewer.room)
    response = StreamingHttpResponse(rows, content_type="application/x-ndjson")
    response["Content-Disposition"] = f'attachment; filename="entries-{viewer.room.code}.jsonl"'
    return response


@require_safe
def log_key(request: HttpRequest) -> HttpResponse:
    """The public key, for everybody: to be compared with the printed notice."""
    keys = [_key_row(row) for row in Key.objects.order_by("-pk")]
    return render(request, "negotiation/log_key.html", {"key": keys[0] if keys else None, "earlier": keys[1:]})


def _key_row(key: Key) -> dict[str, Any]:
    public = bytes(key.public)
    shown = {"fingerprint": fingerprint(public), "base64": base64.b64encode(public).decode()}
    return shown | {"added": key.added, "ended": key.ended}
