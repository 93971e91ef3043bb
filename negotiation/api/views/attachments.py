"""Attached files, by API."""

from django.conf import settings
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from negotiation import attachments
from negotiation.api import acts, reads
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.models import Attachment, Comment
from negotiation.permissions import Viewer
from negotiation.queries import attachments as queries
from negotiation.queries.packages import find_draft
from negotiation.web.views.attachments import file_response

PACKAGE = OpenApiParameter("package", str, description="Only files of this package: of its revisions and your draft.")
COMMENT = OpenApiParameter("comment", int, description="Only files of this comment.")


class Attachments(RoomView):
    parser_classes = [MultiPartParser]

    @operation(
        "Attached files that the reader may open, newest first",
        response=page_of("Attachment", reads.AttachmentRow),
        parameters=[*CURSOR, PACKAGE, COMMENT],
    )
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        rows = queries.visible_files(viewer).filter(removed_at=None)
        if package := request.query_params.get("package"):
            rows = rows.filter(package__code=package)
        if comment := request.query_params.get("comment"):
            rows = rows.filter(comment=_number(comment))
        return self.page(request, rows, reads.AttachmentRow, viewer)

    @operation(
        "Attach a file to the room, to a comment of yours, or to your draft of a package",
        request={"multipart/form-data": acts.AttachmentIn},
        response=reads.AttachmentRow,
        status=201,
    )
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "comment")
        data = self.read(request, acts.AttachmentIn)
        file = data["file"]
        package = find_draft(viewer, data["package"]).package if data.get("package") else None
        comment = get_object_or_404(Comment, pk=data["comment"], room=viewer.room) if data.get("comment") else None
        made = attachments.add_attachment(
            mandate, viewer.room, file.name, file.read(settings.ATTACHMENT_BYTES + 1), package=package, comment=comment
        )
        return _attachment(viewer, made, 201)


class OneAttachment(RoomView):
    @operation("One attached file: what it is", response=reads.AttachmentRow)
    def get(self, request: Request, code: str, attachment: int) -> Response:
        viewer = self.viewer(request, code)
        return _attachment(viewer, queries.find_file(viewer, attachment))


class Anything(BaseRenderer):
    """So that a client may ask for any type; a refusal is still JSON."""

    media_type = "*/*"
    format = "bin"


class AttachmentFile(RoomView):
    renderer_classes = [JSONRenderer, Anything]

    @operation("The bytes of an attached file", response=OpenApiTypes.BINARY, content_type="*/*")
    def get(self, request: Request, code: str, attachment: int) -> HttpResponseBase:
        return file_response(queries.find_file(self.viewer(request, code), attachment))


class Removal(RoomView):
    @operation("Remove a file of your own", request=acts.Revocation, status=204)
    def post(self, request: Request, code: str, attachment: int) -> Response:
        viewer, mandate = self.acting(request, code, "comment")
        found = queries.find_file(viewer, attachment)
        attachments.remove_attachment(mandate, found, self.read(request, acts.Revocation)["reason"])
        return Response(status=204)


def _attachment(viewer: Viewer, found: Attachment, status: int = 200) -> Response:
    return Response(reads.AttachmentRow(found, context={"viewer": viewer}).data, status=status)


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise ValidationError({"comment": "a number is expected"})
    return int(text)
