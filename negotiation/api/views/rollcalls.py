"""Roll calls, by API: what seats say in a meeting, and the second official's yes."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from negotiation import rollcalls
from negotiation.api import acts
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.api.views.talk import KEY, KEY_HEADER
from negotiation.models import RollCall
from negotiation.queries import rollcalls as queries
from negotiation.queries.meetings import find_meeting
from negotiation.queries.tallies import find_ballot
from negotiation.web.views.papers import OFFICIALS

S = serializers


class AnswerIn(acts.Body):
    party = S.CharField(max_length=64)
    mandate = S.IntegerField(min_value=1, max_value=acts.BIG, help_text="Id of the mandate of the person who is there.")
    choice = S.CharField(max_length=16)
    reason = S.CharField(max_length=2000, required=False, allow_blank=True)


class RollCallIn(acts.Body):
    meeting = S.IntegerField(min_value=1, max_value=acts.BIG)
    answers = AnswerIn(many=True)


class AnswerRow(S.Serializer[Any]):
    party = S.CharField()
    choice = S.CharField()
    reason = S.CharField()


class RollCallRow(S.ModelSerializer[RollCall]):
    taken_by = S.CharField(source="taken_by.user.name")
    ended_by = S.SerializerMethodField()
    seats = S.SerializerMethodField()

    class Meta:
        model = RollCall
        fields = ["id", "meeting", "state", "seats", "taken_by", "taken_at", "ended_by", "ended_at", "ended_reason"]

    @extend_schema_field(S.CharField(allow_null=True))
    def get_ended_by(self, call: RollCall) -> str | None:
        return call.ended_by.user.name if call.ended_by else None

    def get_seats(self, call: RollCall) -> int:
        return len(call.answers)


class RollCallDetail(RollCallRow):
    answers = AnswerRow(many=True)

    class Meta(RollCallRow.Meta):
        fields = [*RollCallRow.Meta.fields, "answers"]


class RollCalls(RoomView):
    @operation("Roll calls of a ballot, newest first", response=page_of("RollCall", RollCallRow), parameters=CURSOR)
    def get(self, request: Request, code: str, ballot: int) -> Response:
        viewer, _mandate = self.acting(request, code, OFFICIALS)
        return self.page(request, queries.roll_calls(find_ballot(viewer, ballot)), RollCallRow, viewer)

    @operation(
        "Take down what seats say in a meeting",
        request=RollCallIn,
        response=RollCallDetail,
        status=201,
        parameters=[KEY],
    )
    def post(self, request: Request, code: str, ballot: int) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        data = self.read(request, RollCallIn)
        answers = [rollcalls.Answer(**row) for row in data["answers"]]
        key = request.headers.get(KEY_HEADER, "")[:64].replace("\x00", "")
        found, meeting = find_ballot(viewer, ballot), find_meeting(viewer, data["meeting"])
        made = rollcalls.take_roll_call(mandate, found, meeting, answers, key=key)
        return Response(RollCallDetail(made).data, status=201)


class OneRollCall(RoomView):
    @operation("One roll call with its answers", response=RollCallDetail)
    def get(self, request: Request, code: str, roll: int) -> Response:
        viewer, _mandate = self.acting(request, code, OFFICIALS)
        return Response(RollCallDetail(queries.find_roll_call(viewer, roll)).data)


class RollCallConfirmation(RoomView):
    @operation("Confirm a roll call, as the second official", request=acts.Empty, response=RollCallDetail)
    def post(self, request: Request, code: str, roll: int) -> Response:
        viewer, mandate = self.acting(request, code, OFFICIALS)
        self.read(request, acts.Empty)
        return Response(RollCallDetail(rollcalls.confirm_roll_call(mandate, queries.find_roll_call(viewer, roll))).data)


class RollCallWithdrawal(RoomView):
    @operation("Withdraw a roll call that is not confirmed", request=acts.Revocation, response=RollCallDetail)
    def post(self, request: Request, code: str, roll: int) -> Response:
        viewer, mandate = self.acting(request, code, OFFICIALS)
        data = self.read(request, acts.Revocation)
        ended = rollcalls.withdraw_roll_call(mandate, queries.find_roll_call(viewer, roll), data["reason"])
        return Response(RollCallDetail(ended).data)
