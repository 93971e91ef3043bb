"""How an operation is described, and what every view of a room begins with."""

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated, NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Mandate
from accounts.refusals import NotAllowed
from negotiation.api.problems import CONTENT_TYPE, Problem
from negotiation.permissions import Viewer, look
from negotiation.web.rooms import acting

ANY_PROBLEM = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429)
MANDATE_HEADER = "Tongchou-Mandate"
MANDATE = OpenApiParameter(
    MANDATE_HEADER, int, OpenApiParameter.HEADER, description="Id of the mandate to act under; the first one if absent."
)
Schema = Any


def operation(
    summary: str,
    *,
    request: Schema = None,
    response: Schema = None,
    status: int = 200,
    parameters: list[Any] | None = None,
    content_type: str = "application/json",
    **more: Any,
) -> Callable[[Any], Any]:
    """Describe one method of a view: its answer, and every problem it may answer instead."""
    good = {(status, content_type): response} if response is not None else {status: OpenApiResponse(description="Done")}
    bad = {(code, CONTENT_TYPE): Problem for code in ANY_PROBLEM}
    return extend_schema(
        summary=summary, request=request, responses=good | bad, parameters=[MANDATE, *(parameters or [])], **more
    )


class OperationSchema(AutoSchema):
    """Names each operation after its view: `get_one_room`."""

    def get_operation_id(self) -> str:
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(self.view).__name__).lower()
        return f"{self.method.lower()}_{name}"


class Cursor(CursorPagination):
    """Pages that stay in place while rows are added; `ordering` is unique."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "size"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        """Raises NotFound for a cursor that we did not give, also where only its place is no value of the ordering."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, ValidationError):
            if self.cursor_query_param not in request.query_params:
                raise
            raise NotFound(self.invalid_cursor_message) from None


CURSOR = [
    OpenApiParameter("cursor", OpenApiTypes.STR, description="Where to go on: from `next` or `previous`."),
    OpenApiParameter("size", OpenApiTypes.INT, description="Rows on a page, at most 200."),
]


def page_of(name: str, row: type[serializers.BaseSerializer[Any]]) -> Schema:
    """The shape of one page of rows."""
    fields = {
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        "results": row(many=True),
    }
    return inline_serializer(f"{name}Page", fields)


class RoomView(APIView):
    """A view below `/rooms/{code}/`."""

    def viewer(self, request: Request, code: str) -> Viewer:
        """The room as the sender may see it. Raises NotFound, or NotAllowed for a mandate that is not theirs."""
        wanted = request.headers.get(MANDATE_HEADER)
        viewer = look(request.user, code, int(wanted) if wanted and wanted.isdecimal() else None)
        if wanted and (viewer.mandate is None or str(viewer.mandate.pk) != wanted):
            raise NotAllowed(code="mandate_not_yours")
        return viewer

    def acting(self, request: Request, code: str, permission: str) -> tuple[Viewer, Mandate]:
        """The same for an act: who is not signed in is told so."""
        viewer = self.viewer(request, code)
        if not request.user.is_authenticated:
            raise NotAuthenticated
        return viewer, acting(viewer, permission)

    def read(self, request: Request, form: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The body, checked for form. Raises ValidationError."""
        found = form(data=request.data)
        found.is_valid(raise_exception=True)
        return dict(found.validated_data)

    def page(
        self,
        request: Request,
        rows: Any,
        row: type[serializers.BaseSerializer[Any]],
        viewer: Viewer,
        ordering: str | tuple[str, ...] = "-pk",
        prepare: Callable[[Viewer, list[Any]], Any] | None = None,
    ) -> Response:
        """One page of the rows; `prepare` completes those that are on it."""
        cursor = Cursor()
        cursor.ordering = ordering
        found: Any = cursor.paginate_queryset(rows, request, view=self)
        if prepare:
            prepare(viewer, found)
        return cursor.get_paginated_response(row(found, many=True, context={"viewer": viewer}).data)
