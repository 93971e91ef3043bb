"""Private threads: those of my party, one of them, leaving it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.refusals import Invalid, TooMany
from negotiation import caucuses
from negotiation.permissions import Viewer
from negotiation.queries import caucuses as queries
from negotiation.web.forms import CaucusForm, MessageForm
from negotiation.web.rooms import acting, in_room, page, show_faults


@require_http_methods(["GET", "POST"])
@in_room
def caucus_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The private threads of my party; a new one leads to its page."""
    mandate = acting(viewer, "comment")
    form = CaucusForm(request.POST or None, parties=queries.party_choices(viewer))
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        name, own_side = form.cleaned_data["name"], form.cleaned_data["own_side"]
        named = [code for code in form.named() if code]
        try:
            made = caucuses.open_caucus(mandate, viewer.room, name, parties=named, own_side=own_side)
        except Invalid as refusal:
            show_faults(form, refusal)
        except TooMany as refusal:
            form.add_error(None, refusal.message)
            status = refusal.status
        else:
            return redirect("caucus", viewer.room.code, made.pk)
    context = {"form": form, "rows": queries.caucus_page(viewer, request.GET.get("page"))}
    return page(request, viewer, "negotiation/caucuses.html", context, status=status)


@require_http_methods(["GET", "POST"])
@in_room
def caucus(request: HttpRequest, viewer: Viewer, caucus: int) -> HttpResponse:
    """One thread, newest first; saying something comes back to it."""
    found = queries.find_caucus(viewer, caucus)
    form, status = MessageForm(request.POST or None), 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        try:
            caucuses.say_in_caucus(acting(viewer, "comment"), found, form.cleaned_data["body"])
        except Invalid as refusal:
            show_faults(form, refusal)
        except TooMany as refusal:
            form.add_error(None, refusal.message)
            status = refusal.status
        else:
            return redirect("caucus", viewer.room.code, found.pk)
    context = {
        "form": form,
        "caucus": found,
        "members": [viewer.label(party) for party in caucuses.members(found)[: queries.NAMED]],
        "member_count": len(caucuses.member_codes(found)),
        "rows": queries.message_page(found, request.GET.get("page")),
    }
    return page(request, viewer, "negotiation/caucus.html", context, status=status)


@require_safe
@in_room
def message_fragment(request: HttpRequest, viewer: Viewer, caucus: int) -> HttpResponse:
    """What was said alone, for a page that is already open."""
    found = queries.find_caucus(viewer, caucus)
    rows = queries.message_page(found, request.GET.get("page"))
    context = {"viewer": viewer, "room": viewer.room, "caucus": found, "rows": rows}
    return render(request, "negotiation/partials/messages.html", context)


@require_http_methods(["GET", "POST"])
@in_room
def leave(request: HttpRequest, viewer: Viewer, caucus: int) -> HttpResponse:
    found = queries.find_caucus(viewer, caucus)
    if request.method == "POST":
        caucuses.leave_caucus(acting(viewer, "comment"), found)
        return redirect("caucuses", viewer.room.code)
    return page(request, viewer, "negotiation/leave_caucus.html", {"caucus": found})
