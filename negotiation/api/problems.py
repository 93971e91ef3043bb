"""Errors of the API as RFC 9457 problem details, in one place."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import exception_handler

from accounts.refusals import DutiesMissing, Invalid, NotFound, Refusal, TooMany

CONTENT_TYPE = "application/problem+json"


class Problem(serializers.Serializer[Any]):
    """RFC 9457 problem details; `errors` maps a field or JSON path to what is wrong with it."""

    type = serializers.CharField(help_text="URN of the kind of problem; ends in the stable code.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = serializers.DictField(child=serializers.CharField(), required=False)  # type: ignore[assignment]


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: a refusal or a DRF error as problem+json; anything else stays an error of ours."""
    if isinstance(error, Refusal):
        return _refusal(error)
    if isinstance(error, Http404):
        return _refusal(NotFound())
    if isinstance(error, exceptions.ValidationError):
        return _refusal(Invalid(_flat(error.detail)))
    response = exception_handler(error, context)
    if response is None:
        return None
    code = "not_allowed" if isinstance(error, PermissionDenied) else getattr(error, "default_code", "error")
    headers = {name: response[name] for name in ("WWW-Authenticate", "Retry-After", "Allow") if name in response}
    return _problem(response.status_code, code, str(getattr(error, "detail", error)), headers=headers)


def _refusal(refusal: Refusal) -> Response:
    errors = refusal.fields if isinstance(refusal, Invalid | DutiesMissing) else None
    headers = {"Retry-After": str(refusal.wait)} if isinstance(refusal, TooMany) else None
    return _problem(refusal.status, refusal.code, refusal.message, errors, headers)


def _problem(
    status: int,
    code: str,
    detail: str,
    errors: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    return Response(describe(status, code, detail, errors), status=status, content_type=CONTENT_TYPE, headers=headers)


def describe(status: int, code: str, detail: str, errors: dict[str, str] | None = None) -> dict[str, Any]:
    """The body of RFC 9457."""
    body: dict[str, Any] = {
        "type": f"urn:tongchou:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    return body | ({"errors": errors} if errors else {})


def plain_problem(status: int, code: str, detail: str) -> JsonResponse:
    """The same for what is refused before a view of the API is reached."""
    return JsonResponse(describe(status, code, detail), status=status, content_type=CONTENT_TYPE)


def _flat(detail: Any, path: str = "") -> dict[str, str]:
    """DRF's nested error detail as path → message."""
    if isinstance(detail, dict):
        pairs = [(f"{path}.{key}" if path else str(key), value) for key, value in detail.items()]
    elif isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        pairs = [(f"{path}[{place}]", value) for place, value in enumerate(detail)]
    else:
        return {path or "body": " ".join(str(part) for part in detail) if isinstance(detail, list) else str(detail)}
    return {place: text for key, value in pairs for place, text in _flat(value, key).items()}
