"""The mediator: questions and answers, adoption, and what a party says in private."""

from decimal import Decimal

from rest_framework.request import Request
from rest_framework.response import Response

from negotiation import mediation as domain
from negotiation.api import acts, reads
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.models import Mediation
from negotiation.permissions import Viewer
from negotiation.queries import suggestions
from negotiation.queries.packages import find_revision


def _detail(viewer: Viewer, found: Mediation, status: int = 200) -> Response:
    shown = suggestions.redact_suggestion(viewer, found.revision, found.result) if found.result else None
    return Response(reads.MediationDetail(found, context={"viewer": viewer, "result": shown}).data, status=status)


class Mediations(RoomView):
    @operation(
        "What the mediator was asked about a package",
        response=page_of("Mediation", reads.MediationRow),
        parameters=CURSOR,
    )
    def get(self, request: Request, code: str, package: str) -> Response:
        viewer = self.viewer(request, code)
        return self.page(request, suggestions.mediations(viewer, package), reads.MediationRow, viewer)

    @operation("Ask the mediator", request=acts.MediationIn, response=reads.MediationDetail, status=202)
    def post(self, request: Request, code: str, package: str) -> Response:
        viewer, mandate = self.acting(request, code, "propose")
        data = self.read(request, acts.MediationIn)
        return _detail(viewer, domain.ask_mediator(mandate, find_revision(viewer, package), data["mode"]), 202)


class OneMediation(RoomView):
    @operation("The answer, as far as the reader may see it", response=reads.MediationDetail)
    def get(self, request: Request, code: str, mediation: int) -> Response:
        viewer = self.viewer(request, code)
        return _detail(viewer, suggestions.find_mediation(viewer, mediation))


class Cancellation(RoomView):
    @operation("Stop a run of one's own party", request=acts.Empty, response=reads.MediationDetail)
    def post(self, request: Request, code: str, mediation: int) -> Response:
        viewer, mandate = self.acting(request, code, "propose")
        return _detail(viewer, domain.cancel_mediation(mandate, suggestions.find_mediation(viewer, mediation)))


class Adoption(RoomView):
    @operation("Open the suggestion as one's own draft", request=acts.Empty, response=reads.DraftDetail, status=201)
    def post(self, request: Request, code: str, mediation: int) -> Response:
        viewer, mandate = self.acting(request, code, "propose")
        draft = domain.adopt_suggestion(mandate, suggestions.find_mediation(viewer, mediation))
        return Response(reads.DraftDetail(draft, context={"viewer": viewer}).data, status=201)


class OwnValuation(RoomView):
    @operation("What one's own party told the mediator in private", response=reads.ValuationDetail)
    def get(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "propose")
        return Response(reads.ValuationDetail(domain.own_valuation(mandate, viewer.room) or domain.Stated()).data)

    @operation("Tell the mediator in private", request=acts.ValuationIn, response=reads.ValuationDetail)
    def put(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "propose")
        data = self.read(request, acts.ValuationIn)
        multipliers: dict[str, Decimal] = data.get("multipliers", {})
        domain.state_valuation(mandate, viewer.room, multipliers, data.get("walk_away"))
        return Response(reads.ValuationDetail(domain.own_valuation(mandate, viewer.room)).data)
