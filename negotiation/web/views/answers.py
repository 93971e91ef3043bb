"""The convener's answers, and the published table of what became of what was said."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from accounts.refusals import Conflict, Invalid, NotFound, WrongPhase
from negotiation import answers
from negotiation.models import Comment, Revision
from negotiation.permissions import Viewer
from negotiation.printing.answers import answers_docx, answers_paper, answers_xlsx
from negotiation.printing.papers import file_response, pdf_response
from negotiation.queries import answers as queries
from negotiation.queries.comments import find_comment, find_comments, revision_choices
from negotiation.queries.packages import find_revision, package_titles
from negotiation.web.forms import AnswerFilter, AnswerForm, LinkForm
from negotiation.web.rooms import acting, in_room, page, show_faults


@require_http_methods(["GET", "POST"])
@in_room
def answer(request: HttpRequest, viewer: Viewer, comment: int) -> HttpResponse:
    acting(viewer, "convene")
    return _answer(request, viewer, [find_comment(viewer, comment)])


@require_http_methods(["GET", "POST"])
@in_room
def answer_group(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """One answer for the comments that were ticked: `?c=1&c=2`."""
    acting(viewer, "convene")
    numbers = [int(text) for text in request.GET.getlist("c") if text.isdecimal() and len(text) < 19]
    return _answer(request, viewer, find_comments(viewer, numbers[: answers.MOST + 1]))


def _answer(request: HttpRequest, viewer: Viewer, found: list[Comment]) -> HttpResponse:
    form = AnswerForm(request.POST or None, revisions=revision_choices(viewer.room))
    if request.method == "POST" and form.is_valid():
        try:
            verdict, reason = form.cleaned_data["verdict"], form.cleaned_data["reason"]
            revision = _revision(viewer, form.cleaned_data["revision"])
            answers.answer_comments(acting(viewer), viewer.room, found, verdict, reason, revision=revision)
        except Invalid as refusal:
            show_faults(form, refusal)
        except Conflict as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect(f"{reverse('comments', args=[viewer.room.code])}#comment-{found[0].pk}")
    status = 422 if request.method == "POST" else 200
    return page(request, viewer, "negotiation/answer.html", {"form": form, "found": found}, status=status)


def _revision(viewer: Viewer, name: str) -> Revision | None:
    """The revision that `B.2` names."""
    code, _dot, number = name.rpartition(".")
    return find_revision(viewer, code, int(number)) if name else None


@require_http_methods(["GET", "POST"])
@in_room
def link_answer(request: HttpRequest, viewer: Viewer, answer: int) -> HttpResponse:
    """Name the revision that carries what was adopted."""
    mandate = acting(viewer, "convene")
    found = queries.find_answer(viewer, answer)
    form = LinkForm(request.POST or None, revisions=revision_choices(viewer.room))
    if request.method == "POST" and form.is_valid():
        try:
            revision = _revision(viewer, form.cleaned_data["revision"])
            if revision is None:
                raise NotFound
            answers.link_answer(mandate, found, revision)
        except (Conflict, WrongPhase) as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("answers", viewer.room.code)
    status = 422 if request.method == "POST" else 200
    return page(request, viewer, "negotiation/link_answer.html", {"form": form, "answer": found}, status=status)


@require_safe
@in_room
def answer_table(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """意见采纳情况, the same for every reader."""
    form = AnswerFilter(request.GET, packages=package_titles(viewer.room))
    wanted = form.wanted()
    context = {
        "form": form,
        "outcomes": queries.outcome_page(viewer.room, request.GET.get("page"), **wanted),
        "tally": queries.tally(viewer.room),
        "query": urlencode({key: value for key, value in wanted.items() if value}),
        "may_link": viewer.can("link_answer"),
    }
    return page(request, viewer, "negotiation/answers.html", context)


@require_safe
@in_room
def answer_file(request: HttpRequest, viewer: Viewer, kind: str) -> HttpResponseBase:
    """The table as a file: with the same filters, whole."""
    wanted: dict[str, Any] = AnswerFilter(request.GET, packages=package_titles(viewer.room)).wanted()
    if kind == "pdf":
        return pdf_response(request, answers_paper(viewer, wanted))
    return file_response(answers_xlsx(viewer, wanted) if kind == "xlsx" else answers_docx(viewer, wanted))


@require_safe
@in_room
def own_comments(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """What became of what my party said, for a home page that is already open."""
    acting(viewer)
    context = {"viewer": viewer, "room": viewer.room, "own": queries.own_comments(viewer, request.GET.get("said"))}
    return render(request, "negotiation/partials/own_comments.html", context)
