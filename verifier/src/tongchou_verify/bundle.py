"""The bundle: a zip with fixed paths. What could be a trap is refused before it is opened."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tongchou_verify import canonical
from tongchou_verify.faults import Fault, show
from tongchou_verify.notes import Verifier

FORMAT = "tongchou-log/1"
NEEDED = ("manifest.json", "entries.jsonl", "case.json")
PATHS = re.compile(
    r"manifest\.json|entries\.jsonl|disclosed\.jsonl|case\.json"
    r"|checkpoints/[1-9][0-9]{0,15}\.txt|scorecards/[0-9a-f]{64}\.json"
)
SMALL, DOCUMENT = 64 * 2**10, 256 * 2**20
LINE = 32 * 2**20  # a ballot of 100,000 seats has half of that
MOST_FILES = 2_000_000
RATIO, FREE = 200, 2**20  # a file above 1 MiB may be at most 200 times what it takes in the zip
BLOCK = 2**18
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
MANIFEST = {"format": str, "scope": str, "origin": str, "size": int, "key": str}


@dataclass(frozen=True)
class Manifest:
    scope: str
    origin: str
    size: int
    key: Verifier


class Bundle:
    """An open bundle. Its files are read in a stream, never unpacked."""

    def __init__(self, archive: zipfile.ZipFile, path: Path, on_disk: int) -> None:
        self._archive, self._path = archive, path
        self._files = _checked(archive.infolist(), on_disk)
        self.manifest = self._manifest()

    def reopen(self) -> None:
        """In a forked process: a place in the file of its own."""
        self._archive.fp = self._path.open("rb")

    def has(self, path: str) -> bool:
        return path in self._files

    @property
    def checkpoints(self) -> list[int]:
        """The sizes of which there is a checkpoint, ascending."""
        return sorted(int(path[12:-4]) for path in self._files if path.startswith("checkpoints/"))

    @property
    def scorecards(self) -> list[str]:
        """The digests of the scorecards."""
        return sorted(path[11:-5] for path in self._files if path.startswith("scorecards/"))

    def read(self, path: str, most: int = DOCUMENT) -> bytes:
        with _damage(path):
            if self._files[path].file_size > most:
                raise Fault(f"{path} has {self._files[path].file_size} bytes, at most {most} are read")
            return self._archive.read(self._files[path])

    def document(self, path: str, most: int = DOCUMENT) -> Any:
        """A file that is one canonical JSON document."""
        try:
            return canonical.read(self.read(path, most).removesuffix(b"\n"))
        except Fault as fault:
            raise Fault(f"{path}: {fault.what}") from None

    def blocks(self, path: str) -> Iterator[bytes]:
        """The file in pieces of whole lines, each with its newline."""
        rest = b""
        with _damage(path), self._archive.open(self._files[path]) as file:
            while piece := file.read(BLOCK):
                whole, newline, after = piece.rpartition(b"\n")
                if len(rest) + len(piece) > LINE:
                    raise Fault(f"{path} has a line of more than {LINE} bytes")
                if newline:
                    yield rest + whole + newline
                    rest = b""
                rest += after
        if rest:
            raise Fault(f"{path} does not end with a newline")

    def _manifest(self) -> Manifest:
        row = self.document("manifest.json", SMALL)
        if not isinstance(row, dict) or set(row) != set(MANIFEST):
            raise Fault(f"manifest.json: the keys {', '.join(MANIFEST)} are expected")
        for key, kind in MANIFEST.items():
            if type(row[key]) is not kind:
                raise Fault(f"manifest.json: {key} is {show(row[key])}, want {'a number' if kind is int else 'a text'}")
        if row["format"] != FORMAT:
            raise Fault(f"manifest.json: the format is {show(row['format'])}, want {FORMAT}")
        if row["size"] < 1:
            raise Fault(f"manifest.json: the size is {row['size']}, want at least 1")
        return Manifest(row["scope"], row["origin"], row["size"], Verifier.read(row["key"]))


@contextmanager
def open_bundle(path: Path) -> Iterator[Bundle]:
    """Raises Fault for what is no sound bundle, OSError for a file that can not be read at all."""
    on_disk = path.stat().st_size
    with path.open("rb") as file:
        try:
            archive = zipfile.ZipFile(file)
        except BROKEN as error:
            raise Fault(f"no zip: {show(error)}") from None
        with archive:
            yield Bundle(archive, path, on_disk)


def _checked(rows: list[zipfile.ZipInfo], on_disk: int) -> dict[str, zipfile.ZipInfo]:
    if len(rows) > MOST_FILES:
        raise Fault(f"the zip has {len(rows)} files, at most {MOST_FILES} are read")
    files: dict[str, zipfile.ZipInfo] = {}
    for row in rows:
        _check_file(row)
        if row.filename in files:
            raise Fault(f"the zip has {show(row.filename)} twice")
        files[row.filename] = row
    if missing := [name for name in NEEDED if name not in files]:
        raise Fault(f"the zip lacks {', '.join(missing)}")
    total = sum(row.file_size for row in rows)
    if total > max(FREE, RATIO * on_disk):
        raise Fault(f"the zip unpacks to {total} bytes from {on_disk}: a bomb?")
    return files


def _check_file(row: zipfile.ZipInfo) -> None:
    # `orig_filename` is what stands in the zip; the other is cut at a NUL.
    if not PATHS.fullmatch(row.filename) or row.orig_filename != row.filename:
        raise Fault(f"the zip has a file {show(row.orig_filename)} that is not of a bundle")
    if row.flag_bits & 1:
        raise Fault(f"{row.filename} is encrypted")
    if row.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Fault(f"{row.filename} is packed in a way that is not read ({row.compress_type})")
    if row.file_size > max(FREE, RATIO * row.compress_size):
        raise Fault(f"{row.filename} unpacks to {row.file_size} bytes from {row.compress_size}: a bomb?")


@contextmanager
def _damage(path: str) -> Iterator[None]:
    try:
        yield
    except BROKEN as error:
        raise Fault(f"{path} is damaged: {show(error)}") from None
