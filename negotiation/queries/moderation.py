"""What waits for the convener: comments with open reports or an appeal; and what is hidden."""

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from accounts.refusals import NotFound
from negotiation.models import Comment, Hiding, Report
from negotiation.permissions import Viewer
from negotiation.queries.comments import RELATED, hidings

PER_PAGE = 20


def waiting_page(viewer: Viewer, number: str | None) -> "Page[Comment]":
    """Those that wait for somebody first."""
    first = (F("appealed").desc(), F("reported").desc(), "-pk")
    return Paginator(waiting(viewer).order_by(*first), PER_PAGE).get_page(number)


def waiting(viewer: Viewer) -> QuerySet[Comment]:
    """Hidden or reported comments. Each has `traces`, `open_reports`, `reported` and `appealed`."""
    reports = Report.objects.filter(settled_at=None)
    appeals = Hiding.objects.filter(comment=OuterRef("pk"), appealed_at__isnull=False, outcome="")
    told_of = Exists(reports.filter(comment=OuterRef("pk")))
    rows = Comment.objects.filter(told_of | Q(hidden=True), room=viewer.room)
    rows = rows.annotate(reported=told_of, appealed=Exists(appeals)).select_related(*RELATED)
    told = Prefetch("reports", queryset=reports.select_related("party").order_by("pk"), to_attr="open_reports")
    return rows.prefetch_related(hidings(), told)


def hiding_of(comment: Comment) -> Hiding:
    """The hiding that holds now, for a page about it. Raises NotFound."""
    found = Hiding.objects.exclude(outcome=Hiding.Outcome.LIFTED).filter(comment=comment).first()
    if found is None:
        raise NotFound
    return found
