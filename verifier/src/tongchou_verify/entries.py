"""Entries: each line's form, its leaf hash, and what its commitments disclose."""

import base64
import marshal
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from tongchou_verify import canonical
from tongchou_verify.faults import Fault, show
from tongchou_verify.merkle import leaf_hash
from tongchou_verify.notes import decode64

# In canonical order, as a canonical line has them.
KEYS = ("action", "actor", "data", "id", "object", "scope", "time", "v")
TIME = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{6}Z")
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
HEX = re.compile(r"[0-9a-f]{64}")
TEXT = r'[^"\\\x00-\x1f]'  # a character that stands in a canonical text as it is
# A line as nearly all are: what matches is canonical around its `data`, and an entry; a plain vote is so altogether.
USUAL = re.compile(
    rf'\{{"action":"({TEXT}+)","actor":\{{(?:"mandate":"({HEX.pattern})","party":"({TEXT}+)"|"party":"","system":true)\}}'
    rf',"data":(\{{"ballot":([1-9][0-9]{{0,14}}),"choice":"({TEXT}*)","seat":"({TEXT}*)","via":"({TEXT}*)"\}}|\{{.*\}})'
    rf',"id":"{UUID7.pattern}","object":\{{"id":"{TEXT}*","type":"{TEXT}*"\}}'
    rf',"scope":"({TEXT}+)","time":"({TIME.pattern})","v":1\}}'
)
# The acts whose data the later checks look at.
WEIGHTY = frozenset(
    (
        *("log.erase", "log.restore"),
        *("mandate.grant", "mandate.revoke", "package.load", "package.submit", "card.score", "notice.publish"),
        *("package.consent", "package.decline", "package.withdraw_consent", "package.unname", "package.discard"),
        *("ballot.open", "vote.cast", "ballot.close", "ballot.decide"),
        *("paper.enter", "paper.mismatch", "paper.withdraw"),
        *("roll.take", "roll.withdraw", "vote.roll_call"),
        *("roll.publish", "roll.correct", "roll.object", "roll.answer", "seat.say"),
        *("finding.open", "finding.answer", "finding.ask_again", "finding.close"),
        *("trustees.name", "trustees.accept", "ballot.share", "ballot.unseal", "ballot.give_up"),
    )
)


class Act(NamedTuple):
    """What the later checks need of the entry `at` an index. The platform's own have no `mandate` (a commitment)."""

    at: int
    time: str
    action: str
    party: str
    mandate: str
    data: dict[str, Any]


class Disclosed(NamedTuple):
    """Salt and content of a commitment of the entry `at` an index; `path` is where it stands, as in `/data/body`."""

    at: int
    path: str
    salt: bytes
    content: bytes


@dataclass
class Block:
    """Some entries in a row, checked up to the first fault."""

    hashes: list[bytes] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    opened: int = 0
    fault: Fault | None = None

    def __getstate__(self) -> tuple[bytes, int, Fault | None]:
        """For the way between processes; `marshal` takes a sixth of the time of `pickle`."""
        return marshal.dumps((self.hashes, [*map(tuple, self.acts)])), self.opened, self.fault

    def __setstate__(self, state: tuple[bytes, int, Fault | None]) -> None:
        lists, self.opened, self.fault = state
        self.hashes, acts = marshal.loads(lists)  # noqa: S302  (what our own process has written)
        self.acts = [*map(Act._make, acts)]


def check_block(scope: str, first: int, raw: bytes, disclosed: list[Disclosed]) -> Block:
    """Check the lines from index `first` on, each by itself."""
    block, opened = Block(), defaultdict(list)
    for row in disclosed:
        opened[row.at].append(row)
    for index, line in enumerate(raw[:-1].split(b"\n"), first):
        act = None if index in opened else read_usual(line, index, scope)
        try:
            block.acts.append(act or _check_line(line, index, scope, opened[index]))
        except Fault as fault:
            block.fault = Fault(fault.what, index)
            return block
        block.hashes.append(leaf_hash(line))
    block.opened = len(disclosed)
    return block


def _check_line(line: bytes, index: int, scope: str, disclosed: Iterable[Disclosed]) -> Act:
    """The entry of a line, after its form and what is disclosed of it were checked. Raises Fault."""
    entry = canonical.read(line)
    act = check_entry(entry, index, scope)
    for row in disclosed:
        _check_disclosed(entry, row)
    return act


def read_usual(line: bytes, index: int, scope: str) -> Act | None:
    """What `check_entry` finds in a sound line, in a third of the time; None where it must look itself."""
    try:
        found = USUAL.fullmatch(line.decode())
        if found is None:
            return None
        action, mandate, party, raw, ballot, choice, seat, via, said, time = found.groups("")
        if ballot:
            data = {"ballot": int(ballot), "choice": choice, "seat": seat, "via": via}
        else:
            data = canonical.read_text(raw, canonical.DEEPEST - 1)
    except (UnicodeDecodeError, Fault):
        return None
    return Act(index, time, action, party, mandate, data if action in WEIGHTY else {}) if said == scope else None


