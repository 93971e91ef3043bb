"""What the API takes. Only the form is checked here; the rules are in the domain functions."""

from typing import Any

from rest_framework import serializers

from accounts.models import Mandate
from negotiation.models import Answer

S = serializers
LONG = 4000


class Start(S.Serializer[Any]):
    source = S.CharField(  # type: ignore[assignment]
        max_length=64, required=False, help_text="Code of the package to copy."
    )
    counter = S.BooleanField(default=False, help_text="The new package answers `source`.")


class Part(S.Serializer[Any]):
    item = S.CharField(max_length=64)
    quantity = S.CharField(max_length=40)


class TermRow(S.Serializer[Any]):
    row = S.IntegerField(required=False, min_value=0, max_value=1_000_000, help_text="Place in the stored draft.")


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


class AllocationIn(TermRow):
    party = S.CharField(max_length=64, required=False, allow_blank=True)
    item = S.CharField(max_length=64, required=False, allow_blank=True)
    quantity = S.CharField(max_length=40, required=False, allow_blank=True)
    year = S.IntegerField(required=False, min_value=0, max_value=1000)


class FlowIn(TermRow):
    source = S.CharField(  # type: ignore[assignment]
        max_length=64, required=False, allow_blank=True, help_text="`from` of a case file."
    )
    target = S.CharField(max_length=64, required=False, allow_blank=True, help_text="`to` of a case file.")
    category = S.CharField(max_length=64, required=False, allow_blank=True)
    stage = S.CharField(max_length=16, required=False, allow_blank=True)
    year = S.IntegerField(required=False, min_value=0, max_value=1000)
    yuan = S.CharField(max_length=40, required=False, allow_blank=True)


class DraftIn(S.Serializer[Any]):
    """Rows left out are taken out; kinds left out stay as they are. Hidden rows always stay."""

    version = S.IntegerField(min_value=0, max_value=2_000_000_000)
    title = S.CharField(max_length=400, required=False, allow_blank=True)
    summary = S.CharField(max_length=LONG, required=False, allow_blank=True)
    dispositions = DispositionIn(many=True, required=False)
    allocations = AllocationIn(many=True, required=False)
    flows = FlowIn(many=True, required=False)


class Submit(S.Serializer[Any]):
    version = S.IntegerField(min_value=0, max_value=2_000_000_000)


class Notice(S.Serializer[Any]):
    published_on = S.DateField()
    place = S.CharField(max_length=200)


class Opening(S.Serializer[Any]):
    closes_at = S.DateTimeField()


class CommentIn(S.Serializer[Any]):
    body = S.CharField(max_length=LONG)
    package = S.CharField(max_length=64, required=False)
    term = S.CharField(max_length=80, required=False)
    parent = S.IntegerField(required=False, min_value=1, max_value=2**63 - 1)  # type: ignore[assignment]


class AnswerIn(S.Serializer[Any]):
    verdict = S.ChoiceField(choices=Answer.Verdict.choices)
    reason = S.CharField(max_length=LONG)


class VoteIn(S.Serializer[Any]):
    choice = S.CharField(max_length=16)
    reason = S.CharField(max_length=2000, required=False, allow_blank=True)


class Empty(S.Serializer[Any]):
    pass


class PersonIn(S.Serializer[Any]):
    username = S.CharField(max_length=150)
    name = S.CharField(max_length=80)
    email = S.EmailField(required=False, allow_blank=True)


class MandateIn(S.Serializer[Any]):
    username = S.CharField(max_length=150)
    party = S.CharField(max_length=64)
    kind = S.ChoiceField(choices=Mandate.Kind.choices)
    document = S.CharField(max_length=200, required=False, allow_blank=True)
    valid_to = S.DateTimeField(required=False)


class Revocation(S.Serializer[Any]):
    reason = S.CharField(max_length=400)


class Publication(S.Serializer[Any]):
    published = S.BooleanField()


class Credentials(S.Serializer[Any]):
    username = S.CharField(max_length=150)
    password = S.CharField(max_length=200, trim_whitespace=False)
