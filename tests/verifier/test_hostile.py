"""Bundles made to do harm: each is refused with one clear line, never a traceback."""

import io
import json
import struct
import zipfile
from pathlib import Path

import pytest

from tests.verifier.forging import lines, packed, unpacked, with_lines


@pytest.fixture
def files(bundle: Path) -> dict[str, bytes]:
    return unpacked(bundle)


@pytest.fixture
def refused(stranger, tmp_path: Path):
    """`refused(files or bytes)`: the one line with which a stranger's verifier refuses it."""

    def run(content: dict[str, bytes] | bytes) -> str:
        path = tmp_path / "hostile.zip"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            packed(content, path)
        done = stranger(path)
        assert (done.code, done.out) == (1, "")
        assert done.err.startswith("tongchou-verify: ") and len(done.err.splitlines()) == 1
        return done.err.removeprefix("tongchou-verify: ")

    return run


def extended(files: dict[str, bytes], *rows: tuple[str, bytes]) -> bytes:
    """The bundle with more files, whatever their names."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [*files.items(), *rows]:
            archive.writestr(name, content)
    return raw.getvalue()


@pytest.mark.parametrize(
    "name",
    ["../entries.jsonl", "/etc/passwd", "checkpoints/../x", "checkpoints/01.txt", "a\\b", "notes.txt", "x\x1b[2J"],
)
def test_path_that_is_not_of_a_bundle(refused, files, name: str) -> None:
    assert "that is not of a bundle" in refused(extended(files, (name, b"x")))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_name_twice(refused, files) -> None:
    assert refused(extended(files, ("case.json", b"{}"))) == "the zip has case.json twice"


def test_bomb(refused, files) -> None:
    assert "case.json unpacks to 67108864 bytes" in refused({**files, "case.json": b"0" * 2**26})


def test_size_that_lies(refused, files) -> None:
    """The directory says that the file is small; it is not."""
    raw = bytearray(extended({**files, "case.json": b"0" * 2**26}))
    true, false = struct.pack("<L", 2**26), struct.pack("<L", 1000)
    assert raw.count(true) == 2
    assert refused(bytes(raw.replace(true, false))).startswith("case.json")


@pytest.mark.parametrize("name", ["manifest.json", "entries.jsonl", "case.json"])
def test_file_missing(refused, files, name: str) -> None:
    assert refused({key: value for key, value in files.items() if key != name}) == f"the zip lacks {name}"


def test_no_checkpoint(refused, files) -> None:
    left = {key: value for key, value in files.items() if not key.startswith("checkpoints/")}
    assert refused(left).startswith("the last checkpoint is of size 0, want ")


@pytest.mark.parametrize("cut", [0, 1, 100, 0.5, 0.99])
def test_truncated(refused, bundle: Path, cut: float) -> None:
    raw = bundle.read_bytes()
    assert refused(raw[: int(cut if cut >= 1 else cut * len(raw))]).startswith("no zip: ")


def test_one_byte_of_the_packed_entries_changed(refused, bundle: Path) -> None:
    raw = bytearray(bundle.read_bytes())
    with zipfile.ZipFile(bundle) as archive:
        row = archive.getinfo("entries.jsonl")
    raw[row.header_offset + 30 + 200 + row.compress_size // 2] ^= 0xFF
    assert refused(bytes(raw))


def test_wrong_utf8(refused, files) -> None:
    rows = lines(files)
    rows[4] = rows[4].replace(b"localhost", b"localhost").replace(b'"v":1', b'"v":"\xff"')
    assert refused(with_lines(files, rows)).startswith("entry 4: byte ")


@pytest.mark.parametrize("depth", [70, 5000, 500_000])
def test_deep_json(refused, files, depth: int) -> None:
    rows = lines(files)
    rows[2] = b'{"action":' + b"[" * depth + b"]" * depth + b"}"
    assert refused(with_lines(files, rows)) == "entry 2: nested deeper than 64"


def test_huge_line(refused, files) -> None:
    import random

    noise = random.Random(1).randbytes(2**24).hex().encode()
    assert refused(with_lines(files, [noise + noise[:64]])) == "entries.jsonl has a line of more than 33554432 bytes"


def test_last_newline_missing(refused, files) -> None:
    content = files["entries.jsonl"][:-1]
    assert refused({**files, "entries.jsonl": content}) == "entries.jsonl does not end with a newline"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "tongchou-log/2"}, "manifest.json: the format is tongchou-log/2, want tongchou-log/1"),
        ({"size": 0}, "manifest.json: the size is 0, want at least 1"),
        ({"size": "7"}, "manifest.json: size is 7, want a number"),
        ({"size": True}, "manifest.json: size is True, want a number"),
        ({"more": 1}, "manifest.json: the keys format, scope, origin, size, key are expected"),
        ({"key": "x+00000000+AA=="}, "the verifier key is not of Ed25519 (0x01 and 32 bytes)"),
        ({"key": "nonsense"}, "nonsense is not base64"),
        ({"scope": "room:OTHER"}, "entry 0: the scope is room:ZX-03-2026, want room:OTHER"),
    ],
)
def test_manifest_that_does_not_fit(refused, files, change: dict, words: str) -> None:
    manifest = {**json.loads(files["manifest.json"]), **change}
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode()
    found = refused({**files, "manifest.json": text})
    assert found == words or (words == "nonsense is not base64" and "verifier key" in found)


def test_wrong_key(refused, files) -> None:
    other = "localhost/log/room:ZX-03-2026"
    from tongchou_verify.notes import Verifier

    manifest = {**json.loads(files["manifest.json"]), "key": Verifier(other, b"\x07" * 32).text}
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":")).encode()
    assert "the note has no signature of localhost/log/room:ZX-03-2026" in refused({**files, "manifest.json": text})


@pytest.mark.parametrize("name", ["case.json", "manifest.json"])
@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"{", b"\xff", b'{"a":1,"a":2}', b"[" * 100_000])
def test_document_of_another_kind(refused, files, name: str, content: bytes) -> None:
    assert refused({**files, name: content}).startswith(name)


def test_encrypted_file(refused, files) -> None:
    raw = bytearray(extended({**files}))
    place = raw.rindex(b"PK\x01\x02")
    raw[place + 8] |= 1
    assert "is encrypted" in refused(bytes(raw))


def test_disclosure_beyond_the_log(refused, files) -> None:
    row = b'{"content":"QQ==","index":9999,"path":"/data/body","salt":"' + b"0" * 64 + b'"}\n'
    assert refused({**files, "disclosed.jsonl": row}).startswith("disclosed.jsonl names entry 9999 of ")


def test_what_is_no_file_is_wrong_usage(stranger, tmp_path: Path) -> None:
    for arguments in ([tmp_path / "nothing.zip"], [tmp_path], [], ["a", "b", "c"], ["--receipt"], ["--jobs", "0", "a"]):
        done = stranger(*arguments)
        assert done.code == 2 and "Traceback" not in done.err, arguments
