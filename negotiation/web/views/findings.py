"""Findings: the list, one with its history, and a page for each step."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from negotiation import findings
from negotiation.models import Finding
from negotiation.permissions import Viewer
from negotiation.queries import findings as queries
from negotiation.queries.entries import find_entry
from negotiation.web.act_pages import Words, act_page
from negotiation.web.finding_forms import CloseForm, FindingFilter, TextForm
from negotiation.web.rooms import acting, in_room, page

PER_PAGE = 20


@require_safe
@in_room
def finding_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    form = FindingFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    shown = queries.findings(viewer, wanted.get("state", ""), wanted.get("entry"))
    rows = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    context = {"rows": rows, "form": form, "counts": queries.counts(viewer), "days": findings.ANSWER_DAYS}
    return page(request, viewer, "negotiation/findings.html", context)


@require_safe
@in_room
def one_finding(request: HttpRequest, viewer: Viewer, finding: int) -> HttpResponse:
    found = queries.find_finding(viewer, finding)
    return page(request, viewer, "negotiation/finding.html", {"finding": found, **queries.rights(viewer, found)})


@require_http_methods(["GET", "POST"])
@in_room
def open_one(request: HttpRequest, viewer: Viewer, entry: UUID) -> HttpResponse:
    mandate, found = acting(viewer, "audit"), find_entry(viewer.room, entry)
    words = Words(
        title=_("Open a finding"),
        button=_("Open the finding"),
        lead=_entry_words(found.index, found.action),
        intro=_("The convener is told and must answer within %(days)s working days. It enters the log.")
        % {"days": findings.ANSWER_DAYS},
    )
    return act_page(
        request,
        viewer,
        words,
        TextForm(request.POST or None, label=_("What you find, or what must be explained")),
        lambda data: findings.open_finding(mandate, viewer.room, found, data["text"]),
        back=reverse("log-entry", args=[viewer.room.code, entry]),
    )


@require_http_methods(["GET", "POST"])
@in_room
def answer(request: HttpRequest, viewer: Viewer, finding: int) -> HttpResponse:
    mandate, found = acting(viewer, "convene"), queries.find_finding(viewer, finding)
    words = Words(
        title=_("Answer a finding"),
        button=_("Send the answer"),
        lead=_last_words(found),
        intro=_("The auditor is told, and closes the finding or asks again. It enters the log."),
    )
    form = TextForm(request.POST or None, label=_("Your answer"))
    return _step(request, viewer, words, form, found, lambda data: findings.answer_finding(mandate, found, **data))


@require_http_methods(["GET", "POST"])
@in_room
def ask_again(request: HttpRequest, viewer: Viewer, finding: int) -> HttpResponse:
    mandate, found = acting(viewer, "audit"), queries.find_finding(viewer, finding)
    words = Words(
        title=_("Ask again"),
        button=_("Ask again"),
        lead=_last_words(found),
        intro=_("The convener is told and must answer within %(days)s working days. It enters the log.")
        % {"days": findings.ANSWER_DAYS},
    )
    form = TextForm(request.POST or None, label=_("What the answer leaves open"))
    return _step(request, viewer, words, form, found, lambda data: findings.ask_again(mandate, found, **data))


@require_http_methods(["GET", "POST"])
@in_room
def close(request: HttpRequest, viewer: Viewer, finding: int) -> HttpResponse:
    mandate, found = acting(viewer, "audit"), queries.find_finding(viewer, finding)
    words = Words(
        title=_("Close a finding"),
        button=_("Close the finding"),
        lead=_last_words(found),
        intro=_("A closed finding stays in the log as it is; it is not opened again."),
    )
    form = CloseForm(request.POST or None, label=_("Reason"))
    return _step(request, viewer, words, form, found, lambda data: findings.close_finding(mandate, found, **data))


def _step(request: HttpRequest, viewer: Viewer, words: Words, form: Any, found: Finding, act: Any) -> HttpResponse:
    return act_page(request, viewer, words, form, act, back=reverse("finding", args=[viewer.room.code, found.pk]))


def _last_words(finding: Finding) -> str:
    """What was said last, which the step replies to."""
    return list(finding.steps.all())[-1].text


def _entry_words(index: int | None, action: str) -> str:
    if index is None:
        return _("On an entry that is not sealed yet (%(action)s)") % {"action": action}
    return _("On entry %(index)s (%(action)s)") % {"index": index, "action": action}
