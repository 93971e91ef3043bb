"""Shapes of the log: an entry with its proof, checkpoints."""

from typing import Any

from rest_framework import serializers as S

from audit.models import Checkpoint
from negotiation.models import Anomaly, LogExport
from negotiation.queries import anomalies, checkpoints


class CommitmentRow(S.Serializer[Any]):
    """Salt and content stand there where they are for the reader."""

    path = S.CharField()
    digest = S.CharField()
    erased = S.BooleanField()
    salt = S.CharField(required=False)
    content = S.CharField(required=False)


class PlaceRow(S.Serializer[Any]):
    """Hex throughout; the proof leads from the leaf up to the root of the first checkpoint over the entry."""

    index = S.IntegerField()
    leaf = S.CharField(help_text="The leaf hash as it was sealed.")
    proof = S.ListField(child=S.CharField())
    root = S.CharField()  # type: ignore[assignment]
    size = S.IntegerField(source="checkpoint.size")
    checkpoint = S.CharField(source="checkpoint.whole_note", help_text="The signed note.")


class EntryDetail(S.Serializer[Any]):
    id = S.UUIDField(source="entry.id")
    text = S.CharField(help_text="The canonical bytes; what is not UTF-8 in them as in \\xff.")
    changed = S.BooleanField(help_text="Whether the bytes are other ones than were sealed: `leaf` is not `place.leaf`.")
    sha256 = S.CharField(source="digest")
    leaf = S.CharField(help_text="SHA-256 of 0x00 and the bytes, in hex.")
    place = PlaceRow(allow_null=True)
    commitments = CommitmentRow(many=True)
    previous = S.UUIDField(allow_null=True)
    next = S.UUIDField(allow_null=True)


class CosignatureRow(S.Serializer[Any]):
    name = S.CharField()
    seen = S.DateTimeField(help_text="By the witness's clock.")


class CheckpointRow(S.Serializer[Checkpoint]):
    """`waited`: how long the entry that waited longest stood unsealed, in seconds."""

    size = S.IntegerField()
    root = S.CharField(source="root_hex")  # type: ignore[assignment]
    note = S.CharField(source="whole_note")
    created = S.DateTimeField()
    added = S.IntegerField()
    witnesses = CosignatureRow(source="witnessed", many=True)
    waited = S.SerializerMethodField()
    late = S.SerializerMethodField(help_text="Whether that is longer than the platform's limit.")

    def get_waited(self, row: Any) -> float:
        return float(row.waited.total_seconds())

    def get_late(self, row: Any) -> bool:
        return bool(row.waited > checkpoints.limit())


class WitnessRow(S.Serializer[Any]):
    """`size` is of the last checkpoint that it has cosigned; `trouble` what went wrong since, or nothing."""

    name = S.CharField(source="witness.name")
    key = S.CharField(source="witness.key.text")
    address = S.CharField(source="witness.address", help_text="Empty: it comes to the platform.")
    size = S.IntegerField(source="state.size", default=0)
    behind = S.IntegerField()
    asked = S.DateTimeField(source="state.asked", default=None, allow_null=True)
    error = S.CharField(source="state.error", default="")
    trouble = S.CharField()


class BundleRow(S.Serializer[LogExport]):
    """`done` of `total` entries are written; the file is gone after a day."""

    id = S.IntegerField()
    state = S.CharField()
    done = S.IntegerField()
    total = S.IntegerField()
    size = S.IntegerField(help_text="Bytes.")
    sha256 = S.CharField()
    created = S.DateTimeField(source="created_at")


class AnomalyRow(S.ModelSerializer[Anomaly]):
    check = S.CharField(source="code")
    note = S.SerializerMethodField()

    class Meta:
        model = Anomaly
        fields = ["check", "entry", "index", "note"]

    def get_note(self, row: Anomaly) -> str:
        return anomalies.note(row)


class CheckCount(S.Serializer[Any]):
    check = S.CharField(source="check.code")
    count = S.IntegerField()


class ReviewRow(S.Serializer[Any]):
    """`done` of `size` sealed entries are checked; the others are checked in the background."""

    done = S.IntegerField()
    size = S.IntegerField()
    checks = CheckCount(many=True)
