"""What the API takes and answers about straw polls."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from negotiation.api.acts import Body, Mark
from negotiation.models import Poll

S = serializers


class PollIn(Body):
    title = S.CharField(max_length=200)
    method = S.ChoiceField(choices=Poll.Method.values)
    packages = Mark(many=True)
    closes_at = S.DateTimeField()


class RanksIn(Body):
    """Package → rank, 1 is the best. In an approval every package that is named has rank 1."""

    ranks = S.DictField(child=S.IntegerField(min_value=1, max_value=1000))


class PollRow(S.ModelSerializer[Poll]):
    """A straw poll: not binding."""

    answered = S.IntegerField(help_text="How many seats have answered.")

    class Meta:
        model = Poll
        fields = ["id", "title", "method", "opens_at", "closes_at", "answered"]


class PollDetail(PollRow):
    packages = S.SerializerMethodField(help_text="Revisions that it asks about, such as `B.1`.")
    ranks = S.SerializerMethodField(help_text="One's own answer that counts, or null.")
    result = S.JSONField(help_text="Null until it is closed. Sides of fewer than five seats are put together.")

    class Meta(PollRow.Meta):
        fields = [*PollRow.Meta.fields, "packages", "ranks", "result"]

    @extend_schema_field(S.ListField(child=S.CharField()))
    def get_packages(self, poll: Poll) -> list[str]:
        return sorted(map(str, poll.revisions.select_related("package")))

    @extend_schema_field(S.DictField(child=S.IntegerField(), allow_null=True))
    def get_ranks(self, poll: Poll) -> Any:
        return self.context["ranks"]


class AnswerDone(S.Serializer[Any]):
    ranks = S.DictField(child=S.IntegerField())
    via = S.CharField()
    answered_at = S.DateTimeField()
