"""Mandates: the convener says who may act for whom."""

from collections.abc import Callable

from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid
from negotiation import mandates
from negotiation.erasure import erase_person
from negotiation.people import invite_person, password_path
from negotiation.permissions import Viewer
from negotiation.web.forms import ErasureForm, MandateForm, PersonForm, RevokeForm
from negotiation.web.rooms import acting, in_room, page, show_faults

PER_PAGE = 50


@require_http_methods(["GET", "POST"])
@in_room
def mandate_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    mandate = acting(viewer, "convene")
    form = MandateForm(request.POST or None, initial={"username": request.GET.get("username", "")})
    if request.method == "POST" and form.is_valid():
        try:
            _grant(mandate, viewer, form.cleaned_data)
        except Invalid as refusal:
            show_faults(form, refusal)
        else:
            return redirect("mandates", viewer.room.code)
    rows = Mandate.objects.filter(party__realm=viewer.room.code).select_related("user", "party").order_by("-pk")
    context = {"form": form, "rows": Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))}
    status = 422 if request.method == "POST" else 200
    return page(request, viewer, "negotiation/mandates.html", context, status=status)


def _grant(convener: Mandate, viewer: Viewer, data: dict[str, object]) -> Mandate:
    person, party = mandates.find_person_and_party(viewer.room, str(data["username"]), str(data["party"]))
    return mandates.grant_mandate(
        convener,
        viewer.room,
        person,
        party,
        str(data["kind"]),
        document=str(data["document"]),
        valid_from=data["valid_from"],  # type: ignore[arg-type]
        valid_to=data["valid_to"],  # type: ignore[arg-type]
    )


@require_http_methods(["GET", "POST"])
@in_room
def people(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Make an account; the address for its password is shown once, to be handed over."""
    convener = acting(viewer, "convene")
    form = PersonForm(request.POST or None)
    context: dict[str, object] = {"form": form}
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            person = invite_person(convener, viewer.room, **form.cleaned_data)
        except Invalid as refusal:
            show_faults(form, refusal)
        else:
            context |= {"person": person, "link": request.build_absolute_uri(password_path(person))}
            status = 201
    return page(request, viewer, "negotiation/people.html", context, status=status)


@require_http_methods(["GET", "POST"])
@in_room
def revoke(request: HttpRequest, viewer: Viewer, mandate: int) -> HttpResponse:
    def act(convener: Mandate, found: Mandate, reason: str) -> object:
        return mandates.revoke_mandate(convener, viewer.room, found, reason)

    return _end(request, viewer, mandate, RevokeForm(request.POST or None), "negotiation/revoke.html", act)


@require_http_methods(["GET", "POST"])
@in_room
def erase(request: HttpRequest, viewer: Viewer, mandate: int) -> HttpResponse:
    """Erase what the log keeps about the person of an ended mandate."""

    def act(convener: Mandate, found: Mandate, ground: str) -> object:
        return erase_person(convener, viewer.room, found.user, ground)

    return _end(request, viewer, mandate, ErasureForm(request.POST or None), "negotiation/erase_person.html", act)


def _end(
    request: HttpRequest,
    viewer: Viewer,
    number: int,
    form: Form,
    template: str,
    act: Callable[[Mandate, Mandate, str], object],
) -> HttpResponse:
    """The page of an act on a mandate of the room, whose form has the one field that the act takes."""
    convener = acting(viewer, "convene")
    rows = Mandate.objects.select_related("user", "party")
    found = get_object_or_404(rows, pk=number, party__realm=viewer.room.code)
    if request.method == "POST" and form.is_valid():
        [said] = form.cleaned_data.values()
        try:
            act(convener, found, said)
        except Invalid as refusal:
            show_faults(form, refusal)
        except Conflict as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("mandates", viewer.room.code)
    status = 422 if request.method == "POST" else 200
    return page(request, viewer, template, {"form": form, "mandate": found}, status=status)
