"""What the API answers. Amounts are decimal strings as in a case file; areas m², money yuan."""

import hashlib
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Mandate, Party
from audit.log import read_body
from audit.models import Entry
from negotiation.api.acts import Part
from negotiation.api.result_shapes import StandingRow
from negotiation.mediation import Stated
from negotiation.models import (
    Allocation,
    Answer,
    Attachment,
    Ballot,
    Caucus,
    CaucusMessage,
    Clustering,
    Comment,
    Disposition,
    Draft,
    Flow,
    Hiding,
    Invitation,
    InvitationBatch,
    JointProposer,
    LetterFile,
    Mediation,
    Partner,
    Report,
    Revision,
    Room,
    Scorecard,
    SheetChange,
    SheetImport,
    Sitting,
    Withdrawal,
)
from negotiation.permissions import Viewer
from negotiation.queries.acceptance import Answered
from negotiation.queries.answers import outcome
from negotiation.queries.comments import is_readable
from negotiation.terms import amount

S = serializers
DUE = S.DateField(allow_null=True, help_text="By when the term is to be done.")
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
    overdue = S.SerializerMethodField(help_text="How many dated terms are late, of those that the reader may see.")
    acts = S.SerializerMethodField(help_text="What the reader may do now.")
    acting_for = S.SerializerMethodField(help_text="Code of the party that the reader acts for, or null.")
    mandates = S.SerializerMethodField(help_text="The reader's own, for the header that chooses one.")

    class Meta(RoomRow.Meta):
        fields = [
            *RoomRow.Meta.fields,
            "summary",
            "unit",
            "region",
            "rule",
            "next",
            "overdue",
            "acts",
            "acting_for",
            "mandates",
        ]

    @extend_schema_field(NextStep)
    def get_next(self, room: Room) -> dict[str, Any]:
        step = self.context["next"]
        due = step.get("due")
        return {"what": step["what"], "who": step["who"], "due": due.isoformat() if due else None}

    @extend_schema_field(S.IntegerField())
    def get_overdue(self, room: Room) -> int:
        return int(self.context["overdue"])

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


class WithdrawalRow(S.ModelSerializer[Withdrawal]):
    class Meta:
        model = Withdrawal
        fields = ["reason", "created_at"]


class JointRow(S.ModelSerializer[JointProposer]):
    party = Named()
    withdrawn = S.SerializerMethodField(help_text="When and why it no longer stands by the revision, or null.")

    class Meta:
        model = JointProposer
        fields = ["party", "withdrawn"]

    @extend_schema_field(WithdrawalRow(allow_null=True))
    def get_withdrawn(self, row: JointProposer) -> dict[str, Any] | None:
        return {"reason": row.reason, "created_at": row.withdrawn_at} if row.withdrawn_at else None


class RevisionRow(S.ModelSerializer[Revision]):
    package = S.CharField(source="package.code")
    proposer = Named(source="package.proposer")
    joint = JointRow(many=True, help_text="The parties that propose it together with `proposer`.")
    counters = S.SerializerMethodField()
    lights = S.SerializerMethodField()
    card = S.SerializerMethodField(help_text="State of the scorecard.")
    withdrawn = S.SerializerMethodField(help_text="When and why the proposer took it off the table, or null.")

    class Meta:
        model = Revision
        fields = ["package", "number", "title", "summary", "proposer", "joint", "counters", "digest"]
        fields += ["submitted_at", "notice_on", "notice_place", "lights", "card", "withdrawn"]

    @extend_schema_field(S.CharField(allow_null=True))
    def get_counters(self, revision: Revision) -> str | None:
        return revision.parent.package.code if revision.parent else None

    @extend_schema_field(WithdrawalRow(allow_null=True))
    def get_withdrawn(self, revision: Revision) -> Any:
        found = getattr(revision, "withdrawal", None)
        return WithdrawalRow(found).data if found else None

    @extend_schema_field(LightRow(many=True))
    def get_lights(self, revision: Revision) -> list[dict[str, Any]]:
        from negotiation.queries.packages import listed

        return [vars(light) for light in listed(revision).lights]

    @extend_schema_field(S.CharField(allow_null=True))
    def get_card(self, revision: Revision) -> str | None:
        cards = revision.cards  # type: ignore[attr-defined]
        return cards[0].state if cards else None


