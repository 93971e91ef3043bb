"""What the API answers about the procedure, documents and meetings."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from negotiation.api.reads import Named
from negotiation.models import Attendance, HearingDemand, LegalReview, Meeting, Override, RequiredDocument, Resolution

S = serializers


class PhaseRow(S.Serializer[Any]):
    code = S.CharField()
    label = S.CharField()  # type: ignore[assignment]


class DutyRow(S.Serializer[Any]):
    """A duty before the next phase; `waivable` says whether two persons may let it pass."""

    code = S.CharField()
    label = S.CharField()  # type: ignore[assignment]
    met = S.BooleanField()
    words = S.CharField()
    role = S.CharField(help_text="Who must act: convener, seated, everyone, owing or roll.")
    who = S.CharField()
    until = S.DateField(allow_null=True)
    waivable = S.BooleanField()
    waived = S.BooleanField(help_text="Two persons have let it pass.")


class OverrideRow(S.ModelSerializer[Override]):
    asked_by = Named(source="asked_by.party")
    confirmed_by = S.SerializerMethodField()

    class Meta:
        model = Override
        fields = ["id", "phase", "duties", "reason", "state", "asked_by", "asked_at", "until"]
        fields += ["confirmed_by", "confirmed_at"]
        extra_kwargs = {"duties": {"help_text": "Codes of the duties that it lets pass."}}

    @extend_schema_field(Named(allow_null=True))
    def get_confirmed_by(self, override: Override) -> Any:
        mandate = override.confirmed_by
        return Named(mandate.party, context=self.context).data if mandate else None


class ProcedureDetail(S.Serializer[Any]):
    procedure = S.CharField()
    phase = S.CharField()
    since = S.DateTimeField()
    phases = PhaseRow(many=True, help_text="All phases of this room, in their order.")
    following = S.CharField(allow_null=True)
    duties = DutyRow(many=True, help_text="What must be met before the next phase.")
    text = S.CharField(allow_blank=True, help_text="The revision fixed as the text to be voted on, such as `B.2`.")
    override = OverrideRow(allow_null=True, help_text="The one that waits for its second person.")


class Step(S.Serializer[Any]):
    """Where an act has led the room."""

    procedure = S.CharField()
    phase = S.CharField()


class ReviewRow(S.ModelSerializer[LegalReview]):
    revision = S.SerializerMethodField(help_text="The text that was reviewed, such as `B.2`.")

    class Meta:
        model = LegalReview
        fields = ["id", "revision", "person", "reviewed_on", "document", "created_at"]

    @extend_schema_field(S.CharField())
    def get_revision(self, review: LegalReview) -> str:
        return str(review.revision)


class DecisionPublished(S.Serializer[Any]):
    published_on = S.DateField()
    place = S.CharField(source="published_place")


class DocumentRow(S.ModelSerializer[RequiredDocument]):
    party = Named()
    state = S.CharField(help_text="missing, promised, open (accepted), broken or kept.")

    class Meta:
        model = RequiredDocument
        fields = ["id", "title", "party", "state", "due", "reference", "received_on", "created_at"]


class MeetingRow(S.ModelSerializer[Meeting]):
    class Meta:
        model = Meeting
        fields = ["id", "kind", "state", "begins_at", "place", "agenda", "reason"]


class ResolutionRow(S.ModelSerializer[Resolution]):
    revision = S.SerializerMethodField()

    class Meta:
        model = Resolution
        fields = ["text", "revision", "term"]

    @extend_schema_field(S.CharField(allow_null=True))
    def get_revision(self, row: Resolution) -> str | None:
        return str(row.revision) if row.revision else None


class MeetingDetail(MeetingRow):
    present = S.SerializerMethodField(help_text="How many parties were there.")
    resolutions = S.SerializerMethodField()

    class Meta(MeetingRow.Meta):
        fields = [*MeetingRow.Meta.fields, "present", "minutes", "resolutions"]

    @extend_schema_field(S.IntegerField())
    def get_present(self, meeting: Meeting) -> int:
        return int(self.context["present"])

    @extend_schema_field(ResolutionRow(many=True))
    def get_resolutions(self, meeting: Meeting) -> Any:
        rows = meeting.resolutions.select_related("revision__package").order_by("pk")
        return ResolutionRow(rows, many=True).data


class AttendanceRow(S.ModelSerializer[Attendance]):
    party = Named()

    class Meta:
        model = Attendance
        fields = ["party"]


class DemandRow(S.ModelSerializer[HearingDemand]):
    party = Named()
    settled = S.SerializerMethodField()

    class Meta:
        model = HearingDemand
        fields = ["id", "party", "declared", "reason", "created_at", "settled"]

    @extend_schema_field(S.BooleanField())
    def get_settled(self, demand: HearingDemand) -> bool:
        return demand.settled_by_id is not None


class RuleDetail(S.Serializer[Any]):
    rule = S.JSONField()
    digest = S.CharField(help_text="SHA-256 of the canonical rule.")
    presets = S.ListField(child=S.JSONField())


class TrialDone(S.Serializer[Any]):
    """As `manage.py tally --json` prints it; each chamber with what it has in all."""

    state = S.CharField()
    outcome = S.CharField(allow_null=True, help_text="What no vote still to come could change.")
    chambers = S.ListField(child=S.JSONField())
