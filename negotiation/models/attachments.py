"""Files that somebody attached."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate, Party
from negotiation.models.packages import Package, Revision
from negotiation.models.rooms import Room
from negotiation.models.talk import Comment


class Attachment(models.Model):
    """A file at the room, at a comment, or at a package: at its draft until `revision` is set by the submission.

    `sha256` and `size` are those of the bytes that are kept and served. What was removed leaves this row as its trace.
    """

    class Kind(models.TextChoices):
        PDF = "pdf", _("PDF")
        PNG = "png", _("PNG picture")
        JPEG = "jpeg", _("JPEG picture")
        WEBP = "webp", _("WebP picture")

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="attachments")
    package = models.ForeignKey(Package, on_delete=models.CASCADE, null=True, related_name="attachments")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, null=True, related_name="attachments")
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, null=True, related_name="attachments")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=4, choices=Kind)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)
    removed_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["room", "party"]),
            models.Index(fields=["package", "revision", "id"]),
            models.Index(fields=["comment", "id"]),
            models.Index(fields=["sha256"]),
        ]

    def __str__(self) -> str:
        return self.name
