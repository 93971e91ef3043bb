"""Secrets made at first start, readable by their owner only."""

import contextlib
import os
import secrets
from pathlib import Path


def secret(path: Path) -> str:
    """The secret kept in `path`, made there with mode 0600 if it is not there yet.

    Two processes that come at once agree: the file appears whole, and only once.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text(encoding="ascii").strip()
