"""Secret ballots, by API: trustees, their shares, the board."""

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.refusals import NotFound
from negotiation import trustees, unsealing
from negotiation.api import acts, reads
from negotiation.api.operations import RoomView, operation
from negotiation.models import Ballot, Trust
from negotiation.permissions import Viewer
from negotiation.queries import trustees as queries
from negotiation.queries.tallies import find_ballot
from negotiation.web.views.trustees import slow_down

S = serializers


class TrusteesIn(acts.Body):
    usernames = S.ListField(child=S.CharField(max_length=150), max_length=trustees.MOST)
    needed = S.IntegerField(min_value=trustees.FEWEST, max_value=trustees.MOST)


class PassphraseIn(acts.Body):
    passphrase = S.CharField(max_length=trustees.LONGEST, trim_whitespace=False)


class TrusteeRow(S.Serializer[Any]):
    number = S.IntegerField()
    party = S.CharField()
    accepted_at = S.DateTimeField(allow_null=True)


class TrustRow(S.Serializer[Any]):
    needed = S.IntegerField(help_text="So many of them open a ballot together.")
    trustees = TrusteeRow(many=True)


class KeeperRow(TrusteeRow):
    given_at = S.DateTimeField(allow_null=True, help_text="When this trustee gave its share.")


class OpeningRow(S.Serializer[Any]):
    needed = S.IntegerField()
    opened_at = S.DateTimeField(allow_null=True)
    trustees = KeeperRow(many=True)


class ShareFile(S.Serializer[Any]):
    format = S.CharField()
    scope = S.CharField()
    ballot = S.IntegerField()
    number = S.IntegerField()
    share = S.CharField(help_text="Base64. Whoever has enough shares learns who chose what.")


class BoardRow(S.Serializer[Any]):
    chamber = S.CharField()
    votes = S.ListField(
        child=S.ListField(child=S.CharField(allow_blank=True)),
        allow_null=True,
        help_text="Pairs of mark and choice; null where fewer than five have voted.",
    )


def _trust(viewer: Viewer, trust: Trust) -> Response:
    return Response(TrustRow({"needed": trust.needed, "trustees": queries.trustees(viewer, trust)}).data)


class Trustees(RoomView):
    @operation("Who opens secret ballots together", response=TrustRow)
    def get(self, request: Request, code: str) -> Response:
        viewer = self.viewer(request, code)
        return _trust(viewer, found_trust(viewer))

    @operation("Name the trustees, in place of those before", request=TrusteesIn, response=TrustRow)
    def put(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        data = self.read(request, TrusteesIn)
        return _trust(viewer, trustees.name_trustees(mandate, viewer.room, data["usernames"], data["needed"]))


def found_trust(viewer: Viewer) -> Trust:
    trust = queries.standing_trust(viewer.room)
    if trust is None:
        raise NotFound
    return trust


class TrustAcceptance(RoomView):
    @operation("Accept as a trustee, with a new passphrase", request=PassphraseIn, response=TrustRow)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "read_room")
        trust = found_trust(viewer)
        trustees.accept_trust(mandate, trust, self.read(request, PassphraseIn)["passphrase"])
        return _trust(viewer, trust)


class Shares(RoomView):
    @operation("Which trustees of a secret ballot have given their share", response=OpeningRow)
    def get(self, request: Request, code: str, ballot: int) -> Response:
        viewer = self.viewer(request, code)
        return self._told(viewer, find_ballot(viewer, ballot))

    def _told(self, viewer: Viewer, found: Ballot) -> Response:
        if not found.is_secret:
            raise NotFound
        told = {"needed": found.key.trust.needed, "opened_at": found.key.opened_at}
        return Response(OpeningRow(told | {"trustees": queries.keepers(viewer, found)}).data)

    @operation("Give one's share, after the close", request=PassphraseIn, response=OpeningRow)
    def post(self, request: Request, code: str, ballot: int) -> Response:
        viewer, mandate = self.acting(request, code, "read_room")
        found, passphrase = find_ballot(viewer, ballot), self.read(request, PassphraseIn)["passphrase"]
        slow_down(request._request, mandate)
        unsealing.give_share(mandate, found, passphrase)
        return self._told(viewer, find_ballot(viewer, ballot))


class ShareTaking(RoomView):
    @operation("Take one's own share away, to count elsewhere", request=PassphraseIn, response=ShareFile)
    def post(self, request: Request, code: str, ballot: int) -> HttpResponse:
        viewer, mandate = self.acting(request, code, "read_room")
        found, passphrase = find_ballot(viewer, ballot), self.read(request, PassphraseIn)["passphrase"]
        slow_down(request._request, mandate)
        _name, content = unsealing.take_share(mandate, found, passphrase)
        return HttpResponse(content, content_type="application/json")


class GivingUp(RoomView):
    @operation(
        "Give a secret ballot up that too few trustees can open, fourteen days after its close",
        request=acts.Revocation,
        response=reads.DecisionDone,
        status=201,
    )
    def post(self, request: Request, code: str, ballot: int) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        reason = self.read(request, acts.Revocation)["reason"]
        made = unsealing.give_up(mandate, find_ballot(viewer, ballot), reason)
        return Response(reads.DecisionDone(made).data, status=201)


class Board(RoomView):
    @operation("The board of an opened secret ballot", response=BoardRow(many=True))
    def get(self, request: Request, code: str, ballot: int) -> Response:
        found = find_ballot(self.viewer(request, code), ballot)
        queries.board(found)
        return Response(found.key.boards)
