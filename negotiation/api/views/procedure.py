"""The procedure: where the room is, what is missing, and the acts that move it on."""

from rest_framework.request import Request
from rest_framework.response import Response

from negotiation import phases
from negotiation import procedure as domain
from negotiation.api import acts, procedure_reads
from negotiation.api import procedure_acts as takes
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.models import Room
from negotiation.permissions import Viewer
from negotiation.queries import procedure as queries
from negotiation.queries.packages import find_revision


class Procedure(RoomView):
    @operation("Phase, duties and who must act", response=procedure_reads.ProcedureDetail)
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        room = viewer.room
        found = {
            "procedure": room.procedure,
            "phase": room.phase,
            "since": room.phase_since,
            "phases": [{"code": phase, "label": label} for phase, label in phases.choices(room)],
            "following": phases.following(room),
            "duties": queries.standing(room),
            "text": str(room.text) if room.text else "",
            "override": queries.pending(room),
        }
        return Response(procedure_reads.ProcedureDetail(found, context={"viewer": viewer}).data)


def _step(room: Room) -> Response:
    return Response(procedure_reads.Step(room).data)


class Choice(RoomView):
    @operation("Follow the full procedure", request=takes.ChoiceIn, response=procedure_reads.Step)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        self.read(request, takes.ChoiceIn)
        return _step(domain.choose_procedure(mandate, viewer.room))


class Advance(RoomView):
    @operation("Go on to the next phase", request=takes.AdvanceIn, response=procedure_reads.Step)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        data = self.read(request, takes.AdvanceIn)
        return _step(domain.advance(mandate, viewer.room, data["leaving"]))


class Reopening(RoomView):
    @operation("Back to the table", request=takes.ShortReasonIn, response=procedure_reads.Step)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        data = self.read(request, takes.ShortReasonIn)
        return _step(domain.reopen(mandate, viewer.room, data["reason"]))


class Text(RoomView):
    @operation("Fix the text to be voted on", request=takes.TextIn, response=procedure_reads.Step)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        data = self.read(request, takes.TextIn)
        return _step(domain.fix_text(mandate, find_revision(viewer, data["package"])))


class Reviews(RoomView):
    @operation("Legal reviews", response=page_of("Review", procedure_reads.ReviewRow), parameters=CURSOR)
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        return self.page(request, queries.reviews(viewer.room), procedure_reads.ReviewRow, viewer)

    @operation("Record a legal review", request=takes.ReviewIn, response=procedure_reads.ReviewRow, status=201)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        data = self.read(request, takes.ReviewIn)
        review = domain.record_review(mandate, viewer.room, **data)
        return Response(procedure_reads.ReviewRow(review).data, status=201)


class DecisionPublication(RoomView):
    @operation(
        "Record where the decision was published",
        request=acts.Notice,
        response=procedure_reads.DecisionPublished,
        status=201,
    )
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        decision = domain.publish_decision(mandate, viewer.room, **self.read(request, acts.Notice))
        return Response(procedure_reads.DecisionPublished(decision).data, status=201)


class Overrides(RoomView):
    @operation("Overrides, newest first", response=page_of("Override", procedure_reads.OverrideRow), parameters=CURSOR)
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        return self.page(request, queries.overrides(viewer.room), procedure_reads.OverrideRow, viewer)

    @operation("Ask to go on without a duty", request=takes.ReasonIn, response=procedure_reads.OverrideRow, status=201)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        data = self.read(request, takes.ReasonIn)
        return _override(viewer, domain.ask_override(mandate, viewer.room, data["reason"]).pk, 201)


def _override(viewer: Viewer, number: int, status: int = 200) -> Response:
    row = queries.overrides(viewer.room).get(pk=number)
    return Response(procedure_reads.OverrideRow(row, context={"viewer": viewer}).data, status=status)


class Confirmation(RoomView):
    @operation("Confirm as the second person", request=acts.Empty, response=procedure_reads.OverrideRow)
    def post(self, request: Request, code: str, override: int) -> Response:
        viewer, mandate = self.acting(request, code, "read_names")
        self.read(request, acts.Empty)
        domain.confirm_override(mandate, queries.find_override(viewer, override))
        return _override(viewer, override)


class Withdrawal(RoomView):
    @operation("Withdraw an override", request=acts.Empty, response=procedure_reads.OverrideRow)
    def post(self, request: Request, code: str, override: int) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        self.read(request, acts.Empty)
        domain.withdraw_override(mandate, queries.find_override(viewer, override))
        return _override(viewer, override)