class ProposalRow(S.ModelSerializer[Revision]):
    """One revision in the tree of proposals."""

    package = S.CharField(source="package.code")
    proposer = Named(source="package.proposer")
    joint = Named(many=True, source="standing", help_text="Who stands by it together with `proposer`.")
    answers = S.SerializerMethodField(help_text="The revision that it answers, such as `B.1`, or null.")
    latest = S.SerializerMethodField(help_text="Whether it is the package's latest.")
    withdrawn = S.SerializerMethodField()

    class Meta:
        model = Revision
        fields = ["package", "number", "title", "proposer", "joint", "submitted_at", "answers", "latest", "withdrawn"]

    @extend_schema_field(S.CharField(allow_null=True))
    def get_answers(self, revision: Revision) -> str | None:
        return str(revision.parent) if revision.parent else None

    def get_latest(self, revision: Revision) -> bool:
        return revision.pk == revision.package.latest_id

    def get_withdrawn(self, revision: Revision) -> bool:
        return hasattr(revision, "withdrawal")


class DispositionRow(S.ModelSerializer[Disposition]):
    parcel = S.CharField(source="parcel.code")
    site_area = AmountField()
    floor_area = AmountField()
    place = PLACE
    recipient = Holder(allow_null=True)
    responsible = Holder(allow_null=True)
    yields = Part(many=True, allow_null=True)
    uses = Part(many=True, allow_null=True)
    due = DUE

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
            "due",
        ]


class AllocationRow(S.ModelSerializer[Allocation]):
    place = PLACE
    party = Named()
    item = S.CharField(source="item.code")
    unit = S.CharField(source="item.unit")
    quantity = AmountField()
    due = DUE

    class Meta:
        model = Allocation
        fields = ["place", "party", "item", "unit", "quantity", "year", "due"]


class FlowRow(S.ModelSerializer[Flow]):
    place = PLACE
    to = S.CharField(source="target")
    yuan = AmountField()
    due = DUE

    class Meta:
        model = Flow
        fields = ["place", "to", "category", "stage", "year", "yuan", "due"]

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


class TextChange(S.Serializer[Any]):
    old = S.CharField(allow_blank=True)
    new = S.CharField(allow_blank=True)


class PartRow(S.Serializer[Any]):
    """One thing that a row says, before and after; null where the row is not there."""

    label = S.CharField()  # type: ignore[assignment]
    form = S.CharField(help_text="`text`, `number` or `money` (yuan).")
    unit = S.CharField(allow_blank=True)
    old = S.SerializerMethodField()
    new = S.SerializerMethodField()
    difference = S.SerializerMethodField()

    def get_old(self, part: Any) -> str | None:
        return _written(part.old)

    def get_new(self, part: Any) -> str | None:
        return _written(part.new)

    def get_difference(self, part: Any) -> str | None:
        return _written(part.difference)


def _written(value: Any) -> str | None:
    return amount(value) if isinstance(value, Decimal) else value


class ChangeRow(S.Serializer[Any]):
    """A row of terms that is added, removed or changed; `id` names it among the changes between the two."""

    id = S.CharField()
    kind = S.CharField()
    how = S.CharField(help_text="`added`, `removed` or `changed`.")
    what = S.SerializerMethodField(help_text="The row in words.")
    parts = S.SerializerMethodField()
    old = S.SerializerMethodField(help_text="The row as a case file has it, with its bounds; or null.")
    new = S.SerializerMethodField()

    def get_what(self, change: Any) -> str:
        return str(self.context["lines"][change.id].what)

    @extend_schema_field(PartRow(many=True))
    def get_parts(self, change: Any) -> Any:
        return PartRow(self.context["lines"][change.id].parts, many=True).data

    @extend_schema_field(S.JSONField(allow_null=True))
    def get_old(self, change: Any) -> Any:
        return self._row(change.old)

    @extend_schema_field(S.JSONField(allow_null=True))
    def get_new(self, change: Any) -> Any:
        return self._row(change.new)

    def _row(self, row: dict[str, Any] | None) -> dict[str, Any] | None:
        """Without the holders of land who are not for the reader."""
        hidden = self.context["viewer"].hidden_codes
        holders = ("recipient", "responsible")
        return row and {key: value for key, value in row.items() if key not in holders or value not in hidden}


