"""RFC 8785: what is canonical is read, everything else is refused."""

import json
import math
import struct
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from tongchou_verify import canonical
from tongchou_verify.faults import Fault

PAIRS = json.loads((Path(__file__).parent / "vectors" / "canonical.json").read_text("utf-8"))["pairs"]
# RFC 8785, appendix B.
NUMBERS = [
    ("0000000000000000", "0"),
    ("8000000000000000", "0"),
    ("0000000000000001", "5e-324"),
    ("8000000000000001", "-5e-324"),
    ("7fefffffffffffff", "1.7976931348623157e+308"),
    ("ffefffffffffffff", "-1.7976931348623157e+308"),
    ("4340000000000000", "9007199254740992"),
    ("c340000000000000", "-9007199254740992"),
    ("4430000000000000", "295147905179352830000"),
    ("44b52d02c7e14af5", "9.999999999999997e+22"),
    ("44b52d02c7e14af6", "1e+23"),
    ("44b52d02c7e14af7", "1.0000000000000001e+23"),
    ("444b1ae4d6e2ef4e", "999999999999999700000"),
    ("444b1ae4d6e2ef4f", "999999999999999900000"),
    ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
    ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"),
    ("41b3de4355555554", "333333333.33333325"),
    ("41b3de4355555555", "333333333.3333333"),
    ("41b3de4355555556", "333333333.3333334"),
    ("41b3de4355555557", "333333333.33333343"),
    ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"),
]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair["name"])
def test_published_pair(pair: dict[str, str]) -> None:
    assert canonical.write(json.loads(pair["input"])) == pair["output"]
    assert canonical.read(pair["output"].encode()) == json.loads(pair["output"])


@pytest.mark.parametrize(("bits", "want"), NUMBERS)
def test_number_of_the_appendix(bits: str, want: str) -> None:
    (value,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical.number(value) == want


@given(JSON)
def test_reading_takes_what_the_platform_writes_and_writes_the_same(value: object) -> None:
    raw = rfc8785.dumps(value)
    assert canonical.write(json.loads(raw)).encode() == raw
    canonical.read(raw)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_number_is_the_platforms(value: float) -> None:
    assert canonical.number(value).encode() == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "line",
    [
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1} ',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'{"a":1e2}',
        b'{"a":-0}',
        b'{"a":9007199254740993}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\/"}',
        b'{"a":"\\u001F"}',
        b'{"a":"\\ud800"}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":1e999}',
        b'{"a":"\xff"}',
        b'{"a":"\xed\xa0\x80"}',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":1}x',
        b"{'a':1}",
        b"",
        b"{",
        b'{"a":"\n"}',
        '{"\U0001f600":1,"\ufffd":2}'.encode("utf-16"),
        '{"\ufffd":2,"\U0001f600":1}'.encode(),
    ],
)
def test_any_other_spelling_is_refused(line: bytes) -> None:
    with pytest.raises(Fault):
        canonical.read(line)


def test_keys_stand_in_the_order_of_their_utf16_units() -> None:
    assert canonical.read('{"\U0001f600":1,"\ufffd":2}'.encode()) == {"\U0001f600": 1, "\ufffd": 2}


@pytest.mark.parametrize("depth", [65, 1000, 100_000])
def test_depth_has_a_limit(depth: int) -> None:
    canonical.read(b"[" * 64 + b"]" * 64)
    with pytest.raises(Fault) as fault:
        canonical.read(b"[" * depth + b"]" * depth)
    assert "deeper than 64" in str(fault.value)


def test_difference_is_named_with_its_place() -> None:
    with pytest.raises(Fault) as fault:
        canonical.read(b'{"a":1.0}')
    assert str(fault.value) == "not canonical at character 6: got '{\"a\":1.0}', want '{\"a\":1}'"


def test_infinity_is_no_number() -> None:
    with pytest.raises(Fault):
        canonical.number(math.inf)
