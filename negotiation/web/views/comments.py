"""Comments and answers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.refusals import Conflict, Invalid
from negotiation import comments
from negotiation.models import Comment
from negotiation.permissions import Viewer
from negotiation.queries import comments as queries
from negotiation.queries.packages import find_revision, package_titles
from negotiation.web.forms import AnswerForm, CommentForm
from negotiation.web.rooms import acting, in_room, page, show_faults


@require_http_methods(["GET", "POST"])
@in_room
def comment_list(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The discussion; posting a comment comes back to it."""
    if request.method == "GET":
        return _discussion(
            request, viewer, CommentForm(initial={name: request.GET.get(name) for name in ("package", "term")})
        )
    acting(viewer, "comment")
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            comment = _add(viewer, form.cleaned_data)
        except Invalid as refusal:
            show_faults(form, refusal)
        else:
            return redirect(f"{reverse('comments', args=[viewer.room.code])}#comment-{comment.pk}")
    return _discussion(request, viewer, form, status=422)


def _add(viewer: Viewer, data: dict[str, object]) -> Comment:
    package, parent = str(data["package"] or ""), data["parent"]
    thread = get_object_or_404(Comment, pk=parent, room=viewer.room) if parent else None
    revision = find_revision(viewer, package) if package else None
    return comments.add_comment(
        acting(viewer), viewer.room, str(data["body"]), revision=revision, term=str(data["term"] or ""), parent=thread
    )


def _discussion(request: HttpRequest, viewer: Viewer, form: CommentForm, status: int = 200) -> HttpResponse:
    sort, package = request.GET.get("sort", "newest"), request.GET.get("package", "")
    sort = sort if sort in queries.SORTS else "newest"
    context = {
        "form": form,
        "comments": queries.comment_page(viewer, request.GET.get("page", "1"), package=package, sort=sort),
        "packages": package_titles(viewer.room),
        "sort": sort,
        "package": package,
        "may_comment": viewer.can("comment"),
        "may_answer": viewer.can("answer"),
        "seated": viewer.may("comment"),
    }
    return page(request, viewer, "negotiation/comments.html", context, status=status)


@require_http_methods(["GET", "POST"])
@in_room
def answer(request: HttpRequest, viewer: Viewer, comment: int) -> HttpResponse:
    mandate = acting(viewer, "convene")
    found = get_object_or_404(
        Comment.objects.select_related("party", "room", "revision__package"), pk=comment, room=viewer.room
    )
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            comments.answer_comment(mandate, found, **form.cleaned_data)
        except Invalid as refusal:
            show_faults(form, refusal)
        except Conflict as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect(f"{reverse('comments', args=[viewer.room.code])}#comment-{found.pk}")
    status = 422 if request.method == "POST" else 200
    return page(request, viewer, "negotiation/answer.html", {"form": form, "comment": found}, status=status)


@require_safe
@in_room
def comment_fragment(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    """The list alone, for a page that is already open."""
    sort = request.GET.get("sort", "newest")
    rows = queries.comment_page(
        viewer,
        request.GET.get("page", "1"),
        package=request.GET.get("package", ""),
        sort=sort if sort in queries.SORTS else "newest",
    )
    context = {"comments": rows, "may_comment": viewer.can("comment"), "may_answer": viewer.can("answer")}
    return page(request, viewer, "negotiation/partials/comments.html", context)
