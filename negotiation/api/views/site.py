"""Tokens, and the schemas of the formats."""

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth import authenticate
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import OpenApiParameter, extend_schema
from knox.models import AuthToken
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from accounts.models import User
from accounts.refusals import Invalid, NotAllowed
from negotiation.api import acts, reads
from negotiation.api.operations import operation
from negotiation.api.problems import plain_problem
from negotiation.casefile import schema
from negotiation.queries.glossary import search_terms

WORD = OpenApiParameter("search", str, description="Only words in which, or in whose text, this stands.")
SCHEMAS = {"tongchou-case-1.json": "tongchou-case/1", "due-dates-1.json": "due-dates/1"}


class Tokens(APIView):
    throttle_classes = [ScopedRateThrottle]
    throttle_scope = "login"
    authentication_classes = []

    @operation(
        "Get a token for `Authorization: Token …`", request=acts.Credentials, response=reads.TokenDone, status=201
    )
    def post(self, request: Request) -> Response:
        form = acts.Credentials(data=request.data)
        form.is_valid(raise_exception=True)
        person = authenticate(request._request, **form.validated_data)
        if not isinstance(person, User):
            raise Invalid({"password": "name and password do not fit"}, code="not_signed_in")
        if is_mfa_enabled(person):
            raise NotAllowed("An account with a second factor gets its token in the browser.", code="second_factor")
        made, token = AuthToken.objects.create(person)
        return Response({"token": token, "expiry": made.expiry}, status=201)


class CurrentToken(APIView):
    @operation("Give the token of this request back", status=204)
    def delete(self, request: Request) -> Response:
        if not isinstance(request.auth, AuthToken):
            raise NotAuthenticated
        request.auth.delete()
        return Response(status=204)


class Glossary(APIView):
    @operation("The words of the pages, explained", response=reads.WordGroup(many=True), parameters=[WORD])
    def get(self, request: Request) -> Response:
        groups = search_terms(request.query_params.get("search", "")[:100])
        return Response(reads.WordGroup([{"title": title, "words": words} for title, words in groups], many=True).data)


@extend_schema(exclude=True)
def schema_list(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"schemas": [f"{request.path}{name}" for name in SCHEMAS]})


@extend_schema(exclude=True)
def one_schema(request: HttpRequest, name: str) -> JsonResponse:
    if name not in SCHEMAS:
        return plain_problem(404, "not_found", "there is no such schema")
    return JsonResponse(schema(SCHEMAS[name]), content_type="application/schema+json")


@csrf_exempt
@extend_schema(exclude=True)
def nothing(request: HttpRequest) -> JsonResponse:
    """Every other address below /api/."""
    return plain_problem(404, "not_found", "there is nothing at this address")