class TogetherRow(S.Serializer[Any]):
    what = S.CharField()
    households = S.IntegerField()
    difference = AmountField()
    form = S.CharField()
    unit = S.CharField(allow_blank=True)


class MoveRow(S.Serializer[Any]):
    """What somebody gains under each of the two, in yuan of year 0."""

    name = S.CharField()
    side = S.CharField(allow_blank=True)
    old = S.FloatField()
    new = S.FloatField()
    difference = S.FloatField()


class StateRow(S.Serializer[Any]):
    """A light, gate, target or limit: `met`, `warning` or `tolerated`, `broken`, or nothing."""

    label = S.CharField()  # type: ignore[assignment]
    old = S.CharField(allow_blank=True)
    new = S.CharField(allow_blank=True)


class EffectsDetail(S.Serializer[Any]):
    """Lists are empty while one of the two scorecards is not computed."""

    base = S.CharField()
    target = S.CharField()
    computed = S.SerializerMethodField()
    lights = S.SerializerMethodField()
    states = S.SerializerMethodField(help_text="Gates, targets and limits that stand otherwise.")
    sides = S.SerializerMethodField()
    parties = S.SerializerMethodField(help_text="Those that the reader may see, the largest change first.")
    households = S.SerializerMethodField(help_text="Those that are not shown, together; null for fewer than five.")

    def get_computed(self, found: Any) -> bool:
        return found["found"] is not None

    @extend_schema_field(StateRow(many=True))
    def get_lights(self, found: Any) -> Any:
        pairs = found["found"].lights if found["found"] else ()
        return [{"label": new.label, "old": old.state, "new": new.state} for old, new in pairs]

    @extend_schema_field(StateRow(many=True))
    def get_states(self, found: Any) -> Any:
        turns = found["found"].turns if found["found"] else ()
        return [{"label": row.new.label, "old": row.old.mark, "new": row.new.mark} for row in turns]

    @extend_schema_field(MoveRow(many=True))
    def get_sides(self, found: Any) -> Any:
        return MoveRow(found["found"].sides if found["found"] else [], many=True).data

    @extend_schema_field(MoveRow(many=True))
    def get_parties(self, found: Any) -> Any:
        return MoveRow(found["found"].parties if found["found"] else [], many=True).data

    @extend_schema_field(MoveRow(allow_null=True))
    def get_households(self, found: Any) -> Any:
        together = found["found"].households if found["found"] else None
        return MoveRow(together[1]).data if together else None


class DraftRow(S.ModelSerializer[Draft]):
    package = S.CharField(source="package.code")
    title = S.CharField(source="document.title")

    class Meta:
        model = Draft
        fields = ["package", "title", "version", "saved_at"]


class Clash(S.Serializer[Any]):
    """What a colleague changed too: theirs stays."""

    about = S.CharField()
    theirs = S.CharField()
    mine = S.CharField()


class Someone(S.Serializer[Any]):
    name = S.CharField(source="user")
    since = S.DateTimeField()


