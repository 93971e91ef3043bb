"""Schemathesis over the whole API of a running product: no 500, no answer that the description does not know."""

import json
import urllib.request
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.product import Product, running

CHECKS = [schemathesis.checks.not_a_server_error, status_code_conformance, content_type_conformance]
CHECKS += [response_schema_conformance]
CALM = settings(deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
ROOM, PACKAGE = "ZX-03-2026", "A"


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    with running("api") as found:
        yield found


@pytest.fixture(scope="module")
def token(product: Product) -> str:
    credentials = json.dumps({"username": "planner", "password": product.password}).encode()
    request = urllib.request.Request(f"{product.address}/api/v1/tokens/", credentials)
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["token"]


def visit(product: Product, act, examples: int) -> list[str]:
    """Try every operation; the operations that answered something that is not described, with what it was."""
    found, tried = [], 0
    for result in schemathesis.openapi.from_url(f"{product.address}/api/v1/openapi.json").get_all_operations():
        operation = result.ok()
        tried += 1

        @given(case=operation.as_strategy())
        @settings(CALM, max_examples=examples)
        def check(case: schemathesis.Case) -> None:
            act(case)

        try:
            check()
        except (Exception, BaseExceptionGroup) as error:
            # Whatever it was, the other operations are tried too.
            found.append(f"{operation.label}: {getattr(error, 'exceptions', error)}"[:1500])
    assert tried > 30
    return found


def test_convener_meets_only_described_answers(product: Product, token: str) -> None:
    """Half of the requests go to the real room and package, so that they reach the domain functions."""

    def act(case: schemathesis.Case) -> None:
        if len(case.path_parameters.get("code", "")) % 2:
            case.path_parameters["code"] = ROOM
            if "package" in case.path_parameters:
                case.path_parameters["package"] = PACKAGE
        case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Token {token}"})

    assert visit(product, act, 12) == []


def test_stranger_meets_only_described_answers(product: Product) -> None:
    assert visit(product, lambda case: case.call_and_validate(checks=CHECKS), 3) == []
