"""A whole bundle, in one pass: form, tree, signatures, commitments, order, counts, scorecards."""

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from multiprocessing import get_all_start_methods, get_context

from tongchou_verify.bundle import SMALL, Bundle
from tongchou_verify.checkpoints import Checkpoint, open_checkpoint
from tongchou_verify.course import Course
from tongchou_verify.entries import Block, Disclosed, Disclosures, check_block
from tongchou_verify.faults import Fault, show
from tongchou_verify.findings import check_entries
from tongchou_verify.merkle import Frontier

LARGE = 20_000  # entries from which a second process is worth its start
Work = tuple[str, int, bytes, list[Disclosed]]


@dataclass
class Report:
    """What was found in a bundle that holds."""

    bundle: Bundle
    course: Course = field(default_factory=Course)
    tree: Frontier = field(default_factory=Frontier)
    checkpoints: int = 0
    disclosed: int = 0
    scorecards: int = 0


def check_bundle(bundle: Bundle, jobs: int | None = None, shares: dict[int, dict[int, bytes]] | None = None) -> Report:
    """Check everything, and with shares open secret ballots. Raises the first Fault."""
    report, checkpoints = Report(bundle), Checkpoints(bundle)
    report.course.scope, report.course.shares = bundle.manifest.scope, shares or {}
    for block in _blocks(bundle, jobs):
        # First the tree: where an entry does not belong into it, what it says does not matter.
        for leaf in block.hashes:
            report.tree.append(leaf)
            if report.tree.size == checkpoints.next:
                checkpoints.compare(report.tree)
        for act in block.acts:
            report.course.follow(act)
        if block.fault:
            raise block.fault
        report.disclosed += block.opened
    _check_size(report.tree.size, bundle.manifest.size)
    if report.course.found:
        check_entries(report.course.found, bundle.blocks("entries.jsonl"))
    report.checkpoints = checkpoints.seen
    report.scorecards = _check_scorecards(bundle, report.course)
    _check_case(bundle)
    return report


class Checkpoints:
    """The bundle's checkpoints, each opened and compared when the tree has reached its size."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._sizes = deque(bundle.checkpoints)
        self.seen, self._held = 0, 0
        last = self._sizes[-1] if self._sizes else 0
        if last != bundle.manifest.size:
            raise Fault(f"the last checkpoint is of size {last}, want {bundle.manifest.size}")

    @property
    def next(self) -> int:
        """The size of the next one, 0 when all were seen."""
        return self._sizes[0] if self._sizes else 0

    def compare(self, tree: Frontier) -> None:
        signed, root = checkpoint(self._bundle, self._sizes.popleft()), tree.root()
        if signed.root != root:
            what = f"the checkpoint of size {signed.size} has the root {signed.root.hex()}, the entries {root.hex()}"
            raise Fault(what, self._held, signed.size - 1)
        self.seen, self._held = self.seen + 1, signed.size


def checkpoint(bundle: Bundle, size: int) -> Checkpoint:
    """The bundle's signed checkpoint of a size. Raises Fault."""
    path = f"checkpoints/{size}.txt"
    try:
        found = open_checkpoint(bundle.read(path, SMALL), bundle.manifest.key, bundle.manifest.origin)
    except Fault as fault:
        raise Fault(f"{path}: {fault.what}") from None
    if found.size != size:
        raise Fault(f"{path} is of size {found.size}")
    return found


def _blocks(bundle: Bundle, jobs: int | None) -> Iterator[Block]:
    """The checked blocks of entries in order; those of a large bundle by several processes, where the system forks."""
    jobs = jobs or min(os.cpu_count() or 1, 4)
    if jobs == 1 or bundle.manifest.size < LARGE or "fork" not in get_all_start_methods():
        yield from (check_block(*item) for item in _work(bundle))
        return
    with ProcessPoolExecutor(jobs, get_context("fork")) as pool:
        waiting: deque[Future[Block]] = deque()
        for item in _work(bundle):
            waiting.append(pool.submit(check_block, *item))
            # A few blocks ahead and no more, so that memory stays flat.
            if len(waiting) > 2 * jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _work(bundle: Bundle) -> Iterator[Work]:
    """Lines with the index of the first, and what is disclosed of them."""
    disclosures = Disclosures(bundle.blocks("disclosed.jsonl") if bundle.has("disclosed.jsonl") else ())
    first = 0
    for raw in bundle.blocks("entries.jsonl"):
        end = first + raw.count(b"\n")
        if end > bundle.manifest.size:
            raise Fault(f"entries.jsonl has more than {bundle.manifest.size} entries", bundle.manifest.size)
        yield bundle.manifest.scope, first, raw, disclosures.up_to(end)
        first = end
    disclosures.check_end(first)


def _check_size(got: int, want: int) -> None:
    if got != want:
        raise Fault(f"entries.jsonl has {got} entries, want {want}", got)


def _check_scorecards(bundle: Bundle, course: Course) -> int:
    """Each card is, byte for byte, what its entry says; none is missing and none is too many."""
    found = bundle.scorecards
    for digest, (index, want) in sorted(course.cards.items(), key=lambda item: item[1]):
        path = f"scorecards/{digest}.json"
        if not bundle.has(path):
            raise Fault(f"{path} is missing", index)
        got = sha256(bundle.read(path)).hexdigest()
        if got != want:
            raise Fault(f"{path} has the SHA-256 {got}, want {want}", index)
        card = bundle.document(path)
        if not isinstance(card, dict) or card.get("digest") != digest:
            raise Fault(f"{path} is the card of another input", index)
    if more := [digest for digest in found if digest not in course.cards]:
        raise Fault(f"scorecards/{more[0]}.json is a card that no entry names")
    return len(found)


def _check_case(bundle: Bundle) -> None:
    case = bundle.document("case.json")
    if not isinstance(case, dict) or case.get("format") != "tongchou-case/1":
        raise Fault("case.json is no case file (tongchou-case/1)")
    if bundle.manifest.scope != f"room:{case.get('code')}":
        raise Fault(f"case.json is the case {show(case.get('code'))}, the log is of {show(bundle.manifest.scope)}")
