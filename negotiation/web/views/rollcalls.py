"""Roll calls in a meeting: the list with buttons, what was taken down, the second official's yes."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.refusals import Invalid, WrongPhase
from negotiation import rollcalls
from negotiation.models import RollCall
from negotiation.permissions import Viewer
from negotiation.queries import rollcalls as queries
from negotiation.queries.meetings import find_meeting
from negotiation.web.act_pages import Words, act_page
from negotiation.web.forms import RevokeForm
from negotiation.web.procedure_forms import ConfirmForm
from negotiation.web.rooms import acting, in_room, page


@require_http_methods(["GET", "POST"])
@in_room
def take(request: HttpRequest, viewer: Viewer, meeting: int) -> HttpResponse:
    """All seats that may answer, a hundred on a page; one page is one list."""
    mandate, found, ballot = acting(viewer, "convene"), find_meeting(viewer, meeting), queries.open_ballot(viewer)
    if ballot is None:
        raise WrongPhase(_("No vote is open in this room."), code="no_ballot")
    faults: dict[str, Any] = {}
    answers = read_answers(request.POST)
    if request.method == "POST":
        try:
            key = request.POST.get("key", "")[:64]
            call = rollcalls.take_roll_call(mandate, ballot, found, answers, key=key)
        except Invalid as refusal:
            faults = refusal.fields
        else:
            return redirect("roll-call", viewer.room.code, call.pk)
    lines = queries.callable_lines(viewer, ballot, found)
    rows = Paginator(lines, queries.PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "meeting": found,
        "ballot": ballot,
        "rows": rows,
        "places": queries.places(ballot, list(rows), answers),
        "key": uuid.uuid4().hex,
        "faults": faults,
    }
    return page(request, viewer, "negotiation/roll_call.html", context, status=422 if faults else 200)


def read_answers(data: QueryDict) -> list[rollcalls.Answer]:
    """What was chosen; seats that said nothing are left out."""
    chosen = [seat for seat in data.getlist("seat") if data.get(f"choice-{seat}")]
    return [_answer(data, str(seat)) for seat in chosen]


def _answer(data: QueryDict, seat: str) -> rollcalls.Answer:
    mandate, choice, reason = (str(data.get(f"{name}-{seat}", "")) for name in ("mandate", "choice", "reason"))
    return rollcalls.Answer(seat, _number(mandate), choice, reason)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


@require_http_methods(["GET", "POST"])
@in_room
def one_roll_call(request: HttpRequest, viewer: Viewer, roll: int) -> HttpResponse:
    """The list; posting to it is the second official's yes."""
    mandate, call = acting(viewer, "read_names"), queries.find_roll_call(viewer, roll)
    named = [{**row, "name": viewer.code_label(row["party"])} for row in call.answers]
    context = {
        "call": call,
        "rows": Paginator(named, queries.PER_PAGE).get_page(request.GET.get("page")),
        "own": call.taken_by.user_id == mandate.user_id,
        "waits": call.state == RollCall.State.TAKEN and viewer.can("enter_paper"),
    }
    return act_page(
        request,
        viewer,
        Words(title=_("Roll call"), button=_("I heard the same: cast these votes")),
        ConfirmForm(request.POST or None, initial={"sure": "yes"}),
        lambda _data: rollcalls.confirm_roll_call(mandate, call),
        back=request.path,
        template="negotiation/one_roll_call.html",
        context=context,
    )


@require_http_methods(["GET", "POST"])
@in_room
def withdraw(request: HttpRequest, viewer: Viewer, roll: int) -> HttpResponse:
    mandate, call = acting(viewer, "read_names"), queries.find_roll_call(viewer, roll)
    words = Words(
        title=_("Withdraw this list?"),
        button=_("Withdraw the list"),
        intro=_("No vote comes of it. That it was taken down, and why it was withdrawn, stays in the log."),
        danger=True,
    )
    return act_page(
        request,
        viewer,
        words,
        RevokeForm(request.POST or None),
        lambda data: rollcalls.withdraw_roll_call(mandate, call, data["reason"]),
        back=reverse("roll-call", args=[viewer.room.code, call.pk]),
    )
