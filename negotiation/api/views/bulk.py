"""One change to many amounts of a draft, and the step back."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from negotiation import bulk as domain
from negotiation import drafting, drafts
from negotiation.api import acts, reads
from negotiation.api.operations import RoomView, operation
from negotiation.queries.packages import find_draft
from negotiation.splitting import split_parcel

SHOWN = 200


class BulkChange(RoomView):
    @operation("Change many amounts of the draft at once, or try it", request=acts.BulkIn, response=reads.BulkDone)
    def post(self, request: Request, code: str, package: str) -> Response:
        viewer, mandate = self.acting(request, code, "propose")
        draft = find_draft(viewer, package)
        data = self.read(request, acts.BulkIn)
        version, dry_run = data.pop("version"), data.pop("dry_run")
        bulk = domain.Bulk(**_choice(data))
        rows = domain.moved_rows(viewer.room, draft.document, bulk, viewer.hidden_codes)
        saved = draft if dry_run else domain.change_in_bulk(mandate, draft, bulk, version)
        hidden = drafting.hidden_summary(draft.document, viewer.hidden_codes)[bulk.kind]
        done = {"version": saved.version, "count": len(rows), "hidden": hidden, "rows": rows[:SHOWN]}
        return Response(reads.BulkDone(done).data)


def _choice(data: dict[str, Any]) -> dict[str, Any]:
    return {**{key: value for key, value in data.items() if key != "rows"}, "places": tuple(data.get("rows", ()))}


class Split(RoomView):
    @operation("Split a parcel: make two land terms of one", request=acts.SplitIn, response=reads.DraftDetail)
    def post(self, request: Request, code: str, package: str) -> Response:
        viewer, mandate = self.acting(request, code, "propose")
        draft = find_draft(viewer, package)
        data = self.read(request, acts.SplitIn)
        saved = split_parcel(mandate, draft, data["row"], data["area"], data["version"])
        return Response(reads.DraftDetail(saved, context={"viewer": viewer}).data)


class Undo(RoomView):
    @operation("Go back to the draft before its last save", request=acts.Submit, response=reads.DraftDetail)
    def post(self, request: Request, code: str, package: str) -> Response:
        viewer, mandate = self.acting(request, code, "propose")
        draft = find_draft(viewer, package)
        saved = drafts.undo_draft(mandate, draft, self.read(request, acts.Submit)["version"])
        return Response(reads.DraftDetail(saved, context={"viewer": viewer}).data)