class DraftDetail(S.Serializer[Draft]):
    """A draft with the rows that the reader may see; `row` is a row's place in the stored draft."""

    package = S.CharField(source="package.code")
    version = S.IntegerField()
    saved_at = S.DateTimeField()
    document = S.SerializerMethodField()
    hidden = S.SerializerMethodField(help_text="How many rows of each kind are kept without being shown.")
    clashes = S.SerializerMethodField(help_text="After a save that was put together with a colleague's.")

    @extend_schema_field(S.JSONField())
    def get_document(self, draft: Draft) -> dict[str, Any]:
        from negotiation.drafting import visible_rows
        from negotiation.terms import ENDS

        hidden = self.context["viewer"].hidden_codes
        shown = {
            kind: [{**row, "row": place} for place, row in visible_rows(draft.document, kind, hidden)] for kind in ENDS
        }
        # Bounds and dates stand in their rows: what points at all rows is not for everyone.
        return {key: value for key, value in draft.document.items() if key not in ("negotiable", "due")} | shown

    @extend_schema_field(S.DictField(child=S.IntegerField()))
    def get_hidden(self, draft: Draft) -> dict[str, int]:
        from negotiation.drafting import hidden_summary

        return hidden_summary(draft.document, self.context["viewer"].hidden_codes)

    @extend_schema_field(Clash(many=True))
    def get_clashes(self, _draft: Draft) -> Any:
        return Clash(self.context.get("clashes", ()), many=True).data


class DraftFault(S.Serializer[Any]):
    kind = S.CharField(allow_blank=True, help_text="Kind of the row's terms; empty for the package itself.")
    row = S.IntegerField(source="place", allow_null=True, help_text="Place in the stored draft.")
    field = S.CharField(allow_blank=True)
    message = S.CharField()


class GateLine(S.Serializer[Any]):
    key = S.CharField()
    title = S.CharField(source="label")
    mark = S.CharField(help_text="met, tolerated or broken")
    value = S.CharField(source="value.value", allow_null=True)


class DraftCheck(S.Serializer[Any]):
    """A draft with faults has no gates yet."""

    passed = S.BooleanField()
    faults = DraftFault(many=True)
    more = S.IntegerField(help_text="Further faults that are not listed.")
    gates = GateLine(source="lines", many=True)


class DraftState(S.Serializer[Draft]):
    version = S.IntegerField()
    saved_at = S.DateTimeField()
    saved_by = S.CharField(source="saved_by.user")
    others = S.SerializerMethodField()

    @extend_schema_field(Someone(many=True))
    def get_others(self, _draft: Draft) -> Any:
        return Someone(self.context["others"], many=True).data


class JointDraftRow(S.ModelSerializer[Draft]):
    """A draft that names parties; what it says is for its own party and those that it names."""

    package = S.CharField(source="package.code")
    proposer = Named(source="package.proposer")
    named = S.IntegerField(help_text="How many parties it names.")
    open = S.IntegerField(help_text="How many of them do not consent to it as it stands.")
    mine = S.BooleanField(help_text="Whether it names a party of the reader's.")

    class Meta:
        model = Draft
        fields = ["package", "proposer", "named", "open", "mine"]


class PartnerRow(S.ModelSerializer[Partner]):
    party = Named()
    voided_by = S.CharField(allow_blank=True, help_text="The act that made its earlier answer void.")

    class Meta:
        model = Partner
        fields = ["party", "state", "reason", "voided_by", "changed_at"]


class PartnersDetail(S.Serializer[Any]):
    package = S.CharField()
    digest = S.CharField(help_text="Of what stands: the draft's document, the named parties, the files.")
    partners = PartnerRow(many=True)


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
    """What an uploaded workbook, or plots, would do; nothing of the draft changes before it is applied."""

    faults = SheetFault(many=True, help_text="Faulty cells or plots; while there is one, nothing can be applied.")
    kept = S.ListField(child=S.CharField(), help_text="Kinds without a sheet in the file: they stay as they are.")
    counts = S.SerializerMethodField(help_text="How many rows are added, changed and removed.")

    class Meta:
        model = SheetImport
        fields = ["id", "version", "form", "system", "sha256", "state", "error", "done", "total"]
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


class ValuationDetail(S.Serializer[Stated]):
    multipliers = S.DictField(child=S.CharField())
    walk_away = AmountField(allow_null=True)


class MarkRow(S.Serializer[Revision]):
    package = S.CharField(source="package.code")
    revision = S.IntegerField(source="number")


