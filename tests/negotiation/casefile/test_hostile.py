"""Random JSON at random places of a case: a report comes back, and what it says is sound."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from negotiation.casefile import Report, check_case, differences, equal_documents
from tests.negotiation.casefile.small import small_case

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["-1", "0", "1.5", "A", "B", "HH", "project", "/flows/0/yuan", "9" * 70, "1" * 5000, 10**300])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["code", "id", "type", "coordinates", "x", "\x00"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def containers(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list) and value:
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from containers(inner)


@st.composite
def broken_cases(draw: st.DrawFn) -> Any:
    document = small_case()
    for _ in range(draw(st.integers(1, 4))):
        target = draw(st.sampled_from(list(containers(document)) or [{"x": 1}]))
        key = draw(st.sampled_from(list(target) if isinstance(target, dict) else range(len(target))))
        act = draw(st.sampled_from(["replace", "delete", "insert", "copy"]))
        if act == "delete":
            del target[key]
        elif act == "insert" and isinstance(target, list):
            target.insert(key, draw(VALUES))
        elif act == "insert":
            target[draw(st.text(max_size=3))] = draw(VALUES)
        elif act == "copy" and isinstance(target, list):
            target.append(target[key])
        else:
            target[key] = draw(VALUES)
    return document


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(broken_cases())
def test_check_case_reports_and_never_raises(document: Any) -> None:
    report = check_case(document)
    assert isinstance(report, Report)
    for fault in (*report.faults, *report.warnings):
        assert fault.path.startswith("$")
        assert fault.message.encode()
        assert len(fault.message.splitlines()) == 1
        assert len(fault.found) <= 80


@pytest.mark.parametrize(
    "value", [None, [], {}, [[]], [{}], "", "A", "\ud800", 0, -1, 1.5, True, 10**300, float("inf")]
)
def test_an_awkward_value_at_every_single_place_raises_nothing(value: Any) -> None:
    for number, target in enumerate(containers(small_case())):
        for key in target if isinstance(target, dict) else range(len(target)):
            document = small_case()
            next(islice(containers(document), number, None))[key] = value
            assert isinstance(check_case(document), Report)


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_check_case_takes_any_value_for_a_document(document: Any) -> None:
    assert check_case(document).faults != ()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(broken_cases(), broken_cases())
def test_comparison_never_raises_and_is_symmetric(one: Any, other: Any) -> None:
    assert equal_documents(one, other) == equal_documents(other, one) == (differences(one, other) == [])
