"""Reporting, hiding, appealing: each a page of its own with the comment and a reason."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid, NotAllowed, TooMany
from negotiation import moderation
from negotiation.models import Comment
from negotiation.permissions import Viewer
from negotiation.queries.comments import find_comment, is_readable
from negotiation.queries.moderation import hiding_of, waiting_page
from negotiation.web.forms import AppealForm, ReasonForm
from negotiation.web.rooms import acting, in_room, page, show_faults

Act = Callable[..., Any]


@require_safe
@in_room
def waiting(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """Reports and appeals, for the convener and the government side."""
    acting(viewer, "read_names")
    context = {
        "rows": waiting_page(viewer, request.GET.get("page")),
        "may_hide": viewer.can("hide_comment"),
        "may_decide": viewer.can("decide_appeal"),
    }
    return page(request, viewer, "negotiation/moderation.html", context)


@require_http_methods(["GET", "POST"])
@in_room
def report(request: HttpRequest, viewer: Viewer, comment: int) -> HttpResponse:
    mandate = acting(viewer, "comment")
    words = {
        "title": _("Report a comment"),
        "hint": _("The convener and the government side read your reason and see who you are. Others do not."),
        "button": _("Send the report"),
    }
    return _act(request, viewer, mandate, find_comment(viewer, comment), moderation.report_comment, words)


@require_http_methods(["GET", "POST"])
@in_room
def keep(request: HttpRequest, viewer: Viewer, comment: int) -> HttpResponse:
    mandate = acting(viewer, "convene")
    words = {
        "title": _("Let the comment stand"),
        "hint": _("Its open reports are settled by this."),
        "button": _("Let it stand"),
    }
    return _act(request, viewer, mandate, find_comment(viewer, comment), moderation.dismiss_reports, words)


@require_http_methods(["GET", "POST"])
@in_room
def hide(request: HttpRequest, viewer: Viewer, comment: int) -> HttpResponse:
    mandate = acting(viewer, "convene")
    words = {
        "title": _("Hide a comment"),
        "hint": _("Everyone reads that it is hidden, when and why. The author may appeal once."),
        "button": _("Hide it"),
    }
    return _act(request, viewer, mandate, find_comment(viewer, comment), moderation.hide_comment, words)


@require_http_methods(["GET", "POST"])
@in_room
def appeal(request: HttpRequest, viewer: Viewer, comment: int) -> HttpResponse:
    mandate, found = acting(viewer, "comment"), find_comment(viewer, comment)
    if found.party_id != mandate.party_id:
        raise NotAllowed(_("Only the party that said it may appeal."), code="not_your_comment")
    words = {
        "title": _("Appeal against the hiding"),
        "hint": _("You may appeal once. Everyone reads what you write here."),
        "button": _("Send the appeal"),
        "hiding": hiding_of(found),
    }
    return _act(request, viewer, mandate, found, moderation.appeal_hiding, words)


@require_http_methods(["GET", "POST"])
@in_room
def decide(request: HttpRequest, viewer: Viewer, comment: int) -> HttpResponse:
    mandate, found = acting(viewer, "read_names"), find_comment(viewer, comment)
    words = {
        "title": _("Decide the appeal"),
        "hint": _("The decision is final and is seen by everyone."),
        "button": _("Decide"),
        "hiding": hiding_of(found),
    }
    return _act(request, viewer, mandate, found, moderation.decide_appeal, words, AppealForm)


def _act(
    request: HttpRequest,
    viewer: Viewer,
    mandate: Mandate,
    comment: Comment,
    act: Act,
    words: dict[str, Any],
    form_class: type[ReasonForm] = ReasonForm,
) -> HttpResponse:
    """One page for all of them: the comment, a reason, a button that says the act."""
    form, status = form_class(request.POST or None), 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        try:
            act(mandate, comment, **form.cleaned_data)
        except Invalid as refusal:
            show_faults(form, refusal)
        except (Conflict, TooMany) as refusal:
            form.add_error(None, refusal.message)
            status = refusal.status
        else:
            return redirect(f"{reverse('comments', args=[viewer.room.code])}#comment-{comment.pk}")
    context = {"form": form, "comment": comment, "readable": is_readable(viewer, comment), **words}
    return page(request, viewer, "negotiation/moderate.html", context, status=status)