class AnsweredRow(S.Serializer[Answered]):
    side = S.CharField()
    answered = S.IntegerField()
    seats = S.IntegerField()


class AcceptanceDetail(S.Serializer[Any]):
    answered = S.BooleanField(help_text="Whether one's own party has answered.")
    packages = MarkRow(many=True, help_text="What one's own party marked; nobody else reads it.")
    sides = AnsweredRow(many=True)


class AnswerRow(S.ModelSerializer[Answer]):
    revision = S.SerializerMethodField()

    class Meta:
        model = Answer
        fields = ["id", "verdict", "reason", "revision", "created_at"]

    @extend_schema_field(S.CharField(allow_null=True))
    def get_revision(self, answer: Answer) -> str | None:
        return str(answer.revision) if answer.revision else None


class ReplyRow(S.ModelSerializer[Comment]):
    """A comment; `body` is null where it is hidden from the reader."""

    party = Named()
    body = S.SerializerMethodField()
    quote = S.PrimaryKeyRelatedField(read_only=True, allow_null=True)  # type: ignore[var-annotated]

    class Meta:
        model = Comment
        fields = ["id", "party", "body", "created_at", "quote", "agreed", "hidden"]

    @extend_schema_field(S.CharField(allow_null=True))
    def get_body(self, comment: Comment) -> str | None:
        return comment.body if is_readable(self.context["viewer"], comment) else None


class Trace(S.ModelSerializer[Hiding]):
    """What everybody reads of a hiding."""

    class Meta:
        model = Hiding
        fields = ["reason", "created_at", "appeal", "appealed_at", "outcome", "outcome_reason", "decided_at"]


class ReportRow(S.ModelSerializer[Report]):
    party = Named()

    class Meta:
        model = Report
        fields = ["party", "reason", "created_at"]


class WaitingRow(ReplyRow):
    """A comment that was reported or is hidden."""

    reports = ReportRow(many=True, source="open_reports")
    traces = Trace(many=True)

    class Meta(ReplyRow.Meta):
        fields = [*ReplyRow.Meta.fields, "reports", "traces"]


class ThreadReplyRow(ReplyRow):
    """A comment in a list, with how many seats of each side agree with it, and whether the reader's does."""

    sides = S.DictField(child=S.IntegerField())
    mine = S.BooleanField()
    new = S.BooleanField(help_text="Whether it came since the reader's last visit; never for what the reader said.")
    traces = Trace(many=True, help_text="When it was hidden and why, the newest first.")

    class Meta(ReplyRow.Meta):
        fields = [*ReplyRow.Meta.fields, "sides", "mine", "new", "traces"]


class CommentRow(ThreadReplyRow):
    revision = S.SerializerMethodField()
    parcel = S.SerializerMethodField()
    answer = S.SerializerMethodField()
    replies = ThreadReplyRow(many=True)

    class Meta(ThreadReplyRow.Meta):
        fields = [*ThreadReplyRow.Meta.fields, "revision", "term", "parcel", "answer", "replies"]

    @extend_schema_field(S.CharField(allow_null=True))
    def get_revision(self, comment: Comment) -> str | None:
        return str(comment.revision) if comment.revision else None

    @extend_schema_field(S.CharField(allow_null=True))
    def get_parcel(self, comment: Comment) -> str | None:
        return comment.parcel.code if comment.parcel else None

    @extend_schema_field(AnswerRow(allow_null=True))
    def get_answer(self, comment: Comment) -> Any:
        return AnswerRow(comment.answer).data if comment.answer else None


class WordRow(S.Serializer[Any]):
    """A word of the pages, explained in the reader's language."""

    code = S.CharField()
    word = S.CharField()
    text = S.CharField()


class WordGroup(S.Serializer[Any]):
    title = S.CharField()
    words = WordRow(many=True)


class VisitDone(S.Serializer[Any]):
    since = S.DateTimeField(allow_null=True, help_text="Comments after this are new; null on the first visit.")


