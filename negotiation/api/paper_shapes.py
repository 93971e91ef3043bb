"""What the API takes and gives for votes on paper. Only the form is checked here."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from negotiation.api.acts import Body
from negotiation.models import PaperBatch, PaperEntry, PaperFile
from negotiation.papercodes import paper_code
from negotiation.queries.papers import readings

S = serializers


class PaperIn(Body):
    """What the first official reads, with the scan."""

    code = S.CharField(max_length=40, help_text="The paper's code, as it is printed below its square.")
    choice = S.CharField(max_length=16)
    reason = S.CharField(max_length=2000, required=False, allow_blank=True, help_text="Of an objection.")
    file = S.FileField(max_length=400, allow_empty_file=True, help_text="A PDF or a picture of the paper.")


class ReadingIn(Body):
    choice = S.CharField(max_length=16, help_text="What the second official reads on the paper.")


class PaperRow(S.ModelSerializer[PaperEntry]):
    seat = S.CharField(source="seat.party.code")
    entered_by = S.CharField(source="entered_by.user.name")
    ended_by = S.SerializerMethodField()
    readings = S.SerializerMethodField(help_text="Nothing while the second official is still to read it.")
    reason = S.CharField(help_text="Of an objection, as it stands on the paper.")

    class Meta:
        model = PaperEntry
        fields = ["id", "seat", "state", "readings", "reason", "sha256", "entered_by", "entered_at", "ended_by"]
        fields += ["ended_at", "ended_reason"]

    @extend_schema_field(S.CharField(allow_null=True))
    def get_ended_by(self, entry: PaperEntry) -> str | None:
        return entry.ended_by.user.name if entry.ended_by else None

    @extend_schema_field(S.ListField(child=S.CharField()))
    def get_readings(self, entry: PaperEntry) -> list[str]:
        return readings(entry)


class PrintIn(Body):
    place = S.CharField(max_length=200, help_text="Where papers are handed in, as it is printed on them.")
    parties = S.ListField(
        child=S.CharField(max_length=64),
        required=False,
        max_length=20_000,
        help_text="Codes; one paper for every seat of the roll if there are none.",
    )


class PaperFileRow(S.ModelSerializer[PaperFile]):
    class Meta:
        model = PaperFile
        fields = ["number", "papers"]


class PrintRow(S.ModelSerializer[PaperBatch]):
    asked_by = S.CharField(source="asked_by.user.name")

    class Meta:
        model = PaperBatch
        fields = ["id", "place", "total", "done", "asked_by", "created_at"]


class PrintDetail(PrintRow):
    files = S.SerializerMethodField()

    class Meta(PrintRow.Meta):
        fields = [*PrintRow.Meta.fields, "files"]

    @extend_schema_field(PaperFileRow(many=True))
    def get_files(self, batch: PaperBatch) -> Any:
        return PaperFileRow(self.context["files"], many=True).data


class RollRow(S.Serializer[Any]):
    """A seat of the ballot and its paper's code."""

    seat = S.CharField(source="seat.party.code")
    chamber = S.CharField()
    code = S.SerializerMethodField()

    def get_code(self, line: Any) -> str:
        return paper_code(line.pk)
