"""A draft as a workbook or as plots, by API: take it away, try an upload, apply it."""

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from negotiation.api import acts, reads
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.api.views.printing import Workbook
from negotiation.geodata import guard as geodata
from negotiation.geodata.plots import draft_plots
from negotiation.models import SheetImport
from negotiation.permissions import Viewer
from negotiation.printing.office import XLSX
from negotiation.queries import sheets as queries
from negotiation.queries.packages import find_draft
from negotiation.sheets import importing
from negotiation.sheets.guard import MOST_BYTES
from negotiation.web.views.sheets import sheet_response


class DraftSheet(RoomView):
    renderer_classes = [JSONRenderer, Workbook]

    @operation("The draft of one's own package as a workbook", response=OpenApiTypes.BINARY, content_type=XLSX)
    def get(self, request: Request, code: str, package: str) -> HttpResponseBase:
        return sheet_response(self.viewer(request, code), package)


class SheetImports(RoomView):
    parser_classes = [MultiPartParser]

    @operation(
        "See what a workbook would change; large ones are read in the background",
        request={"multipart/form-data": acts.SheetIn},
        response=reads.SheetImportDetail,
        status=201,
    )
    def post(self, request: Request, code: str, package: str) -> Response:
        viewer, mandate = self.acting(request, code, "propose")
        draft = find_draft(viewer, package)
        data = self.read(request, acts.SheetIn)
        found = importing.import_sheet(mandate, draft, data["file"].read(MOST_BYTES + 1), data.get("version"))
        return _import(viewer, found, 201)


class PlotImports(RoomView):
    parser_classes = [MultiPartParser]

    @operation(
        "See which land terms plots from a map would make; they are read in the background",
        request={"multipart/form-data": acts.PlotsIn},
        response=reads.SheetImportDetail,
        status=201,
    )
    def post(self, request: Request, code: str, package: str) -> Response:
        viewer, mandate = self.acting(request, code, "propose")
        draft = find_draft(viewer, package)
        data = self.read(request, acts.PlotsIn)
        content = data["file"].read(geodata.MOST_BYTES + 1)
        found = importing.import_plots(mandate, draft, content, data.get("system", ""), data.get("version"))
        return _import(viewer, found, 201)


class DraftPlots(RoomView):
    @operation("The room's parcels with a draft's land terms, as GeoJSON", response=OpenApiTypes.OBJECT)
    def get(self, request: Request, code: str, package: str) -> Response:
        viewer = self.viewer(request, code)
        return Response(draft_plots(viewer, find_draft(viewer, package)))


class OneSheetImport(RoomView):
    @operation("What an uploaded file would change, and what is wrong in it", response=reads.SheetImportDetail)
    def get(self, request: Request, code: str, package: str, number: int) -> Response:
        viewer = self.viewer(request, code)
        return _import(viewer, queries.find_import(viewer, package, number))


class SheetChanges(RoomView):
    @operation(
        "Each row that an uploaded file would change",
        response=page_of("SheetChange", reads.SheetChangeRow),
        parameters=CURSOR,
    )
    def get(self, request: Request, code: str, package: str, number: int) -> Response:
        viewer = self.viewer(request, code)
        rows = queries.change_rows(queries.find_import(viewer, package, number))
        return self.page(request, rows, reads.SheetChangeRow, viewer, ("kind", "pk"))


class Application(RoomView):
    @operation("Apply a file that was read, all of it", request=acts.Empty, response=reads.DraftDetail)
    def post(self, request: Request, code: str, package: str, number: int) -> Response:
        viewer, mandate = self.acting(request, code, "propose")
        saved = importing.apply_import(mandate, queries.find_import(viewer, package, number))
        return Response(reads.DraftDetail(saved, context={"viewer": viewer}).data)


def _import(viewer: Viewer, found: SheetImport, status: int = 200) -> Response:
    return Response(reads.SheetImportDetail(found, context={"viewer": viewer}).data, status=status)
