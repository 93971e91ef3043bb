"""Pages of comments: threads with their answers and replies, in a fixed number of statements."""

from django.core.paginator import Page, Paginator
from django.db.models import Count, Prefetch, QuerySet

from negotiation.models import Comment
from negotiation.permissions import Viewer
from negotiation.queries.attachments import KEPT

PER_PAGE = 20
SORTS = {"newest": ("-pk",), "oldest": ("pk",), "replies": ("-reply_count", "-pk"), "unanswered": ("-pk",)}


def threads(viewer: Viewer, *, package: str = "", sort: str = "newest") -> QuerySet[Comment]:
    rows = Comment.objects.filter(room=viewer.room, parent=None)
    if package:
        rows = rows.filter(revision__package__code=package)
    if sort == "unanswered":
        rows = rows.filter(answer=None)
    if sort == "replies":
        rows = rows.annotate(reply_count=Count("replies"))
    replies = Comment.objects.select_related("party").prefetch_related(KEPT).order_by("pk")
    return (
        rows.select_related("party", "revision__package", "answer__mandate__party")
        .prefetch_related(Prefetch("replies", queryset=replies), KEPT)
        .order_by(*SORTS[sort])
    )


def comment_page(viewer: Viewer, number: str, *, package: str = "", sort: str = "newest") -> Page[Comment]:
    return Paginator(threads(viewer, package=package, sort=sort), PER_PAGE).get_page(number)