class CaucusRow(S.ModelSerializer[Caucus]):
    """A private thread of the reader's party; `side` is empty where the parties are named."""

    said = S.IntegerField()
    last = S.DateTimeField(allow_null=True)

    class Meta:
        model = Caucus
        fields = ["id", "name", "side", "created_at", "said", "last"]


class CaucusMade(S.ModelSerializer[Caucus]):
    class Meta:
        model = Caucus
        fields = ["id", "name", "side", "created_at"]


class MessageRow(S.ModelSerializer[CaucusMessage]):
    """With the salt of its commitment in the log, sha256(salt ‖ body): a member can prove what was said."""

    party = Named()
    salt = S.SerializerMethodField()

    class Meta:
        model = CaucusMessage
        fields = ["id", "party", "body", "created_at", "salt"]

    @extend_schema_field(S.CharField(help_text="Hex."))
    def get_salt(self, message: CaucusMessage) -> str:
        return bytes(message.salt).hex()


class ClusterGroup(S.Serializer[Any]):
    words = S.ListField(child=S.CharField(), help_text="What sets these comments apart.")
    comments = S.ListField(child=S.IntegerField())


class ClusteringRow(S.ModelSerializer[Clustering]):
    """Groups of like comments: a help for reading, which decides nothing."""

    groups = ClusterGroup(many=True)

    class Meta:
        model = Clustering
        fields = ["state", "groups", "covered", "error", "found_at"]


class SaidRow(S.Serializer[Any]):
    """A row of the published table: no personal data, the same for every reader."""

    number = S.IntegerField()
    who = S.CharField()
    side = S.CharField()
    about = S.CharField()
    said = S.CharField()
    said_at = S.DateTimeField()
    verdict = S.CharField(help_text="`open` while there is no answer.")
    reason = S.CharField()
    carried = S.CharField(help_text="The revision that carries it, or empty.")
    answer = S.IntegerField(allow_null=True)
    answered_at = S.DateTimeField(allow_null=True)

    def to_representation(self, instance: Comment) -> Any:
        return super().to_representation(outcome(instance))


class OwnComment(S.ModelSerializer[Comment]):
    """What one's own party said, with its answer."""

    answer = AnswerRow(allow_null=True)

    class Meta:
        model = Comment
        fields = ["id", "body", "created_at", "answer"]


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


class SittingRow(S.ModelSerializer[Sitting]):
    class Meta:
        model = Sitting
        fields = ["chamber", "opens_at", "closes_at"]


class BallotDetail(BallotRow):
    rule = S.JSONField()
    sittings = SittingRow(many=True, help_text="When each chamber votes.")
    tally = S.SerializerMethodField(
        help_text="As `manage.py tally` prints it; of a secret ballot the turnout until it is opened."
    )
    standing = S.SerializerMethodField()
    my_vote = S.SerializerMethodField()

    class Meta(BallotRow.Meta):
        fields = [
            *BallotRow.Meta.fields,
            "sittings",
            "rule",
            "rule_digest",
            "card_digest",
            "roll_digest",
            "tally",
            "standing",
        ]
        fields += ["my_vote"]

    @extend_schema_field(StandingRow)
    def get_standing(self, ballot: Ballot) -> Any:
        return StandingRow(self.context["standing"]).data

    @extend_schema_field(S.JSONField())
    def get_tally(self, ballot: Ballot) -> dict[str, Any]:
        return self.context["tally"]  # type: ignore[no-any-return]

    @extend_schema_field(S.CharField(allow_null=True))
    def get_my_vote(self, ballot: Ballot) -> str | None:
        vote = self.context["my_vote"]
        return (vote.choice or "sealed") if vote else None


class VoteDone(S.Serializer[Any]):
    id = S.IntegerField()
    choice = S.CharField(allow_blank=True, help_text="Empty in a secret ballot.")
    mark = S.CharField(
        allow_blank=True, help_text="In a secret ballot, told this once: by it you find your vote on the board."
    )
    via = S.CharField()
    cast_at = S.DateTimeField()


