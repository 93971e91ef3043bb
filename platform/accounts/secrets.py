"""Secrets made at first start, readable by their owner only."""

import contextlib
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path


def new_word() -> str:
    return secrets.token_urlsafe(48)


def secret(path: Path, make: Callable[[], str] = new_word) -> str:
    """The secret kept in `path`, made there with mode 0600 if it is not there yet.

    Two processes that come at once agree: the file appears whole, and only once.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent)  # mode 0600
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(make())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        Path(draft).unlink()
    return path.read_text(encoding="ascii").strip()
