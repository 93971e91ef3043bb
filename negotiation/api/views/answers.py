"""Answers to comments, and the table of them."""

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.refusals import NotFound
from negotiation import answers, clusters
from negotiation.api import acts, reads
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.api.views.printing import Paper, Workbook
from negotiation.models import Revision
from negotiation.permissions import Viewer
from negotiation.printing.answers import answers_docx, answers_paper, answers_xlsx
from negotiation.printing.office import DOCX, XLSX
from negotiation.printing.papers import PDF, file_response, pdf_response
from negotiation.queries import answers as queries
from negotiation.queries.clusters import clustering_of
from negotiation.queries.comments import find_comment, find_comments
from negotiation.queries.packages import find_revision

FILTERS = [
    OpenApiParameter("verdict", str, description="Only with this answer; `open`: without one."),
    OpenApiParameter("side", str, description="Only from this side."),
    OpenApiParameter("package", str, description="Only about this package."),
]


def _wanted(request: Request) -> dict[str, str]:
    found = {row.name: request.query_params.get(row.name, "") for row in FILTERS}
    return {name: text.replace("\x00", "") for name, text in found.items()}


def _revision(viewer: Viewer, named: dict[str, Any] | None) -> Revision | None:
    return find_revision(viewer, named["package"], named.get("number")) if named else None


class Answer(RoomView):
    @operation("Answer a comment", request=acts.AnswerIn, response=reads.AnswerRow, status=201)
    def post(self, request: Request, code: str, comment: int) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        data = self.read(request, acts.AnswerIn)
        revision = _revision(viewer, data.pop("revision", None))
        found = find_comment(viewer, comment)
        return Response(
            reads.AnswerRow(answers.answer_comment(mandate, found, **data, revision=revision)).data, status=201
        )


class Answers(RoomView):
    @operation(
        "What became of what was said, the same for every reader",
        response=page_of("Said", reads.SaidRow),
        parameters=[*CURSOR, *FILTERS],
    )
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        return self.page(request, queries.answered(viewer.room, **_wanted(request)), reads.SaidRow, viewer, "pk")

    @operation("Answer like comments together", request=acts.GroupAnswerIn, response=reads.AnswerRow, status=201)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        data = self.read(request, acts.GroupAnswerIn)
        revision = _revision(viewer, data.pop("revision", None))
        found = find_comments(viewer, data.pop("comments"))
        made = answers.answer_comments(mandate, viewer.room, found, **data, revision=revision)
        return Response(reads.AnswerRow(made).data, status=201)


class AnswerRevision(RoomView):
    @operation("Name the revision that carries what was adopted", request=acts.RevisionIn, response=reads.AnswerRow)
    def put(self, request: Request, code: str, answer: int) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        revision = _revision(viewer, self.read(request, acts.RevisionIn))
        if revision is None:
            raise NotFound
        return Response(
            reads.AnswerRow(answers.link_answer(mandate, queries.find_answer(viewer, answer), revision)).data
        )


class Clusters(RoomView):
    @operation("Groups of like comments, as they were last found", response=reads.ClusteringRow)
    def get(self, request: Request, code: str) -> Response:
        viewer, _mandate = self.acting(request, code, "convene")
        found = clustering_of(viewer.room)
        if found is None:
            raise NotFound
        return Response(reads.ClusteringRow(found).data)

    @operation("Have like comments looked for", request=acts.Empty, response=reads.ClusteringRow, status=202)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        self.read(request, acts.Empty)
        return Response(reads.ClusteringRow(clusters.find_clusters(mandate, viewer.room)).data, status=202)


class MyComments(RoomView):
    @operation(
        "What the reader's party said, and what became of it",
        response=page_of("OwnComment", reads.OwnComment),
        parameters=CURSOR,
    )
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        if viewer.mandate is None:
            raise NotFound
        return self.page(request, queries.own(viewer), reads.OwnComment, viewer)


class TextDocument(JSONRenderer):
    media_type = DOCX
    format = "docx"


class AnswersXlsx(RoomView):
    renderer_classes = [JSONRenderer, Workbook]

    @operation("The table as a workbook", response=OpenApiTypes.BINARY, content_type=XLSX, parameters=FILTERS)
    def get(self, request: Request, code: str) -> HttpResponseBase:
        return file_response(answers_xlsx(self.viewer(request, code), _wanted(request)))


class AnswersDocx(RoomView):
    renderer_classes = [JSONRenderer, TextDocument]

    @operation("The table as a document", response=OpenApiTypes.BINARY, content_type=DOCX, parameters=FILTERS)
    def get(self, request: Request, code: str) -> HttpResponseBase:
        return file_response(answers_docx(self.viewer(request, code), _wanted(request)))


class AnswersPdf(RoomView):
    renderer_classes = [JSONRenderer, Paper]

    @operation("The table, printed", response=OpenApiTypes.BINARY, content_type=PDF, parameters=FILTERS)
    def get(self, request: Request, code: str) -> HttpResponseBase:
        return pdf_response(request._request, answers_paper(self.viewer(request, code), _wanted(request)))
