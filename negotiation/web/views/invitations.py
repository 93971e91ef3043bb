"""Invitations: the convener's list of households, the second person's yes, the letters to print."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.refusals import Conflict, Invalid, NotAllowed
from negotiation import invitations
from negotiation.models import Invitation, InvitationBatch
from negotiation.permissions import Viewer
from negotiation.printing.papers import PDF, File, file_response
from negotiation.queries import invitations as queries
from negotiation.sheets.guard import MOST_BYTES
from negotiation.sheets.households import template
from negotiation.web.act_pages import Words, act_page
from negotiation.web.forms import ReasonForm, SheetForm
from negotiation.web.rooms import acting, in_room, page, show_faults

State = InvitationBatch.State
PER_PAGE = 50


@require_http_methods(["GET", "POST"])
@in_room
def invitation_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Letters and lists; a posted workbook leads to its preview."""
    convener = acting(viewer, "convene")
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            # One byte more than is taken tells that it is too large.
            content = form.cleaned_data["file"].read(MOST_BYTES + 1)
            batch = invitations.read_households(convener, viewer.room, content)
        except Invalid as refusal:
            show_faults(form, refusal)
        else:
            return redirect("invitation-batch", viewer.room.code, batch.pk)
    text, state = request.GET.get("text", "")[:100], request.GET.get("state", "")
    rows = queries.letters(viewer.room, text, state)
    context = {
        "form": form,
        "arrivals": queries.arrivals(viewer.room),
        "rows": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "batches": Paginator(queries.batches(viewer.room), 10).get_page(request.GET.get("lists")),
        "text": text,
        "state": state,
        "states": Invitation.State.choices,
    }
    status = 422 if request.method == "POST" else 200
    return page(request, viewer, "negotiation/invitations.html", context, status=status)


@require_safe
@in_room
def households_sheet(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    acting(viewer, "convene")
    return file_response(template(viewer.room))


@require_http_methods(["GET", "POST"])
@in_room
def batch(request: HttpRequest, viewer: Viewer, number: int) -> HttpResponse:
    """A list on its way; posting to it asks, confirms or withdraws."""
    acting(viewer, "convene")
    found = queries.find_batch(viewer, number)
    if request.method == "POST":
        try:
            _go_on(request, viewer, found)
        except (Invalid, Conflict, NotAllowed) as refusal:
            found = queries.find_batch(viewer, number)
            context = _batch_context(request, viewer, found) | {"refused": refusal.message}
            return page(request, viewer, "negotiation/invitation_batch.html", context, refusal.status)
        return redirect("invitation-batch", viewer.room.code, number)
    return page(request, viewer, "negotiation/invitation_batch.html", _batch_context(request, viewer, found))


def _go_on(request: HttpRequest, viewer: Viewer, found: InvitationBatch) -> None:
    convener = acting(viewer, "convene")
    act = request.POST.get("act", "")
    if act == "ask":
        invitations.invite_households(convener, found)
    elif act == "confirm":
        invitations.confirm_invitations(convener, found)
    elif act == "withdraw":
        invitations.withdraw_invitations(convener, found)
    else:
        raise Invalid({"act": _("Choose what is to be done.")})


def _batch_context(request: HttpRequest, viewer: Viewer, found: InvitationBatch) -> dict[str, object]:
    return {
        "batch": found,
        "own": viewer.mandate is not None and found.asked_by.user_id == viewer.mandate.user_id,
        "waiting": found.state == State.CONFIRMED,
        "faults": Paginator(found.faults, PER_PAGE).get_page(request.GET.get("faults")),
        "rows": Paginator(invitations.batch_rows(found), PER_PAGE).get_page(request.GET.get("page")),
        "files": queries.files(found),
    }


@require_safe
@in_room
def batch_state(request: HttpRequest, viewer: Viewer, number: int) -> HttpResponse:
    """The progress alone, for a page that waits for it."""
    acting(viewer, "convene")
    found = queries.find_batch(viewer, number)
    context = _batch_context(request, viewer, found) | {"viewer": viewer, "room": viewer.room}
    return render(request, "negotiation/partials/letters.html", context)


@require_POST
@in_room
def letters(request: HttpRequest, viewer: Viewer, number: int, file: int) -> HttpResponse:
    """The PDF. Posted, for taking it stands in the log."""
    convener = acting(viewer, "convene")
    content = invitations.download_letters(convener, queries.find_file(viewer, number, file))
    response = file_response(File(content, PDF, f"{viewer.room.code}-letters-{number}-{file}.pdf"))
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
@in_room
def printed(request: HttpRequest, viewer: Viewer, number: int, file: int) -> HttpResponse:
    """Confirm that the letters are on paper; their file goes."""
    convener = acting(viewer, "convene")
    found = queries.find_file(viewer, number, file)
    if request.method == "POST":
        invitations.confirm_printed(convener, found)
        return redirect("invitation-batch", viewer.room.code, number)
    return page(request, viewer, "negotiation/letters_printed.html", {"file": found})


@require_http_methods(["GET", "POST"])
@in_room
def replace(request: HttpRequest, viewer: Viewer, letter: int) -> HttpResponse:
    convener = acting(viewer, "convene")
    found = queries.find_letter(viewer, letter)
    words = Words(
        title=_("Replace letter no. %(number)s") % {"number": found.number},
        button=_("Replace the letter"),
        lead=f"{found.mandate.party.code} {found.mandate.party.name} · {found.mandate.user}",
        intro=_("The old code dies at once. A second convener must confirm before the new letter is made."),
        danger=True,
    )
    return act_page(
        request,
        viewer,
        words,
        ReasonForm(request.POST or None),
        lambda data: invitations.replace_letter(convener, found, data["reason"]),
        back=reverse("invitations", args=[viewer.room.code]),
    )
