"""The changes between two revisions, and who gains or loses by them."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.refusals import Invalid
from negotiation.adoption import adopt_changes
from negotiation.api import acts, reads
from negotiation.api.operations import RoomView, operation
from negotiation.models import Revision
from negotiation.permissions import Viewer
from negotiation.queries import changes as queries
from negotiation.queries.packages import find_revision

WITH = OpenApiParameter(
    "with",
    str,
    description="The revision before, such as `B.2`; else the one before this one, or the one that it answers.",
)
NUMBERED = [
    OpenApiParameter("page", OpenApiTypes.INT, description="Page of the rows, from 1."),
    OpenApiParameter("size", OpenApiTypes.INT, description="Rows on a page, at most 200."),
]
PAGE = {
    "base": serializers.CharField(help_text="The revision before, such as `A.1`."),
    "target": serializers.CharField(),
    "title": reads.TextChange(allow_null=True),
    "summary": reads.TextChange(allow_null=True),
    "together": reads.TogetherRow(many=True, help_text="Changes of households that are not shown, summed."),
    "few": serializers.BooleanField(help_text="Rows of fewer than five other households change too."),
    "count": serializers.IntegerField(),
    "next": serializers.URLField(allow_null=True),
    "previous": serializers.URLField(allow_null=True),
    "results": reads.ChangeRow(many=True),
}


class Numbered(PageNumberPagination):
    """Pages of a list that does not change: revisions never do."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "size"


class Changes(RoomView):
    @operation(
        "What changes from another revision to this one",
        response=inline_serializer("ChangesPage", PAGE),
        parameters=[WITH, *NUMBERED],
    )
    def get(self, request: Request, code: str, package: str, number: int) -> Response:
        viewer = self.viewer(request, code)
        base, target = _both(request, viewer, package, number)
        found = queries.read_changes(viewer, base, target)
        pages = Numbered()
        rows = pages.paginate_queryset(found.rows, request, view=self) or []
        context = {"viewer": viewer, "lines": {line.id: line for line in queries.lines(viewer, rows)}}
        return Response(_head(found) | pages.get_paginated_response(_rows(rows, context)).data)


def _rows(rows: Any, context: dict[str, Any]) -> Any:
    return reads.ChangeRow(rows, many=True, context=context).data


def _head(found: queries.Changes) -> dict[str, Any]:
    texts = {name: found.head.get(name) for name in ("title", "summary")}
    return {
        "base": str(found.base),
        "target": str(found.target),
        **{name: {"old": pair[0], "new": pair[1]} if pair else None for name, pair in texts.items()},
        "together": reads.TogetherRow(found.together, many=True).data,
        "few": found.few,
    }


class Effects(RoomView):
    @operation("Who gains or loses by the changes", response=reads.EffectsDetail, parameters=[WITH])
    def get(self, request: Request, code: str, package: str, number: int) -> Response:
        viewer = self.viewer(request, code)
        base, target = _both(request, viewer, package, number)
        found = queries.effects(viewer, base, target)
        return Response(reads.EffectsDetail({"base": base, "target": target, "found": found}).data)


class Adoption(RoomView):
    @operation(
        "Take some of the changes into a draft of one's own",
        request=acts.AdoptionIn,
        response=reads.DraftDetail,
        status=201,
    )
    def post(self, request: Request, code: str, package: str, number: int) -> Response:
        viewer, mandate = self.acting(request, code, "propose")
        data = self.read(request, acts.AdoptionIn)
        source, base = find_revision(viewer, package, number), queries.find_named(viewer, data["base"])
        into = queries.find_own(viewer, data["into"]) if data.get("into") else None
        draft = adopt_changes(
            mandate,
            base,
            source,
            data["changes"],
            into=into,
            version=data.get("version"),
            decided=data.get("decided"),
        )
        return Response(reads.DraftDetail(draft, context={"viewer": viewer}).data, status=201)


def _both(request: Request, viewer: Viewer, package: str, number: int) -> tuple[Revision, Revision]:
    target = find_revision(viewer, package, number)
    name = request.query_params.get("with", "")
    base = queries.find_named(viewer, name) if name else queries.usual_base(viewer, target)
    if base is None:
        raise Invalid({"with": _("Name a revision to compare with, such as B.2.")})
    return base, target
