"""Pages of comments: threads with their answers, agreements and replies, in a fixed number of statements."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.models import Side
from accounts.refusals import NotFound
from negotiation.models import Agreement, Comment, CommentVisit, Hiding, Revision, Room
from negotiation.permissions import Viewer
from negotiation.queries.attachments import KEPT
from negotiation.searching import asked

PER_PAGE = 20
MOST_REVISIONS = 200
SORTS = {
    "newest": ("-pk",),
    "oldest": ("pk",),
    "agreed": ("-agreed", "-pk"),
    "replies": ("-reply_count", "-pk"),
    "unanswered": ("-pk",),
}
RELATED = ("party", "revision__package", "parcel", "answer__revision__package")


def threads(
    viewer: Viewer, *, package: str = "", parcel: str = "", search: str = "", sort: str = "newest", new: str = ""
) -> QuerySet[Comment]:
    """The threads about this package or parcel in which these words were said; with `new`, those with something new."""
    rows = Comment.objects.filter(room=viewer.room, parent=None)
    if package:
        rows = rows.filter(revision__package__code=package)
    if parcel:
        rows = rows.filter(parcel__code=parcel)
    if search.strip():
        rows = rows.filter(_holds(viewer.room, search))
    if new:
        found = new_comments(viewer, new_since(viewer))
        rows = rows.filter(Q(pk__in=found.values("pk")) | Q(pk__in=found.values("parent")))
    if sort == "unanswered":
        rows = rows.filter(answer=None)
    if sort == "replies":
        rows = rows.annotate(reply_count=Count("replies"))
    replies = Comment.objects.select_related("party").prefetch_related(quotes(), hidings(), KEPT).order_by("pk")
    return (
        rows.select_related(*RELATED)
        .prefetch_related(Prefetch("replies", queryset=replies), quotes(), hidings(), KEPT)
        .order_by(*SORTS[sort])
    )


def new_since(viewer: Viewer) -> datetime | None:
    """After when comments are new to the reader; None for who was never here before. One statement."""
    if not viewer.user.is_authenticated:
        return None
    rows = CommentVisit.objects.filter(room=viewer.room, user=viewer.user.pk)
    return rows.values_list("since", flat=True).first()


def new_comments(viewer: Viewer, since: datetime | None) -> QuerySet[Comment]:
    """What others said since then, as far as it is not hidden."""
    if since is None:
        return Comment.objects.none()
    rows = Comment.objects.filter(room=viewer.room, created_at__gt=since, hidden=False)
    return rows.exclude(mandate__in=[mandate.pk for mandate in viewer.mandates])


def _holds(room: Room, search: str) -> Q:
    """Threads in which one comment holds every word; what is hidden is not found.

    Two lists of ids, each read once through the index: joined into one they would be compared row by row.
    """
    words, numbers = asked(room.pk, search)
    rows = Comment.objects.filter(room=room, hidden=False, grams__contains=numbers)
    for word in words:
        rows = rows.filter(folded__contains=word)
    tops, replies = rows.filter(parent=None), rows.filter(parent__isnull=False)
    return Q(pk__in=tops.values("pk")) | Q(pk__in=replies.values("parent"))


def quotes() -> "Prefetch[str, QuerySet[Comment], str]":
    """The quoted comments, of those on the page only: a join of comments with themselves would compare all."""
    return Prefetch("quote", queryset=Comment.objects.select_related("party"))


def hidings() -> "Prefetch[str, QuerySet[Hiding], str]":
    """Of each comment its hidings, the newest first: the one that holds now, and those that were lifted."""
    return Prefetch("hidings", queryset=Hiding.objects.order_by("-pk"), to_attr="traces")


def comment_page(viewer: Viewer, number: str, **wanted: str) -> Page[Comment]:
    page = Paginator(threads(viewer, **wanted), PER_PAGE).get_page(number)
    page.object_list = dress(viewer, list(page.object_list))
    return page


def thread_page(viewer: Viewer, number: int) -> Page[Comment]:
    """One thread, as a page of its own."""
    page = Paginator(threads(viewer).filter(pk=number), PER_PAGE).get_page(1)
    page.object_list = dress(viewer, list(page.object_list))
    return page


def dress(viewer: Viewer, rows: Sequence[Comment]) -> list[Comment]:
    """Give each thread and reply `sides` (who agrees, by side), `mine`, `readable` and `new`. Three statements."""
    every = [comment for row in rows for comment in (row, *row.replies.all())]
    sides = agreements(comment.pk for comment in every)
    own = _own_agreements(viewer, [comment.pk for comment in every])
    since = new_since(viewer)
    for comment in every:
        found: Any = comment
        found.sides = sides.get(comment.pk, {})
        found.mine = comment.pk in own
        found.readable = is_readable(viewer, comment)
        found.new = is_new(viewer, comment, since)
    return list(rows)


def is_new(viewer: Viewer, comment: Comment, since: datetime | None) -> bool:
    """As `new_comments` has it."""
    own = {mandate.pk for mandate in viewer.mandates}
    return since is not None and comment.created_at > since and not comment.hidden and comment.mandate_id not in own


def is_readable(viewer: Viewer, comment: Comment) -> bool:
    """A hidden comment is read by its author, and by those who may decide its appeal."""
    return not comment.hidden or comment.party.code in viewer.parties or viewer.may("read_names")


def agreements(comments: Iterable[int]) -> dict[int, dict[str, int]]:
    """Comment → side → how many of its seats agree; never who."""
    rows = Agreement.objects.filter(comment__in=list(comments)).values_list("comment", "seat__party__side")
    found: dict[int, dict[str, int]] = {}
    for comment, side, count in rows.annotate(n=Count("pk")).order_by("comment"):
        found.setdefault(comment, {})[side] = count
    return {number: {side.value: row[side] for side in Side if side in row} for number, row in found.items()}


def _own_agreements(viewer: Viewer, comments: list[int]) -> set[int]:
    if viewer.mandate is None:
        return set()
    rows = Agreement.objects.filter(comment__in=comments, seat__party=viewer.mandate.party_id)
    return set(rows.values_list("comment", flat=True))


def find_comment(viewer: Viewer, number: int) -> Comment:
    """Raises NotFound for one of another room."""
    return find_comments(viewer, [number])[0]


def find_comments(viewer: Viewer, numbers: Sequence[int]) -> list[Comment]:
    """Several comments of the room, in their order. Raises NotFound if one of them is not in it."""
    rows = Comment.objects.filter(room=viewer.room, pk__in=numbers).select_related("room", "mandate", *RELATED)
    found = list(rows.select_related("parent__revision", "parent__parcel").order_by("pk"))
    if len(found) < len(set(numbers)):
        raise NotFound
    return found


def revision_choices(room: Room) -> list[tuple[str, str]]:
    """(`B.2`, its title) of the revisions on the table and before, the newest first; at most MOST_REVISIONS."""
    rows = Revision.objects.filter(package__room=room).order_by("-pk").select_related("package")[:MOST_REVISIONS]
    return [(str(row), f"{row} · {row.title}") for row in rows]
