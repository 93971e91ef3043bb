"""Secrets made at first start, readable by their owner only."""

import os
import secrets
from pathlib import Path


def secret(path: Path) -> str:
    """The secret kept in `path`, made there with mode 0600 if it is not there yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        value = secrets.token_urlsafe(48)
        file.write(value)
    return value
