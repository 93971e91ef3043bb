"""Home, overview, my household, procedure; switching mandate and shell."""

import json

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from guardian.shortcuts import get_objects_for_user

from accounts.refusals import NotFound
from negotiation import phases, rooms
from negotiation.models import Ballot, Room
from negotiation.permissions import Viewer
from negotiation.queries import answers as answer_queries
from negotiation.queries import documents, due, electoral, meetings, overview
from negotiation.queries import mine as mine_queries
from negotiation.queries import unit as unit_queries
from negotiation.queries.glossary import search_terms
from negotiation.queries.packages import on_the_table
from negotiation.queries.plain_words import told_outcomes
from negotiation.voting import effective_vote
from negotiation.web.rooms import acting, in_room, page

ROOMS = 24
OVERDUE = 5  # that the first page names


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The rooms that this person may enter."""
    found = Room.objects.select_related("plan__unit__region").order_by("code")
    if request.user.is_authenticated:
        own: QuerySet[Room] = get_objects_for_user(request.user, "negotiation.read_room", with_superuser=False)
        found = found.filter(Q(published=True) | Q(pk__in=own.values("pk")))
    else:
        found = found.filter(published=True)
    return render(
        request, "negotiation/home.html", {"rooms": Paginator(found, ROOMS).get_page(request.GET.get("page"))}
    )


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """The words of the pages, explained; for everybody."""
    wanted = request.GET.get("search", "")[:100]
    return render(request, "negotiation/glossary.html", {"groups": search_terms(wanted), "wanted": wanted})


@require_safe
@in_room
def room(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    packages = on_the_table(viewer.room)
    ballot = overview.current_ballot(viewer.room)
    context = {
        "packages": packages,
        "ballot": ballot,
        "next": overview.next_step(viewer.room, packages, ballot),
        "targets": overview.target_rows(viewer.room, packages),
        "parcels": overview.parcel_page(viewer.room, packages, request.GET.get("parcels")),
        "table": overview.table(viewer),
        "phases": phases.choices(viewer.room),
        "owed": documents.owed(viewer),
        "overdue": due.dress(viewer, list(due.overdue(viewer)[:OVERDUE])),
        "upcoming": meetings.upcoming(viewer.room),
        "map_words": json.dumps(overview.map_words(), ensure_ascii=False),
    }
    return page(request, viewer, "negotiation/room.html", context)


@require_safe
@in_room
def unit(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The planning unit that the room's plan lies in."""
    context = {
        "unit": viewer.room.plan.unit,
        "plans": unit_queries.plans_above(viewer),
        "land": unit_queries.land_by_use(viewer),
        "rights": unit_queries.rights_by_class(viewer),
        "rooms": unit_queries.rooms_of_unit(viewer),
    }
    return page(request, viewer, "negotiation/unit.html", context)


@require_safe
@in_room
def room_map(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    return JsonResponse(overview.map_data(viewer.room, on_the_table(viewer.room)))


@require_safe
@in_room
def mine(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """What the party that I act for has, and gets under each package."""
    if viewer.mandate is None:
        raise NotFound(_("You do not act for a party in this room."))
    party, packages = viewer.mandate.party, on_the_table(viewer.room)
    rights = mine_queries.rights_of(viewer, party)
    ballot = overview.current_ballot(viewer.room)
    context = {
        "party": party,
        "owed": documents.owed(viewer),
        "upcoming": meetings.upcoming(viewer.room),
        "roll": electoral.to_check(viewer),
        "next": overview.next_step(viewer.room, packages, ballot),
        "rights": rights,
        "outcomes": told_outcomes(viewer, party, rights, packages),
        "ballot": ballot if ballot and ballot.state == Ballot.State.OPEN else None,
        "may_comment": viewer.can("comment"),
        "own": answer_queries.own_comments(viewer, request.GET.get("said")),
        "my_vote": effective_vote(ballot, viewer.room.seats.filter(party=party).values_list("pk", flat=True))
        if ballot
        else None,
    }
    return page(request, viewer, "negotiation/mine.html", context)


@require_POST
@in_room
def publish_room(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    rooms.publish_room(acting(viewer), viewer.room, published=request.POST.get("published") == "yes")
    return redirect("procedure", viewer.room.code)


@require_POST
@login_required
@in_room
def choose_mandate(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    number = request.POST.get("mandate", "")
    if number in {str(mandate.pk) for mandate in viewer.mandates}:
        request.session[f"mandate:{viewer.room.code}"] = int(number)
    return redirect(_back(request, reverse("room", args=[viewer.room.code])))


@require_POST
@in_room
def choose_shell(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    if request.POST.get("shell") in ("resident", "professional"):
        request.session["shell"] = request.POST["shell"]
    return redirect(reverse("room", args=[viewer.room.code]))


def _back(request: HttpRequest, default: str) -> str:
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else default