def check_entry(entry: Any, index: int, scope: str) -> Act:
    """The entry's form. Raises Fault."""
    if not isinstance(entry, dict) or tuple(entry) != KEYS:
        raise Fault(f"an object of exactly {', '.join(KEYS)} is expected")
    if entry["v"] != 1 or entry["v"] is True:
        raise Fault(f"the version is {show(entry['v'])}, want 1")
    if entry["scope"] != scope:
        raise Fault(f"the scope is {show(entry['scope'])}, want {show(scope)}")
    action, thing, data = entry["action"], entry["object"], entry["data"]
    if not isinstance(action, str) or not action:
        raise Fault("the action is no text")
    if not _texts(thing, ("id", "type")):
        raise Fault("the object is not a type and an id")
    if not isinstance(data, dict):
        raise Fault("the data is no object")
    need(entry, "id", UUID7)
    party, mandate = _actor(entry["actor"])
    return Act(index, need(entry, "time", TIME), action, party, mandate, data if action in WEIGHTY else {})


def need(row: dict[str, Any], key: str, form: re.Pattern[str]) -> str:
    """A text of the row in a fixed form. Raises Fault."""
    value = row.get(key)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise Fault(f"{key} is {show(value)}, want {form.pattern}")
    return value


def _actor(actor: Any) -> tuple[str, str]:
    if _texts(actor, ("mandate", "party")) and HEX.fullmatch(actor["mandate"]) and actor["party"]:
        return actor["party"], actor["mandate"]
    if actor != {"party": "", "system": True}:
        raise Fault("the actor is neither a party with a mandate nor the platform")
    return "", ""


def _texts(row: Any, keys: tuple[str, ...]) -> bool:
    return isinstance(row, dict) and tuple(row) == keys and set(map(type, row.values())) == {str}


def _check_disclosed(entry: dict[str, Any], row: Disclosed) -> None:
    found: Any = entry
    for step in row.path.split("/")[1:]:
        found = _inside(found, step)
    got = sha256(row.salt + row.content).hexdigest()
    if found != got:
        raise Fault(f"what is disclosed at {show(row.path)} has the commitment {got}, want {show(found)}")


def _inside(value: Any, step: str) -> Any:
    if isinstance(value, list) and step.isdecimal() and int(step[:9]) < len(value):
        return value[int(step)]
    return value.get(step) if isinstance(value, dict) else None


class Disclosures:
    """disclosed.jsonl beside the entries: rows in the order of index and path, taken as the entries come by."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._rows = _disclosed(blocks)
        self._next: Disclosed | None = next(self._rows, None)

    def up_to(self, end: int) -> list[Disclosed]:
        """The rows before index `end` that were not taken yet."""
        taken = []
        while self._next is not None and self._next.at < end:
            taken.append(self._next)
            self._next = next(self._rows, None)
        return taken

    def check_end(self, size: int) -> None:
        if self._next is not None:
            raise Fault(f"disclosed.jsonl names entry {self._next.at} of {size}")


def _disclosed(blocks: Iterable[bytes]) -> Iterator[Disclosed]:
    before: tuple[int, str] = (-1, "")
    for number, line in enumerate(line for raw in blocks for line in raw[:-1].split(b"\n")):
        try:
            row = _disclosed_row(canonical.read(line))
            if (row.at, row.path) <= before:
                raise Fault("the rows are not in the order of index and path")
        except Fault as fault:
            raise Fault(f"disclosed.jsonl line {number + 1}: {fault.what}") from None
        before = (row.at, row.path)
        yield row


def _disclosed_row(row: Any) -> Disclosed:
    if not isinstance(row, dict) or tuple(row) != ("content", "index", "path", "salt"):
        raise Fault("an object of content, index, path and salt is expected")
    index, path, salt, content = (row[key] for key in ("index", "path", "salt", "content"))
    if type(index) is not int or index < 0 or not all(isinstance(item, str) for item in (path, salt, content)):
        raise Fault("index is a number, the others are texts")
    need(row, "salt", HEX)
    return Disclosed(index, path, bytes.fromhex(salt), decode64(content))


def disclosed_line(row: Disclosed) -> str:
    """A row as it stands in disclosed.jsonl."""
    content = base64.b64encode(row.content).decode()
    return canonical.write({"content": content, "index": row.at, "path": row.path, "salt": row.salt.hex()})


def read_text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value:
        raise Fault(f"{key} is {show(value)}, want a text")
    return value


def read_texts(data: dict[str, Any], key: str) -> frozenset[str]:
    value = data.get(key)
    if not isinstance(value, list) or not all(isinstance(row, str) for row in value):
        raise Fault(f"{key} is {show(value)}, want a list of texts")
    return frozenset(value)


def read_number(data: dict[str, Any], key: str) -> int:
    value = data.get(key)
    if type(value) is not int:
        raise Fault(f"{key} is {show(value)}, want a whole number")
    return value
