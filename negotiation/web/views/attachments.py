"""Attached files: the lists with their form, one file, its removal."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from accounts.refusals import Conflict, Invalid
from negotiation import attachments, filestore
from negotiation.filecheck import TYPES
from negotiation.models import Attachment, Comment, Package
from negotiation.permissions import Viewer
from negotiation.queries import attachments as queries
from negotiation.queries.packages import find_draft
from negotiation.web.forms import FileForm, RevokeForm
from negotiation.web.rooms import acting, in_room, page, show_faults


@require_http_methods(["GET", "POST"])
@in_room
def room_files(request: HttpRequest, viewer: Viewer) -> HttpResponse:
    return _files(request, viewer)


@require_http_methods(["GET", "POST"])
@in_room
def draft_files(request: HttpRequest, viewer: Viewer, package: str) -> HttpResponse:
    return _files(request, viewer, package=find_draft(viewer, package).package)


@require_http_methods(["GET", "POST"])
@in_room
def comment_files(request: HttpRequest, viewer: Viewer, comment: int) -> HttpResponse:
    rows = Comment.objects.select_related("party", "revision__package")
    return _files(request, viewer, comment=get_object_or_404(rows, pk=comment, room=viewer.room))


def _files(
    request: HttpRequest, viewer: Viewer, *, package: Package | None = None, comment: Comment | None = None
) -> HttpResponse:
    """The list; who may attach here finds the form above it."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and _attached(viewer, form, package, comment):
        return redirect(request.path)
    context = {
        "form": form,
        "package": package,
        "comment": comment,
        "files": queries.file_page(queries.files_of(viewer, package=package, comment=comment), request.GET.get("page")),
        "may_attach": _may_attach(viewer, package, comment),
    }
    return page(request, viewer, "negotiation/files.html", context, status=422 if request.method == "POST" else 200)


def _attached(viewer: Viewer, form: FileForm, package: Package | None, comment: Comment | None) -> bool:
    """Attach what the form brought; False leaves the faults in it."""
    mandate = acting(viewer, "propose" if package else "comment")
    if not form.is_valid():
        return False
    file = form.cleaned_data["file"]
    # One byte more than is taken tells that it is too large.
    content = file.read(settings.ATTACHMENT_BYTES + 1)
    try:
        attachments.add_attachment(mandate, viewer.room, file.name, content, package=package, comment=comment)
    except Invalid as refusal:
        show_faults(form, refusal)
    except Conflict as refusal:
        form.add_error(None, refusal.message)
    return not form.errors


def _may_attach(viewer: Viewer, package: Package | None, comment: Comment | None) -> bool:
    if viewer.mandate is None or not viewer.can("propose" if package else "attach"):
        return False
    owner = package.proposer_id if package else comment.party_id if comment else viewer.mandate.party_id
    return owner == viewer.mandate.party_id


@require_safe
@in_room
def file(request: HttpRequest, viewer: Viewer, attachment: int) -> HttpResponse:
    return file_response(queries.find_file(viewer, attachment))


def file_response(found: Attachment) -> HttpResponse:
    """The bytes of an attachment. Raises NotFound."""
    return saved_file(found.sha256, found.kind, found.name)


def saved_file(sha256: str, kind: str, name: str) -> HttpResponse:
    """Bytes of people to be saved, never to be shown inside of our pages, whatever they are. Raises NotFound."""
    response = HttpResponse(filestore.read(sha256), content_type=TYPES[Attachment.Kind(kind)])
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "POST"])
@in_room
def remove(request: HttpRequest, viewer: Viewer, attachment: int) -> HttpResponse:
    """Asks for the reason first: what was removed does not come back."""
    found = queries.find_file(viewer, attachment)
    mandate = acting(viewer, "propose" if found.package else "comment")
    attachments.check_own(mandate, found)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            attachments.remove_attachment(mandate, found, form.cleaned_data["reason"])
        except Invalid as refusal:
            show_faults(form, refusal)
        else:
            return redirect(place_of(found))
    context: dict[str, Any] = {"form": form, "file": found, "back": place_of(found)}
    return page(
        request, viewer, "negotiation/remove_file.html", context, status=422 if request.method == "POST" else 200
    )


def place_of(found: Attachment) -> str:
    """The address of the list that the file stands in."""
    if found.package:
        return reverse("draft-files", args=[found.room.code, found.package.code])
    if found.comment_id:
        return reverse("comment-files", args=[found.room.code, found.comment_id])
    return reverse("room-files", args=[found.room.code])
