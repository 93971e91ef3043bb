"""What was computed: scorecards, comparisons, the mediator's answers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate
from negotiation.models.packages import Revision
from negotiation.models.rooms import Room


class Scorecard(models.Model):
    """What scoring found for one revision, by one engine over one input."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        RUNNING = "running", _("Being computed")
        DONE = "done", _("Computed")
        FAILED = "failed", _("Failed")

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="scorecards")
    engine = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    card = models.JSONField(null=True)
    error = models.CharField(max_length=400, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "engine"], name="card_once_per_engine")]
        indexes = [models.Index(fields=["state", "updated_at"])]

    def __str__(self) -> str:
        return f"{self.revision_id} {self.engine} {self.state}"


class Comparison(models.Model):
    """How the packages on a room's table stand to each other (`tongchou-comparison/1`), by one engine over one input.

    `packages` maps the code of each package that it covers to the number of its revision.
    """

    State = Scorecard.State

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="comparisons")
    engine = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, blank=True)
    packages = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    document = models.JSONField(null=True)
    error = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["room", "digest"], condition=~models.Q(digest=""), name="comparison_once_per_input"
            ),
            models.UniqueConstraint(
                fields=["room"], condition=~models.Q(state="done"), name="one_comparison_under_way"
            ),
        ]
        indexes = [models.Index(fields=["state", "updated_at"])]

    def __str__(self) -> str:
        return f"{self.room_id} {self.engine} {self.state}"


class Mediation(models.Model):
    """One question to the mediator about one revision, and its answer (`tongchou-suggestion/1`)."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        RUNNING = "running", _("Being computed")
        DONE = "done", _("Computed")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    class Mode(models.TextChoices):
        IMPROVE = "improve", _("Could everyone do better?")
        FAIR = "fair", _("What would be the fairest?")
        NASH = "nash", _("Where would the three sides meet?")

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="mediations")
    mode = models.CharField(max_length=8, choices=Mode)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    step = models.CharField(max_length=80, blank=True)
    result = models.JSONField(null=True)
    error = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["revision", "-id"]), models.Index(fields=["state", "updated_at"])]

    def __str__(self) -> str:
        return f"{self.revision_id} {self.mode} {self.state}"
