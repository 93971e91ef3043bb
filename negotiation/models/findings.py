"""What an auditor finds in the decision log, what the convener answers, and how it ends."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Mandate, Party
from audit.models import Entry
from negotiation.models.rooms import Room


class Finding(models.Model):
    """A finding of `party` on an entry. `due`: the last day for the answer that it waits for."""

    class State(models.TextChoices):
        OPEN = "open", _("Waits for an answer")
        ANSWERED = "answered", _("Answered")
        CLOSED = "closed", pgettext_lazy("finding", "Closed")

    class Verdict(models.TextChoices):
        SETTLED = "settled", _("Settled: the answer is accepted")
        UNSETTLED = "unsettled", _("Not settled: it stands, with what was answered")
        WITHDRAWN = "withdrawn", _("Withdrawn: it was no finding")

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="findings")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="findings")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    due = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["room", "state", "-id"]), models.Index(fields=["state", "due"])]

    def __str__(self) -> str:
        return f"{self.room_id} {self.state} {self.due}"

    @property
    def overdue(self) -> bool:
        return self.state == self.State.OPEN and self.due < timezone.localdate()


class FindingStep(models.Model):
    """One thing said in a finding, each an entry of the log."""

    class Kind(models.TextChoices):
        OPEN = "open", _("Finding")
        ANSWER = "answer", _("Answer")
        ASK_AGAIN = "ask_again", _("Asked again")
        CLOSE = "close", pgettext_lazy("finding", "Closed")

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.TextField(max_length=4000)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.finding_id} {self.kind}"
