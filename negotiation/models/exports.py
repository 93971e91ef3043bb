"""Log bundles that somebody asked for on the page."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate
from negotiation.models.rooms import Room


class LogExport(models.Model):
    """A bundle for one reader: `done` of `total` entries are written; the file is gone after a day.

    `rights` are those that it was written for; `size` in bytes; `sha256` of the file in hex.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        RUNNING = "running", _("Being written")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Failed")
        GONE = "gone", _("Deleted after a day")

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="log_exports")
    asked_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    rights = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["state", "updated_at"])]

    def __str__(self) -> str:
        return f"{self.room_id} {self.state} {self.done}/{self.total}"
