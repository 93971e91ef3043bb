"""The discussion: what was said, saying something, agreeing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.refusals import Invalid, TooMany
from negotiation import comments, visits
from negotiation.models import Comment
from negotiation.permissions import Viewer
from negotiation.queries import comments as queries
from negotiation.queries.packages import find_revision, package_titles
from negotiation.web.forms import CommentForm
from negotiation.web.rooms import acting, in_room, page, show_faults

PLACE = ("package", "term", "parcel", "parent", "quote")


@require_http_methods(["GET", "POST"])
@in_room
def comment_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The discussion; posting a comment comes back to it."""
    if request.method == "GET":
        if request.user.is_authenticated:
            visits.visit_comments(request.user, viewer.room)
        return _discussion(request, viewer, CommentForm(initial={name: request.GET.get(name) for name in PLACE}))
    acting(viewer, "comment")
    form, status = CommentForm(request.POST), 422
    if form.is_valid():
        try:
            comment = _add(viewer, form.cleaned_data)
        except Invalid as refusal:
            show_faults(form, refusal)
        except TooMany as refusal:
            form.add_error(None, refusal.message)
            status = refusal.status
        else:
            return redirect(f"{reverse('comments', args=[viewer.room.code])}#comment-{comment.pk}")
    return _discussion(request, viewer, form, status=status)


def _add(viewer: Viewer, data: dict[str, Any]) -> Comment:
    package, parcel = data["package"] or "", data["parcel"] or ""
    rows = Comment.objects.filter(room=viewer.room).select_related("parent__revision__package", "revision__package")
    thread, quote = (get_object_or_404(rows, pk=data[name]) if data[name] else None for name in ("parent", "quote"))
    return comments.add_comment(
        acting(viewer),
        viewer.room,
        data["body"],
        revision=find_revision(viewer, package) if package else None,
        term=data["term"] or "",
        parcel=comments.find_parcel(viewer.room, parcel) if parcel else None,
        parent=thread,
        quote=quote,
    )


def _discussion(request: HttpRequest, viewer: Viewer, form: CommentForm, status: int = 200) -> HttpResponse:
    wanted = _wanted(request)
    since = queries.new_since(viewer)
    context = {
        "since": since,
        "new_count": queries.new_comments(viewer, since).count() if since else 0,
        "form": form,
        "comments": queries.comment_page(viewer, request.GET.get("page", "1"), **wanted),
        "packages": package_titles(viewer.room),
        "quoted": _quoted(viewer, form),
        **wanted,
        **_rights(viewer),
        "seated": viewer.may("comment"),
    }
    return page(request, viewer, "negotiation/comments.html", context, status=status)


def _wanted(request: HttpRequest) -> dict[str, str]:
    """How the list is sorted and filtered."""
    sort = request.GET.get("sort", "newest")
    names = ("package", "parcel", "search", "new")
    return {name: request.GET.get(name, "") for name in names} | {"sort": sort if sort in queries.SORTS else "newest"}


def _rights(viewer: Viewer) -> dict[str, bool]:
    """Which buttons a comment shows."""
    acts = {"may_comment": "comment", "may_agree": "agree", "may_answer": "answer", "may_report": "report_comment"}
    acts |= {"may_hide": "hide_comment", "may_appeal": "appeal_hiding", "may_decide": "decide_appeal"}
    return {name: viewer.can(act) for name, act in acts.items()}


def _quoted(viewer: Viewer, form: CommentForm) -> Comment | None:
    """The comment that the form is about to quote."""
    number = str(form["quote"].value() or "")
    rows = Comment.objects.filter(room=viewer.room, hidden=False).select_related("party")
    return rows.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 19 else None


@require_safe
@in_room
def comment_fragment(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The list alone, for a page that is already open."""
    rows = queries.comment_page(viewer, request.GET.get("page", "1"), **_wanted(request))
    context = {"viewer": viewer, "room": viewer.room, "comments": rows, **_wanted(request), **_rights(viewer)}
    return render(request, "negotiation/partials/comments.html", context)


@require_safe
@in_room
def one_comment(request: HttpRequest, viewer: Viewer, comment: int) -> HttpResponse:
    """One thread alone: where links to a comment lead, wherever the list has it."""
    found = queries.find_comment(viewer, comment)
    rows = queries.thread_page(viewer, found.parent_id or found.pk)
    context = {"comments": rows, "number": found.pk, **_rights(viewer)}
    return page(request, viewer, "negotiation/one_comment.html", context)


@require_POST
@in_room
def agree(request: HttpRequest, viewer: Viewer, comment: int) -> HttpResponse:
    """Agree, or with `take_back` no longer; comes back to the comment where it stood."""
    mandate, found = acting(viewer, "comment"), queries.find_comment(viewer, comment)
    if "take_back" in request.POST:
        comments.take_back_agreement(mandate, found)
    else:
        comments.agree(mandate, found)
    return redirect(f"{back(request, viewer)}#comment-{found.pk}")


def back(request: HttpRequest, viewer: Viewer) -> str:
    """The page that the button stood on, or the discussion."""
    came = request.headers.get("Referer", "").partition("#")[0]
    safe = url_has_allowed_host_and_scheme(came, {request.get_host()}, require_https=request.is_secure())
    return came if came and safe else reverse("comments", args=[viewer.room.code])
