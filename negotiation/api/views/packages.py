"""Packages, their terms, drafts, notice."""

from collections.abc import Sequence
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Mandate
from negotiation import drafting, drafts, packages, voting
from negotiation.api import acts, reads
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.models import Draft, Revision
from negotiation.permissions import Viewer
from negotiation.presence import be_present, others_present
from negotiation.queries import packages as queries
from negotiation.queries.drafts import Told, check_draft, tell_clashes
from negotiation.queries.joint import find_shared_draft
from negotiation.queries.tree import edges
from negotiation.terms import ENDS, Document


class Packages(RoomView):
    @operation("Packages on the table", response=page_of("Package", reads.RevisionRow), parameters=CURSOR)
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        return self.page(request, queries.tabled(viewer.room), reads.RevisionRow, viewer)

    @operation("Begin a package", request=acts.Start, response=reads.DraftDetail, status=201)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "propose")
        data = self.read(request, acts.Start)
        source = queries.find_revision(viewer, data["source"]) if data.get("source") else None
        draft = packages.start_package(mandate, viewer.room, source=source, counter=data["counter"])
        return _draft(viewer, draft, 201)


class Proposals(RoomView):
    @operation("Which revision answers which", response=page_of("Proposal", reads.ProposalRow), parameters=CURSOR)
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        return self.page(request, edges(viewer), reads.ProposalRow, viewer, "pk")


class OnePackage(RoomView):
    @operation("The latest revision of a package", response=reads.RevisionRow)
    def get(self, request: Request, code: str, package: str) -> Response:
        viewer = self.viewer(request, code)
        return _revision(viewer, queries.find_revision(viewer, package))


class OneRevision(RoomView):
    @operation("One revision of a package", response=reads.RevisionRow)
    def get(self, request: Request, code: str, package: str, number: int) -> Response:
        viewer = self.viewer(request, code)
        return _revision(viewer, queries.find_revision(viewer, package, number))


def _revision(viewer: Viewer, revision: Revision, status: int = 200) -> Response:
    return Response(reads.RevisionRow(revision, context={"viewer": viewer}).data, status=status)


class Dispositions(RoomView):
    @operation("What becomes of the land", response=page_of("Disposition", reads.DispositionRow), parameters=CURSOR)
    def get(self, request: Request, code: str, package: str, number: int) -> Response:
        viewer = self.viewer(request, code)
        revision = queries.find_revision(viewer, package, number)
        return self.page(request, queries.dispositions(revision), reads.DispositionRow, viewer, "pk")


class Allocations(RoomView):
    @operation("Who gets what", response=page_of("Allocation", reads.AllocationRow), parameters=CURSOR)
    def get(self, request: Request, code: str, package: str, number: int) -> Response:
        viewer = self.viewer(request, code)
        rows = queries.visible_allocations(viewer, queries.find_revision(viewer, package, number))
        return self.page(request, rows, reads.AllocationRow, viewer, "pk")


class Flows(RoomView):
    @operation("Money", response=page_of("Flow", reads.FlowRow), parameters=CURSOR)
    def get(self, request: Request, code: str, package: str, number: int) -> Response:
        viewer = self.viewer(request, code)
        rows = queries.visible_flows(viewer, queries.find_revision(viewer, package, number))
        return self.page(request, rows, reads.FlowRow, viewer, "pk")


class DraftCheck(RoomView):
    @operation(
        "What stands in the way of the draft as it is saved: faults, or else the gates", response=reads.DraftCheck
    )
    def get(self, request: Request, code: str, package: str) -> Response:
        viewer = self.viewer(request, code)
        found = check_draft(viewer, queries.find_draft(viewer, package).document)
        return Response(reads.DraftCheck(found).data)


class DraftState(RoomView):
    @operation("Who else has the draft open, and who saved it last", response=reads.DraftState)
    def get(self, request: Request, code: str, package: str) -> Response:
        viewer = self.viewer(request, code)
        draft = queries.find_draft(viewer, package)
        user = viewer.user.pk or 0
        be_present(user, draft)
        return Response(reads.DraftState(draft, context={"others": others_present(user, draft)}).data)


