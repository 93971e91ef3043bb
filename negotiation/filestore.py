"""Bytes on disk by their SHA-256, below MEDIA_ROOT. No address leads there: views check the right, then read."""

import hashlib
import os
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import connection

from accounts.refusals import NotFound

LOCK = 0x7463_6174  # of files, among PostgreSQL's advisory locks


def keep(content: bytes) -> str:
    """Write the bytes unless they are there; their digest. Call it in the transaction that writes the row."""
    digest = hashlib.sha256(content).hexdigest()
    _lock(digest)
    place = _place(digest)
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_name(f"{digest}.{uuid4().hex}.part")
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(place)
    return digest


def read(digest: str) -> bytes:
    """Raises NotFound where the file is lost."""
    try:
        return _place(digest).read_bytes()
    except OSError:
        raise NotFound from None


def drop(digest: str) -> None:
    """Take the bytes off the disk. Call it under `lock_file`, once no row names them."""
    _place(digest).unlink(missing_ok=True)


def lock_file(digest: str) -> None:
    """Nobody else keeps or drops this file until the end of the transaction."""
    _lock(digest)


def _lock(digest: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, int(digest[:7], 16)])


def _place(digest: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "attachments" / digest[:2] / digest
