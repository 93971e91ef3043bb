"""Findings, by API: the list, one with its steps, and each step."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Mandate
from accounts.refusals import Invalid
from negotiation import findings
from negotiation.api import acts
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.models import Finding, FindingStep
from negotiation.permissions import Viewer
from negotiation.queries import findings as queries
from negotiation.queries.entries import find_entry
from negotiation.texts import LONGEST
from negotiation.web.finding_forms import FindingFilter

S = serializers
FILTERS = [
    OpenApiParameter("state", str, enum=[state for state, _label in queries.STATES]),
    OpenApiParameter("entry", str, description="Id of the entry that they are on."),
]


class FindingIn(acts.Body):
    entry = S.UUIDField(help_text="Id of an entry of the room's log.")
    text = S.CharField(max_length=LONGEST)


class FindingTextIn(acts.Body):
    text = S.CharField(max_length=LONGEST)


class FindingCloseIn(acts.Body):
    verdict = S.ChoiceField(choices=Finding.Verdict.values)
    text = S.CharField(max_length=LONGEST)


class FindingStepRow(S.ModelSerializer[FindingStep]):
    party = S.CharField(source="mandate.party.code")
    time = S.DateTimeField(source="entry.time")

    class Meta:
        model = FindingStep
        fields = ["kind", "party", "time", "text", "entry"]


class FindingRow(S.ModelSerializer[Finding]):
    """`due`: the last day for the answer that it waits for, or waited for."""

    party = S.CharField(source="party.code")
    index = S.IntegerField(source="entry.index", allow_null=True, help_text="Place of the entry; null: not sealed yet.")
    overdue = S.BooleanField()
    steps = FindingStepRow(many=True)

    class Meta:
        model = Finding
        fields = ["id", "entry", "index", "party", "state", "verdict", "due", "overdue", "steps"]


class FindingView(RoomView):
    def reader(self, request: Request, code: str) -> Viewer:
        viewer = self.viewer(request, code)
        if not request.user.is_authenticated:
            raise NotAuthenticated
        return viewer

    def step(self, request: Request, code: str, finding: int, permission: str) -> tuple[Viewer, Mandate, Finding]:
        viewer, mandate = self.acting(request, code, permission)
        return viewer, mandate, queries.find_finding(viewer, finding)

    def answer_with(self, viewer: Viewer, finding: Finding, status: int = 200) -> Response:
        return Response(FindingRow(queries.find_finding(viewer, finding.pk)).data, status=status)


class Findings(FindingView):
    @operation("Findings, newest first", response=page_of("Finding", FindingRow), parameters=[*CURSOR, *FILTERS])
    def get(self, request: Request, code: str) -> Response:
        viewer, form = self.reader(request, code), FindingFilter(request.query_params)
        if not form.is_valid():
            raise Invalid({name: " ".join(map(str, faults)) for name, faults in form.errors.items()})
        rows = queries.findings(viewer, form.cleaned_data["state"], form.cleaned_data["entry"])
        return self.page(request, rows, FindingRow, viewer)

    @operation("Open a finding on an entry; the convener is told", request=FindingIn, response=FindingRow, status=201)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "audit")
        data: dict[str, Any] = self.read(request, FindingIn)
        made = findings.open_finding(mandate, viewer.room, find_entry(viewer.room, data["entry"]), data["text"])
        return self.answer_with(viewer, made, 201)


class OneFinding(FindingView):
    @operation("One finding with its steps", response=FindingRow)
    def get(self, request: Request, code: str, finding: int) -> Response:
        return Response(FindingRow(queries.find_finding(self.reader(request, code), finding)).data)


class FindingAnswer(FindingView):
    @operation("Answer as the convener", request=FindingTextIn, response=FindingRow)
    def post(self, request: Request, code: str, finding: int) -> Response:
        viewer, mandate, found = self.step(request, code, finding, "convene")
        return self.answer_with(viewer, findings.answer_finding(mandate, found, **self.read(request, FindingTextIn)))


class FindingQuestion(FindingView):
    @operation("Ask again, as the auditor whose finding it is", request=FindingTextIn, response=FindingRow)
    def post(self, request: Request, code: str, finding: int) -> Response:
        viewer, mandate, found = self.step(request, code, finding, "audit")
        return self.answer_with(viewer, findings.ask_again(mandate, found, **self.read(request, FindingTextIn)))


class FindingClose(FindingView):
    @operation("Close it, as the auditor whose finding it is", request=FindingCloseIn, response=FindingRow)
    def post(self, request: Request, code: str, finding: int) -> Response:
        viewer, mandate, found = self.step(request, code, finding, "audit")
        return self.answer_with(viewer, findings.close_finding(mandate, found, **self.read(request, FindingCloseIn)))
