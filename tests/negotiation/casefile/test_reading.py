import json
from pathlib import Path

import pytest

from negotiation.casefile import CaseRefused, parse_case, read_case
from negotiation.casefile.reading import MAX_BYTES
from tests.negotiation.casefile.small import small_case


def refusals(data: bytes) -> list[tuple[str, str]]:
    with pytest.raises(CaseRefused) as caught:
        parse_case(data)
    return [(fault.path, fault.code) for fault in caught.value.faults]


def test_a_document_is_read_as_written(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps(small_case(), ensure_ascii=False), encoding="utf-8")
    assert read_case(file) == read_case(str(file)) == small_case()


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseRefused) as caught:
        read_case(tmp_path / "none.json")
    assert [fault.code for fault in caught.value.faults] == ["unreadable"]


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseRefused):
        read_case(tmp_path)


def test_a_file_of_30_mib_is_read(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_bytes(b"{}".ljust(MAX_BYTES))
    assert read_case(file) == {}


def test_a_file_one_byte_larger_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_bytes(b"{}".ljust(MAX_BYTES + 1))
    with pytest.raises(CaseRefused) as caught:
        read_case(file)
    assert [fault.code for fault in caught.value.faults] == ["too_large"]


@pytest.mark.parametrize(
    ("data", "faults"),
    [
        (b"", [("$", "not_json")]),
        (b"{", [("$", "not_json")]),
        (b"{} {}", [("$", "not_json")]),
        (b"\xef\xbb\xbf{}", [("$", "byte_order_mark")]),
        (b'"\xff"', [("$", "not_utf8")]),
        (b'"\xed\xa0\x80"', [("$", "not_utf8")]),
        ('{"a": 1}'.encode("utf-16"), [("$", "not_utf8")]),
        (b'{"a": [NaN, Infinity, -Infinity]}', [(f"$.a[{n}]", "not_finite") for n in range(3)]),
        (b'{"a": 1e400}', [("$.a", "not_finite")]),
        (b'{"a": ' + b"9" * 5000 + b"}", [("$.a", "not_finite")]),
        (b'{"a": 9007199254740992}', [("$.a", "number_too_large")]),
        (b'{"a": "\\ud800"}', [("$.a", "bad_text")]),
        (b'{"a": "\\u0000"}', [("$.a", "bad_text")]),
        (b'{"a\\u0000": 1}', [('$["a\\u0000"]', "bad_text")]),
        (b'{"a": {"b": 1, "b": 1}}', [("$.a.b", "duplicate_key")]),
        (b'[{"c": 1, "c": 2, "d": 3, "d": 4}]', [("$[0].c", "duplicate_key"), ("$[0].d", "duplicate_key")]),
        (b'{"a": {"b": 1, "b": 1}, "a": 2}', [("$.a", "duplicate_key")]),
        (b"[" * 100_000 + b"]" * 100_000, [("$", "too_deep")]),
    ],
)
def test_a_refusal_names_code_and_place(data: bytes, faults: list[tuple[str, str]]) -> None:
    assert refusals(data) == faults


def test_64_levels_are_read_and_65_refused() -> None:
    assert parse_case(b"[" * 64 + b"]" * 64)
    assert [code for _, code in refusals(b"[" * 65 + b"]" * 65)] == ["too_deep"]


def test_the_largest_exact_integer_is_read() -> None:
    assert parse_case(b"[9007199254740991, -9007199254740991]") == [9007199254740991, -9007199254740991]
