"""What the API takes. Only the form is checked here; the rules are in the domain functions."""

from typing import Any

from rest_framework import serializers

from accounts.models import Mandate
from negotiation import answers
from negotiation.bulk import KINDS, WAYS
from negotiation.erasure import GROUNDS
from negotiation.models import Answer, Hiding, Mediation

S = serializers
LONG = 4000
BIG = 2**63 - 1


class Body(S.Serializer[Any]):
    """A body; a key that it does not know is a fault, not something to pass over."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := sorted(set(map(str, data)) - set(self.fields))):
            raise S.ValidationError(dict.fromkeys(unknown, "there is no such key"))
        return super().to_internal_value(data)


class Start(Body):
    source = S.CharField(  # type: ignore[assignment]
        max_length=64, required=False, help_text="Code of the package to copy."
    )
    counter = S.BooleanField(default=False, help_text="The new package answers `source`.")


class Part(Body):
    item = S.CharField(max_length=64)
    quantity = S.CharField(max_length=40)


class TermRow(Body):
    row = S.IntegerField(required=False, min_value=0, max_value=1_000_000, help_text="Place in the stored draft.")
    due = S.CharField(max_length=10, required=False, allow_blank=True, help_text="By when: 2027-06-30.")


class DispositionIn(TermRow):
    parcel = S.CharField(max_length=64, required=False, allow_blank=True)
    action = S.CharField(max_length=16, required=False, allow_blank=True)
    land_use = S.CharField(max_length=16, required=False, allow_blank=True)
    site_area = S.CharField(max_length=40, required=False, allow_blank=True)
    floor_area = S.CharField(max_length=40, required=False, allow_blank=True)
    recipient = S.CharField(max_length=64, required=False, allow_blank=True)
    responsible = S.CharField(max_length=64, required=False, allow_blank=True)
    yields = Part(many=True, required=False)
    uses = Part(many=True, required=False)


class BoundIn(Body):
    """Between these the mediator may move the term's amount."""

    min = S.CharField(max_length=40, required=False)
    max = S.CharField(max_length=40, required=False)


class AllocationIn(TermRow):
    party = S.CharField(max_length=64, required=False, allow_blank=True)
    item = S.CharField(max_length=64, required=False, allow_blank=True)
    quantity = S.CharField(max_length=40, required=False, allow_blank=True)
    negotiable = BoundIn(required=False, allow_null=True)
    year = S.IntegerField(required=False, min_value=0, max_value=1000)


