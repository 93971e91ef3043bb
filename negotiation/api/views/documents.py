"""Required documents and the promises that stand for them."""

from rest_framework.request import Request
from rest_framework.response import Response

from negotiation import documents as domain
from negotiation.api import acts, procedure_reads
from negotiation.api import procedure_acts as takes
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.models import RequiredDocument
from negotiation.permissions import Viewer
from negotiation.queries import documents as queries


def _answer(viewer: Viewer, document: RequiredDocument, status: int = 200) -> Response:
    row = queries.find_document(viewer, document.pk)
    return Response(procedure_reads.DocumentRow(row, context={"viewer": viewer}).data, status=status)


class Documents(RoomView):
    @operation(
        "Required documents, newest first",
        response=page_of("Document", procedure_reads.DocumentRow),
        parameters=CURSOR,
    )
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        return self.page(request, queries.visible(viewer), procedure_reads.DocumentRow, viewer)

    @operation("Require a document", request=takes.RequireIn, response=procedure_reads.DocumentRow, status=201)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        data = self.read(request, takes.RequireIn)
        made = domain.require_document(mandate, viewer.room, data["title"], data["party"])
        return _answer(viewer, made, 201)


class Promise(RoomView):
    @operation("Promise one's own document", request=takes.PromiseIn, response=procedure_reads.DocumentRow)
    def post(self, request: Request, code: str, document: int) -> Response:
        viewer, mandate = self.acting(request, code, "comment")
        data = self.read(request, takes.PromiseIn)
        found = queries.find_document(viewer, document)
        return _answer(viewer, domain.promise_document(mandate, found, data["due"]))


class Acceptance(RoomView):
    @operation("Accept a promise", request=acts.Empty, response=procedure_reads.DocumentRow)
    def post(self, request: Request, code: str, document: int) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        self.read(request, acts.Empty)
        return _answer(viewer, domain.accept_promise(mandate, queries.find_document(viewer, document)))


class Receipt(RoomView):
    @operation("Record that a document is there", request=takes.ReceiveIn, response=procedure_reads.DocumentRow)
    def post(self, request: Request, code: str, document: int) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        data = self.read(request, takes.ReceiveIn)
        found = queries.find_document(viewer, document)
        return _answer(viewer, domain.receive_document(mandate, found, data["reference"]))
