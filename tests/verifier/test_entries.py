"""A line as nearly all are is read by one pattern: it finds what the long way finds, or leaves the line to it."""

import json
from pathlib import Path

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.verifier.conftest import SCOPE
from tests.verifier.forging import lines, unpacked
from tongchou_verify import canonical
from tongchou_verify.entries import Act, check_entry, read_usual
from tongchou_verify.faults import Fault

MANDATE = "0123456789abcdef" * 4
VOTE = {
    "action": "vote.cast",
    "actor": {"mandate": MANDATE, "party": "HH-017"},
    "data": {"ballot": 7, "choice": "yes", "seat": "HH-017", "via": "own"},
    "id": "01a21ac6-f0df-75bf-b95d-17cfd729d98c",
    "object": {"id": "7", "type": "ballot"},
    "scope": SCOPE,
    "time": "2026-11-27T02:42:43.550066Z",
    "v": 1,
}
CALM = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def rows(bundle: Path) -> list[bytes]:
    return lines(unpacked(bundle))


def whole(line: bytes) -> Act | None:
    """The long way; None where it refuses the line."""
    try:
        return check_entry(canonical.read(line), 5, SCOPE)
    except Fault:
        return None


def line(**changes: object) -> bytes:
    return rfc8785.dumps({**VOTE, **changes})


def nested(depth: int) -> list:
    found: list = []
    for _level in range(depth - 1):
        found = [found]
    return found


def test_lines_of_a_bundle_are_usual_and_read_alike(rows) -> None:
    assert [read_usual(row, 5, SCOPE) for row in rows] == [whole(row) for row in rows]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"data": {**VOTE["data"], "choice": '不"同意\\'}},
        {"data": {**VOTE["data"], "reason": MANDATE}},
        {"data": {**VOTE["data"], "ballot": 10**15}},
        {"data": {**VOTE["data"], "ballot": 0}},
        {"data": {**VOTE["data"], "ballot": 1.5}},
        {"data": {"deep": nested(62)}},
        {"data": {"deep": nested(63)}},
        {"data": {"deep": nested(64)}},
        {"data": {"\U0001f600": 1, "\ufffd": 2}},
        {"data": {"text": '},"id":"01a21ac6-f0df-75bf-b95d-17cfd729d98c","object":{'}},
        {"data": []},
        {"data": {}, "action": "package.save"},
        {"action": ""},
        {"action": "vote.\ncast"},
        {"actor": {"party": "", "system": True}},
        {"actor": {"party": "", "mandate": MANDATE}},
        {"actor": {"party": "统筹", "mandate": MANDATE}},
        {"actor": {"party": "", "system": False}},
        {"object": {"id": "", "type": "房间"}},
        {"object": {"id": 7, "type": "ballot"}},
        {"scope": "room:OTHER"},
        {"v": 2},
        {"v": True},
        {"id": "01a21ac6-f0df-45bf-b95d-17cfd729d98c"},
        {"time": "2026-11-27T02:42:43Z"},
        {"more": 1},
    ],
    ids=str,
)
def test_entry_is_never_read_otherwise_than_by_the_long_way(changes: dict) -> None:
    assert read_usual(line(**changes), 5, SCOPE) in (None, whole(line(**changes)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{"action"', ' {"action"'),
        ('"v":1}', '"v":1} '),
        ('"v":1}', '"v":1}\n'),
        ('"v":1}', '"v":1}}'),
        ('"v":1}', '"v":1,"v":1}'),
        ('"v":1}', '"v":1.0}'),
        ('"ballot":7', '"ballot": 7'),
        ('"ballot":7', '"ballot":07'),
        ('"ballot":7', '"ballot":-0'),
        ('"ballot":7', '"ballot":7e0'),
        ('"ballot":7', '"ballot":7,"ballot":7'),
        ('"choice":"yes"', '"choice":"\\u0079es"'),
        ('"choice":"yes"', '"choice":"y\tes"'),
        ('"choice":"yes","seat":"HH-017"', '"seat":"HH-017","choice":"yes"'),
        ('"via":"own"}', '"via":"own"},"data":{}'),
        ('"via":"own"', '"via":"\xff"'),
        ("HH-017", "HH-017\ud800"),
    ],
)
def test_line_that_is_not_canonical_is_left_to_the_long_way(old: str, new: str) -> None:
    changed = line().decode().replace(old, new, 1).encode("latin-1" if "\xff" in new else "utf-8", "surrogatepass")
    assert changed != line()
    assert (read_usual(changed, 5, SCOPE), whole(changed)) == (None, None)


@CALM
@given(st.data())
def test_any_change_of_a_line_is_read_alike(rows, data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(rows) | st.just(line()))
    begin = data.draw(st.integers(0, len(row)))
    end = data.draw(st.integers(begin, min(begin + 3, len(row))))
    changed = row[:begin] + data.draw(st.binary(max_size=3)) + row[end:]
    assert read_usual(changed, 5, SCOPE) in (None, whole(changed))


@settings(max_examples=50)
@given(st.dictionaries(st.text(max_size=3), st.recursive(st.none() | st.text() | st.integers(-9, 9), st.lists)))
def test_any_data_is_read_alike(data: dict) -> None:
    try:
        found = line(data=json.loads(json.dumps(data)))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):
        return
    assert read_usual(found, 5, SCOPE) in (None, whole(found))
