"""How a revision stands at the table."""

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
