"""What the API answers. Amounts are decimal strings as in a case file; areas m², money yuan."""

import hashlib
import json
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Mandate, Party
from audit.models import Entry
from negotiation.api.acts import Part
from negotiation.models import (
    Allocation,
    Answer,
    Attachment,
    Ballot,
    Comment,
    Disposition,
    Draft,
    Flow,
    Mediation,
    Revision,
    Room,
    Scorecard,
    SheetChange,
    SheetImport,
    Valuation,
)
from negotiation.permissions import Viewer
from negotiation.terms import amount

S = serializers
PLACE = S.IntegerField(help_text="Place among the terms of its kind, for comments on it.")


class Named(S.Serializer[Any]):
    """A party as the reader may know it: `name` is the code where the name is not for them."""

    code = S.CharField()
    name = S.SerializerMethodField()
    side = S.CharField()
    kind = S.CharField()

    def get_name(self, party: Party) -> str:
        viewer: Viewer = self.context["viewer"]
        return viewer.label(party)


class Holder(Named):
    """Who receives a parcel or answers for it; null where that is another household."""

    def to_representation(self, instance: Party) -> Any:
        viewer: Viewer = self.context["viewer"]
        return super().to_representation(instance) if viewer.sees(instance) else None


class Amount(S.Field[Decimal, Any, str, Any]):
    """A decimal as text."""

    def to_representation(self, value: Decimal) -> str:
        return amount(value)


@extend_schema_field(str)
class AmountField(Amount):
    pass


class RoomRow(S.ModelSerializer[Room]):
    title = S.CharField(source="plan.title")
    kind = S.CharField(source="plan.kind")

    class Meta:
        model = Room
        fields = ["code", "title", "kind", "phase", "published"]


class NextStep(S.Serializer[Any]):
    what = S.CharField()
    who = S.CharField()
    due = S.CharField(allow_null=True)


class OwnMandate(S.ModelSerializer[Mandate]):
    party = S.CharField(source="party.code")

    class Meta:
        model = Mandate
        fields = ["id", "party", "kind", "valid_to"]


class RoomDetail(RoomRow):
    summary = S.CharField(source="plan.summary", allow_null=True)
    unit = S.CharField(source="plan.unit.name")
    region = S.CharField(source="plan.unit.region.name")
    rule = S.JSONField()
    next = S.SerializerMethodField()
    acts = S.SerializerMethodField(help_text="What the reader may do now.")
    acting_for = S.SerializerMethodField(help_text="Code of the party that the reader acts for, or null.")
    mandates = S.SerializerMethodField(help_text="The reader's own, for the header that chooses one.")

    class Meta(RoomRow.Meta):
        fields = [*RoomRow.Meta.fields, "summary", "unit", "region", "rule", "next", "acts", "acting_for", "mandates"]

    @extend_schema_field(NextStep)
    def get_next(self, room: Room) -> dict[str, Any]:
        step = self.context["next"]
        due = step.get("due")
        return {"what": step["what"], "who": step["who"], "due": due.isoformat() if due else None}

    def get_acts(self, room: Room) -> list[str]:
        from negotiation.permissions import ACTS

        viewer: Viewer = self.context["viewer"]
        return [act for act in ACTS if viewer.can(act)]

    @extend_schema_field(OwnMandate(many=True))
    def get_mandates(self, room: Room) -> Any:
        return OwnMandate(self.context["viewer"].mandates, many=True).data

    @extend_schema_field(S.CharField(allow_null=True))
    def get_acting_for(self, room: Room) -> str | None:
        mandate: Mandate | None = self.context["viewer"].mandate
        return mandate.party.code if mandate else None


class LightRow(S.Serializer[Any]):
    code = S.CharField()
    label = S.CharField()  # type: ignore[assignment]
    state = S.CharField()
    reasons = S.ListField(child=S.CharField())