class ReceiptFile(S.Serializer[Any]):
    """`tongchou-receipt/1`: one entry, its place in the tree, the proof of it, and the signed checkpoint."""

    format = S.CharField()
    entry = S.CharField(help_text="The canonical bytes of the entry.")
    index = S.IntegerField()
    proof = S.ListField(child=S.CharField(), help_text="Hashes in base64, from the leaf up.")
    checkpoint = S.CharField(help_text="The signed note.")
    key = S.CharField(help_text="The verifier key.")


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


class ErasureRow(S.Serializer[Any]):
    count = S.IntegerField()
    ground = S.CharField()
    entry = S.UUIDField()


class InvitationRow(S.ModelSerializer[Invitation]):
    party = S.CharField(source="mandate.party.code")
    person = S.CharField(source="mandate.user.name")

    class Meta:
        model = Invitation
        fields = ["number", "party", "person", "phone", "address", "note", "state", "reason"]
        fields += ["made_at", "expires_at", "printed_at", "used_at", "replaced_at"]


class Arrivals(S.Serializer[Any]):
    came = S.IntegerField(help_text="Parties of the public side for which somebody has signed in.")
    households = S.IntegerField(help_text="Parties of the public side.")


class ListRow(S.ModelSerializer[InvitationBatch]):
    asked_by = S.CharField(source="asked_by.user.name")
    confirmed_by = S.SerializerMethodField()
    replaces = S.SerializerMethodField(help_text="Number of the letter that this one is made in place of.")

    class Meta:
        model = InvitationBatch
        fields = ["id", "state", "asked_by", "confirmed_by", "replaces", "sha256", "total", "done"]
        fields += ["created_at", "confirmed_at"]

    @extend_schema_field(S.CharField(allow_null=True))
    def get_confirmed_by(self, batch: InvitationBatch) -> str | None:
        return batch.confirmed_by.user.name if batch.confirmed_by else None

    @extend_schema_field(S.IntegerField(allow_null=True))
    def get_replaces(self, batch: InvitationBatch) -> int | None:
        return batch.replaces.number if batch.replaces else None


class LetterFileRow(S.ModelSerializer[LetterFile]):
    class Meta:
        model = LetterFile
        fields = ["number", "letters", "made_at", "printed_at"]


class ListDetail(ListRow):
    faults = SheetFault(many=True, help_text="Faulty cells; while there is one, nobody can be invited.")
    files = S.SerializerMethodField(help_text="The letters to print; they are taken away on the page only.")

    class Meta(ListRow.Meta):
        fields = [*ListRow.Meta.fields, "faults", "more_faults", "files"]

    @extend_schema_field(LetterFileRow(many=True))
    def get_files(self, batch: InvitationBatch) -> Any:
        from negotiation.queries.invitations import files

        return LetterFileRow(files(batch), many=True).data


class Household(S.Serializer[Any]):
    party = S.CharField()
    name = S.CharField()
    kind = S.CharField()
    document = S.CharField()
    phone = S.CharField()
    address = S.CharField()
    note = S.CharField()


class HouseholdPage(S.Serializer[Any]):
    start = S.IntegerField(allow_null=True, help_text="Where to go on.")
    rows = Household(many=True)


class PersonDone(S.Serializer[Any]):
    username = S.CharField()
    name = S.CharField()
    link = S.CharField(help_text="Where its owner chooses the password; works once, within three days.")


class EntryRow(S.Serializer[Entry]):
    id = S.UUIDField()
    entry = S.SerializerMethodField(
        help_text="The entry; its canonical bytes are in the export. null where they were changed past reading."
    )
    sha256 = S.SerializerMethodField()

    @extend_schema_field(S.JSONField(allow_null=True))
    def get_entry(self, entry: Entry) -> Any:
        return read_body(bytes(entry.body))

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
    sentences = S.ListField(child=S.CharField(), help_text="The same in plain words.")


class Mine(S.Serializer[Any]):
    party = Named()
    rights = RightRow(many=True)
    outcomes = OutcomeRow(many=True)


class TokenDone(S.Serializer[Any]):
    token = S.CharField()
    expiry = S.DateTimeField(allow_null=True)
