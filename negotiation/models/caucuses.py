"""Threads that only some parties read."""

from django.db import models

from accounts.models import Mandate, Party, Side, new_salt
from negotiation.models.rooms import Room


class Caucus(models.Model):
    """A private thread: of one side (`side` is set, every seat of it belongs), or between the parties in `members`."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="caucuses")
    name = models.CharField(max_length=80)
    side = models.CharField(max_length=12, choices=Side, blank=True)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["room", "side"])]

    def __str__(self) -> str:
        return f"{self.pk}"


class CaucusMember(models.Model):
    """A named party of a private thread; one that left reads no more."""

    caucus = models.ForeignKey(Caucus, on_delete=models.CASCADE, related_name="members")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caucus", "party"], name="member_once_per_caucus")]

    def __str__(self) -> str:
        return f"{self.caucus_id} {self.party_id}"


class CaucusMessage(models.Model):
    """Said in a private thread. The log holds sha256(salt ‖ body) and no copy of it."""

    caucus = models.ForeignKey(Caucus, on_delete=models.CASCADE, related_name="messages")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(max_length=4000)
    salt = models.BinaryField(default=new_salt, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["caucus", "-id"])]

    def __str__(self) -> str:
        return f"{self.caucus_id} {self.pk}"
