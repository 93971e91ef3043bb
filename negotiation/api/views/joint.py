"""Joint proposals, by API."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Mandate
from negotiation import joint
from negotiation.api import acts, reads
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.consents import read_offer
from negotiation.models import Draft
from negotiation.permissions import Viewer
from negotiation.queries import joint as queries
from negotiation.queries.packages import find_draft, find_revision


class JointDrafts(RoomView):
    @operation(
        "Drafts that name parties: one's own, those that name one's own, for the convener all without what they say",
        response=page_of("JointDraft", reads.JointDraftRow),
        parameters=CURSOR,
    )
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        return self.page(request, queries.joint_drafts(viewer), reads.JointDraftRow, viewer)


class Partners(RoomView):
    @operation("The parties that a draft names, and what they say", response=reads.PartnersDetail)
    def get(self, request: Request, code: str, package: str) -> Response:
        viewer = self.viewer(request, code)
        return _detail(viewer, queries.find_shared_draft(viewer, package))

    @operation(
        "Name a party as proposing the draft too", request=acts.PartnerIn, response=reads.PartnersDetail, status=201
    )
    def post(self, request: Request, code: str, package: str) -> Response:
        viewer, mandate = self.acting(request, code, "propose")
        draft = find_draft(viewer, package)
        joint.name_partner(mandate, draft, self.read(request, acts.PartnerIn)["party"])
        return _detail(viewer, draft, 201)


class OnePartner(RoomView):
    @operation("Take a named party off", status=204)
    def delete(self, request: Request, code: str, package: str, party: str) -> Response:
        viewer, mandate = self.acting(request, code, "propose")
        joint.remove_partner(mandate, find_draft(viewer, package), party)
        return Response(status=204)


class SharedDraftView(RoomView):
    """A view of a draft that names the sender's party."""

    def named(self, request: Request, code: str, package: str) -> tuple[Viewer, Mandate, Draft]:
        viewer, mandate = self.acting(request, code, "propose")
        return viewer, mandate, queries.find_shared_draft(viewer, package)


class Consent(SharedDraftView):
    @operation("Consent to exactly what stands", request=acts.ConsentIn, response=reads.PartnersDetail, status=201)
    def post(self, request: Request, code: str, package: str) -> Response:
        viewer, mandate, draft = self.named(request, code, package)
        joint.consent(mandate, draft, self.read(request, acts.ConsentIn)["digest"])
        return _detail(viewer, draft, 201)

    @operation("Take one's consent back", status=204)
    def delete(self, request: Request, code: str, package: str) -> Response:
        _viewer, mandate, draft = self.named(request, code, package)
        joint.take_consent_back(mandate, draft)
        return Response(status=204)


class Refusal(SharedDraftView):
    @operation("Decline, with a reason", request=acts.WithdrawalIn, response=reads.PartnersDetail, status=201)
    def post(self, request: Request, code: str, package: str) -> Response:
        viewer, mandate, draft = self.named(request, code, package)
        joint.decline(mandate, draft, self.read(request, acts.WithdrawalIn)["reason"])
        return _detail(viewer, draft, 201)


class SupportWithdrawal(RoomView):
    @operation(
        "No longer stand by a package that one's party proposes too",
        request=acts.WithdrawalIn,
        response=reads.RevisionRow,
        status=201,
    )
    def post(self, request: Request, code: str, package: str) -> Response:
        viewer, mandate = self.acting(request, code, "propose")
        reason = self.read(request, acts.WithdrawalIn)["reason"]
        joint.withdraw_support(mandate, find_revision(viewer, package).package, reason)
        found = find_revision(viewer, package)
        return Response(reads.RevisionRow(found, context={"viewer": viewer}).data, status=201)


def _detail(viewer: Viewer, draft: Draft, status: int = 200) -> Response:
    found: dict[str, Any] = {
        "package": draft.package.code,
        "digest": read_offer(draft).digest,
        "partners": queries.partners_of(draft),
    }
    return Response(reads.PartnersDetail(found, context={"viewer": viewer}).data, status=status)