class Revise(RoomView):
    @operation("Open a draft of the next revision", request=acts.Empty, response=reads.DraftDetail)
    def post(self, request: Request, code: str, package: str) -> Response:
        viewer, mandate = self.acting(request, code, "propose")
        return _draft(viewer, packages.revise_package(mandate, queries.find_revision(viewer, package).package))


class Drafts(RoomView):
    @operation("The drafts of one's own parties", response=page_of("Draft", reads.DraftRow), parameters=CURSOR)
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        return self.page(request, queries.own_drafts(viewer), reads.DraftRow, viewer)


class OneDraft(RoomView):
    @operation("The draft of one's own package, or one that names one's party", response=reads.DraftDetail)
    def get(self, request: Request, code: str, package: str) -> Response:
        viewer = self.viewer(request, code)
        return _draft(viewer, find_shared_draft(viewer, package))

    @operation("Save the draft, faults and all", request=acts.DraftIn, response=reads.DraftDetail)
    def put(self, request: Request, code: str, package: str) -> Response:
        viewer, mandate, draft = self._own(request, code, package)
        data = self.read(request, acts.DraftIn)
        if not data["together"]:
            document = _merged(viewer, draft.document, data)
            return _draft(viewer, drafts.save_draft(mandate, draft, document, data["version"]))
        document = _merged(viewer, drafts.document_at(draft, data["version"]), data)
        saved, clashes = drafts.save_together(mandate, draft, document, data["version"])
        return _draft(viewer, saved, clashes=tell_clashes(viewer, clashes))

    @operation("Throw the draft away", status=204)
    def delete(self, request: Request, code: str, package: str) -> Response:
        _viewer, mandate, draft = self._own(request, code, package)
        packages.discard_draft(mandate, draft)
        return Response(status=204)

    def _own(self, request: Request, code: str, package: str) -> tuple[Viewer, Mandate, Draft]:
        viewer, mandate = self.acting(request, code, "propose")
        return viewer, mandate, queries.find_draft(viewer, package)


def _merged(viewer: Viewer, base: Document, data: dict[str, Any]) -> dict[str, Any]:
    edited = {kind: [_row(dict(row)) for row in data[kind]] for kind in ENDS if kind in data}
    merged = drafting.merge(base, edited, viewer.hidden_codes)
    return {**merged, **{key: data[key] for key in ("title", "summary") if key in data}}


def _row(row: dict[str, Any]) -> tuple[int | None, dict[str, Any]]:
    """A row as a case file has it, and its place in the stored draft."""
    return row.pop("row", None), row


class Submit(RoomView):
    @operation("Put the draft on the table", request=acts.Submit, response=reads.RevisionRow, status=201)
    def post(self, request: Request, code: str, package: str) -> Response:
        viewer, mandate = self.acting(request, code, "propose")
        data = self.read(request, acts.Submit)
        packages.submit_package(mandate, queries.find_draft(viewer, package), data["version"])
        found = queries.find_revision(viewer, package)
        return Response(reads.RevisionRow(found, context={"viewer": viewer}).data, status=201)


def _draft(viewer: Viewer, draft: Draft, status: int = 200, clashes: Sequence[Told] = ()) -> Response:
    context = {"viewer": viewer, "clashes": clashes}
    return Response(reads.DraftDetail(draft, context=context).data, status=status)


class Withdrawal(RoomView):
    @operation(
        "Take one's own package off the table", request=acts.WithdrawalIn, response=reads.RevisionRow, status=201
    )
    def post(self, request: Request, code: str, package: str) -> Response:
        viewer, mandate = self.acting(request, code, "propose")
        data = self.read(request, acts.WithdrawalIn)
        packages.withdraw_package(mandate, queries.find_revision(viewer, package).package, data["reason"])
        return _revision(viewer, queries.find_revision(viewer, package), 201)


class Notice(RoomView):
    @operation("Record the public notice", request=acts.Notice, response=reads.RevisionRow)
    def post(self, request: Request, code: str, package: str) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        data = self.read(request, acts.Notice)
        voting.publish_notice(mandate, queries.find_revision(viewer, package), data["published_on"], data["place"])
        return _revision(viewer, queries.find_revision(viewer, package))
