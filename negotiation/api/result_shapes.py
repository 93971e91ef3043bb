"""What the API takes and answers around results."""

from typing import Any

from rest_framework import serializers

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
