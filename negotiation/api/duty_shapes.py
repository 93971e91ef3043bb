"""The shapes of what parties have to do: the matrix's duties, dated terms, confirmations."""

from typing import Any

from rest_framework import serializers as S

from negotiation.api.reads import AmountField


class DatesRow(S.Serializer[Any]):
    """The due dates of what a party has to do; of a package that is not decided nothing is done or overdue."""

    first = S.DateField(allow_null=True)
    last = S.DateField(allow_null=True)
    count = S.IntegerField(help_text="How many of its terms have a date.")
    done = S.IntegerField()
    overdue = S.IntegerField()


class DueRow(S.Serializer[Any]):
    """A term with a due date. `party` has to do it; null where no party owes it, and the convener reports it."""

    id = S.IntegerField(source="pk")
    package = S.CharField(source="revision.package.code")
    revision = S.IntegerField(source="revision.number")
    term = S.CharField()
    what = S.CharField()
    party = S.CharField(source="party.code", allow_null=True, default=None)
    due = S.DateField(source="on")
    state = S.ChoiceField(choices=["proposed", "open", "overdue", "done"])
    done_at = S.DateTimeField(source="report.created_at", allow_null=True, default=None)
    note = S.CharField(allow_blank=True, help_text="Of the report; for the party that wrote it and the convener.")
    correction = S.CharField(allow_blank=True, help_text="Why the last report was wrong; for the same.")


class ResponsibilityRow(S.Serializer[Any]):
    """What a party must do; the households are one row, `side` says so, with how many of them have confirmed."""

    party = S.CharField(source="code", allow_blank=True)
    name = S.CharField(help_text="Of the households: how many there are.")
    side = S.CharField()
    parcels = S.ListField(child=S.CharField())
    pays = AmountField(help_text="Yuan.")
    years = S.CharField(allow_blank=True)
    due = DatesRow(source="dates")
    confirmed = S.DateTimeField(allow_null=True)
    confirmed_by = S.IntegerField()


class ConfirmationDone(S.Serializer[Any]):
    party = S.CharField(source="party.code")
    created_at = S.DateTimeField()
