"""Files that outlive a crash: they appear whole or not at all, and one process at a time writes a folder."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tongchou_verify.faults import Fault


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Work alone in a folder; others, also threads of this process, wait. The system lets go when a process dies."""
    import fcntl  # not on Windows, where the rest of the verifier runs too

    with (folder / "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_whole(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Put a file in place, on the disk before this returns. Raises OSError, and then the old one is still there."""
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def append(path: Path, content: bytes) -> None:
    """Add to the end of a file, on the disk before this returns."""
    with path.open("ab") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def cut(path: Path, size: int) -> None:
    """Let go what stands behind so many bytes."""
    if path.exists() and path.stat().st_size > size:
        with path.open("r+b") as file:
            file.truncate(size)
            os.fsync(file.fileno())


def read_private(path: Path) -> str:
    """A secret file. Raises Fault for one that others may read too."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise Fault(f"{path.name}: others may read it (mode {mode:04o}, want 0600)")
    return path.read_text("utf-8").strip()


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
