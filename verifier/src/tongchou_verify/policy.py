"""C2SP tlog-policy: which logs and witnesses are known, and which of the witnesses together are enough."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tongchou_verify.cosignatures import Cosigner
from tongchou_verify.faults import Fault, show
from tongchou_verify.notes import Verifier

MOST = 256 * 1024  # bytes
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
NONE = "none"


@dataclass
class Policy:
    """`groups` says of a name how many of which members it takes; `logs` are keys with the log's address, or none."""

    logs: list[tuple[Verifier, str]] = field(default_factory=list)
    witnesses: dict[str, Cosigner] = field(default_factory=dict)
    groups: dict[str, tuple[int, Sequence[str]]] = field(default_factory=dict)
    quorum: str = ""

    def met(self, names: Collection[str]) -> bool:
        """Whether these witnesses are enough."""
        return self.quorum == NONE or self._holds(self.quorum, names)

    def counted(self, names: Collection[str]) -> str:
        """How many of those whom the quorum asks for there are: "2 of 3, 2 are needed"."""
        if self.quorum == NONE:
            return "none are needed"
        needed, members = self.groups.get(self.quorum, (1, [self.quorum]))
        return f"{sum(self._holds(name, names) for name in members)} of {len(members)}, {needed} are needed"

    def _holds(self, name: str, names: Collection[str]) -> bool:
        if name in self.witnesses:
            return name in names
        needed, members = self.groups[name]
        return sum(self._holds(member, names) for member in members) >= needed

    def check_log(self, key: Verifier) -> None:
        """Raise Fault where the policy names logs and this is none of them."""
        if self.logs and key not in [known for known, _address in self.logs]:
            raise Fault(f"the key {show(key.text, 200)} is none of those that the policy names")

    def add(self, line: str) -> None:
        """Take one line. Raises Fault."""
        word, *rest = [part for part in re.split(r"[ \t]+", line) if part] or ["#"]
        if word == "log" and len(rest) in (1, 2):
            self._add_log(Verifier.read(rest[0]), "".join(rest[1:]))
        elif word == "witness" and len(rest) in (2, 3):
            self._add_witness(rest[0], Cosigner.read(rest[1]))
        elif word == "group" and len(rest) >= 3:
            self._add_group(rest[0], rest[1], rest[2:])
        elif word == "quorum" and len(rest) == 1 and not self.quorum:
            self.quorum = self._known(rest[0]) if rest[0] != NONE else NONE
        elif not word.startswith("#"):
            raise Fault(f"{show(line)} is no line of a policy, or one too many")

    def _add_log(self, key: Verifier, address: str) -> None:
        if key.public in [known.public for known, _address in self.logs if known.name == key.name]:
            raise Fault(f"the log {show(key.name)} is named twice")
        self.logs.append((key, address))

    def _add_witness(self, name: str, key: Cosigner) -> None:
        self._new(name)
        if key.public in [known.public for known in self.witnesses.values()]:
            raise Fault(f"the key of the witness {show(name)} is named twice")
        self.witnesses[name] = key

    def _add_group(self, name: str, needed: str, members: Sequence[str]) -> None:
        self._new(name)
        taken = [member for _needed, others in self.groups.values() for member in others]
        for member in members:
            self._known(member)
        if len({*taken, *members}) < len(taken) + len(members):
            raise Fault(f"the group {show(name)} has a member that is a member already")
        count = {"any": "1", "all": str(len(members))}.get(needed, needed)
        if not re.fullmatch("[1-9][0-9]{0,3}", count) or int(count) > len(members):
            raise Fault(f"the group {show(name)} needs {show(needed)} of {len(members)}")
        self.groups[name] = (int(count), members)

    def _new(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise Fault(f"the name {show(name)} is taken")

    def _known(self, name: str) -> str:
        if name not in self.witnesses and name not in self.groups:
            raise Fault(f"{show(name)} is no witness or group of the lines before")
        return name


def read_lines(raw: bytes) -> Policy:
    """The lines of a file, with or without a quorum. Raises Fault with the number of the line."""
    text = raw.decode(errors="surrogateescape")
    if len(raw) > MOST or CONTROL.search(text):
        raise Fault(f"a policy has at most {MOST} bytes and no control characters")
    policy = Policy()
    for number, line in enumerate(text.split("\n"), 1):
        try:
            policy.add(line)
        except Fault as fault:
            raise Fault(f"line {number}: {fault.what}") from None
    return policy


def read_policy(path: Path) -> Policy:
    """Raises Fault, or OSError for a file that can not be read."""
    try:
        policy = read_lines(path.read_bytes())
    except Fault as fault:
        raise Fault(f"{path.name}: {fault.what}") from None
    if not policy.quorum:
        raise Fault(f"{path.name}: a policy needs a line that says the quorum")
    return policy


def of_witnesses(keys: Sequence[str], needed: int) -> Policy:
    """So many of these keys, each under its own name."""
    policy = Policy()
    names = [Cosigner.read(key).name for key in keys]
    for name, key in zip(names, keys, strict=True):
        policy.add(f"witness {name} {key}")
    # No key's name has a plus.
    policy.add(f"group + {needed} {' '.join(names)}")
    policy.add("quorum +")
    return policy


@dataclass
class Sightings:
    """What the witnesses of a policy have seen of one log."""

    policy: Policy
    sizes: dict[str, int] = field(default_factory=dict)
    times: dict[str, int] = field(default_factory=dict)

    def add(self, size: int, seen: dict[Cosigner, int]) -> None:
        names = {key: name for name, key in self.policy.witnesses.items()}
        for key, moment in seen.items():
            if size >= self.sizes.get(names[key], 0):
                self.sizes[names[key]], self.times[names[key]] = size, moment

    def by(self, size: int) -> list[str]:
        """Who has seen at least so much: a witness of a later checkpoint answers for the earlier ones."""
        return [name for name, seen in self.sizes.items() if seen >= size]

    def enough(self) -> int:
        """The largest size that enough of them have seen."""
        sizes = sorted({0, *self.sizes.values()}, reverse=True)
        return next((size for size in sizes if self.policy.met(self.by(size))), 0)
