"""Straw polls: the list, opening one, answering it, its result."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.refusals import Invalid, WrongPhase
from negotiation import polls as domain
from negotiation.models import Poll
from negotiation.permissions import Viewer
from negotiation.queries import polls as queries
from negotiation.queries.packages import MOST_CHOICES, latest
from negotiation.web.result_forms import OpenPollForm, PollForm, poll_form
from negotiation.web.rooms import acting, in_room, page, show_faults

PER_PAGE = 20


@require_safe
@in_room
def poll_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    rows = Paginator(queries.polls(viewer).order_by("-pk"), PER_PAGE).get_page(request.GET.get("page"))
    return page(request, viewer, "negotiation/polls.html", {"polls": rows, "may_open": viewer.can("open_poll")})


@require_http_methods(["GET", "POST"])
@in_room
def open_poll(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    mandate = acting(viewer, "convene")
    rows = {str(row.pk): row for row in latest(viewer.room)[:MOST_CHOICES]}
    choices = [(key, f"{row.package.code} · {row.title}") for key, row in rows.items()]
    form = OpenPollForm(request.POST or None, packages=choices)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = [rows[key] for key in data["packages"]]
        try:
            made = domain.open_poll(mandate, viewer.room, data["title"], data["method"], chosen, data["closes_at"])
        except Invalid as refusal:
            show_faults(form, refusal)
        except WrongPhase as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("poll", viewer.room.code, made.pk)
    status = 422 if request.method == "POST" else 200
    return page(request, viewer, "negotiation/open_poll.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@in_room
def poll(request: HttpRequest, viewer: Viewer, poll: int) -> HttpResponse:
    found = queries.find_poll(viewer, poll)
    options = list(found.revisions.select_related("package").order_by("package__code"))
    ranks = queries.own_ranks(viewer, found)
    if request.method == "GET":
        return _poll_page(request, viewer, found, options, ranks, poll_form(found.method, options, initial=ranks))
    mandate = acting(viewer, "vote")
    form = poll_form(found.method, options, request.POST)
    if form.is_valid():
        try:
            domain.answer_poll(mandate, found, form.ranks())
        except Invalid as refusal:
            show_faults(form, refusal)
        except WrongPhase as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("poll", viewer.room.code, found.pk)
    return _poll_page(request, viewer, found, options, ranks, form, status=422)


@require_POST
@in_room
def close_poll(request: HttpRequest, viewer: Viewer, poll: int) -> HttpResponse:
    domain.close_poll(acting(viewer, "convene"), queries.find_poll(viewer, poll))
    return redirect("poll", viewer.room.code, poll)


def _poll_page(
    request: HttpRequest, viewer: Viewer, found: Poll, options: list[Any], ranks: Any, form: PollForm, status: int = 200
) -> HttpResponse:
    due = found.closes_at <= timezone.now()
    context = {
        "poll": found,
        "options": options,
        "ranks": ranks,
        "form": form,
        "result": queries.shown_result(found),
        "due": due,
        "may_close": viewer.can("close_poll") and not due and found.result is None,
        "may_answer": viewer.can("answer_poll") and not due and found.result is None,
    }
    return page(request, viewer, "negotiation/poll.html", context, status=status)
