"""The electoral roll, by API: lines, versions, objections, corrections, and what co-owners say together."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.refusals import NotAllowed
from negotiation import coowners, electoral
from negotiation.api import acts
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.models import CoOwnerChoice, Deciding, ElectoralRoll, RollLine, RollObjection
from negotiation.permissions import Viewer
from negotiation.queries import electoral as queries
from negotiation.queries.tallies import find_ballot

S = serializers
SEARCH = [
    OpenApiParameter("search", OpenApiTypes.STR, description="A part of a code, or of a name that is open to you."),
    OpenApiParameter("chamber", OpenApiTypes.STR, description="Code of a chamber."),
]
WEIGHTS = S.DictField(child=S.CharField(), allow_null=True, help_text="m² and yuan; null where they are not for you.")


class PublishRollIn(acts.Body):
    published_on = S.DateField(help_text="Today, or within the next 30 days.")
    place = S.CharField(max_length=200)


class ChangeIn(acts.Body):
    """What a correction changes of one line; what is left out stays."""

    party = S.CharField(max_length=64)
    weights = S.DictField(
        child=S.CharField(max_length=24, allow_blank=True),
        required=False,
        help_text="floor_area, site_area or value → what counts; empty: the sum of the rights again.",
    )
    struck = S.BooleanField(required=False)
    deciding = S.ChoiceField(choices=Deciding.values, required=False)
    named = S.IntegerField(required=False, min_value=1, max_value=acts.BIG, help_text="Id of a mandate of the party.")
    document = S.CharField(max_length=200, required=False, allow_blank=True)


class CorrectionIn(acts.Body):
    changes = S.ListField(child=ChangeIn(), min_length=1, max_length=500)
    reason = S.CharField(max_length=2000)


class ObjectionIn(acts.Body):
    party = S.CharField(max_length=64, required=False, allow_blank=True, help_text="Empty: somebody is missing.")
    text = S.CharField(max_length=2000)


class ObjectionAnswerIn(acts.Body):
    upheld = S.BooleanField()
    reason = S.CharField(max_length=2000)


class SayIn(acts.Body):
    choice = S.CharField(max_length=16)
    reason = S.CharField(max_length=2000, required=False, allow_blank=True)


class RollVersionRow(S.ModelSerializer[ElectoralRoll]):
    class Meta:
        model = ElectoralRoll
        fields = ["number", "digest", "before", "published_on", "place", "ends", "reason", "made_at"]


class RollLineRow(S.ModelSerializer[RollLine]):
    party = S.CharField(source="seat.party.code")
    name = S.CharField(source="label", help_text="The code where the name is not for you.")
    places = S.ListField(child=S.CharField())
    heads = S.SerializerMethodField()
    weights = S.SerializerMethodField()
    deciding = S.CharField(source="decides", help_text="Empty: any of the co-owners votes, or it is not for you.")

    class Meta:
        model = RollLine
        fields = ["party", "name", "places", "chamber", "heads", "weights", "deciding"]

    def get_heads(self, line: RollLine) -> int:
        return 0 if line.struck else 1

    @extend_schema_field(WEIGHTS)
    def get_weights(self, line: Any) -> Any:
        return line.seen


class ChamberTotal(S.Serializer[Any]):
    code = S.CharField()
    title = S.CharField()
    seats = S.IntegerField()
    weights = S.DictField(child=S.CharField(), allow_null=True, help_text="null where few hidden seats would be told.")


class CorrectedRow(S.Serializer[Any]):
    party = S.CharField(source="code")
    words = S.ListField(child=S.CharField())


class RollVersionDetail(RollVersionRow):
    totals = S.SerializerMethodField()
    corrections = S.SerializerMethodField()

    class Meta(RollVersionRow.Meta):
        fields = [*RollVersionRow.Meta.fields, "totals", "corrections"]

    @extend_schema_field(ChamberTotal(many=True))
    def get_totals(self, roll: ElectoralRoll) -> Any:
        return ChamberTotal(queries.totals(self.context["viewer"], roll), many=True).data

    @extend_schema_field(CorrectedRow(many=True))
    def get_corrections(self, roll: ElectoralRoll) -> Any:
        return CorrectedRow(queries.corrections(self.context["viewer"], roll), many=True).data


class RollObjectionRow(S.ModelSerializer[RollObjection]):
    party = S.SerializerMethodField(help_text="Who objects; null where it is not for you.")
    line = S.CharField(source="seat.party.code", allow_null=True, default=None)
    roll = S.IntegerField(source="roll.number")
    corrected = S.IntegerField(source="corrected.number", allow_null=True, default=None)

    class Meta:
        model = RollObjection
        fields = ["id", "roll", "party", "line", "text", "state", "made_at", "answer", "answered_at", "corrected"]

    @extend_schema_field(S.CharField(allow_null=True))
    def get_party(self, objection: RollObjection) -> str | None:
        viewer: Viewer = self.context["viewer"]
        code = objection.party.code
        return code if code in viewer.parties or viewer.may("read_households") else None


class CoOwnerRow(S.Serializer[Any]):
    name = S.CharField()
    own = S.BooleanField()
    choice = S.CharField(help_text="Empty while nothing was said.")
    holds = S.BooleanField(help_text="Whether this co-owner's mandate still holds.")


class SaidRow(S.ModelSerializer[CoOwnerChoice]):
    class Meta:
        model = CoOwnerChoice
        fields = ["choice", "said_at"]


class ElectoralRolls(RoomView):
    @operation(
        "Versions of the electoral roll, newest first",
        response=page_of("RollVersion", RollVersionRow),
        parameters=CURSOR,
    )
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        return self.page(request, queries.versions(viewer.room), RollVersionRow, viewer, ordering="-number")

    @operation("Publish the electoral roll", request=PublishRollIn, response=RollVersionDetail, status=201)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        made = electoral.publish_roll(mandate, viewer.room, **self.read(request, PublishRollIn))
        return Response(RollVersionDetail(made, context={"viewer": viewer}).data, status=201)


class OneElectoralRoll(RoomView):
    @operation("One version with its totals and what it corrects", response=RollVersionDetail)
    def get(self, request: Request, code: str, number: int) -> Response:
        viewer = self.viewer(request, code)
        return Response(RollVersionDetail(queries.find_version(viewer, number), context={"viewer": viewer}).data)


class ElectoralRollLines(RoomView):
    @operation("Lines of a version", response=page_of("RollLine", RollLineRow), parameters=[*CURSOR, *SEARCH])
    def get(self, request: Request, code: str, number: int) -> Response:
        viewer = self.viewer(request, code)
        if not queries.may_list(viewer):
            raise NotAllowed
        wanted = [request.query_params.get(name, "").replace("\x00", "")[:80] for name in ("search", "chamber")]
        rows = queries.lines(viewer, queries.find_version(viewer, number), *wanted)
        return self.page(request, rows, RollLineRow, viewer, ordering="seat_id", prepare=queries.dress)


class RollCorrections(RoomView):
    @operation("Correct lines: a new version", request=CorrectionIn, response=RollVersionDetail, status=201)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        data = self.read(request, CorrectionIn)
        changes = [electoral.Change(**row) for row in data["changes"]]
        made = electoral.correct_roll(mandate, viewer.room, changes, data["reason"])
        return Response(RollVersionDetail(made, context={"viewer": viewer}).data, status=201)


class RollObjections(RoomView):
    @operation(
        "Objections of your parties or about their lines; officials see all",
        response=page_of("RollObjection", RollObjectionRow),
        parameters=CURSOR,
    )
    def get(self, request: Request, code: str) -> Response:
        viewer, _mandate = self.acting(request, code, "")
        if not queries.may_list(viewer):
            raise NotAllowed
        return self.page(request, queries.objections(viewer), RollObjectionRow, viewer)

    @operation("Object to the electoral roll", request=ObjectionIn, response=RollObjectionRow, status=201)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "comment")
        data = self.read(request, ObjectionIn)
        made = electoral.object_to_roll(mandate, viewer.room, data["text"], data.get("party", ""))
        return Response(RollObjectionRow(made, context={"viewer": viewer}).data, status=201)


class RollObjectionAnswer(RoomView):
    @operation("Answer an objection", request=ObjectionAnswerIn, response=RollObjectionRow)
    def post(self, request: Request, code: str, objection: int) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        data = self.read(request, ObjectionAnswerIn)
        found = queries.find_objection(viewer, objection)
        done = electoral.answer_objection(mandate, found, data["reason"], upheld=data["upheld"])
        return Response(RollObjectionRow(done, context={"viewer": viewer}).data)


class CoOwners(RoomView):
    @operation("What the co-owners of your seat have said, where they decide together", response=CoOwnerRow(many=True))
    def get(self, request: Request, code: str, ballot: int) -> Response:
        viewer, mandate = self.acting(request, code, "vote")
        found = find_ballot(viewer, ballot)
        line = found.roll.filter(seat__party=mandate.party_id, deciding=Deciding.ALL).first()
        rows = queries.co_owner_choices(viewer, found, line) if line else []
        return Response(CoOwnerRow(rows, many=True).data)

    @operation("Say, as a co-owner, how your seat should vote", request=SayIn, response=SaidRow, status=201)
    def post(self, request: Request, code: str, ballot: int) -> Response:
        viewer, mandate = self.acting(request, code, "vote")
        data = self.read(request, SayIn)
        said = coowners.say(mandate, find_ballot(viewer, ballot), data["choice"], reason=data.get("reason", ""))
        return Response(SaidRow(said).data, status=201)
