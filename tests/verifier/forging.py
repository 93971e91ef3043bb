"""Changing bundles: as somebody without the key does it, and as a keeper who signs whatever he likes."""

import json
import zipfile
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.notes import checkpoint_text, public_bytes, sign, verifier_key
from tongchou_verify.bundle import open_bundle
from tongchou_verify.checking import Report, check_bundle
from tongchou_verify.merkle import Frontier, leaf_hash

Files = dict[str, bytes]
Entry = dict[str, Any]
KEY = Ed25519PrivateKey.from_private_bytes(b"the key of a keeper who deceives")


def unpacked(bundle: Path) -> Files:
    with zipfile.ZipFile(bundle) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: Files, path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def lines(files: Files) -> list[bytes]:
    return files["entries.jsonl"].splitlines()


def with_lines(files: Files, rows: Sequence[bytes]) -> Files:
    return {**files, "entries.jsonl": b"".join(row + b"\n" for row in rows)}


def entries(files: Files) -> list[Entry]:
    return [json.loads(row) for row in lines(files)]


def forged(files: Files, rows: Sequence[Entry]) -> Files:
    """The bundle with these entries, sealed again with the deceiver's key: a checkpoint after each entry."""
    return sealed(files, [rfc8785.dumps(row) for row in rows])


def sealed(files: Files, raw: Sequence[bytes], every: int = 1) -> Files:
    """The bundle with these lines, and a checkpoint of the deceiver's key after each so many."""
    manifest = json.loads(files["manifest.json"])
    origin, tree = manifest["origin"], Frontier()
    kept = {name: content for name, content in files.items() if not name.startswith("checkpoints/")}
    kept.pop("disclosed.jsonl", None)
    for row in raw:
        tree.append(leaf_hash(row))
        if tree.size % every and tree.size != len(raw):
            continue
        text = checkpoint_text(origin, tree.size, tree.root())
        kept[f"checkpoints/{tree.size}.txt"] = sign(text, origin, [KEY]).encode()
    manifest |= {"size": len(raw), "key": verifier_key(origin, public_bytes(KEY))}
    return with_lines(kept | {"manifest.json": rfc8785.dumps(manifest)}, raw)


def checked(files: Files, tmp_path: Path, **options: Any) -> Report:
    with open_bundle(packed(files, tmp_path / "changed.zip")) as bundle:
        return check_bundle(bundle, **options)


def find(rows: Sequence[Entry], action: str, place: int = 0) -> int:
    """The index of an entry by its action."""
    return [index for index, row in enumerate(rows) if row["action"] == action][place]


def digest(value: Any) -> str:
    return sha256(rfc8785.dumps(value)).hexdigest()


def edited(rows: Sequence[Entry], index: int, change: Callable[[Entry], object]) -> list[Entry]:
    copy: list[Entry] = json.loads(json.dumps(list(rows)))
    change(copy[index])
    return copy