class FlowIn(TermRow):
    to = S.CharField(max_length=64, required=False, allow_blank=True)
    category = S.CharField(max_length=64, required=False, allow_blank=True)
    stage = S.CharField(max_length=16, required=False, allow_blank=True)
    year = S.IntegerField(required=False, min_value=0, max_value=1000)
    yuan = S.CharField(max_length=40, required=False, allow_blank=True)
    negotiable = BoundIn(required=False, allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        # `from` is a word of the language and can not be named above.
        return {**super().get_fields(), "from": S.CharField(max_length=64, required=False, allow_blank=True)}


class DraftIn(Body):
    """Rows left out are taken out; kinds left out stay as they are. Hidden rows always stay."""

    version = S.IntegerField(min_value=0, max_value=2_000_000_000)
    together = S.BooleanField(
        default=False, help_text="Put the changes made of an older version together with what was saved since."
    )
    title = S.CharField(max_length=400, required=False, allow_blank=True)
    summary = S.CharField(max_length=LONG, required=False, allow_blank=True)
    dispositions = DispositionIn(many=True, required=False)
    allocations = AllocationIn(many=True, required=False)
    flows = FlowIn(many=True, required=False)


class BulkIn(Body):
    """Which amounts change, and how. What is left out is no choice."""

    kind = S.ChoiceField(choices=KINDS)
    way = S.ChoiceField(choices=WAYS, help_text="`percent` adds so many per cent, `set` sets, `round` to multiples of.")
    value = S.DecimalField(max_digits=21, decimal_places=6)
    about = S.CharField(max_length=64, required=False, help_text="Item of allocations or category of flows.")
    party = S.CharField(max_length=64, required=False)
    class_code = S.CharField(max_length=64, required=False, help_text="Only parties with rights of this class.")
    rows = S.ListField(child=S.IntegerField(min_value=0, max_value=1_000_000), required=False, max_length=20_000)
    version = S.IntegerField(min_value=0, max_value=2_000_000_000)
    dry_run = S.BooleanField(default=False, help_text="Only say how many rows would change.")


class AttachmentIn(Body):
    """A PDF or a picture. Without `package` and `comment` it lies at the room."""

    file = S.FileField(max_length=400, allow_empty_file=True)
    package = S.CharField(max_length=64, required=False, help_text="Code of the package whose draft is yours.")
    comment = S.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "package" in attrs and "comment" in attrs:
            raise S.ValidationError({"comment": "package or comment, not both"})
        return attrs


class SplitIn(Body):
    """A land term of the draft, counted from 0, and how much of its site area becomes one of its own."""

    row = S.IntegerField(min_value=0, max_value=1_000_000)
    area = S.DecimalField(max_digits=20, decimal_places=6, help_text="m²")
    version = S.IntegerField(min_value=0, max_value=2_000_000_000)


class PlotsIn(Body):
    """Plots as GeoJSON, GeoPackage or zipped Shapefile."""

    file = S.FileField(max_length=400, allow_empty_file=True)
    system = S.CharField(
        max_length=8, required=False, help_text="EPSG number of the coordinate system, for a file that names none."
    )
    version = S.IntegerField(
        min_value=0, max_value=2_000_000_000, required=False, help_text="Version of the draft that was read."
    )


class SheetIn(Body):
    """A workbook, in the form that `draft.xlsx` has."""

    file = S.FileField(max_length=400, allow_empty_file=True)
    version = S.IntegerField(
        min_value=0,
        max_value=2_000_000_000,
        required=False,
        help_text="Version of the draft that was read, for a file that does not say.",
    )


class ListIn(Body):
    """A list of households, in the form that `households.xlsx` has."""

    file = S.FileField(max_length=400, allow_empty_file=True)


class DoneIn(Body):
    """That a dated term is done."""

    note = S.CharField(max_length=2000, required=False, allow_blank=True, help_text="For the convener.")


class CorrectionIn(Body):
    """That it is not done after all, and why it was reported."""

    reason = S.CharField(max_length=2000)


class Submit(Body):
    version = S.IntegerField(min_value=0, max_value=2_000_000_000)


class PartnerIn(Body):
    party = S.CharField(max_length=64, help_text="Code of a party with a seat in the room.")


class ConsentIn(Body):
    digest = S.CharField(max_length=64, help_text="Of what stands, as it was read.")


class WithdrawalIn(Body):
    reason = S.CharField(max_length=2000)


class AdoptionIn(Body):
    base = S.CharField(max_length=80, help_text="The revision that the changes start from, such as `A.1`.")
    changes = S.ListField(child=S.CharField(max_length=80), max_length=20_000, help_text="Ids of the changes.")
    into = S.CharField(max_length=64, required=False, help_text="One's own package; a new one if absent.")
    version = S.IntegerField(required=False, min_value=0, max_value=2_000_000_000, help_text="Of the draft, as read.")
    decided = S.DictField(
        child=S.ChoiceField(choices=["mine", "theirs"]),
        required=False,
        help_text="Id → whose row stays, for changes whose row the draft has changed too.",
    )


class Notice(Body):
    published_on = S.DateField()
    place = S.CharField(max_length=200)


class DaysIn(Body):
    opens_at = S.DateTimeField(required=False, allow_null=True, help_text="With the ballot, if left out.")
    closes_at = S.DateTimeField(required=False, allow_null=True, help_text="At the common close, if left out.")


class Opening(Body):
    closes_at = S.DateTimeField(help_text="The close that is common to the chambers.")
    days = S.DictField(child=DaysIn(), required=False, help_text="Chamber → when it votes, where that is otherwise.")


class MediationIn(Body):
    mode = S.ChoiceField(choices=Mediation.Mode.choices)


class ValuationIn(Body):
    """What is left out is no longer stated."""

    multipliers = S.DictField(
        child=S.DecimalField(max_digits=24, decimal_places=12),
        required=False,
        help_text="Item → multiple of its price.",
    )
    walk_away = S.DecimalField(max_digits=24, decimal_places=6, required=False, allow_null=True, help_text="Yuan.")


class Mark(S.Serializer[Any]):
    package = S.CharField(max_length=64)
    revision = S.IntegerField(min_value=1, max_value=2**31 - 1)


class Marks(Body):
    """Everything that the party would accept; what is left out it would not."""

    packages = S.ListField(child=Mark(), max_length=200)


class CommentIn(Body):
    body = S.CharField(max_length=LONG)
    package = S.CharField(max_length=64, required=False)
    term = S.CharField(max_length=80, required=False)
    parcel = S.CharField(max_length=64, required=False, help_text="Code of a parcel, instead of a package.")
    parent = S.IntegerField(required=False, min_value=1, max_value=BIG)  # type: ignore[assignment]
    quote = S.IntegerField(required=False, min_value=1, max_value=BIG, help_text="The comment that is quoted.")


class RevisionIn(Body):
    package = S.CharField(max_length=64)
    number = S.IntegerField(required=False, min_value=1, max_value=1_000_000, help_text="The latest if absent.")


class AnswerIn(Body):
    verdict = S.ChoiceField(choices=Answer.Verdict.choices)
    reason = S.CharField(max_length=LONG)
    revision = RevisionIn(required=False, help_text="The revision that carries what is adopted.")


class GroupAnswerIn(AnswerIn):
    comments = S.ListField(
        child=S.IntegerField(min_value=1, max_value=BIG), max_length=answers.MOST, help_text="Like comments."
    )


class ReasonIn(Body):
    reason = S.CharField(max_length=1000)


class AppealDecisionIn(ReasonIn):
    outcome = S.ChoiceField(choices=Hiding.Outcome.choices)


class CaucusIn(Body):
    name = S.CharField(max_length=80)
    own_side = S.BooleanField(default=False, help_text="With everybody of one's own side.")
    parties = S.ListField(
        child=S.CharField(max_length=64), required=False, max_length=100, help_text="Or with these, by code."
    )


class MessageIn(Body):
    body = S.CharField(max_length=LONG)


class VoteIn(Body):
    choice = S.CharField(max_length=16)
    reason = S.CharField(max_length=2000, required=False, allow_blank=True)


class Empty(Body):
    pass


class PersonIn(Body):
    username = S.CharField(max_length=150)
    name = S.CharField(max_length=80)
    email = S.EmailField(required=False, allow_blank=True)


class MandateIn(Body):
    username = S.CharField(max_length=150)
    party = S.CharField(max_length=64)
    kind = S.ChoiceField(choices=Mandate.Kind.choices)
    document = S.CharField(max_length=200, required=False, allow_blank=True)
    valid_from = S.DateTimeField(required=False)
    valid_to = S.DateTimeField(required=False)


class Revocation(Body):
    reason = S.CharField(max_length=400)


class Erasure(Body):
    ground = S.ChoiceField(choices=list(GROUNDS))


class Publication(Body):
    published = S.BooleanField()


class Credentials(Body):
    username = S.CharField(max_length=150)
    password = S.CharField(max_length=200, trim_whitespace=False)
