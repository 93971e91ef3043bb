"""How a revision stands at the table."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Mandate, Party
from negotiation.models.packages import Revision


class Withdrawal(models.Model):
    """The proposer took the package off the table at this revision. A later revision puts it back."""

    revision = models.OneToOneField(Revision, on_delete=models.CASCADE, related_name="withdrawal")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(max_length=2000)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.revision_id} withdrawn"


class Confirmation(models.Model):
    """A party takes on what a revision asks of it: the land that it answers for, and what it pays."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="confirmations")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "party"], name="confirmed_once_per_revision")]

    def __str__(self) -> str:
        return f"{self.revision_id} {self.party_id}"


class DueDate(models.Model):
    """By when a term of a revision is to be done. `party` has to do it; None where no party of the room owes it.

    `kind` and `place` say which term, `row` is its key in its table; `ends` are the codes of all that it names.
    """

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="due_dates")
    kind = models.CharField(max_length=12)
    place = models.PositiveIntegerField()
    row = models.BigIntegerField()
    on = models.DateField()
    party = models.ForeignKey(Party, on_delete=models.CASCADE, null=True, related_name="+")
    ends = ArrayField(models.CharField(max_length=64), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "kind", "place"], name="one_date_per_term")]
        indexes = [models.Index(fields=["revision", "on", "id"]), models.Index(fields=["kind", "row"])]

    def __str__(self) -> str:
        return f"{self.revision_id} {self.term}"

    @property
    def term(self) -> str:
        """The term as a JSON pointer into its package."""
        return f"/{self.kind}/{self.place}"


class DutyReport(models.Model):
    """A dated term is reported done. A report that was wrong stays, with its correction."""

    due = models.ForeignKey(DueDate, on_delete=models.CASCADE, related_name="reports")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(max_length=2000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    corrected_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, related_name="+")
    correction = models.TextField(max_length=2000, blank=True)
    corrected_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["due"], condition=models.Q(corrected_at=None), name="one_standing_report_per_term"
            )
        ]

    def __str__(self) -> str:
        return f"{self.due_id} {self.created_at}"
