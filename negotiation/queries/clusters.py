"""The groups of like comments that were found, as they stand now: what was answered since is left out."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from negotiation.answers import MOST
from negotiation.models import Clustering, Comment, Room

PER_PAGE = 10
State = Clustering.State


@dataclass(frozen=True)
class Group:
    """Like comments, the most agreed first, and the words that set them apart."""

    words: list[str]
    comments: list[Comment]

    @property
    def first(self) -> list[Comment]:
        """As many as one answer may take."""
        return self.comments[:MOST]


def clustering_of(room: Room) -> Clustering | None:
    return Clustering.objects.filter(room=room).first()


def group_page(clustering: Clustering | None, number: str | None) -> "Page[Any]":
    """One page of the groups, with their comments. Two statements, whatever their number."""
    page: Page[Any] = Paginator(clustering.groups if clustering else [], PER_PAGE).get_page(number)
    wanted = [comment for group in page.object_list for comment in group["comments"]]
    rows = Comment.objects.filter(pk__in=wanted, answer=None, hidden=False).select_related("party")
    found = {row.pk: row for row in rows}
    page.object_list = [
        Group(group["words"], sorted((found[n] for n in group["comments"] if n in found), key=_order))
        for group in page.object_list
    ]
    return page


def _order(comment: Comment) -> tuple[int, int]:
    return (-comment.agreed, comment.pk)


def came_since(room: Room, clustering: Clustering | None) -> int:
    """How many threads came after the groups were found."""
    rows = Comment.objects.filter(room=room, parent=None, answer=None, hidden=False)
    found_at = clustering.found_at if clustering else None
    return rows.filter(created_at__gt=found_at).count() if found_at else 0
