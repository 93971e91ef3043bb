"""Votes on paper: the papers that are printed, and what officials enter of those that come back."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate
from negotiation.models.attachments import Attachment
from negotiation.models.ballots import Ballot, Vote
from negotiation.models.rooms import Seat


class PaperBatch(models.Model):
    """Ballot papers to be printed: of `lines` of the roll, handed in at `place`."""

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="paper_batches")
    asked_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    lines = models.JSONField()
    place = models.CharField(max_length=200)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [
            models.Index(fields=["updated_at"], condition=models.Q(done__lt=models.F("total")), name="papers_to_print")
        ]

    def __str__(self) -> str:
        return f"{self.ballot_id} {self.done}/{self.total}"


class PaperFile(models.Model):
    """At most 200 papers as one PDF, sealed, for names stand on them; gone when the ballot is closed."""

    batch = models.ForeignKey(PaperBatch, on_delete=models.CASCADE, related_name="files")
    number = models.PositiveIntegerField()
    papers = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="paper_file_once_per_number")]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.number}"


class PaperEntry(models.Model):
    """A paper as the first official read it, with its scan. It is a vote only once a second one reads it alike.

    `second_choice`: what the second read where the two differ. `kind`, `size`, `sha256` are those of the scan.
    """

    class State(models.TextChoices):
        ENTERED = "entered", _("Waits for the second official")
        CONFIRMED = "confirmed", _("Confirmed, counts as a vote on paper")
        MISMATCH = "mismatch", _("Read in two ways, to be entered again")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="papers")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.ENTERED)
    choice = models.CharField(max_length=8)
    second_choice = models.CharField(max_length=8, blank=True)
    reason = models.TextField(max_length=2000, blank=True)
    kind = models.CharField(max_length=4, choices=Attachment.Kind)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    entered_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    ended_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=400, blank=True)
    vote = models.OneToOneField(Vote, on_delete=models.PROTECT, null=True, related_name="paper")

    class Meta:
        indexes = [models.Index(fields=["ballot", "state", "-id"]), models.Index(fields=["sha256"])]
        constraints = [
            models.UniqueConstraint(
                fields=["ballot", "seat"], condition=models.Q(state="entered"), name="one_paper_waits_per_seat"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ballot_id} {self.seat_id} {self.state}"

    @property
    def state_words(self) -> str:
        """What became of it, in words; one that nobody confirmed in time waits for nobody any more."""
        if self.state == self.State.ENTERED and self.ballot.state != Ballot.State.OPEN:
            return gettext("Not confirmed before the close, does not count")
        return str(self.get_state_display())
