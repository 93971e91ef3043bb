"""A whole bundle, in one pass: form, tree, signatures, commitments, order, counts, scorecards."""

from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256

from tongchou_verify.bundle import SMALL, Bundle
from tongchou_verify.checkpoints import Checkpoint, open_checkpoint
from tongchou_verify.cosignatures import Cosigner, check_cosignatures
from tongchou_verify.course import Course
from tongchou_verify.entries import Block
from tongchou_verify.faults import Fault, show
from tongchou_verify.findings import check_entries
from tongchou_verify.helpers import checked_blocks
from tongchou_verify.merkle import Frontier
from tongchou_verify.notes import split_note
from tongchou_verify.policy import NONE, Policy, Sightings


@dataclass
class Report:
    """What was found in a bundle that holds."""

    bundle: Bundle
    course: Course = field(default_factory=Course)
    tree: Frontier = field(default_factory=Frontier)
    checkpoints: int = 0
    sightings: Sightings = field(default_factory=lambda: Sightings(Policy(quorum=NONE)))
    others: set[str] = field(default_factory=set)  # who else has signed checkpoints, unchecked
    disclosed: int = 0
    scorecards: int = 0


def check_bundle(
    bundle: Bundle,
    jobs: int | None = None,
    shares: dict[int, dict[int, bytes]] | None = None,
    policy: Policy | None = None,
) -> Report:
    """Check everything; with a policy also its witnesses, with shares open secret ballots. Raises the first Fault."""
    report = Report(bundle)
    if policy:
        policy.check_log(bundle.manifest.key)
        report.sightings = Sightings(policy)
    checkpoints = Checkpoints(report)
    report.course.scope, report.course.shares = bundle.manifest.scope, shares or {}
    with closing(checked_blocks(bundle, jobs)) as blocks:
        for block in blocks:
            _take(block, report, checkpoints)
    _check_size(report.tree.size, bundle.manifest.size)
    if report.course.found:
        check_entries(report.course.found, bundle.blocks("entries.jsonl"))
    report.checkpoints = checkpoints.seen
    _check_witnesses(report.sightings)
    report.scorecards = _check_scorecards(bundle, report.course)
    _check_case(bundle)
    return report


def _take(block: Block, report: Report, checkpoints: "Checkpoints") -> None:
    # First the tree: where an entry does not belong into it, what it says does not matter.
    tree, follow = report.tree, report.course.follow
    for leaf in block.hashes:
        tree.append(leaf)
        if tree.size == checkpoints.next:
            checkpoints.compare(tree)
    for act in block.acts:
        follow(act)
    if block.fault:
        raise block.fault
    report.disclosed += block.opened


class Checkpoints:
    """The bundle's checkpoints, each opened and compared when the tree has reached its size."""

    def __init__(self, report: Report) -> None:
        self._report, self._bundle = report, report.bundle
        bundle, sizes = report.bundle, report.bundle.checkpoints
        self._later = iter([*sizes, 0])
        self.next = next(self._later)  # the size of the next one, 0 when all were seen
        self.seen, self._held = 0, 0
        last = sizes[-1] if sizes else 0
        if last != bundle.manifest.size:
            raise Fault(f"the last checkpoint is of size {last}, want {bundle.manifest.size}")

    def compare(self, tree: Frontier) -> None:
        signed, root = self._open(self.next), tree.root()
        if signed.root != root:
            what = f"the checkpoint of size {signed.size} has the root {signed.root.hex()}, the entries {root.hex()}"
            raise Fault(what, self._held, signed.size - 1)
        self.seen, self._held = self.seen + 1, signed.size
        self.next = next(self._later)

    def _open(self, size: int) -> Checkpoint:
        note, found = _open_note(self._bundle, size)
        key, sightings = self._bundle.manifest.key, self._report.sightings
        sightings.add(size, _cosignatures(note, size, sightings.policy))
        known = [key, *sightings.policy.witnesses.values()]
        for row in split_note(note)[1]:
            if row.name != key.name and not any(map(row.by, known)):
                self._report.others.add(row.name)
        return found


def _cosignatures(note: bytes, size: int, policy: Policy) -> dict[Cosigner, int]:
    try:
        return check_cosignatures(note, policy.witnesses.values())
    except Fault as fault:
        raise Fault(f"checkpoints/{size}.txt: {fault.what}") from None


def _check_witnesses(sightings: Sightings) -> None:
    if not sightings.policy.met(sightings.by(1)):
        raise Fault(f"no checkpoint was seen by enough witnesses: {sightings.policy.counted(sightings.by(1))}")


def checkpoint(bundle: Bundle, size: int) -> Checkpoint:
    """The bundle's signed checkpoint of a size. Raises Fault."""
    return _open_note(bundle, size)[1]


def _open_note(bundle: Bundle, size: int) -> tuple[bytes, Checkpoint]:
    path = f"checkpoints/{size}.txt"
    try:
        note = bundle.read(path, SMALL)
        found = open_checkpoint(note, bundle.manifest.key, bundle.manifest.origin)
    except Fault as fault:
        raise Fault(f"{path}: {fault.what}") from None
    if found.size != size:
        raise Fault(f"{path} is of size {found.size}")
    return note, found


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
