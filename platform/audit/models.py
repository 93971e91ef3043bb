"""The decision log's rows. An entry is written once and never changed; see docs/auditor.md."""

from django.db import models


class Entry(models.Model):
    """One act. `body` is the RFC 8785 canonical JSON of the whole entry, and is what gets hashed."""

    id = models.UUIDField(primary_key=True, editable=False)
    scope = models.CharField(max_length=80)
    index = models.BigIntegerField(null=True)
    time = models.DateTimeField()
    action = models.CharField(max_length=40)
    party = models.CharField(max_length=64, blank=True)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    body = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "index"], name="entry_index_once_per_scope")]
        indexes = [
            models.Index(fields=["scope", "id"]),
            models.Index(fields=["scope", "action", "id"]),
            models.Index(fields=["scope", "party", "id"]),
            models.Index(fields=["scope", "object_type", "object_id", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.action} {self.id}"


class Commitment(models.Model):
    """What an entry only commits to: digest = sha256(salt ‖ content). May be erased; the entry stays."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="commitments")
    path = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)
    salt = models.BinaryField(null=True)
    content = models.BinaryField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "path"], name="commitment_path_once_per_entry")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.path}"
