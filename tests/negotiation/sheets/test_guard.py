"""Hostile files are refused by their bytes, each with a code of its own, before anything is parsed."""

import io
import tracemalloc
import zipfile

import pytest

from accounts.refusals import Invalid
from negotiation.sheets import guard
from negotiation.sheets.guard import check_workbook
from tests.negotiation.sheets.books import plain, repacked

TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">%s</Types>'


def code(content: bytes) -> str:
    with pytest.raises(Invalid) as refusal:
        check_workbook(content)
    assert set(refusal.value.fields) == {"file"}
    return refusal.value.code


def test_plain_workbook_passes() -> None:
    assert check_workbook(plain()) == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK",
        b"%PDF-1.7",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"parcel,action\n",
        b"PK\x03\x04" + bytes(99),
    ],
)
def test_what_is_no_workbook_is_refused_whatever_its_name(content: bytes) -> None:
    assert code(content) == "sheet_type"


def test_zip_of_something_else_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    assert code(stream.getvalue()) == "sheet_type"


def test_zip_bomb_is_refused_in_little_memory() -> None:
    bomb = repacked(plain(), xl__worksheets__sheet1_dot_xml=b"<row/>" + b" " * 60_000_000)
    assert len(bomb) < 200_000
    tracemalloc.start()
    assert code(bomb) == "sheet_bomb"
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_many_parts_that_are_small_each_are_a_bomb_together(monkeypatch) -> None:
    parts = {f"xl__media__{number}_dot_bin": bytes(range(256)) * 3000 for number in range(90)}
    assert code(repacked(plain(), **parts)) == "sheet_bomb"


def test_size_that_the_file_says_of_itself_is_not_believed() -> None:
    bomb = bytearray(repacked(plain(), xl__worksheets__sheet1_dot_xml=b" " * 8_000_000))
    place = bomb.find(b"PK\x01\x02", bomb.rfind(b"xl/worksheets/sheet1.xml") - 60)
    bomb[place + 24 : place + 28] = (100).to_bytes(4, "little")  # the unpacked size in the directory
    assert code(bytes(bomb)) in ("sheet_bomb", "sheet_broken")


@pytest.mark.parametrize(
    "name", ["xl__vbaProject_dot_bin", "xl__macrosheets__sheet1_dot_xml", "xl__embeddings__a_dot_bin"]
)
def test_macros_and_embedded_programs_are_refused(name: str) -> None:
    assert code(repacked(plain(), **{name: b"x"})) == "sheet_macros"


def test_macro_type_is_refused_without_a_macro() -> None:
    named = b'<Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>'
    content = repacked(plain(), **{"[Content_Types]_dot_xml": TYPES % named})
    assert code(content) == "sheet_macros"


@pytest.mark.parametrize("name", ["xl__externalLinks__externalLink1_dot_xml", "xl__connections_dot_xml"])
def test_links_to_other_files_are_refused(name: str) -> None:
    assert code(repacked(plain(), **{name: b"<x/>"})) == "sheet_links"


@pytest.mark.parametrize(
    "markup",
    [b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>', "<?xml version='1.0'?><x/>".encode("utf-16")],
)
def test_entities_and_odd_encodings_are_refused(markup: bytes) -> None:
    assert code(repacked(plain(), xl__sharedStrings_dot_xml=markup)) == "sheet_bomb"


def test_entity_across_two_chunks_is_found() -> None:
    markup = b" " * (guard.CHUNK - 5) + b"<!ENTITY a>"
    assert code(repacked(plain(), xl__sharedStrings_dot_xml=markup)) == "sheet_bomb"


def test_too_many_rows_are_refused_and_just_enough_are_not() -> None:
    def rows(count: int) -> bytes:
        lines = b"".join(b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (n, n, n * n) for n in range(1, count + 1))
        return repacked(plain(), xl__worksheets__sheet1_dot_xml=b"<worksheet><sheetData>" + lines)

    assert check_workbook(rows(guard.MOST_ROWS + 1)) == guard.MOST_ROWS + 1
    assert code(rows(guard.MOST_ROWS + 2000)) == "sheet_rows"


def test_too_large_a_file_is_refused() -> None:
    assert code(bytes(guard.MOST_BYTES + 1)) == "sheet_too_large"


def test_damaged_part_is_refused() -> None:
    content = bytearray(plain())
    place = content.find(b"xl/worksheets/sheet1.xml") + 30
    content[place : place + 20] = b"\xff" * 20
    assert code(bytes(content)) == "sheet_broken"
