"""What the API takes and answers around results."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from negotiation.models import BallotSeat

S = serializers
BIG = 2**63 - 1


class ReceiptQuery(S.Serializer[Any]):
    """What stands on a receipt."""

    index = S.IntegerField(min_value=0, max_value=BIG)
    entry = S.RegexField("^[0-9a-fA-F]{64}$", help_text="SHA-256 of the entry, in hex.")
    size = S.IntegerField(min_value=1, max_value=BIG, required=False)
    root = S.CharField(  # type: ignore[assignment]
        max_length=44, required=False, allow_blank=True, help_text="Base64."
    )


class ReceiptFound(S.Serializer[Any]):
    stands = S.BooleanField(help_text="Whether the log holds this entry at this place.")
    sealed = S.BooleanField(allow_null=True, help_text="Whether the seal is ours; null where no size was given.")


class GroupRow(S.Serializer[Any]):
    """Seats that have something in common; until the close the figures are whole steps of five."""

    code = S.CharField(allow_blank=True, help_text="Empty: all groups that are too small, and one that hides them.")
    seats = S.IntegerField()
    voted = S.IntegerField()
    choices = S.DictField(child=S.IntegerField())
    exact = S.BooleanField()


class Tables(S.Serializer[Any]):
    """Left out where nothing may be shown."""

    building = GroupRow(many=True, required=False)

    def get_fields(self) -> dict[str, Any]:
        # `class` is a word of the language and can not be named above.
        return {**super().get_fields(), "class": GroupRow(many=True, required=False)}


class StandingRow(S.Serializer[Any]):
    """How far a ballot has come."""

    seats = S.IntegerField()
    voted = S.IntegerField()
    ways = S.DictField(child=S.IntegerField(), help_text="Votes that count, by the way they were given.")
    can_change = S.BooleanField(help_text="Whether votes may still be cast or changed.")
    expected = S.CharField(
        allow_null=True, help_text="The outcome if nobody changes a vote; null where votes still to come may turn it."
    )
    groups = S.DictField(child=Tables(), help_text="Chamber → tables by class of rights and by building.")


class LineRow(S.Serializer[Any]):
    """One measure: `favour` of `base`, in words with their unit, is exactly `reached`."""

    kind = S.CharField()
    by = S.CharField()
    of = S.CharField()
    favour = S.CharField()
    base = S.CharField()
    reached = S.CharField(help_text="Fraction in lowest terms.")
    needed = S.CharField()
    test = S.CharField()
    passed = S.BooleanField()


class ChamberRow(S.Serializer[Any]):
    code = S.CharField()
    title = S.CharField()
    method = S.CharField()
    passed = S.BooleanField()
    seats = S.IntegerField()
    choices = S.DictField(child=S.IntegerField())
    silent = S.IntegerField(help_text="Seats that said nothing.")
    withheld = S.BooleanField(help_text="Of a secret ballot: fewer than five have voted, figures are not published.")
    measures = LineRow(many=True)


class ResultRow(S.Serializer[Any]):
    """A decision with the sums behind its shares."""

    outcome = S.CharField()
    decided_at = S.DateTimeField()
    rule = S.JSONField()
    chambers = ChamberRow(many=True)
    ways = S.DictField(child=S.IntegerField(), help_text="Votes that count, by the way they were given.")
    sealed = S.BooleanField(help_text="Whether the certificate is ready.")


class RollRow(S.Serializer[BallotSeat]):
    """One line of the frozen roll with the vote that counts; null for who did not vote."""

    seat = S.CharField(source="seat.party.code")
    chamber = S.CharField()
    weights = S.DictField(child=S.CharField())
    choice = S.SerializerMethodField()
    via = S.SerializerMethodField()

    @extend_schema_field(S.CharField(allow_null=True))
    def get_choice(self, line: Any) -> str | None:
        return (line.vote.choice or "sealed") if line.vote else None

    @extend_schema_field(S.CharField(allow_null=True))
    def get_via(self, line: Any) -> str | None:
        return line.vote.via if line.vote else None
