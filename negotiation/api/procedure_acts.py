"""What the API takes for the procedure, documents and meetings. Only the form is checked here."""

from rest_framework import serializers

from negotiation.api.acts import LONG, Body
from negotiation.models import Meeting, Room

S = serializers


class ChoiceIn(Body):
    procedure = S.ChoiceField(choices=[Room.Procedure.FULL.value])


class AdvanceIn(Body):
    leaving = S.ChoiceField(choices=Room.Phase.values, help_text="The phase that you saw: sent twice is one step.")


class ShortReasonIn(Body):
    reason = S.CharField(max_length=400)


class ReasonIn(Body):
    reason = S.CharField(max_length=LONG)


class TextIn(Body):
    package = S.CharField(max_length=64, help_text="Its latest revision becomes the text to be voted on.")


class ReviewIn(Body):
    person = S.CharField(max_length=80)
    reviewed_on = S.DateField()
    document = S.CharField(max_length=LONG)


class RequireIn(Body):
    title = S.CharField(max_length=200)
    party = S.CharField(max_length=64, help_text="Code of the party that brings it.")


class PromiseIn(Body):
    due = S.DateField()


class ReceiveIn(Body):
    reference = S.CharField(max_length=200)


class MeetingIn(Body):
    kind = S.ChoiceField(choices=Meeting.Kind.choices)
    begins_at = S.DateTimeField()
    place = S.CharField(max_length=400)
    agenda = S.CharField(max_length=LONG)


class ResolutionIn(Body):
    text = S.CharField(max_length=LONG)
    package = S.CharField(max_length=64, required=False)
    term = S.CharField(max_length=80, required=False)


class RecordIn(Body):
    present = S.ListField(child=S.CharField(max_length=64), max_length=20_000, help_text="Codes of parties.")
    minutes = S.CharField(max_length=20_000)
    resolutions = ResolutionIn(many=True, required=False)


class RuleIn(Body):
    rule = S.JSONField(help_text="A decision rule as the case file holds it.")
    reason = S.CharField(max_length=2000)
    known = S.CharField(max_length=64, help_text="Digest of the rule that it replaces.")


class TrialIn(Body):
    rule = S.JSONField(required=False, help_text="The room's own if absent.")
    given = S.DictField(
        child=S.DictField(child=S.DictField(child=S.CharField(max_length=40))),
        help_text="Chamber → choice → `heads`, `area` or `value` → total.",
    )
