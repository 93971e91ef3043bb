"""How far the declared checks have read a room's log, and what they found in it."""

from django.db import models

from audit.models import Entry
from negotiation.models.rooms import Room


class LogReview(models.Model):
    """The first `done` entries of the sealed log are checked, by the checks that `edition` names.

    `known` is what the checks remember of them (`negotiation.anomalies.Known`).
    """

    room = models.OneToOneField(Room, on_delete=models.CASCADE, related_name="review")
    edition = models.CharField(max_length=64)
    done = models.PositiveBigIntegerField(default=0)
    known = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.room_id} {self.done}"


class Anomaly(models.Model):
    """What the check `code` found at an entry. Of what is found again by the same `key` the last one stays."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="anomalies")
    code = models.CharField(max_length=24)
    key = models.CharField(max_length=140)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    index = models.PositiveBigIntegerField()
    figures = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "code", "key"], name="anomaly_once_per_key")]
        indexes = [models.Index(fields=["room", "-index", "-id"]), models.Index(fields=["room", "code", "-index"])]

    def __str__(self) -> str:
        return f"{self.room_id} {self.code} {self.index}"
