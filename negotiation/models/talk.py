"""Comments and their answers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate, Party
from negotiation.models.packages import Revision
from negotiation.models.rooms import Room


class Comment(models.Model):
    """Said about the room, a package's revision, or one of its terms (a JSON pointer)."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="comments")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, null=True, related_name="comments")
    term = models.CharField(max_length=80, blank=True)
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="replies")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(_("comment"), max_length=4000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["room", "parent", "-id"]),
            models.Index(fields=["revision", "parent", "-id"]),
            models.Index(fields=["parent", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.body[:40]}"


class Answer(models.Model):
    """The convener's reasoned answer to a comment."""

    class Verdict(models.TextChoices):
        ADOPTED = "adopted", _("Adopted")
        PARTLY = "partly", _("Partly adopted")
        NOT_ADOPTED = "not_adopted", _("Not adopted")
        EXPLAINED = "explained", _("Explained")

    comment = models.OneToOneField(Comment, on_delete=models.CASCADE, related_name="answer")
    verdict = models.CharField(_("answer"), max_length=12, choices=Verdict)
    reason = models.TextField(_("reason"), max_length=4000)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.comment_id} {self.verdict}"
