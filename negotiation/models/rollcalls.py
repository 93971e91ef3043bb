"""Roll calls: what seats said in a meeting, before and after the second official's yes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate
from negotiation.models.ballots import Ballot
from negotiation.models.procedure import Meeting


class RollCall(models.Model):
    """A list as the convener took it down; its answers become votes together once a second official confirms.

    `answers`: objects of line (of the roll), party, mandate (of the person who spoke), choice, reason.
    """

    class State(models.TextChoices):
        TAKEN = "taken", _("Waits for the second official")
        CONFIRMED = "confirmed", _("Confirmed, voted")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="roll_calls")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="roll_calls")
    state = models.CharField(max_length=10, choices=State, default=State.TAKEN)
    answers = models.JSONField()
    key = models.CharField(max_length=64, blank=True)
    taken_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    ended_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = [models.Index(fields=["ballot", "-id"]), models.Index(fields=["meeting", "-id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["ballot", "key"], condition=~models.Q(key=""), name="roll_call_once_per_idempotency_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ballot_id} {self.meeting_id} {self.state}"
