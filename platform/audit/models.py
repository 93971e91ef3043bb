"""The decision log's rows. An entry is written once and never changed; see docs/auditor.md."""

from datetime import datetime

from django.db import models
from django.utils import timezone

from audit.cosignatures import time_of


class Entry(models.Model):
    """One act. `body` is the RFC 8785 canonical JSON of the whole entry, and is what gets hashed."""

    # Besides these the table has `serial`, which the database counts up: the order in which entries were written.
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
            # The order of the log's page, of all entries and of those of one act, party or thing.
            models.Index(fields=["scope", "time", "id"], name="entry_by_time"),
            models.Index(fields=["scope", "action", "time", "id"], name="entry_by_action"),
            models.Index(fields=["scope", "party", "time", "id"], name="entry_by_party"),
            models.Index(fields=["scope", "object_type", "object_id", "time", "id"], name="entry_by_object"),
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
    # The entry that says why salt and content were erased; see `audit.erasing`.
    erasure = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "path"], name="commitment_path_once_per_entry")]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.path}"


class Tile(models.Model):
    """Up to 256 hashes in a row of one level of a scope's Merkle tree; see `audit.tree`. Only ever grows."""

    scope = models.CharField(max_length=80)
    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "level", "number"], name="tile_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.level}/{self.number}"


class Checkpoint(models.Model):
    """The signed root over the first `size` entries of a scope. Written once and kept for ever."""

    scope = models.CharField(max_length=80)
    size = models.BigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "size"], name="checkpoint_size_once_per_scope")]

    def __str__(self) -> str:
        return f"{self.scope} {self.size}"

    @property
    def origin(self) -> str:
        return self.note.split("\n", 1)[0]

    @property
    def root_hex(self) -> str:
        return bytes(self.root).hex()

    @property
    def whole_note(self) -> str:
        """The note with every signature there is, also those that came later."""
        return self.note + "".join(row.line for row in self.cosignatures.all())

    @property
    def witnessed(self) -> list["Cosignature"]:
        """What witnesses have signed, the first first."""
        return [row for row in self.cosignatures.all() if row.witness]


class Cosignature(models.Model):
    """A later signature line under a checkpoint: of a witness, or of a new key over what an old one has sealed."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="cosignatures")
    line = models.TextField()
    # The witness's name and key id (`audit.cosignatures`); empty for a key of the log's own.
    witness = models.CharField(max_length=300, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["checkpoint", "witness"], condition=~models.Q(witness=""), name="witness_once_per_checkpoint"
            )
        ]

    def __str__(self) -> str:
        return f"{self.checkpoint_id} {self.line}"

    @property
    def name(self) -> str:
        return self.line.split(" ")[1]

    @property
    def seen(self) -> datetime | None:
        """When the witness saw the checkpoint, by its own clock."""
        return time_of(self.line) if self.witness else None


class WitnessState(models.Model):
    """How far a witness has come in one log, and how asking it went; what it signed is in `Cosignature`."""

    witness = models.CharField(max_length=300)
    scope = models.CharField(max_length=80)
    size = models.BigIntegerField(default=0)  # of the last checkpoint that it has cosigned, as far as we know
    failures = models.PositiveIntegerField(default=0)
    due = models.DateTimeField(default=timezone.now)
    asked = models.DateTimeField(null=True)
    error = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["witness", "scope"], name="witness_once_per_log")]

    def __str__(self) -> str:
        return f"{self.witness} {self.scope} {self.size}"


class Key(models.Model):
    """The public part of a key that seals the log, or did until `ended`."""

    public = models.BinaryField(unique=True)
    added = models.DateTimeField(auto_now_add=True)
    ended = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return bytes(self.public).hex()
