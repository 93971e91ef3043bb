"""Scorecards and their computations."""

from rest_framework.request import Request
from rest_framework.response import Response

from negotiation import scorecards, scoring
from negotiation.api import acts, reads
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.models import Revision
from negotiation.permissions import Viewer
from negotiation.queries import packages as queries
from negotiation.queries.versions import computations


def _state(viewer: Viewer, revision: Revision, status: int = 200) -> Response:
    """The card shown, and the newer computation of it that is under way or failed."""
    card = queries.listed(revision).card
    newest = computations(revision).first()
    newer = newest if newest and card and newest.pk > card.pk and newest.state != newest.State.DONE else None
    latest = newer or card
    found = {
        "state": card.state if card else "pending",
        "error": latest.error if latest else "",
        "engine": card.engine if card else None,
        "todays_engine": scoring.ENGINE,
        "newer": newer.state if newer else None,
        "card": queries.visible_card(viewer, card),
    }
    return Response(found, status=status)


class Card(RoomView):
    @operation("The scorecard, as far as the reader may see it", response=reads.CardState)
    def get(self, request: Request, code: str, package: str, number: int) -> Response:
        viewer = self.viewer(request, code)
        return _state(viewer, queries.find_revision(viewer, package, number))


class CardRetry(RoomView):
    @operation("Score again what failed", request=acts.Empty, response=reads.CardState)
    def post(self, request: Request, code: str, package: str, number: int) -> Response:
        viewer, mandate = self.acting(request, code, "read_room")
        scorecards.retry_card(mandate, queries.find_revision(viewer, package, number))
        return _state(viewer, queries.find_revision(viewer, package, number))


class CardRecompute(RoomView):
    @operation(
        "Score with today's engine what another engine scored",
        request=acts.Empty,
        response=reads.CardState,
        status=202,
    )
    def post(self, request: Request, code: str, package: str, number: int) -> Response:
        viewer, mandate = self.acting(request, code, "read_room")
        scorecards.recompute_card(mandate, queries.find_revision(viewer, package, number))
        return _state(viewer, queries.find_revision(viewer, package, number), 202)


class Computations(RoomView):
    @operation(
        "Every computation of the scorecard, newest first",
        response=page_of("Computation", reads.ComputationRow),
        parameters=CURSOR,
    )
    def get(self, request: Request, code: str, package: str, number: int) -> Response:
        viewer = self.viewer(request, code)
        revision = queries.find_revision(viewer, package, number)
        return self.page(request, computations(revision), reads.ComputationRow, viewer)


class OneComputation(RoomView):
    @operation("The scorecard as one engine computed it", response=reads.CardState)
    def get(self, request: Request, code: str, package: str, number: int, engine: str) -> Response:
        viewer = self.viewer(request, code)
        return _state(viewer, queries.find_card(viewer, package, number, engine))
