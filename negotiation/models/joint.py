"""Parties that propose together: those that a draft names, and those of a revision."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate, Party
from negotiation.models.packages import Draft, Revision


class Partner(models.Model):
    """A party that a draft names as proposing it too, and what it says to it.

    `digest` is that of what it consented to (`negotiation.consents.Offer`); `voided_by` the act that changed what
    stood, so that an earlier answer no longer counts.
    """

    class State(models.TextChoices):
        OPEN = "open", _("has not answered yet")
        CONSENTED = "consented", _("consents")
        DECLINED = "declined", _("declines")

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="partners")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    digest = models.CharField(max_length=64, blank=True)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(max_length=2000, blank=True)
    voided_by = models.CharField(max_length=32, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "party"], name="named_once_per_draft")]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.party_id} {self.state}"


class JointProposer(models.Model):
    """A party that proposes a revision together with the package's own, under the mandate that consented.

    It may withdraw its support; the package then stays on the table as its proposer's.
    """

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="joint")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    withdrawn_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    reason = models.TextField(max_length=2000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "party"], name="joint_once_per_revision")]

    def __str__(self) -> str:
        return f"{self.revision_id} {self.party_id}"
