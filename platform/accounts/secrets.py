"""Small files for their owner only, secrets above all: they appear whole or not at all, also on a full disk."""

import contextlib
import errno
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
        draft = write_draft(path, make())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text(encoding="utf-8").strip()


def private_text(path: Path) -> str:
    """What stands in a secret file. Raises PermissionError for one that others may read too."""
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise PermissionError(errno.EPERM, f"others may read it (mode {mode:04o}, want 0600 or 0400)", str(path))
    return path.read_text(encoding="utf-8").strip()


def write_draft(path: Path, text: str) -> Path:
    """A file beside `path` with this text and mode 0600, on the disk; none is left if that fails. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink()
        raise
    return Path(name)


def put_in_place(draft: Path, path: Path) -> None:
    """Let the draft take the place of what was there, and be so after a loss of power too."""
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
