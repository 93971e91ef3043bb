"""What is refused before a workbook is opened: by its bytes, whatever its name says.

Everything is counted on the unpacked bytes as they stream by, never on what the file says of itself.
"""

import io
import re
import zipfile
from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.refusals import Invalid

MOST_BYTES = 5_000_000
MOST_UNPACKED = 64_000_000
MOST_RATIO = 120  # of a part above PART_BYTES; deflate makes at most 1032 of 1
PART_BYTES = 1_000_000
MOST_PARTS = 200
MOST_ROWS = 20_000  # of one sheet, as in the editor
MOST_TEXTS = 400_000
CHUNK = 65_536
OLE = b"\xd0\xcf\x11\xe0"  # the older format, or a workbook behind a password
PARTS = {
    "sheet_macros": re.compile(r"vbaproject|xl/macrosheets/|xl/dialogsheets/|xl/activex/|xl/embeddings/", re.I),
    "sheet_links": re.compile(r"xl/externallinks/|xl/connections\.xml|xl/querytables/", re.I),
}
WORKBOOK = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def check_workbook(content: bytes) -> int:
    """How many rows of cells the workbook holds. Raises Invalid, with a code for each kind of hostile file."""
    if len(content) > MOST_BYTES:
        raise _refused("sheet_too_large", _("The file is larger than %(most)s MB.") % {"most": MOST_BYTES // 10**6})
    archive = _archive(content)
    names = [part.filename for part in archive.infolist()]
    _check_names(names)
    rows = unpacked = 0
    for part in archive.infolist():
        size, found = _check_part(archive, part, MOST_UNPACKED - unpacked)
        unpacked += size
        rows += found
    return rows


def _archive(content: bytes) -> zipfile.ZipFile:
    try:
        if content.startswith(b"PK\x03\x04"):
            return zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        pass
    if content.startswith(OLE):
        raise _refused("sheet_type", _("This is an older workbook or one behind a password. Save it as .xlsx first."))
    raise _refused("sheet_type", _("This is no workbook of the kind .xlsx, whatever its name says."))


def _check_names(names: list[str]) -> None:
    text = {
        "sheet_macros": _("The workbook holds macros or embedded programs. Save it as .xlsx without them."),
        "sheet_links": _("The workbook draws on other files or databases. Take the links out first."),
    }
    for code, pattern in PARTS.items():
        if any(pattern.search(name) for name in names):
            raise _refused(code, text[code])
    if len(names) > MOST_PARTS or len(set(names)) < len(names):
        raise _refused("sheet_bomb", _("The file unpacks to more than a workbook holds."))
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= set(names):
        raise _refused("sheet_type", _("This is no workbook of the kind .xlsx, whatever its name says."))


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, rest: int) -> tuple[int, int]:
    """Unpacked size and number of rows of one part of the file."""
    size = rows = texts = 0
    head, tail = b"", b""
    for chunk in _chunks(archive, part):
        size += len(chunk)
        if size > rest or (size > PART_BYTES and size > MOST_RATIO * max(part.compress_size, 1)):
            raise _refused("sheet_bomb", _("The file unpacks to more than a workbook holds."))
        head = head or chunk
        # A mark that lies across two chunks is counted with the second.
        seen = tail + chunk
        _check_markup(part.filename, seen)
        rows += seen.count(b"<row") - tail.count(b"<row")
        texts += seen.count(b"<si>") - tail.count(b"<si>")
        tail = seen[-16:]
    if part.filename == "[Content_Types].xml":
        _check_types(head)
    if rows > MOST_ROWS + 1000 or texts > MOST_TEXTS:
        raise _refused("sheet_rows", _("A sheet holds more than %(most)s rows.") % {"most": MOST_ROWS})
    return size, rows


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    if part.flag_bits & 1 or part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refused("sheet_type", _("The workbook is packed in a way that is not read here."))
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, zipfile.zlib.error):  # type: ignore[attr-defined]
        raise broken() from None


def _check_markup(name: str, chunk: bytes) -> None:
    """No entities and no second encoding in which they could hide."""
    if not name.endswith((".xml", ".rels")):
        return
    if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk or b"\x00" in chunk:
        raise _refused("sheet_bomb", _("The file holds markup that no workbook needs."))


def _check_types(head: bytes) -> None:
    if b"macroEnabled" in head:
        raise _refused(
            "sheet_macros", _("The workbook holds macros or embedded programs. Save it as .xlsx without them.")
        )
    if WORKBOOK not in head:
        raise _refused("sheet_type", _("This is no workbook of the kind .xlsx, whatever its name says."))


def broken() -> Invalid:
    """The refusal of a file that begins like a workbook and can not be read to its end."""
    return _refused("sheet_broken", _("The workbook is damaged; it can not be read."))


def _refused(code: str, text: str) -> Invalid:
    return Invalid({"file": text}, code=code)
