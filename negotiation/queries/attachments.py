"""Reads of attached files: those of a room, of a comment, of a draft, of a revision and the ones before it."""

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, Q, QuerySet

from accounts.refusals import NotFound
from negotiation.models import Attachment, Comment, Package, Revision
from negotiation.permissions import Viewer
from negotiation.queries.joint import named_for

PER_PAGE = 20
KEPT = Prefetch("attachments", queryset=Attachment.objects.filter(removed_at=None).order_by("pk"))


def visible_files(viewer: Viewer) -> QuerySet[Attachment]:
    """All of the room that this person may open: what lies at a draft is for its party and those that it names."""
    rows = Attachment.objects.filter(room=viewer.room).select_related("party", "revision__package", "package__proposer")
    open_files = Q(package=None) | Q(revision__isnull=False)
    own = Q(package__proposer__code__in=viewer.parties)
    return rows.filter(open_files | own | Q(package__draft__in=named_for(viewer).values("draft")))


def find_file(viewer: Viewer, number: int) -> Attachment:
    """Raises NotFound, also for what was removed."""
    found = visible_files(viewer).filter(pk=number, removed_at=None).first()
    if found is None:
        raise NotFound
    found.room = viewer.room
    if found.package:
        found.package.room = viewer.room
    return found


def files_of(viewer: Viewer, *, package: Package | None = None, comment: Comment | None = None) -> QuerySet[Attachment]:
    """Newest first, with the traces of removed ones: of a draft, of a comment, or of the room itself."""
    return visible_files(viewer).filter(package=package, comment=comment, revision=None).order_by("-pk")


def file_page(rows: QuerySet[Attachment], number: str | None) -> "Page[Attachment]":
    return Paginator(rows, PER_PAGE).get_page(number)


def revision_files(viewer: Viewer, revision: Revision) -> QuerySet[Attachment]:
    """Those submitted with this revision or an earlier one of its package."""
    rows = visible_files(viewer).filter(package=revision.package_id, revision__number__lte=revision.number)
    return rows.order_by("-pk")
