"""The convener's outbox: messages of the room, required notices, whom they have not reached, delivered by hand."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from negotiation import delivering
from negotiation.permissions import Viewer
from negotiation.queries import notices as queries
from negotiation.web.act_pages import Words, act_page
from negotiation.web.notice_forms import HandForm
from negotiation.web.rooms import acting, in_room, page
from notifications.models import Message
from notifications.outbox import has_gateway

PER_PAGE = 50


@require_safe
@in_room
def outbox(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    acting(viewer, "convene")
    required = Paginator(queries.required_notices(viewer.room), PER_PAGE)
    context = {
        "rows": Paginator(queries.messages(viewer.room), PER_PAGE).get_page(request.GET.get("page")),
        "required": required.get_page(request.GET.get("required")),
        "closed": [channel.label for channel in Message.Channel if not has_gateway(channel)],
    }
    return page(request, viewer, "negotiation/outbox.html", context)


@require_safe
@in_room
def unreached(request: HttpRequest, viewer: Viewer, telling: int) -> HttpResponse:
    acting(viewer, "convene")
    found = delivering.find_required(viewer.room, telling)
    rows = Paginator(queries.unreached(viewer.room, found), PER_PAGE).get_page(request.GET.get("page"))
    return page(request, viewer, "negotiation/unreached.html", {"telling": found, "rows": rows})


@require_http_methods(["GET", "POST"])
@in_room
def by_hand(request: HttpRequest, viewer: Viewer, telling: int, party: str) -> HttpResponse:
    mandate = acting(viewer, "convene")
    found = delivering.find_required(viewer.room, telling)
    seat = get_object_or_404(viewer.room.seats.select_related("party"), party__code=party)
    words = Words(
        title=_("Delivered by hand"),
        button=_("Record the delivery"),
        lead=f"{seat.party.code} {seat.party.name} · {found.words}",
        intro=_("This enters the decision log and can not be undone. How it was handed over is not shown there."),
        danger=True,
    )
    return act_page(
        request,
        viewer,
        words,
        HandForm(request.POST or None),
        lambda data: delivering.deliver_by_hand(mandate, viewer.room, found, party, data["evidence"]),
        back=reverse("unreached", args=[viewer.room.code, found.pk]),
    )