class RevisionRow(S.ModelSerializer[Revision]):
    package = S.CharField(source="package.code")
    proposer = Named(source="package.proposer")
    counters = S.SerializerMethodField()
    lights = S.SerializerMethodField()
    card = S.SerializerMethodField(help_text="State of the scorecard.")

    class Meta:
        model = Revision
        fields = ["package", "number", "title", "summary", "proposer", "counters", "digest", "submitted_at"]
        fields += ["notice_on", "notice_place", "lights", "card"]

    @extend_schema_field(S.CharField(allow_null=True))
    def get_counters(self, revision: Revision) -> str | None:
        return revision.parent.package.code if revision.parent else None

    @extend_schema_field(LightRow(many=True))
    def get_lights(self, revision: Revision) -> list[dict[str, Any]]:
        from negotiation.queries.packages import listed

        return [vars(light) for light in listed(revision).lights]

    @extend_schema_field(S.CharField(allow_null=True))
    def get_card(self, revision: Revision) -> str | None:
        cards = revision.cards  # type: ignore[attr-defined]
        return cards[0].state if cards else None


class DispositionRow(S.ModelSerializer[Disposition]):
    parcel = S.CharField(source="parcel.code")
    site_area = AmountField()
    floor_area = AmountField()
    place = PLACE
    recipient = Holder(allow_null=True)
    responsible = Holder(allow_null=True)
    yields = Part(many=True, allow_null=True)
    uses = Part(many=True, allow_null=True)

    class Meta:
        model = Disposition
        fields = [
            "place",
            "parcel",
            "action",
            "land_use",
            "site_area",
            "floor_area",
            "recipient",
            "responsible",
            "yields",
            "uses",
        ]


class AllocationRow(S.ModelSerializer[Allocation]):
    place = PLACE
    party = Named()
    item = S.CharField(source="item.code")
    unit = S.CharField(source="item.unit")
    quantity = AmountField()

    class Meta:
        model = Allocation
        fields = ["place", "party", "item", "unit", "quantity", "year"]


class FlowRow(S.ModelSerializer[Flow]):
    place = PLACE
    to = S.CharField(source="target")
    yuan = AmountField()

    class Meta:
        model = Flow
        fields = ["place", "to", "category", "stage", "year", "yuan"]

    def get_fields(self) -> dict[str, Any]:
        # `from` is a word of the language and can not be named above.
        return {**super().get_fields(), "from": S.CharField(source="source")}


class Computed(S.Serializer[Any]):
    """What was found, by which engine, and a newer computation of it that is under way or failed."""

    error = S.CharField(allow_blank=True)
    engine = S.CharField(allow_null=True, help_text="Version of the computation that is shown.")
    todays_engine = S.CharField(help_text="The version that computes now.")
    newer = S.CharField(allow_null=True, help_text="State of a newer computation, while an older one is shown.")


class CardState(Computed):
    state = S.CharField()
    card = S.JSONField(help_text="The card, or null while there is none.")


class ComparisonState(Computed):
    state = S.CharField(allow_null=True, help_text="Null where there is nothing to compare.")
    left_out = S.ListField(child=S.CharField(), help_text="Codes of the packages whose scoring failed.")
    comparison = S.JSONField(help_text="`tongchou-comparison/1`, or null while there is none.")


class ComputationRow(S.ModelSerializer[Scorecard]):
    class Meta:
        model = Scorecard
        fields = ["engine", "digest", "state", "error", "updated_at"]


class Cell(S.Serializer[Any]):
    code = S.CharField()
    text = S.CharField(help_text="As the page writes it.")
    value = S.FloatField(allow_null=True, help_text="The figure itself.")
    reason = S.CharField(allow_blank=True, help_text="Why there is no figure.")


class Line(S.Serializer[Any]):
    label = S.CharField()  # type: ignore[assignment]
    unit = S.CharField(allow_blank=True)
    hint = S.CharField(allow_blank=True, help_text="What the figure means.")
    differs = S.BooleanField()
    cells = Cell(many=True)


class DraftRow(S.ModelSerializer[Draft]):
    package = S.CharField(source="package.code")
    title = S.CharField(source="document.title")

    class Meta:
        model = Draft
        fields = ["package", "title", "version", "saved_at"]


