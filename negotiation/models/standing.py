"""How a revision stands at the table."""

from django.db import models

from accounts.models import Mandate
from negotiation.models.packages import Revision


class Withdrawal(models.Model):
    """The proposer took the package off the table at this revision. A later revision puts it back."""

    revision = models.OneToOneField(Revision, on_delete=models.CASCADE, related_name="withdrawal")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(max_length=2000)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.revision_id} withdrawn"
