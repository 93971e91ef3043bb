"""Straw polls: which packages should be pursued. They bind nobody."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate
from negotiation.models.packages import Revision
from negotiation.models.rooms import Room, Seat


class Poll(models.Model):
    """A question about some revisions. `result` is written at the close and never changes."""

    class Method(models.TextChoices):
        APPROVAL = "approval", _("Approval: as many as you like")
        RANKED = "ranked", _("Ranking: the best first")

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="polls")
    title = models.CharField(_("title"), max_length=200)
    method = models.CharField(max_length=8, choices=Method)
    revisions = models.ManyToManyField(Revision, related_name="polls")
    opened_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    result = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["closes_at"], condition=models.Q(result__isnull=True), name="poll_to_close")]

    def __str__(self) -> str:
        return f"{self.room_id} {self.title}"


class PollAnswer(models.Model):
    """One answer of a seat: package → rank, 1 for what is approved. All are kept; which counts is as with votes."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="answers")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    ranks = models.JSONField()
    via = models.CharField(max_length=8)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["poll", "seat", "-id"])]

    def __str__(self) -> str:
        return f"{self.poll_id} {self.seat_id}"