class DraftDetail(S.Serializer[Draft]):
    """A draft with the rows that the reader may see; `row` is a row's place in the stored draft."""

    package = S.CharField(source="package.code")
    version = S.IntegerField()
    saved_at = S.DateTimeField()
    document = S.SerializerMethodField()
    hidden = S.SerializerMethodField(help_text="How many rows of each kind are kept without being shown.")

    @extend_schema_field(S.JSONField())
    def get_document(self, draft: Draft) -> dict[str, Any]:
        from negotiation.drafting import ENDS, visible_rows

        hidden = self.context["viewer"].hidden_codes
        shown = {
            kind: [{**row, "row": place} for place, row in visible_rows(draft.document, kind, hidden)] for kind in ENDS
        }
        # A bound stands in its row: the list that points at all rows is not for everyone.
        return {key: value for key, value in draft.document.items() if key != "negotiable"} | shown

    @extend_schema_field(S.DictField(child=S.IntegerField()))
    def get_hidden(self, draft: Draft) -> dict[str, int]:
        from negotiation.drafting import hidden_summary

        return hidden_summary(draft.document, self.context["viewer"].hidden_codes)


class AttachmentRow(S.ModelSerializer[Attachment]):
    party = Named()
    package = S.CharField(source="package.code", allow_null=True, default=None)
    revision = S.IntegerField(source="revision.number", allow_null=True, default=None)

    class Meta:
        model = Attachment
        fields = ["id", "name", "kind", "size", "sha256", "party", "package", "revision", "comment", "created_at"]


class MovedRow(S.Serializer[Any]):
    row = S.IntegerField(source="place", help_text="Place in the stored draft.")
    old = S.CharField(allow_blank=True)
    new = S.CharField()


class BulkDone(S.Serializer[Any]):
    version = S.IntegerField(help_text="Of the draft as it is now.")
    count = S.IntegerField(help_text="How many rows change.")
    hidden = S.IntegerField(help_text="Rows of this kind that are kept without being shown.")
    rows = MovedRow(many=True, help_text="The first 200 of them.")


class SheetFault(S.Serializer[Any]):
    sheet = S.CharField()
    cell = S.CharField()
    reason = S.CharField()


class SheetImportDetail(S.ModelSerializer[SheetImport]):
    """What an uploaded workbook would do; nothing of the draft changes before it is applied."""

    faults = SheetFault(many=True, help_text="Faulty cells; while there is one, nothing can be applied.")
    kept = S.ListField(child=S.CharField(), help_text="Kinds without a sheet in the file: they stay as they are.")
    counts = S.SerializerMethodField(help_text="How many rows are added, changed and removed.")

    class Meta:
        model = SheetImport
        fields = ["id", "version", "sha256", "state", "error", "done", "total"]
        fields += ["faults", "more_faults", "kept", "counts", "created_at"]

    @extend_schema_field(S.DictField(child=S.IntegerField()))
    def get_counts(self, found: SheetImport) -> dict[str, int]:
        from negotiation.queries.sheets import counts

        return counts(found)


class SheetChangeRow(S.ModelSerializer[SheetChange]):
    line = S.IntegerField(allow_null=True, help_text="Row of the sheet; null for what is not in the file.")
    row = S.JSONField(help_text="The row as it will be, or was.")

    class Meta:
        model = SheetChange
        fields = ["kind", "change", "line", "row"]

    def get_fields(self) -> dict[str, Any]:
        # A serializer's own `fields` stands in the way of that name above.
        found = super().get_fields()
        return {**found, "fields": S.JSONField(help_text="Key → old and new value.")}


class MediationRow(S.ModelSerializer[Mediation]):
    package = S.CharField(source="revision.package.code")
    revision = S.IntegerField(source="revision.number")
    asked_by = Named(source="mandate.party")

    class Meta:
        model = Mediation
        fields = ["id", "package", "revision", "mode", "asked_by", "state", "step", "error", "created_at"]


class MediationDetail(MediationRow):
    result = S.SerializerMethodField(help_text="`tongchou-suggestion/1`, without what is not for the reader; or null.")

    class Meta(MediationRow.Meta):
        fields = [*MediationRow.Meta.fields, "result"]

    @extend_schema_field(S.JSONField())
    def get_result(self, mediation: Mediation) -> Any:
        return self.context["result"]


class ValuationDetail(S.Serializer[Valuation]):
    multipliers = S.DictField(child=S.CharField())
    walk_away = AmountField(allow_null=True)


class AnswerRow(S.ModelSerializer[Answer]):
    class Meta:
        model = Answer
        fields = ["verdict", "reason", "created_at"]


