"""Comments that were reported or hidden, with the appeal."""

from django.db import models
from django.utils.translation import pgettext_lazy

from accounts.models import Mandate, Party
from negotiation.models.talk import Comment


class Hiding(models.Model):
    """A comment taken out of sight, with the reason that everybody reads; the author may appeal once."""

    class Outcome(models.TextChoices):
        UPHELD = "upheld", pgettext_lazy("hiding", "It stays hidden")
        LIFTED = "lifted", pgettext_lazy("hiding", "It is shown again")

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="hidings")
    reason = models.TextField(max_length=1000)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    appeal = models.TextField(max_length=1000, blank=True)
    appealed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    outcome_reason = models.TextField(max_length=1000, blank=True)
    decided_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["comment"], condition=~models.Q(outcome="lifted"), name="one_hiding_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.comment_id} {self.outcome}"


class Report(models.Model):
    """A member's word to the convener that a comment should not stand. One of each party for each comment."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reports")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(max_length=1000)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "party"], name="report_once_per_party")]
        indexes = [models.Index(fields=["comment"], condition=models.Q(settled_at=None), name="report_open")]

    def __str__(self) -> str:
        return f"{self.comment_id} {self.party_id}"
