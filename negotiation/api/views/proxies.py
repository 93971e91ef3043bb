"""Proxies, by API: named and revoked by the principal, answered by the convener."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from negotiation import proxies
from negotiation.api import acts, reads
from negotiation.api.operations import CURSOR, RoomView, operation, page_of
from negotiation.models import ProxyNaming
from negotiation.queries import proxies as queries
from negotiation.queries.tallies import find_ballot
from negotiation.web.rooms import acting
from negotiation.web.views.proxies import may_look

S = serializers


class ProxyIn(acts.Body):
    """For one ballot, or until a time."""

    username = S.CharField(max_length=150)
    ballot = S.IntegerField(required=False, min_value=1, max_value=acts.BIG)
    valid_to = S.DateTimeField(required=False)


class LimitIn(acts.Body):
    most = S.IntegerField(min_value=0, max_value=proxies.MOST_PROXIES)


class LimitDone(S.Serializer[Any]):
    most = S.IntegerField(source="max_proxies")


class NamingRow(S.ModelSerializer[ProxyNaming]):
    party = S.CharField(source="party.code")
    mandate = S.SerializerMethodField(help_text="Of the proxy, once it is accepted.")

    class Meta:
        model = ProxyNaming
        fields = ["id", "party", "username", "ballot", "valid_to", "state", "named_at", "ended_at", "ended_reason"]
        fields += ["mandate"]

    @extend_schema_field(S.IntegerField(allow_null=True))
    def get_mandate(self, naming: ProxyNaming) -> int | None:
        return naming.mandate_id


class Proxies(RoomView):
    @operation(
        "Proxies that your party named; the convener sees all",
        response=page_of("ProxyNaming", NamingRow),
        parameters=CURSOR,
    )
    def get(self, request: Request, code: str) -> Response:
        viewer, _mandate = self.acting(request, code, "")
        acting(viewer, may_look(viewer))
        return self.page(request, queries.namings(viewer), NamingRow, viewer)

    @operation("Name a proxy for one ballot or until a time", request=ProxyIn, response=NamingRow, status=201)
    def post(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "vote")
        data = self.read(request, ProxyIn)
        ballot = find_ballot(viewer, data["ballot"]) if "ballot" in data else None
        until = data.get("valid_to")
        made = proxies.name_proxy(mandate, viewer.room, data["username"], ballot=ballot, until=until)
        return Response(NamingRow(made).data, status=201)


class ProxyAcceptance(RoomView):
    @operation("Accept a proxy: its mandate is valid from now on", request=acts.Empty, response=NamingRow)
    def post(self, request: Request, code: str, naming: int) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        self.read(request, acts.Empty)
        return Response(NamingRow(proxies.accept_proxy(mandate, queries.find_naming(viewer, naming))).data)


class ProxyRefusal(RoomView):
    @operation("Refuse a proxy", request=acts.Revocation, response=NamingRow)
    def post(self, request: Request, code: str, naming: int) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        reason = self.read(request, acts.Revocation)["reason"]
        return Response(NamingRow(proxies.refuse_proxy(mandate, queries.find_naming(viewer, naming), reason)).data)


class ProxyWithdrawal(RoomView):
    @operation("Take the naming of a proxy back", request=acts.Empty, response=NamingRow)
    def post(self, request: Request, code: str, naming: int) -> Response:
        viewer, mandate = self.acting(request, code, "vote")
        self.read(request, acts.Empty)
        return Response(NamingRow(proxies.withdraw_proxy(mandate, queries.find_naming(viewer, naming))).data)


class ProxyRevocation(RoomView):
    @operation("Revoke a proxy of your own party", request=acts.Empty, response=reads.MandateRow)
    def post(self, request: Request, code: str, proxy: int) -> Response:
        viewer, mandate = self.acting(request, code, "vote")
        self.read(request, acts.Empty)
        ended = proxies.revoke_proxy(mandate, viewer.room, queries.find_proxy(viewer, proxy))
        return Response(reads.MandateRow(ended).data)


class ProxyLimit(RoomView):
    @operation("For how many principals one person may be the proxy", request=LimitIn, response=LimitDone)
    def put(self, request: Request, code: str) -> Response:
        viewer, mandate = self.acting(request, code, "convene")
        most = self.read(request, LimitIn)["most"]
        return Response(LimitDone(proxies.set_proxy_limit(mandate, viewer.room, most)).data)
