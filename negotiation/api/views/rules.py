"""The room's decision rule: read, tried with totals, set."""

from rest_framework.request import Request
from rest_framework.response import Response

from negotiation import ruling
from negotiation.api import procedure_acts as takes
from negotiation.api import procedure_reads as reads
from negotiation.api.operations import RoomView, operation
from negotiation.rules import presets
from negotiation.terms import digest


class RoomRule(RoomView):
    @operation("The decision rule, and the presets", response=reads.RuleDetail)
    def get(self, request: Request, code: str) -> Response:
        rule = self.viewer(request, code).room.rule
        return Response({"rule": rule, "digest": digest(rule), "presets": list(presets().values())})

    @operation("Set another decision rule", request=takes.RuleIn, response=reads.RuleDetail)
    def put(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        data = self.read(request, takes.RuleIn)
        room = ruling.set_rule(mandate, viewer.room, data["rule"], data["reason"], data["known"])
        return Response({"rule": room.rule, "digest": digest(room.rule), "presets": []})


class RuleTrial(RoomView):
    @operation("What a rule would decide with these totals", request=takes.TrialIn, response=reads.TrialDone)
    def post(self, request: Request, code: str) -> Response:
        room = self.viewer(request, code).room
        data = self.read(request, takes.TrialIn)
        return Response(ruling.try_rule(room, data.get("rule", room.rule), data["given"]))
