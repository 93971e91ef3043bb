"""The entries' blocks, each checked by itself: those of a large bundle by helpers beside the process that follows them.

A helper reads the bundle on its own and tells in order what it found. It is forked; where the system does not fork, or
there is but one core, all is done in one process.
"""

import os
import signal
from collections.abc import Generator, Iterator
from contextlib import suppress
from errno import ECHILD
from itertools import cycle
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from tongchou_verify.bundle import Bundle
from tongchou_verify.entries import Block, Disclosed, Disclosures, check_block
from tongchou_verify.faults import Fault

LARGE = 20_000  # entries from which a second process is worth its start
MOST = 3  # processes that are of use: to follow the acts takes more than half as long as to check all lines
PIPE = 2**20  # bytes, the most that Linux gives to anybody
Work = tuple[str, int, bytes, list[Disclosed]]
Helper = tuple[Connection, BaseProcess]


def checked_blocks(bundle: Bundle, jobs: int | None = None) -> Generator[Block, None, None]:
    """In order; close it where you stop early. Raises Fault, OSError where a helper was ended by somebody else."""
    many = bundle.manifest.size >= LARGE and "fork" in get_all_start_methods()
    helpers = _start(bundle, (jobs or min(_cores(), MOST)) - 1) if many else []
    if not helpers:
        yield from (check_block(*item) for item in _work(bundle))
        return
    try:
        # A helper is ahead by what its pipe takes and no more, so that memory stays flat.
        for pipe, _process in cycle(helpers):
            found = _receive(pipe)
            if found is None:
                return
            yield found
    finally:
        for pipe, process in helpers:
            pipe.close()
            process.kill()
            process.join()


def _cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start(bundle: Bundle, count: int) -> list[Helper]:
    """So many helpers, which share the blocks by turns; none where the system refuses one."""
    try:
        return [_helper(bundle, share, count) for share in range(count)]
    except OSError:
        return []


def _helper(bundle: Bundle, share: int, count: int) -> Helper:
    import fcntl  # not on every system, but wherever there is a fork

    context = get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    # Room for some blocks where the system can be asked for it, so that neither waits until the other is ready.
    with suppress(AttributeError, OSError):
        fcntl.fcntl(theirs.fileno(), fcntl.F_SETPIPE_SZ, PIPE)
    process = context.Process(target=_help, args=(ours, theirs, bundle, share, count), daemon=True)
    process.start()
    theirs.close()
    return ours, process


def _help(theirs: Connection, pipe: Connection, bundle: Bundle, share: int, count: int) -> None:
    """A helper's life. It ends when nobody holds the other end of its pipe any more; an interrupt is not for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    theirs.close()
    with suppress(BrokenPipeError):
        try:
            bundle.reopen()
            for item in _work(bundle, share, count):
                pipe.send(check_block(*item))
            pipe.send(None)
        except Exception as error:
            pipe.send(error)


def _receive(pipe: Connection) -> Block | None:
    """The helper's next block, None at the end."""
    try:
        found = pipe.recv()
    except EOFError:
        raise OSError(ECHILD, "the process that reads it was ended; try --jobs 1", "entries.jsonl") from None
    if isinstance(found, Exception):
        raise found
    block: Block | None = found
    return block


def _work(bundle: Bundle, share: int = 0, count: int = 1) -> Iterator[Work]:
    """Lines with the index of the first, and what is disclosed of them: of so many blocks the one of this share."""
    disclosures = Disclosures(bundle.blocks("disclosed.jsonl") if bundle.has("disclosed.jsonl") else ())
    first = 0
    for number, raw in enumerate(bundle.blocks("entries.jsonl")):
        end = first + raw.count(b"\n")
        if end > bundle.manifest.size:
            raise Fault(f"entries.jsonl has more than {bundle.manifest.size} entries", bundle.manifest.size)
        disclosed = disclosures.up_to(end)
        if number % count == share:
            yield bundle.manifest.scope, first, raw, disclosed
        first = end
    disclosures.check_end(first)