class ReplyRow(S.ModelSerializer[Comment]):
    party = Named()

    class Meta:
        model = Comment
        fields = ["id", "party", "body", "created_at"]


class CommentRow(ReplyRow):
    revision = S.SerializerMethodField()
    answer = S.SerializerMethodField()
    replies = ReplyRow(many=True)

    class Meta(ReplyRow.Meta):
        fields = [*ReplyRow.Meta.fields, "revision", "term", "answer", "replies"]

    @extend_schema_field(S.CharField(allow_null=True))
    def get_revision(self, comment: Comment) -> str | None:
        return str(comment.revision) if comment.revision else None

    @extend_schema_field(AnswerRow(allow_null=True))
    def get_answer(self, comment: Comment) -> Any:
        answer = getattr(comment, "answer", None)
        return AnswerRow(answer).data if answer else None


class BallotRow(S.ModelSerializer[Ballot]):
    package = S.CharField(source="revision.package.code")
    revision = S.IntegerField(source="revision.number")
    outcome = S.SerializerMethodField()

    class Meta:
        model = Ballot
        fields = ["id", "package", "revision", "state", "opens_at", "closes_at", "outcome"]

    @extend_schema_field(S.CharField(allow_null=True))
    def get_outcome(self, ballot: Ballot) -> str | None:
        decision = getattr(ballot, "decision", None)
        return decision.outcome if decision else None


class BallotDetail(BallotRow):
    rule = S.JSONField()
    tally = S.SerializerMethodField(help_text="As `manage.py tally` prints it.")
    my_vote = S.SerializerMethodField()

    class Meta(BallotRow.Meta):
        fields = [*BallotRow.Meta.fields, "rule", "rule_digest", "card_digest", "roll_digest", "tally", "my_vote"]

    @extend_schema_field(S.JSONField())
    def get_tally(self, ballot: Ballot) -> dict[str, Any]:
        return self.context["tally"]  # type: ignore[no-any-return]

    @extend_schema_field(S.CharField(allow_null=True))
    def get_my_vote(self, ballot: Ballot) -> str | None:
        vote = self.context["my_vote"]
        return vote.choice if vote else None


class VoteDone(S.Serializer[Any]):
    id = S.IntegerField()
    choice = S.CharField()
    via = S.CharField()
    cast_at = S.DateTimeField()


class DecisionDone(S.Serializer[Any]):
    outcome = S.CharField()
    count = S.JSONField()
    decided_at = S.DateTimeField()


class MandateRow(S.ModelSerializer[Mandate]):
    person = S.CharField(source="user.name")
    party = S.CharField(source="party.code")

    class Meta:
        model = Mandate
        fields = ["id", "person", "party", "kind", "document", "valid_from", "valid_to", "revoked_at"]


class PersonDone(S.Serializer[Any]):
    username = S.CharField()
    name = S.CharField()
    link = S.CharField(help_text="Where its owner chooses the password; works once, within three days.")


class EntryRow(S.Serializer[Entry]):
    id = S.UUIDField()
    entry = S.SerializerMethodField(help_text="The entry; its canonical bytes are in the export.")
    sha256 = S.SerializerMethodField()

    @extend_schema_field(S.JSONField())
    def get_entry(self, entry: Entry) -> Any:
        return json.loads(bytes(entry.body))

    def get_sha256(self, entry: Entry) -> str:
        return hashlib.sha256(bytes(entry.body)).hexdigest()


class RightRow(S.Serializer[Any]):
    parcel = S.CharField(source="parcel.code")
    kind = S.CharField()
    site_area = AmountField()
    floor_area = AmountField()
    value = AmountField()


class OutcomeRow(S.Serializer[Any]):
    """What a party gets under one package; yuan of year 0."""

    package = S.CharField(source="listed.revision.package.code")
    before = S.FloatField(allow_null=True)
    after = S.FloatField(allow_null=True)
    gain = S.FloatField(allow_null=True)
    spread = S.JSONField()


class Mine(S.Serializer[Any]):
    party = Named()
    rights = RightRow(many=True)
    outcomes = OutcomeRow(many=True)


class TokenDone(S.Serializer[Any]):
    token = S.CharField()
    expiry = S.DateTimeField(allow_null=True)
