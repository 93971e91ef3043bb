"""Who must do what by when, and which parties have confirmed their part."""

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Mandate
from negotiation.api import acts
from negotiation.api import duty_shapes as reads
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.api.views.printing import Workbook
from negotiation.fulfilment import correct_report, report_done
from negotiation.permissions import Viewer
from negotiation.printing.duties import duties_xlsx
from negotiation.printing.office import XLSX
from negotiation.printing.papers import file_response
from negotiation.queries import due as queries
from negotiation.queries.matrix import matrix
from negotiation.queries.packages import find_revision
from negotiation.responsibilities import confirm_responsibility


class Responsibilities(RoomView):
    @operation("Who must do what by when, and who has confirmed it", response=reads.ResponsibilityRow(many=True))
    def get(self, request: Request, code: str, package: str, number: int) -> Response:
        viewer = self.viewer(request, code)
        lines = [line for line in matrix(viewer, find_revision(viewer, package, number), None) if line.owes]
        return Response(reads.ResponsibilityRow(lines, many=True).data)


class ResponsibilitiesXlsx(RoomView):
    renderer_classes = [JSONRenderer, Workbook]

    @operation("The same as a workbook", response=OpenApiTypes.BINARY, content_type=XLSX)
    def get(self, request: Request, code: str, package: str, number: int) -> HttpResponseBase:
        viewer = self.viewer(request, code)
        return file_response(duties_xlsx(viewer, find_revision(viewer, package, number)))


class Confirmation(RoomView):
    @operation("Confirm one's own party's part", request=acts.Empty, response=reads.ConfirmationDone, status=201)
    def post(self, request: Request, code: str, package: str, number: int) -> Response:
        viewer, mandate = self.acting(request, code, "propose")
        made = confirm_responsibility(mandate, find_revision(viewer, package, number))
        return Response(reads.ConfirmationDone(made).data, status=201)


class DueDates(RoomView):
    @operation("The dated terms of a revision", response=page_of("Due", reads.DueRow), parameters=CURSOR)
    def get(self, request: Request, code: str, package: str, number: int) -> Response:
        viewer = self.viewer(request, code)
        rows = queries.of_revision(viewer, find_revision(viewer, package, number))
        return self.page(request, rows, reads.DueRow, viewer, ("on", "pk"), queries.dress)


def _due(viewer: Viewer, number: int, status: int = 200) -> Response:
    (row,) = queries.dress(viewer, [queries.find_due(viewer, number)])
    return Response(reads.DueRow(row).data, status=status)


class _Reporting(RoomView):
    def reporting(self, request: Request, code: str) -> tuple[Viewer, Mandate]:
        """As on the page: a party reports its own terms, a convener those that nobody owes."""
        viewer = self.viewer(request, code)
        return self.acting(request, code, "propose" if viewer.may("propose") else "convene")


class DutyDone(_Reporting):
    @operation("Report a dated term done", request=acts.DoneIn, response=reads.DueRow, status=201)
    def post(self, request: Request, code: str, due: int) -> Response:
        viewer, mandate = self.reporting(request, code)
        data = self.read(request, acts.DoneIn)
        report_done(mandate, queries.find_due(viewer, due), data.get("note", ""))
        return _due(viewer, due, 201)


class DutyCorrection(_Reporting):
    @operation("Correct a report: it is not done", request=acts.CorrectionIn, response=reads.DueRow)
    def post(self, request: Request, code: str, due: int) -> Response:
        viewer, mandate = self.reporting(request, code)
        data = self.read(request, acts.CorrectionIn)
        correct_report(mandate, queries.find_due(viewer, due), data["reason"])
        return _due(viewer, due)
