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
    root = S.CharField(max_length=44, required=False, allow_blank=True, help_text="Base64.")


class ReceiptFound(S.Serializer[Any]):
    stands = S.BooleanField(help_text="Whether the log holds this entry at this place.")
    sealed = S.BooleanField(allow_null=True, help_text="Whether the seal is ours; null where no size was given.")
