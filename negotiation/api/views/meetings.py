"""Hearings and meetings, and who demands a hearing."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from negotiation import meetings as domain
from negotiation.api import procedure_acts as takes
from negotiation.api import procedure_reads as reads
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.models import Meeting
from negotiation.permissions import Viewer
from negotiation.queries import meetings as queries
from negotiation.queries import procedure
from negotiation.queries.packages import find_revision


class Meetings(RoomView):
    @operation("Hearings and meetings, newest first", response=page_of("Meeting", reads.MeetingRow), parameters=CURSOR)
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        return self.page(request, queries.meetings(viewer), reads.MeetingRow, viewer)

    @operation("Announce a hearing or a meeting", request=takes.MeetingIn, response=reads.MeetingRow, status=201)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        made = domain.plan_meeting(mandate, viewer.room, **self.read(request, takes.MeetingIn))
        return Response(reads.MeetingRow(made).data, status=201)


class OneMeeting(RoomView):
    @operation("One meeting with its minutes and resolutions", response=reads.MeetingDetail)
    def get(self, request: Request, code: str, meeting: int) -> Response:
        viewer = self.viewer(request, code)
        return _detail(viewer, queries.find_meeting(viewer, meeting))


def _detail(viewer: Viewer, meeting: Meeting) -> Response:
    present = queries.attendance(viewer, meeting)["all"]
    return Response(reads.MeetingDetail(meeting, context={"viewer": viewer, "present": present}).data)


class Attendances(RoomView):
    @operation(
        "Who was there, as far as you may see it",
        response=page_of("Attendance", reads.AttendanceRow),
        parameters=CURSOR,
    )
    def get(self, request: Request, code: str, meeting: int) -> Response:
        viewer = self.viewer(request, code)
        rows = queries.seen_attendances(viewer, queries.find_meeting(viewer, meeting))
        return self.page(request, rows, reads.AttendanceRow, viewer, "pk")


class Record(RoomView):
    @operation("Record attendance, minutes and resolutions", request=takes.RecordIn, response=reads.MeetingDetail)
    def post(self, request: Request, code: str, meeting: int) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        data = self.read(request, takes.RecordIn)
        found = queries.find_meeting(viewer, meeting)
        resolutions = [_resolved(viewer, row) for row in data.get("resolutions", ())]
        return _detail(viewer, domain.hold_meeting(mandate, found, data["present"], data["minutes"], resolutions))


def _resolved(viewer: Viewer, row: dict[str, Any]) -> domain.Resolved:
    revision = find_revision(viewer, row["package"]) if row.get("package") else None
    return domain.Resolved(row["text"], revision, row.get("term", ""))


class MeetingCancellation(RoomView):
    @operation("Cancel a meeting", request=takes.ShortReasonIn, response=reads.MeetingRow)
    def post(self, request: Request, code: str, meeting: int) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        data = self.read(request, takes.ShortReasonIn)
        found = queries.find_meeting(viewer, meeting)
        return Response(reads.MeetingRow(domain.cancel_meeting(mandate, found, data["reason"])).data)


class HearingDemands(RoomView):
    @operation(
        "Who demanded a hearing: your own; the government sees all",
        response=page_of("HearingDemand", reads.DemandRow),
        parameters=CURSOR,
    )
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        return self.page(request, procedure.demands(viewer), reads.DemandRow, viewer)

    @operation("Demand a hearing", request=takes.ReasonIn, response=reads.DemandRow, status=201)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "comment")
        made = domain.demand_hearing(mandate, viewer.room, self.read(request, takes.ReasonIn)["reason"])
        return Response(reads.DemandRow(made, context={"viewer": viewer}).data, status=201)


class HearingDeclaration(RoomView):
    @operation("Declare a hearing", request=takes.ReasonIn, response=reads.DemandRow, status=201)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        made = domain.declare_hearing(mandate, viewer.room, self.read(request, takes.ReasonIn)["reason"])
        return Response(reads.DemandRow(made, context={"viewer": viewer}).data, status=201)
